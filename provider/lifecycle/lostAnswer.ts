/** Finding the object of a creation whose answer was lost. It is looked for before anything is sent again. */
import type { AnyObject, CallContext, Found } from "./definition";
import type { KnownObjects } from "./knownObjects";
import { readMark } from "./ownership";
import { isSame, type PlainObject } from "./values";

/** One attempt to create an object. */
export interface Creation {
  readonly createId: string;
  /** The object carries the create id in its mark; any other is known by its content and time alone. */
  readonly isMarked: boolean;
  /** Not after the first request, by the gateway's clock where that is known; ISO 8601. */
  readonly startedAt: string;
  /** Not before the last request; left out where nobody saw it end. */
  readonly endedAt?: string | undefined;
}

/** How far the clocks of the gateway's machines may be apart, and the gateway's from ours. */
const SERVER_TOLERANCE_MS = 500;
const OWN_CLOCK_TOLERANCE_MS = 30_000;
/** What a date of whole seconds leaves out. */
const DATE_STEP_MS = 1_000;
/** How long a creation takes at most whose end nobody saw. */
const LONGEST_CREATION_MS = 15 * 60 * 1000;

/** A time that is not after now, and one that is not before it, at the gateway; ISO 8601. */
export function gatewayTime({ client, clock }: CallContext): { readonly notAfter: string; readonly notBefore: string } {
  const serverMs = client.serverNowMs();
  const nowMs = serverMs ?? clock.nowMs();
  const toleranceMs = serverMs === undefined ? OWN_CLOCK_TOLERANCE_MS : SERVER_TOLERANCE_MS;
  const iso = (ms: number) => new Date(ms).toISOString();
  return { notAfter: iso(nowMs - toleranceMs), notBefore: iso(nowMs + toleranceMs + DATE_STEP_MS) };
}

/**
 * The objects that the creation may have made: one at most where it is marked, else those that fit the inputs, were made in its time
 * and belong to no resource.
 */
export async function findCreated(
  definition: AnyObject,
  { createId, isMarked, startedAt, endedAt }: Creation,
  inputs: PlainObject,
  { known }: { readonly known: KnownObjects },
  context: CallContext,
): Promise<Found<PlainObject>[]> {
  const sinceMs = Date.parse(startedAt);
  const untilMs = endedAt === undefined ? sinceMs + LONGEST_CREATION_MS : Date.parse(endedAt);
  const candidates: Found<PlainObject>[] = [];
  for await (const found of definition.list(inputs, context)) {
    if (isMarked) {
      if (readMark(found.state.metadata)?.create === createId) return [found];
      continue;
    }
    const madeMs = Date.parse(found.createdAt ?? "");
    if (madeMs < sinceMs) break; // lists come newest first
    const isNew = !(madeMs > untilMs) && !known.isClaimed(found.id);
    if (isNew && fits(definition, inputs, found.state)) candidates.push(found);
  }
  return candidates;
}

function fits(definition: AnyObject, wanted: PlainObject, state: PlainObject): boolean {
  return Object.entries(definition.fields).every(
    ([name, field]) =>
      field.change === "never" || wanted[name] === undefined || (field.isSame ?? isSame)(wanted[name], state[name]),
  );
}
