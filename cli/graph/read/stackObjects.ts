/** What the resources of a stack say of the gateway's objects, in the shape in which an account lists them. */
import { type ListOf, listOf, STANDALONE_KINDS, type StandaloneKind } from "../../kinds";
import type { DrawnObjects, DrawnRule } from "../topology";
import { isRecord, type PulumiResource, records, text, texts } from "./pulumiResource";

export interface StackObjects {
  readonly objects: DrawnObjects;
  /** What could not be told. */
  readonly notes: readonly string[];
}

/** Stands for a configuration that only the update will name. */
const NOT_TOLD = "a configuration to come";

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

/** A configuration's rules refer to it by its id, or by its URN where there is no id yet. */
function ruleResourcesOf(
  { id, urn }: PulumiResource,
  rules: ReadonlyMap<string, readonly PulumiResource[]>,
): readonly PulumiResource[] {
  return [...(rules.get(id) ?? []), ...(id === urn ? [] : (rules.get(urn) ?? []))];
}

/**
 * The configuration's id; where it has none yet, its URN, which is told by what the resource depends on, or, where that is
 * not told either, is clear if only one configuration is to come.
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
  return toCome.length === 1 ? toCome[0]?.urn : NOT_TOLD;
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

/** Reads rules, whose keys may be told by nothing but what the rule depends on. */
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

  /** The keys told; for those that do not exist yet, the keys of the rule's provider, if there are as many. */
  private keysOf(provider: string, ids: readonly (string | undefined)[], dependencies: readonly string[]) {
    const known = ids.filter((id) => id !== undefined);
    if (known.length === ids.length) return known.map((id) => ({ id }));
    const isOf = (key: ProviderKey | undefined) => key !== undefined && key.providerId === provider;
    const told = [...new Set(dependencies)].map((urn) => this.byUrn.get(urn)).filter(isOf);
    const candidates = [told, this.byProvider.get(provider) ?? []]
      .map((keys) => keys.flatMap((key) => (key === undefined || known.includes(key.id) ? [] : [{ id: key.id }])))
      .find(({ length }) => length === ids.length - known.length);
    if (candidates === undefined) {
      this.notes.push(`Which keys a rule for ${provider} will have is told by no preview, only by the update.`);
    }
    return [...known.map((id) => ({ id })), ...(candidates ?? [])];
  }
}
