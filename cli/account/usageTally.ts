/** Usage, summed by provider, model, access key or configuration. */
import type { GatewayClient, UsageEvent } from "../../sdk";

export const USAGE_GROUPINGS = ["provider", "model", "access-key", "configuration"] as const;
export type UsageGrouping = (typeof USAGE_GROUPINGS)[number];

/** Usage of a group. A request may have several attempts, at several providers. */
export interface Usage {
  /** Requests whose last attempt was here, with any outcome. */
  readonly requests: number;
  /** Number of these that failed. */
  readonly errors: number;
  /** Attempts that failed here and were followed by another attempt of the same request. */
  readonly retries: number;
  /** Of all attempts. The gateway's estimate if the provider reported none. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars, of all attempts. The API rounds the cost of each attempt to five places. */
  readonly costUsd: number;
}

export interface UsageRow extends Usage {
  /** Provider id, model id, or the id of the access key or configuration; empty if there is none. */
  readonly id: string;
  readonly name: string;
}

/** The period that is summed: RFC 3339 times, both inclusive. */
export interface UsageWindow {
  readonly startTime: string;
  readonly endTime: string;
}

/** The objects that usage refers to by id. */
export interface UsageNames {
  readonly accessKeys: readonly {
    readonly id: string;
    readonly name?: string | undefined;
    readonly accessKeyConfiguration?: { readonly id: string } | null | undefined;
  }[];
  readonly configurations: readonly { readonly id: string; readonly name?: string | undefined }[];
}

type Sums = { -readonly [Field in keyof Usage]: number };
/** Fractions of a dollar that are added as whole numbers, so that a sum does not depend on the order. */
const UNITS_PER_DOLLAR = 1e9;
const COST_DIGITS = 5;

/** Every attempt in the period, newest first. */
export function readUsage(client: GatewayClient, window: UsageWindow): AsyncIterable<UsageEvent> {
  return client.listUsage({ ...window, includeRetries: true });
}

export class UsageTally {
  private readonly byProvider = new Map<string, Sums>();
  private readonly byModel = new Map<string, Sums>();
  private readonly byAccessKey = new Map<string, Sums>();
  private readonly providerNames = new Map<string, string>();
  private readonly modelNames = new Map<string, string>();

  add(event: UsageEvent): void {
    this.providerNames.set(event.provider, event.providerDisplayName);
    this.modelNames.set(event.model, event.modelDisplayName);
    addEvent(this.byProvider, event.provider, event);
    addEvent(this.byModel, event.model, event);
    addEvent(this.byAccessKey, event.accessKeyId, event);
  }

  /** By cost, then by number of requests, highest first. */
  rowsBy(grouping: UsageGrouping, names: UsageNames): UsageRow[] {
    if (grouping === "provider") return toRows(this.byProvider, (id) => this.providerNames.get(id));
    if (grouping === "model") return toRows(this.byModel, (id) => this.modelNames.get(id));
    const keys = new Map(names.accessKeys.map((key) => [key.id, key]));
    if (grouping === "access-key") return toRows(this.byAccessKey, (id) => nameIn(keys, id));
    const byConfiguration = new Map<string, Sums>();
    for (const [id, sums] of this.byAccessKey) {
      const configuration = keys.has(id) ? (keys.get(id)?.accessKeyConfiguration?.id ?? "") : DELETED_KEYS;
      addSums(byConfiguration, configuration, sums);
    }
    const configurations = new Map(names.configurations.map((each) => [each.id, each]));
    return toRows(byConfiguration, (id) => SPECIAL_CONFIGURATIONS.get(id) ?? nameIn(configurations, id));
  }

  total(): Usage {
    const total = new Map<string, Sums>();
    for (const sums of this.byAccessKey.values()) addSums(total, "", sums);
    return toUsage(total.get("") ?? noUsage());
  }
}

/** Label for an unknown configuration: that of a deleted key is not known. */
const DELETED_KEYS = "deleted-access-keys";
const SPECIAL_CONFIGURATIONS: ReadonlyMap<string, string> = new Map([
  ["", "without configuration"],
  [DELETED_KEYS, "deleted access keys"],
]);

function nameIn(objects: ReadonlyMap<string, { readonly name?: string | undefined }>, id: string): string {
  return objects.has(id) ? objects.get(id)?.name || id : `${id} (deleted)`;
}

function noUsage(): Sums {
  return { requests: 0, errors: 0, retries: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 };
}

function addEvent(groups: Map<string, Sums>, id: string, event: UsageEvent): void {
  const { isFinalAttempt, isError, usageEstimated, totalCost } = event;
  const cost = Number(totalCost);
  addSums(groups, id, {
    requests: isFinalAttempt ? 1 : 0,
    errors: isFinalAttempt && isError ? 1 : 0,
    retries: isFinalAttempt ? 0 : 1,
    inputTokens: usageEstimated ? event.inputTokensEstimate : event.inputTokens,
    outputTokens: usageEstimated ? event.outputTokensEstimate : event.outputTokens,
    costUsd: Math.round(cost * UNITS_PER_DOLLAR),
  });
}

function addSums(groups: Map<string, Sums>, id: string, more: Readonly<Sums>): void {
  let sums = groups.get(id);
  if (sums === undefined) {
    sums = noUsage();
    groups.set(id, sums);
  }
  for (const field of Object.keys(more) as (keyof Sums)[]) sums[field] += more[field];
}

function toRows(groups: ReadonlyMap<string, Sums>, nameOf: (id: string) => string | undefined): UsageRow[] {
  return [...groups]
    .map(([id, sums]) => ({ id, name: nameOf(id) || id, ...toUsage(sums) }))
    .sort(
      (left, right) =>
        right.costUsd - left.costUsd || right.requests - left.requests || (left.name < right.name ? -1 : 1),
    );
}

function toUsage({ costUsd, ...counts }: Readonly<Sums>): Usage {
  return { ...counts, costUsd: Number((costUsd / UNITS_PER_DOLLAR).toFixed(COST_DIGITS)) };
}
