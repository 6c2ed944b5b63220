/** Edges that requests may follow: from access keys to configurations, rules, providers, keys in their order, and upstreams. */
import { NGROK_STEP_PROVIDER_IDS } from "../../sdk/contract/builtInProviders";
import type { GraphBuilder } from "./graphBuilder";
import type { GraphNode } from "./model";
import { CREDITS, EVERYTHING, providerNode, type Upstreams, upstreamReference } from "./objectNodes";
import type { DrawnObjects, DrawnRule } from "./topology";
import { counted, type Fact } from "./words";

type ProviderKey = DrawnObjects["providerKeys"][number];
type Configuration = DrawnObjects["configurations"][number];

export function addWays(builder: GraphBuilder, objects: DrawnObjects, upstreams: Upstreams): void {
  const keys = new Map(objects.providerKeys.map((key) => [key.id, key]));
  const used = new Set<string>();
  for (const configuration of objects.configurations) {
    addConfigurationWays(builder, configuration, keys, used);
  }
  for (const key of objects.accessKeys) addAccess(builder, key);
  const everything = builder.find("configuration", EVERYTHING);
  if (everything !== undefined) {
    for (const { id } of objects.providers) builder.connectWeakly(everything, providerNode(builder, id));
  }
  addStoredKeys(builder, objects, upstreams, used);
}

function addAccess(builder: GraphBuilder, { id, accessKeyConfiguration }: DrawnObjects["accessKeys"][number]): void {
  const from = builder.find("access", id);
  const reference = accessKeyConfiguration?.id || EVERYTHING;
  const to =
    builder.find("configuration", reference) ??
    builder.add(
      {
        lane: "configuration",
        kind: "AccessConfiguration",
        title: accessKeyConfiguration?.name || reference,
        subtitle: "not read",
        isElsewhere: true,
      },
      [reference],
    );
  if (from !== undefined) builder.connect(from, to);
}

function addConfigurationWays(
  builder: GraphBuilder,
  { id, access, router }: Configuration,
  keys: ReadonlyMap<string, ProviderKey>,
  used: Set<string>,
): void {
  const configuration = builder.find("configuration", id);
  if (configuration === undefined) return;
  const led = new Set<GraphNode>();
  for (const [index, rule] of (router?.rules ?? []).entries()) {
    const node = addRule(builder, rule, index, keys);
    builder.connect(configuration, node);
    for (const provider of addRuleWays(builder, rule, node, keys, used)) led.add(provider);
  }
  for (const allowed of access?.providers?.allow ?? []) {
    const provider = providerNode(builder, allowed);
    if (led.has(provider)) continue;
    builder.connectWeakly(configuration, provider);
    // Without a rule, requests to some built-in providers are billed to credits.
    if ((NGROK_STEP_PROVIDER_IDS as readonly string[]).includes(allowed))
      builder.connectWeakly(provider, credits(builder));
  }
}

function addRule(
  builder: GraphBuilder,
  rule: DrawnRule,
  index: number,
  keys: ReadonlyMap<string, ProviderKey>,
): GraphNode {
  const selector = rule.model ?? rule.provider ?? "";
  const steps = rule.steps.map(({ type, keys: own = [] }) =>
    type === "ngrok" ? "credits" : rule.isKeyOrderUnknown ? counted(own.length, "key") : keysInOrder(own.length),
  );
  const facts: Fact[] = rule.steps.map(({ type, keys: own = [] }, step) => [
    `Step ${step + 1}`,
    type === "ngrok" ? "the gateway's credits" : own.map(({ id, name }) => keys.get(id)?.name || name || id).join(", "),
  ]);
  if (rule.provider !== undefined) facts.unshift(["Provider", rule.provider]);
  if (rule.model !== undefined) facts.unshift(["Model", rule.model]);
  if (rule.isKeyOrderUnknown) facts.push(["Order", "known after the update, because the keys do not exist yet"]);
  return builder.add(
    {
      lane: "rule",
      kind: "RoutingRule",
      title: `Rule ${index + 1}`,
      subtitle: selector,
      lines: [{ text: steps.join(", then ") }],
      facts,
    },
    [],
  );
}

function keysInOrder(count: number): string {
  return count === 1 ? "1 key" : `${count} keys in order`;
}

/** The provider of a rule, if it is known: a model may name its provider before the colon. */
function selectedProvider({ provider, model }: DrawnRule): string | undefined {
  return provider ?? (model?.includes(":") ? model.slice(0, model.indexOf(":")) : undefined);
}

/** @returns the providers that the rule uses */
function addRuleWays(
  builder: GraphBuilder,
  rule: DrawnRule,
  from: GraphNode,
  keys: ReadonlyMap<string, ProviderKey>,
  used: Set<string>,
): GraphNode[] {
  const selected = selectedProvider(rule);
  const providers = new Set(selected === undefined ? [] : [providerNode(builder, selected)]);
  let place = 0;
  for (const step of rule.steps) {
    const stepKeys = step.type === "ngrok" ? [undefined] : (step.keys ?? []);
    for (const key of stepKeys) {
      place++;
      const provider = selected ?? (key === undefined ? undefined : keys.get(key.id)?.providerId);
      const via = provider === undefined ? undefined : providerNode(builder, provider);
      const to = key === undefined ? credits(builder) : keyNode(builder, key);
      if (key !== undefined) used.add(key.id);
      if (via !== undefined) providers.add(via);
      builder.connect(via ?? from, to, from, rule.isKeyOrderUnknown ? undefined : String(place));
    }
  }
  for (const provider of providers) builder.connect(from, provider);
  return [...providers];
}

function keyNode(builder: GraphBuilder, { id, name }: { readonly id: string; readonly name?: string }): GraphNode {
  return (
    builder.find("key", id) ??
    builder.add(
      {
        lane: "key",
        kind: "ProviderKey",
        title: name || id,
        subtitle: "not read",
        isElsewhere: true,
        facts: [["Id", id]],
      },
      [id],
    )
  );
}

function credits(builder: GraphBuilder): GraphNode {
  return (
    builder.find("key", CREDITS) ??
    builder.add(
      {
        lane: "key",
        kind: "Credits",
        title: "ngrok credits",
        subtitle: "the gateway's own keys",
        facts: [
          [
            "Meaning",
            "The gateway calls the provider with keys of its own, and takes the cost from the account's credits.",
          ],
        ],
      },
      [CREDITS],
    )
  );
}

/** From each provider to its keys, used or not, and from those to the upstream of the base URL. */
function addStoredKeys(
  builder: GraphBuilder,
  objects: DrawnObjects,
  upstreams: Upstreams,
  used: ReadonlySet<string>,
): void {
  const targets = new Map<GraphNode, GraphNode>();
  for (const [{ id }, upstream] of upstreams) {
    const to = upstream && builder.find("azure", upstreamReference(upstream));
    if (to !== undefined) targets.set(providerNode(builder, id), to);
  }
  const keyed = new Set<GraphNode>();
  for (const { id, providerId } of objects.providerKeys) {
    const [provider, key] = [providerNode(builder, providerId), builder.find("key", id)];
    if (key === undefined) continue;
    keyed.add(provider);
    if (!used.has(id)) builder.connectWeakly(provider, key);
    const upstream = targets.get(provider);
    if (upstream === undefined) continue;
    if (used.has(id)) builder.connect(key, upstream);
    else builder.connectWeakly(key, upstream);
  }
  for (const [provider, upstream] of targets) if (!keyed.has(provider)) builder.connectWeakly(provider, upstream);
}
