/** The usage of an account in a period, and its remaining credits. */
import type { GatewayClient } from "../../sdk";
import type { Usage, UsageGrouping, UsageNames, UsageRow, UsageTally, UsageWindow } from "./usageTally";

export interface UsageReport extends UsageWindow {
  readonly total: Usage;
  readonly creditBalanceUsd: number;
  rowsBy(grouping: UsageGrouping): readonly UsageRow[];
}

const CENTS_PER_DOLLAR = 100;
const NO_NAMES: UsageNames = { accessKeys: [], configurations: [] };

/**
 * Reads the balance and the total cost in addition to the events. The total is the service's own: the costs of events are rounded, so a
 * sum of many small ones could be 0.
 */
export async function readUsageReport(
  client: GatewayClient,
  window: UsageWindow,
  tallied: Promise<UsageTally>,
  named: Promise<UsageNames> = Promise.resolve(NO_NAMES),
): Promise<UsageReport> {
  const [tally, names, overview, { balanceCents }] = await Promise.all([
    tallied,
    named,
    client.getUsageOverview(window),
    client.getCreditBalance(),
  ]);
  return {
    ...window,
    total: { ...tally.total(), costUsd: Number(overview.totals.cost) },
    creditBalanceUsd: balanceCents / CENTS_PER_DOLLAR,
    rowsBy: (grouping) => tally.rowsBy(grouping, names),
  };
}

/** Two decimal places, or all of them for a small amount. */
export function dollars(usd: number): string {
  const isSmall = usd !== 0 && Math.abs(usd) < 0.01;
  return `${usd < 0 ? "-" : ""}$${Math.abs(usd).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: isSmall ? 5 : 2 })}`;
}
