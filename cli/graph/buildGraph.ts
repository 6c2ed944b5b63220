/** Converts a topology to a graph. Pure; linear in objects and rules; independent of the order of the lists. */
import { upstreamOf } from "../account/azureHosts";
import type { UsageReport } from "../account/usageReport";
import { LISTED_KINDS, listOf, STANDALONE_KINDS } from "../kinds";
import { GraphBuilder } from "./graphBuilder";
import type { FailoverChain, Graph, GraphNode, GraphUsage } from "./model";
import { type NodeKind, nounOf } from "./nodeKinds";
import { addObjects } from "./objectNodes";
import { addWays } from "./ruleEdges";
import type { DrawnObjects, Topology } from "./topology";
import { withUsageFacts } from "./usageFacts";
import { byName, counted } from "./words";

export function buildGraph(topology: Topology): Graph {
  const builder = new GraphBuilder(topology);
  const objects = sorted(topology.objects);
  const upstreams = new Map(objects.providers.map((provider) => [provider, upstreamOf(provider.baseUrl)]));
  addObjects(builder, { ...topology, objects }, upstreams);
  addWays(builder, objects, upstreams);
  const { nodes: drawn, edges } = builder.finish();
  const nodes = topology.usage === undefined ? drawn : withUsageFacts(drawn, topology.usage, builder);
  const regions = [...new Set(nodes.flatMap(({ region }) => region ?? []))].sort();
  const failover = topology.failover.map(({ model, targets }) => ({
    model,
    steps: targets.map((target) => toStep(target, builder)),
  }));
  const { title, notes } = topology;
  const usage = topology.usage === undefined ? {} : { usage: toGraphUsage(topology.usage) };
  return { title, summary: summaryOf(nodes, regions), nodes, edges, failover, regions, notes, ...usage };
}

function toGraphUsage({ startTime, endTime, total, creditBalanceUsd, rowsBy }: UsageReport): GraphUsage {
  return { startTime, endTime, providers: rowsBy("provider"), total, creditBalanceUsd };
}

/** Sorts objects: the API lists the newest first, a state lists them in the order in which their updates ended. */
function sorted(objects: DrawnObjects): DrawnObjects {
  const lists = LISTED_KINDS.map((kind) => [listOf(kind), objects[listOf(kind)].toSorted(byName)]);
  const providers = objects.providers.toSorted((left, right) => byName(byProviderId(left), byProviderId(right)));
  return { ...(Object.fromEntries(lists) as DrawnObjects), providers };
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

/** In the order in which a request passes them, then the kinds without connections. */
const COUNTED: readonly NodeKind[] = [
  "AccessKey",
  "AccessConfiguration",
  "RoutingRule",
  "CustomProvider",
  "BuiltInProvider",
  "ProviderKey",
  "AzureAccount",
  ...STANDALONE_KINDS,
];

function summaryOf(nodes: readonly GraphNode[], regions: readonly string[]): string {
  const counts = Map.groupBy(nodes, ({ kind }) => kind);
  const parts = COUNTED.flatMap((kind) => {
    const count = counts.get(kind)?.length ?? 0;
    if (count === 0) return [];
    const isPlaced = kind === "AzureAccount" && regions.length > 0; // the address of some accounts does not name a region
    const where = isPlaced ? ` in ${counted(regions.length, "region")}` : "";
    return [counted(count, nounOf(kind)) + where];
  });
  return parts.length === 0 ? "No objects" : parts.join(" · ");
}
