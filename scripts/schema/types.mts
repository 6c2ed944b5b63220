/** Converts TypeScript types to types of the schema. Objects become named types, each defined once. */
import type { DeclarationReflection, SomeType } from "typedoc";
import type { Docstrings, Entry } from "../docs/docstrings.mts";
import { inlineMembers, unwrapped } from "../docs/types.mts";
import { descriptionOf } from "./descriptions.mts";
import type { ObjectSpec, PropertySpec, TypeSpec } from "./spec.mts";

/** Classes whose instances a program may pass instead of an id or a providerId. */
const RESOURCES: readonly string[] = ["CustomProvider", "ProviderKey", "AccessConfiguration", "AccessKey"];
/** The resource class of members that accept any resource in TypeScript, by name of the member or type. */
const MEANT_RESOURCES: Readonly<Record<string, string>> = {
  provider: "CustomProvider",
  id: "ProviderKey",
  RoutingKey: "ProviderKey",
};
/** Schema names that differ from the TypeScript name without `Args`. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  RoutingRuleShape: "AccessConfigurationRule",
  RoutingStepArgs: "RoutingStep",
  RoutingKeyArgs: "RoutingKey",
  AzureOpenAIGatewayRegionOutputs: "AzureOpenAIGatewayRegionResult",
  AzureOpenAIRegionOutputs: "AzureOpenAIRegionResult",
  AzureOpenAIDeploymentOutputs: "AzureOpenAIDeploymentResult",
};
/** Members that only TypeScript programs can set. */
const LEFT_OUT: readonly string[] = ["opts"];

/** Members with credentials, in every object. */
const SECRETS: readonly string[] = ["apiKey", "token", "key1", "key2"];

/** Where a type is used; gives a name to types without one. */
interface Place {
  readonly module: "index" | "azure";
  /** The object that contains the member. */
  readonly owner: string;
  readonly member: string;
}

export class TypeWriter {
  readonly types = new Map<string, ObjectSpec>();

  readonly #docs: Docstrings;

  constructor(docs: Docstrings) {
    this.#docs = docs;
  }

  /** The properties of an object, and the names of the required ones. */
  properties(
    members: readonly DeclarationReflection[],
    owner: string,
    module: Place["module"],
  ): { properties: Record<string, PropertySpec>; required: string[] } {
    const used = members.filter(({ name, type }) => !LEFT_OUT.includes(name) && !isProvider(type));
    const entries = used.map((member) => {
      const type = this.convert(typeOf(member), { module, owner, member: member.name });
      const description = descriptionOf(member);
      const isSecret = SECRETS.includes(member.name);
      return [
        member.name,
        { ...type, ...(description && { description }), ...(isSecret && { secret: true as const }) },
      ] as const;
    });
    const required = used.filter(({ flags, type }) => !flags.isOptional && !allowsNone(type));
    return { properties: Object.fromEntries(entries), required: required.map(({ name }) => name) };
  }

  convert(type: SomeType, place: Place): TypeSpec {
    const inner = unwrapped(type);
    switch (inner.type) {
      case "intrinsic":
        return inner.name === "unknown" || inner.name === "any" ? ANY : { type: inner.name as "string" };
      case "literal":
        return { type: typeof inner.value as "string" };
      case "array":
        return { type: "array", items: this.convert(inner.elementType, place) };
      case "union":
        return this.#union(inner.types.filter(isGiven), place);
      case "intersection":
        // `string & {}` only keeps an editor's suggestions of the literals next to it.
        if (inner.types.some((each) => each.type === "intrinsic")) return { type: "string" };
        return this.#named(inlineName(place), place.module, this.#membersOf(inner), undefined);
      case "reflection":
        return this.#named(inlineName(place), place.module, inner.declaration.children ?? [], undefined);
      case "reference":
        return this.#reference(inner.name.replace(/^pulumi\./, ""), inner.typeArguments ?? [], place);
      case "unknown":
        return this.#text(inner.name, place);
      default:
        throw new Error(
          `${place.owner}.${place.member} has a type that the schema cannot express: ${inner.toString()}`,
        );
    }
  }

