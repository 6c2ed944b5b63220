/** One node for each object, with its details. */
import { isBuiltInProvider } from "../../sdk/contract/builtInProviders";
import { isAzure, locationIn, type Upstream } from "../account/azureHosts";
import { KINDS, listOf, STANDALONE_KINDS, type StandaloneKind } from "../kinds";
import type { GraphBuilder } from "./graphBuilder";
import type { GraphNode, Line } from "./model";
import type { AzureAccount, DrawnObjects, StoredObject, Topology } from "./topology";
import { byName, counted, type Fact, factsOf, ordinal } from "./words";

/** Reference to the node for "every provider and key", for access keys without a configuration. */
export const EVERYTHING = "everything";
export const CREDITS = "credits";
const MAX_LINES = 8;

type Provider = DrawnObjects["providers"][number];

/** The upstream that each provider's base URL names. */
export type Upstreams = ReadonlyMap<Provider, Upstream | undefined>;

export function addObjects(builder: GraphBuilder, topology: Topology, upstreams: Upstreams): void {
  const { objects } = topology;
  const places = failoverPlaces(topology);
  const azure = azureBySubdomain(topology.azureAccounts);
  for (const key of objects.accessKeys) addAccessKey(builder, key);
  for (const kind of STANDALONE_KINDS) {
    for (const object of objects[listOf(kind)]) addStandalone(builder, kind, object);
  }
  if (objects.accessKeys.some(({ accessKeyConfiguration }) => !accessKeyConfiguration?.id)) addEverything(builder);
  for (const configuration of objects.configurations) addConfiguration(builder, configuration);
  const { providers } = objects;
  const regionOf = (provider: Provider) => regionOfProvider(provider, upstreams.get(provider), azure);
  for (const provider of providers) {
    addProvider(builder, provider, upstreams.get(provider), regionOf(provider), places);
  }
  const regions = new Map<string, string | undefined>();
  for (const provider of providers) {
    const region = regionOf(provider);
    regions.set(provider.id, region).set(provider.providerId, region);
  }
  for (const key of objects.providerKeys) addProviderKey(builder, key, regions.get(key.providerId));
  for (const account of topology.azureAccounts.toSorted(byName)) addAccount(builder, account);
  for (const provider of providers) addUpstream(builder, provider, upstreams.get(provider), regionOf(provider));
}

/** By target: `1st of 3`. */
function failoverPlaces({ failover }: Topology): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const { targets } of failover) {
    for (const [index, target] of targets.entries()) {
      if (!places.has(target)) places.set(target, `${ordinal(index + 1)} of ${targets.length}`);
    }
  }
  return places;
}

function azureBySubdomain(accounts: readonly AzureAccount[]): ReadonlyMap<string, AzureAccount> {
  return new Map(accounts.map((account) => [account.subdomain, account]));
}

function regionOfProvider(
  { providerId }: Provider,
  upstream: Upstream | undefined,
  azure: ReadonlyMap<string, AzureAccount>,
): string | undefined {
  if (upstream !== undefined && upstream.account === undefined && upstream.location === undefined) return undefined;
  return azure.get(upstream?.account ?? "")?.location ?? upstream?.location ?? locationIn(providerId);
}

function addAccessKey(builder: GraphBuilder, key: DrawnObjects["accessKeys"][number]): void {
  const { id, name, accessKeyConfiguration } = key;
  const isFree = !accessKeyConfiguration?.id;
  builder.add(
    {
      lane: "access",
      kind: "AccessKey",
      title: name || id,
      ...(isFree && { subtitle: "without configuration" }),
      facts: factsOf(key),
    },
    [id],
  );
}

function addStandalone(builder: GraphBuilder, kind: StandaloneKind, object: StoredObject): void {
  const { id, name } = object;
  const { subtitle } = KINDS[kind].picture;
  builder.add({ lane: "access", kind, title: name || id, subtitle, facts: factsOf(object) }, [id]);
}

function addEverything(builder: GraphBuilder): void {
  builder.add(
    {
      lane: "configuration",
      kind: "Everything",
      title: "No configuration",
      subtitle: "all providers, all stored keys",
      facts: [["Meaning", "An access key without a configuration may use every provider and every stored key."]],
    },
    [EVERYTHING],
  );
}

