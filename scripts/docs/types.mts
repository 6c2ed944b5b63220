/** Types in a form for readers: the accepted values, without Pulumi's wrappers. */
import type { DeclarationReflection, SomeType } from "typedoc";
import { code } from "./markdown.mts";

/** Where types are described, and the types behind aliases. */
export interface TypeNames {
  /** Link to the type's description, if there is one. */
  linkOf(name: string): string | undefined;
  /** The type behind one of the package's aliases. */
  aliasOf(name: string): SomeType | undefined;
}

const WRAPPERS = ["Input", "Output", "OutputInstance", "Promise", "Readonly", "Inputs"];

/** The type without Pulumi's wrappers around it. */
export function unwrapped(type: SomeType): SomeType {
  if (type.type === "reference" && WRAPPERS.includes(type.name.replace(/^pulumi\./, ""))) {
    const [inner] = type.typeArguments ?? [];
    if (inner !== undefined) return unwrapped(inner);
  }
  return type.type === "typeOperator" ? unwrapped(type.target) : type;
}

export function typeText(type: SomeType, names: TypeNames): string {
  const inner = unwrapped(type);
  switch (inner.type) {
    case "union":
      return [...new Set(inner.types.filter(isGiven).map((each) => typeText(each, names)))].join(" or ");
    case "literal":
      return code(JSON.stringify(inner.value));
    case "array": {
      const element = typeText(inner.elementType, names);
      return /^`[\w.]+`$/.test(element) ? `\`${element.slice(1, -1)}[]\`` : `list of ${element}`;
    }
    case "reference":
      return referenceText(inner.name, inner.typeArguments ?? [], names);
    case "intersection":
      // `string & {}` only keeps an editor's suggestions of the literals next to it.
      return inner.types.some(({ type }) => type === "intrinsic") ? "`string`" : "object";
    case "reflection":
      return inner.declaration.signatures === undefined ? "object" : "function";
    case "unknown":
      return plainText(inner.name, names);
    case "intrinsic":
      return inner.name === "unknown" || inner.name === "any" ? "anything" : code(inner.name);
    default:
      return code(inner.toString());
  }
}

/** A type that TypeDoc provides only as text. */
function plainText(text: string, names: TypeNames): string {
  const inner = text.replace(/\b(?:Input|Output)<([^<>]*)>/g, "$1");
  const parts = [...new Set(inner.split(" | "))].filter((part) => part !== "undefined");
  return parts.map((part) => (/^\w+$/.test(part) ? referenceText(part, [], names) : code(part))).join(" or ");
}

function isGiven(type: SomeType): boolean {
  return !(type.type === "intrinsic" && type.name === "undefined");
}

function referenceText(fullName: string, typeArguments: readonly SomeType[], names: TypeNames): string {
  const [first, second] = typeArguments;
  const name = fullName.replace(/^pulumi\./, "");
  if (name === "Array" && first !== undefined) return `list of ${typeText(first, names)}`;
  if (name === "OpMap") return "map of `number`";
  if (name === "Record" && second !== undefined) return `map of ${typeText(second, names)}`;
  if (name === "ReadonlyArray" && first !== undefined) return `list of ${typeText(first, names)}`;
  if (name === "AsyncIterable" && first !== undefined) return `async list of ${typeText(first, names)}`;
  if (name === "Partial" && first !== undefined) return `some of ${typeText(first, names)}`;
  if (name === "Pick" && first !== undefined && second !== undefined) {
    return `${typeText(second, names).replaceAll(" or ", ", ")} of ${typeText(first, names)}`;
  }
  const link = names.linkOf(name);
  if (link !== undefined) return `[${code(name)}](${link})`;
  const alias = names.aliasOf(name);
  return alias === undefined ? code(name) : typeText(alias, names);
}

/** Whether a value of the type is a list: its members are then those of each entry. */
export function isList(type: SomeType): boolean {
  const inner = unwrapped(type);
  return inner.type === "array" || (inner.type === "union" && inner.types.filter(isGiven).every(isList));
}

/** The members of the object types without a name inside a type. */
export function inlineMembers(type: SomeType): DeclarationReflection[] {
  const inner = unwrapped(type);
  switch (inner.type) {
    case "union":
    case "intersection":
      return inner.types.flatMap(inlineMembers);
    case "array":
      return inlineMembers(inner.elementType);
    case "reflection":
      return inner.declaration.children ?? [];
    default:
      return [];
  }
}

/** Names that a type refers to, in order. */
export function namesIn(type: SomeType): string[] {
  const inner = unwrapped(type);
  switch (inner.type) {
    case "union":
    case "intersection":
      return inner.types.flatMap(namesIn);
    case "array":
      return namesIn(inner.elementType);
    case "reflection":
      return (inner.declaration.children ?? []).flatMap(({ type: member }) => (member ? namesIn(member) : []));
    case "reference":
      return [inner.name, ...(inner.typeArguments ?? []).flatMap(namesIn)];
    default:
      return [];
  }
}