  /** Whether an output of the type may be absent. */
  mayBeAbsent(type: SomeType): boolean {
    return allowsNone(type);
  }

  /** A type that TypeDoc provides only as text: names joined by bars. */
  #text(text: string, place: Place): TypeSpec {
    const names = text.replace(/\b(?:Input|Output)<([^<>]*)>/g, "$1").split(" | ");
    if (!names.every((name) => /^[\w.]+$/.test(name)))
      throw new Error(`${place.owner}.${place.member} has the type ${text}`);
    const types = names.map((name) =>
      ["string", "number", "boolean", "undefined"].includes(name)
        ? { type: "intrinsic", name }
        : { type: "reference", name },
    );
    return this.#union(types.filter(({ name }) => name !== "undefined") as unknown as SomeType[], place);
  }

  #union(types: readonly SomeType[], place: Place): TypeSpec {
    const objects = types.filter((each) => this.#isObject(each));
    // Several object types become one type; handlers distinguish them by their members.
    const others = objects.length > 1 ? types.filter((each) => !objects.includes(each)) : types;
    const converted = others.map((each) => this.convert(each, place));
    if (objects.length > 1) {
      const members = objects.flatMap((each) => this.#membersOf(each)).map(asOptional);
      const sharedName = unionName(objects);
      converted.push(this.#named(sharedName ?? inlineName(place), place.module, members, undefined));
    }
    const distinct = [...new Map(converted.map((each) => [JSON.stringify(each), each])).values()].flatMap(
      ({ oneOf, ...each }) => oneOf ?? [each],
    );
    const [first, second] = distinct;
    if (first === undefined) throw new Error(`${place.owner}.${place.member} has no type`);
    return second === undefined ? first : { oneOf: distinct.toSorted((left, right) => rank(left) - rank(right)) };
  }

  #reference(name: string, parameters: readonly SomeType[], place: Place): TypeSpec {
    const [first, second] = parameters;
    if ((name === "Array" || name === "ReadonlyArray") && first !== undefined)
      return { type: "array", items: this.convert(first, place) };
    if (name === "Record" && second !== undefined)
      return { type: "object", additionalProperties: this.convert(second, place) };
    if (name === "Partial" && first?.type === "reference") {
      const members = this.#membersOf(first).map(asOptional);
      const name = typeName(first.name);
      return this.#named(`${name}Override`, place.module, members, undefined, name);
    }
    if (name === "CustomResource") return resource(MEANT_RESOURCES[place.member || place.owner] ?? "");
    if (RESOURCES.includes(name)) return resource(name);
    if (name === "Pick")
      return this.#named(inlineName(place), place.module, this.#membersOf(pick(parameters)), undefined);
    const { declaration, entry } = this.#find(name);
    if (declaration.children !== undefined) {
      return this.#named(typeName(name), moduleOf(entry), declaration.children, declaration);
    }
    if (declaration.type === undefined) throw new Error(`${name} has no type`);
    return this.convert(declaration.type, { ...place, owner: typeName(name), member: "" });
  }

  #named(
    name: string,
    module: Place["module"],
    members: readonly DeclarationReflection[],
    documented: DeclarationReflection | undefined,
    /** Prefix for the names of the objects in its members. */
    owner = name,
  ): TypeSpec {
    const token = `ngrok-ai:${module}:${name}`;
    if (!this.types.has(token)) {
      this.types.set(token, { type: "object", properties: {} }); // a type may refer to itself
      const { properties, required } = this.properties(members, owner, module);
      const description = documented === undefined ? "" : descriptionOf(documented);
      this.types.set(token, {
        ...(description && { description }),
        type: "object",
        properties,
        ...(required.length > 0 && { required }),
      });
    }
    return { $ref: `#/types/${token}` };
  }

  /** The members of an object type, including intersections, `Pick` and references. */
  #membersOf(type: SomeType): readonly DeclarationReflection[] {
    const inner = unwrapped(type);
    if (inner.type === "intersection") return inner.types.flatMap((each) => this.#membersOf(each));
    if (inner.type !== "reference") return inlineMembers(inner);
    if (inner.name === "Pick") {
      const [of, names] = inner.typeArguments ?? [];
      if (of === undefined || names === undefined) return [];
      const picked = literalsIn(names);
      return this.#membersOf(of).filter(({ name }) => picked.includes(name));
    }
    return this.#find(inner.name).declaration.children ?? [];
  }

  #isObject(type: SomeType): boolean {
    const inner = unwrapped(type);
    if (inner.type === "reflection") return true;
    if (inner.type === "intersection") return inner.types.every((each) => this.#isObject(each));
    if (inner.type !== "reference" || BUILT_IN.includes(inner.name) || RESOURCES.includes(inner.name)) return false;
    if (inner.name === "Pick") return true;
    return (
      !inner.name.startsWith("pulumi.") &&
      inner.name !== "CustomResource" &&
      this.#find(inner.name).declaration.children !== undefined
    );
  }

  #find(name: string): { declaration: DeclarationReflection; entry: Entry } {
    for (const entry of ["provider", "provider/azure"] as const) {
      const declaration = this.#docs.find(entry, name);
      if (declaration !== undefined) return { declaration, entry };
    }
    throw new Error(`no entry of the package exports the type ${name}, which an argument or an output uses: export it`);
  }
}

