/** From what was read to what is drawn. Pure, linear in objects and rules, and the same whatever the order of the lists. */
import { GraphBuilder } from "./graphBuilder";
import type { FailoverChain, Graph, GraphNode } from "./model";
import { addObjects } from "./objectNodes";
import { addWays } from "./ruleEdges";
import type { DrawnObjects, Topology } from "./topology";
import { byName, counted } from "./words";

export function buildGraph(topology: Topology): Graph {
  const builder = new GraphBuilder(topology);
  const objects = sorted(topology.objects);
  addObjects(builder, { ...topology, objects });
  addWays(builder, objects);
  const { nodes, edges } = builder.finish();
  const regions = [...new Set(nodes.flatMap(({ region }) => region ?? []))].sort();
  const failover = topology.failover.map(({ model, targets }) => ({
    model,
    steps: targets.map((target) => toStep(target, builder)),
  }));
  const { title, notes } = topology;
  return { title, summary: summaryOf(nodes, regions), nodes, edges, failover, regions, notes };
}

/** Lists come newest first, or as an update happened to end them. */
function sorted({ providers, providerKeys, configurations, accessKeys, apiKeys }: DrawnObjects): DrawnObjects {
  return {
    providers: providers.toSorted((left, right) => byName(byProviderId(left), byProviderId(right))),
    providerKeys: providerKeys.toSorted(byName),
    configurations: configurations.toSorted(byName),
    accessKeys: accessKeys.toSorted(byName),
    apiKeys: apiKeys.toSorted(byName),
  };
}

const byProviderId = ({ providerId, id }: DrawnObjects["providers"][number]) => ({ name: providerId, id });

function toStep(target: string, builder: GraphBuilder): FailoverChain["steps"][number] {
  const provider = target.slice(0, target.indexOf(":"));
  const node = builder.find("provider", provider);
  const region = node?.region;
  return {
    label: region ?? provider,
    ...(region !== undefined && { region }),
    ...(node !== undefined && { node: node.id }),
  };
}

const COUNTED = [
  ["AccessKey", "access key"],
  ["AccessConfiguration", "configuration"],
  ["RoutingRule", "rule"],
  ["CustomProvider", "custom provider"],
  ["BuiltInProvider", "built-in provider"],
  ["ProviderKey", "provider key"],
  ["AzureAccount", "Azure account"],
  ["ApiKey", "API key"],
] as const;

function summaryOf(nodes: readonly GraphNode[], regions: readonly string[]): string {
  const counts = Map.groupBy(nodes, ({ kind }) => kind);
  const parts = COUNTED.flatMap(([kind, noun]) => {
    const count = counts.get(kind)?.length ?? 0;
    if (count === 0) return [];
    const where = kind === "AzureAccount" ? ` in ${counted(regions.length, "region")}` : "";
    return [counted(count, noun) + where];
  });
  return parts.length === 0 ? "Nothing is there yet" : parts.join(" · ");
}