function addConfiguration(builder: GraphBuilder, configuration: DrawnObjects["configurations"][number]): void {
  const { id, name, access } = configuration;
  const [providers, models] = [access?.providers?.allow, access?.models?.allow];
  const facts: Fact[] = [
    ...factsOf(configuration),
    ["Providers allowed", providers === undefined ? "all" : listed(providers)],
    ["Models allowed", models === undefined ? "all" : listed(models)],
  ];
  const lines = [{ text: allowance(providers, "provider") }, { text: allowance(models, "model") }];
  builder.add({ lane: "configuration", kind: "AccessConfiguration", title: name || id, lines, facts }, [id]);
}

function allowance(allowed: readonly string[] | undefined, noun: string): string {
  return allowed === undefined ? `any ${noun}` : `${counted(allowed.length, noun)} allowed`;
}

const listed = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "));

function addProvider(
  builder: GraphBuilder,
  provider: Provider,
  upstream: Upstream | undefined,
  region: string | undefined,
  places: ReadonlyMap<string, string>,
): void {
  const { id, providerId, baseUrl, models = [] } = provider;
  const lines = models.map(({ modelId }): Line => {
    const badge = places.get(`${providerId}:${modelId}`);
    return { text: modelId, ...(badge !== undefined && { badge }) };
  });
  const address = upstream?.shown ?? (baseUrl === "" ? "known after the update" : "no URL");
  const facts: Fact[] = [
    ["Base URL", address],
    ...(models.length > 0 ? [["Models", listed(models.map(({ modelId }) => modelId))] as const] : []),
    ...factsOf(provider),
  ];
  builder.add(
    {
      lane: "provider",
      kind: "CustomProvider",
      title: providerId || provider.name || id,
      subtitle: region ?? upstream?.host ?? address,
      ...(region !== undefined && { region }),
      lines: shortened(lines),
      facts,
    },
    [id, providerId],
  );
}

function shortened(lines: readonly Line[]): readonly Line[] {
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES - 1), { text: `and ${lines.length - MAX_LINES + 1} more` }];
}

function addProviderKey(
  builder: GraphBuilder,
  key: DrawnObjects["providerKeys"][number],
  region: string | undefined,
): void {
  const facts: Fact[] = [["Provider", key.providerId], ...factsOf(key)];
  const title = key.name || key.id;
  builder.add({ lane: "key", kind: "ProviderKey", title, ...(region !== undefined && { region }), facts }, [key.id]);
}

function addAccount(builder: GraphBuilder, account: AzureAccount): void {
  const { id, name, subdomain, location, resourceGroup, deployments } = account;
  const facts: Fact[] = [
    ["Region", location ?? "known after the update"],
    ...(resourceGroup === undefined ? [] : [["Resource group", resourceGroup] as const]),
    ...deployments.map((deployment) => [`Deployment ${deployment.name}`, deployment.details] as const),
  ];
  builder.add(
    {
      lane: "azure",
      kind: "AzureAccount",
      title: name,
      ...(location !== undefined && { region: location }),
      lines: shortened(deployments.toSorted(byName).map((deployment) => ({ text: deployment.name }))),
      facts,
    },
    [id, subdomain],
  );
}

/** The target of a base URL, unless the stack's own Azure account is already drawn. */
function addUpstream(
  builder: GraphBuilder,
  { providerId }: Provider,
  upstream: Upstream | undefined,
  region: string | undefined,
): void {
  if (upstream === undefined) return;
  const reference = upstreamReference(upstream);
  if (builder.find("azure", reference) !== undefined) return;
  const facts: Fact[] = [
    ["Host", upstream.host],
    ["Known from", `the base URL of provider ${providerId}`],
  ];
  if (region !== undefined) facts.push(["Region", `${region}, by its name`]);
  builder.add(
    {
      lane: "azure",
      kind: isAzure(upstream) ? "AzureAccount" : "Upstream",
      title: upstream.account ?? upstream.host,
      ...(region !== undefined && { region }),
      facts,
    },
    [reference],
  );
}

/** The reference of a provider's upstream in the last lane. */
export function upstreamReference({ account, host }: Upstream): string {
  return account ?? host;
}

/** The provider with this id; creates its node if it is built in or was not among the objects read. */
export function providerNode(builder: GraphBuilder, reference: string): GraphNode {
  const known = builder.find("provider", reference);
  if (known !== undefined) return known;
  const isBuiltIn = isBuiltInProvider(reference);
  return builder.add(
    {
      lane: "provider",
      kind: isBuiltIn ? "BuiltInProvider" : "CustomProvider",
      title: reference,
      subtitle: isBuiltIn ? "built in" : "not read",
      isElsewhere: !isBuiltIn,
      facts: [["Provider id", reference]],
    },
    [reference],
  );
}