const ANY: TypeSpec = { $ref: "pulumi.json#/Any" };
const BUILT_IN: readonly string[] = ["Array", "ReadonlyArray", "Record", "Partial"];

/** Orders types from simple to complex: documents, and languages without unions, use the first. */
function rank({ type, $ref }: TypeSpec): number {
  return type === "string" || type === "boolean" ? 0 : $ref === undefined ? 1 : 2;
}

function resource(kind: string): TypeSpec {
  if (!RESOURCES.includes(kind)) throw new Error(`the schema does not know which resource is meant by "${kind}"`);
  return { $ref: `#/resources/ngrok-ai:index:${kind}` };
}

function pick(parameters: readonly SomeType[]): SomeType {
  return { type: "reference", name: "Pick", typeArguments: parameters } as unknown as SomeType;
}

function typeOf({ name, type }: DeclarationReflection): SomeType {
  if (type === undefined) throw new Error(`${name} has no type`);
  return type;
}

function typeName(name: string): string {
  return TYPE_NAMES[name] ?? name.replace(/Args$/, "");
}

function moduleOf(entry: Entry): Place["module"] {
  return entry === "provider" ? "index" : "azure";
}

/** Name of an object type without a name, from its member: `ApiSurface.supportedParams` → `ApiSurfaceSupportedParam`. */
function inlineName({ owner, member }: Place): string {
  const singular = member.replace(/s$/, "").replace(/Acl$/, "Acls");
  return owner + singular.charAt(0).toUpperCase() + singular.slice(1);
}

/** The common end of the names of several object types (`NewAccount`, `ExistingAccount` → `Account`). */
function unionName(objects: readonly SomeType[]): string | undefined {
  const [first, ...others] = objects.map((each) => (each.type === "reference" ? typeName(each.name) : ""));
  const words = (first ?? "").match(/[A-Z][a-z]+/g) ?? [];
  const endings = words.map((_, index) => words.slice(index).join(""));
  return endings.find((ending) => others.every((name) => name.endsWith(ending)));
}

function isGiven(type: SomeType): boolean {
  return !(type.type === "intrinsic" && type.name === "undefined") && !(type.type === "literal" && type.value === null);
}

function allowsNone(type: SomeType | undefined): boolean {
  const inner = type && unwrapped(type);
  if (inner?.type === "intrinsic" && inner.name === "unknown") return true;
  return inner?.type === "union" && inner.types.some((each) => !isGiven(each) || allowsNone(each));
}

function isProvider(type: SomeType | undefined): boolean {
  return type?.type === "reference" && type.name.endsWith("ProviderResource");
}

function literalsIn(type: SomeType): string[] {
  if (type.type === "literal") return [String(type.value)];
  return type.type === "union" ? type.types.flatMap(literalsIn) : [];
}

function asOptional(member: DeclarationReflection): DeclarationReflection {
  const flags = Object.create(member.flags, { isOptional: { value: true } }) as DeclarationReflection["flags"];
  return Object.create(member, { flags: { value: flags } }) as DeclarationReflection;
}
