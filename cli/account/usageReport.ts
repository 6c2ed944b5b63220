/** What an account used in a window of time, and what is left of its credits. */
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
 * Reads the balance and the total cost beside the events. The total is the service's own: the costs of events are rounded, and
 * many small ones would add up to nothing.
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

/** Two places, or as many as there are where the amount is small. */
export function dollars(usd: number): string {
  const isSmall = usd !== 0 && Math.abs(usd) < 0.01;
  return `${usd < 0 ? "-" : ""}$${Math.abs(usd).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: isSmall ? 5 : 2 })}`;
}
