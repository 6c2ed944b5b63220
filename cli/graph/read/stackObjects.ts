/** The gateway's objects from the resources of a stack, in the shape of an inventory. */
import { type ListOf, listOf, STANDALONE_KINDS, type StandaloneKind } from "../../kinds";
import type { DrawnObjects, DrawnRule } from "../topology";
import { isRecord, type PulumiResource, records, text, texts } from "./pulumiResource";

export interface StackObjects {
  readonly objects: DrawnObjects;
  /** Text for values that are unknown until the update. */
  readonly notes: readonly string[];
}

/** Text for a configuration that is known after the update. */
const UNKNOWN_CONFIGURATION = "a configuration that does not exist yet";

type Provider = DrawnObjects["providers"][number];
type ProviderKey = DrawnObjects["providerKeys"][number];

export function stackObjects(resources: readonly PulumiResource[]): StackObjects {
  const byKind = Map.groupBy(resources, ({ kind }) => kind);
  const of = (kind: string) => byKind.get(kind) ?? [];
  const providerKeys = of("ProviderKey").map(toProviderKey);
  const rules = new RuleReader(of("ProviderKey"), providerKeys);
  const configurationOf = (resource: PulumiResource) => configurationReference(resource, of("AccessConfiguration"));
  const ruleResources = Map.groupBy(of("RoutingRule"), (rule) => configurationOf(rule) ?? "");
  const configurations = of("AccessConfiguration").map((resource) => ({
    ...labelsOf(resource),
    name: text(resource.fields.name) ?? resource.name,
    access: accessOf(resource.fields.access),
    router: {
      rules: [
        ...records(resource.fields.rules).map((rule) => rules.read(rule, resource.dependenciesOf("rules"))),
        ...ruleResourcesOf(resource, ruleResources).map((rule) =>
          rules.read(rule.fields, rule.dependenciesOf("steps")),
        ),
      ],
    },
  }));
  const accessKeys = of("AccessKey").map((resource) => {
    const id = configurationOf(resource);
    return { ...stored(resource), accessKeyConfiguration: id === undefined ? undefined : { id } };
  });
  const standalone = Object.fromEntries(
    STANDALONE_KINDS.map((kind) => [listOf(kind), of(kind).map(stored)]),
  ) as unknown as Pick<DrawnObjects, ListOf<StandaloneKind>>;
  const objects = {
    providers: of("CustomProvider").map(toProvider),
    providerKeys,
    configurations,
    accessKeys,
    ...standalone,
  };
  return { objects, notes: rules.notes };
}

/** A rule refers to its configuration by the id, or by the URN before there is one. */
function ruleResourcesOf(
  { id, urn }: PulumiResource,
  rules: ReadonlyMap<string, readonly PulumiResource[]>,
): readonly PulumiResource[] {
  return [...(rules.get(id) ?? []), ...(id === urn ? [] : (rules.get(urn) ?? []))];
}

/**
 * The configuration's id, or its URN before it has one: from the dependencies of the resource, or, without those, the only
 * configuration that does not exist yet.
 */
function configurationReference(
  { fields, dependenciesOf }: PulumiResource,
  configurations: readonly PulumiResource[],
): string | undefined {
  const id = text(fields.configurationId);
  if (id !== undefined || !("configurationId" in fields)) return id;
  const [dependency] = dependenciesOf("configurationId");
  if (dependency !== undefined) return dependency;
  const toCome = configurations.filter((configuration) => configuration.id === configuration.urn);
  return toCome.length === 1 ? toCome[0]?.urn : UNKNOWN_CONFIGURATION;
}

function labelsOf({ id, fields, name }: PulumiResource) {
  return {
    id,
    name: text(fields.name) ?? name,
    description: text(fields.description),
    metadata: text(fields.metadata),
    createdAt: text(fields.createdAt),
  };
}

function stored(resource: PulumiResource) {
  const { fields } = resource;
  return { ...labelsOf(resource), createdAt: text(fields.createdAt) ?? "", lastUsed: text(fields.lastUsed) };
}

function toProvider(resource: PulumiResource): Provider {
  const { fields } = resource;
  const models = Array.isArray(fields.models) ? fields.models : [];
  return {
    ...labelsOf(resource),
    providerId: text(fields.providerId) ?? "",
    baseUrl: text(fields.baseUrl) ?? "",
    models: models.flatMap((model) => {
      const modelId = isRecord(model) ? text(model.modelId) : text(model);
      return modelId === undefined ? [] : [{ modelId }];
    }),
  };
}

function toProviderKey(resource: PulumiResource): ProviderKey {
  return { ...stored(resource), providerId: text(resource.fields.providerId) ?? "" };
}

function accessOf(access: unknown) {
  if (!isRecord(access)) return undefined;
  const dimension = (value: unknown) => (isRecord(value) ? { allow: texts(value.allow) } : undefined);
  return { providers: dimension(access.providers), models: dimension(access.models) };
}

/** Reads rules. Keys that do not exist yet are known only from the dependencies of the rule. */
class RuleReader {
  readonly notes: string[] = [];
  private readonly byUrn: ReadonlyMap<string, ProviderKey>;
  private readonly byProvider: ReadonlyMap<string, readonly ProviderKey[]>;

  constructor(resources: readonly PulumiResource[], keys: readonly ProviderKey[]) {
    this.byUrn = new Map(resources.map(({ urn }, index) => [urn, keys[index]!]));
    this.byProvider = Map.groupBy(keys, ({ providerId }) => providerId);
  }

  read(rule: Readonly<Record<string, unknown>>, dependencies: readonly string[]): DrawnRule {
    const [provider, model] = [text(rule.provider), text(rule.model)];
    const selected = provider ?? model?.split(":")[0] ?? "";
    const ids = records(rule.steps).map(({ keys }) => records(keys).map(({ id }) => text(id)));
    const steps = records(rule.steps).map(({ type }, index) => {
      if (type === "ngrok") return { type: "ngrok" as const };
      return { type: "user" as const, keys: this.keysOf(selected, ids[index] ?? [], dependencies) };
    });
    const isKeyOrderUnknown = ids.some((each) => each.length > 1 && each.includes(undefined));
    return { provider, model, steps, isKeyOrderUnknown };
  }

  /** The known keys; for unknown ones, the keys of the rule's provider, if their number is right. */
  private keysOf(provider: string, ids: readonly (string | undefined)[], dependencies: readonly string[]) {
    const known = ids.filter((id) => id !== undefined);
    if (known.length === ids.length) return known.map((id) => ({ id }));
    const isOf = (key: ProviderKey | undefined) => key !== undefined && key.providerId === provider;
    const fromDependencies = [...new Set(dependencies)].map((urn) => this.byUrn.get(urn)).filter(isOf);
    const candidates = [fromDependencies, this.byProvider.get(provider) ?? []]
      .map((keys) => keys.flatMap((key) => (key === undefined || known.includes(key.id) ? [] : [{ id: key.id }])))
      .find(({ length }) => length === ids.length - known.length);
    if (candidates === undefined) {
      this.notes.push(`The keys of a rule for ${provider} are known after the update.`);
    }
    return [...known.map((id) => ({ id })), ...(candidates ?? [])];
  }
}
