/** The usage of an object, as part of its details. */
import { dollars, type UsageReport } from "../account/usageReport";
import type { Usage, UsageGrouping } from "../account/usageTally";
import type { GraphBuilder } from "./graphBuilder";
import type { GraphNode, Lane } from "./model";
import { counted, type Fact } from "./words";

const LANES_WITH_USAGE: readonly (readonly [UsageGrouping, Lane])[] = [
  ["access-key", "access"],
  ["configuration", "configuration"],
  ["provider", "provider"],
];

/** Adds usage to nodes. Usage of objects that are not drawn is only in the totals. */
export function withUsageFacts(nodes: readonly GraphNode[], report: UsageReport, builder: GraphBuilder): GraphNode[] {
  const facts = new Map<GraphNode, Fact>();
  for (const [grouping, lane] of LANES_WITH_USAGE) {
    for (const row of report.rowsBy(grouping)) {
      const node = builder.find(lane, row.id);
      if (node !== undefined) facts.set(node, usageFact(row, report));
    }
  }
  return nodes.map((node) => {
    const fact = facts.get(node);
    return fact === undefined ? node : { ...node, facts: [...node.facts, fact] };
  });
}

function usageFact(usage: Usage, { startTime }: UsageReport): Fact {
  const { requests, errors, retries, costUsd } = usage;
  const parts = [counted(requests, "request"), counted(errors, "error")];
  if (retries > 0) parts.push(`${counted(retries, "failed attempt")} that went on elsewhere`);
  return [`Usage since ${startTime.slice(0, 10)}`, [...parts, dollars(costUsd)].join(", ")];
}
