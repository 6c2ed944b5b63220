/** Objects that carry a stack's mark and are missing from its state, and whether a killed run certainly left each. */
import type { CreationNote } from "../../provider/lifecycle/creationNotes";
import { isSameStack, type Mark, readMark } from "../../provider/lifecycle/ownership";
import { createIdOf } from "../../provider/lifecycle/unresolved";
import type { GatewayClient } from "../../sdk";
import type { Inventory } from "../account/inventory";
import type { StackState, StateEntry } from "../account/stackState";
import { removeRule, unfinishedRules } from "../account/unfinishedRules";
import { KINDS, LISTED_KINDS, type ListedKind, removeObject } from "../kinds";

/** An object that carries the stack's mark and is in no state, or a rule that was being created according to the state. */
export interface Orphan {
  readonly kind: ListedKind | "RoutingRule";
  readonly id: string;
  /** The resource that the mark names. */
  readonly resource: string;
  readonly createdAt: string;
  /**
   * `removable`: a killed run left it, as the state or this machine recorded. `remembered`: the state records its creation as unresolved,
   * and the next run resolves it. `unclear`: there is no record of its creation.
   */
  readonly verdict: "removable" | "remembered" | "unclear";
  readonly reason: string;
}

export interface OrphanOptions {
  /** When the killed run began. @default an hour before the state was last written */
  readonly since?: Date | undefined;
  /** Creations that were begun by processes of this machine which have ended. */
  readonly notes?: readonly CreationNote[];
}

/** Assumed time between the start of a run and the last write of its state. */
const LONGEST_RUN_MS = 60 * 60 * 1000;
/** Largest assumed difference between the gateway's clock and that of the run's machine. */
const CLOCK_TOLERANCE_MS = 30_000;

type Judgment = Pick<Orphan, "verdict" | "reason">;

/** Newest first within each kind, in an order in which they can be removed. */
export function findOrphans(
  state: StackState,
  inventory: Inventory,
  { since, notes = [] }: OrphanOptions = {},
): Orphan[] {
  const { stack } = state;
  const known = new Set(state.resources.map(({ id }) => id));
  const unresolved = new Set(state.resources.map(({ id }) => createIdOf(id ?? "")));
  const noted = new Set(
    notes.filter(({ account }) => account === inventory.settings.accountId).map(({ createId }) => createId),
  );
  const began = since ?? new Date(state.writtenAt.getTime() - LONGEST_RUN_MS);
  const judgePending = ({ inputs }: StateEntry, createdAt: string): Judgment => {
    const { adopt } = inputs;
    if (typeof adopt === "string" && adopt !== "never")
      return unclear("it may have been there before the run, which was to adopt it: the next up does so");
    return Date.parse(createdAt) >= began.getTime() - CLOCK_TOLERANCE_MS
      ? removable("the state records its creation as begun and never ended")
      : unclear(`it was created before ${began.toISOString()}, when the run began; --since says otherwise`);
  };
  const judge = (kind: string, { resource, create }: Mark, createdAt: string): Judgment => {
    if (create !== undefined && unresolved.has(create)) {
      const reason = "the state has its creation as unresolved: the next up, refresh or destroy finds it there";
      return { verdict: "remembered", reason };
    }
    if (create !== undefined && noted.has(create))
      return removable("a process of this machine began its creation and was killed before it ended");
    const pending = state.pendingCreates.find((entry) => entry.kind === kind && entry.name === resource);
    return pending === undefined
      ? unclear(`the state records no unfinished creation of ${kind} ${JSON.stringify(resource)}`)
      : judgePending(pending, createdAt);
  };
  const rules = unfinishedRules(state, inventory).map(
    ({ pending, ...rule }): Orphan => ({ kind: "RoutingRule", ...rule, ...judgePending(pending, rule.createdAt) }),
  );
  const objects = marked(inventory)
    .filter(({ id, mark }) => stack !== undefined && isSameStack(mark.stack, stack) && !known.has(id))
    .map(
      ({ kind, id, createdAt, mark }): Orphan => ({
        kind,
        id,
        resource: mark.resource,
        createdAt,
        ...judge(kind, mark, createdAt),
      }),
    );
  return [...rules, ...objects];
}

const unclear = (reason: string): Judgment => ({ verdict: "unclear", reason });
const removable = (reason: string): Judgment => ({ verdict: "removable", reason });

interface Marked {
  readonly kind: ListedKind;
  readonly id: string;
  readonly createdAt: string;
  readonly mark: Mark;
}

/** An object comes before the objects that it refers to. */
function marked(inventory: Inventory): Marked[] {
  return LISTED_KINDS.toReversed().flatMap((kind) =>
    inventory[KINDS[kind].listed.list].flatMap(({ id, createdAt, metadata }) => {
      const mark = readMark(metadata);
      return mark === undefined ? [] : [{ kind, id, createdAt, mark }];
    }),
  );
}

/** Removes the objects that a killed run left, and returns their ids. */
export async function removeOrphans(client: GatewayClient, orphans: readonly Orphan[]): Promise<string[]> {
  const removed: string[] = [];
  for (const { kind, id, verdict } of orphans) {
    if (verdict !== "removable") continue;
    if (kind === "RoutingRule") await removeRule(client, id);
    else await removeObject(client, kind, id);
    removed.push(id);
  }
  return removed;
}
