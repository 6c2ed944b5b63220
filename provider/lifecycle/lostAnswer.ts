/** Finds the object of a creation whose response was lost, before the request is repeated. */
import type { AnyObject, CallContext, Found } from "./definition";
import type { KnownObjects } from "./knownObjects";
import { readMark } from "./ownership";
import { isSame, type PlainObject } from "./values";

/** One attempt to create an object. */
export interface Creation {
  readonly createId: string;
  /** The object's mark contains the create id. An unmarked object is identified only by its content and time. */
  readonly isMarked: boolean;
  /** Not after the first request, in the gateway's time if that is known; ISO 8601. */
  readonly startedAt: string;
  /** Not before the last request; absent if its end was not observed. */
  readonly endedAt?: string | undefined;
}

/** Largest difference between the clocks of the gateway's machines, and between the gateway's clock and the local one. */
const SERVER_TOLERANCE_MS = 500;
const OWN_CLOCK_TOLERANCE_MS = 30_000;
/** Resolution of a date in whole seconds. */
const DATE_STEP_MS = 1_000;
/** Longest duration of a creation whose end was not observed. */
const LONGEST_CREATION_MS = 15 * 60 * 1000;

/** A time that is not after now and one that is not before now, at the gateway; ISO 8601. */
export function gatewayTime({ client, clock }: CallContext): { readonly notAfter: string; readonly notBefore: string } {
  const serverMs = client.serverNowMs();
  const nowMs = serverMs ?? clock.nowMs();
  const toleranceMs = serverMs === undefined ? OWN_CLOCK_TOLERANCE_MS : SERVER_TOLERANCE_MS;
  const iso = (ms: number) => new Date(ms).toISOString();
  return { notAfter: iso(nowMs - toleranceMs), notBefore: iso(nowMs + toleranceMs + DATE_STEP_MS) };
}

/**
 * The objects that the creation may have made. With a mark: at most one. Without: those that fit the inputs, were created within
 * its time, and belong to no resource.
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
    if (madeMs < sinceMs) break; // lists are sorted newest first
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
