/** After a request to create whose answer was lost: is the object there? Looked up before anything is sent again. */

import type { AnyObject, CallContext, Found } from "./definition";
import { readMark } from "./ownership";
import { isSame, type PlainObject } from "./values";

/** The gateway's clock and ours may differ by as much. */
const CLOCK_TOLERANCE_MS = 30_000;

/**
 * The object that the lost request made, or `undefined` when it made none. A marked one is recognised by its mark;
 * others by their content, when exactly one object made since the request began fits.
 */
export async function findAfterLostAnswer(
  definition: AnyObject,
  wanted: PlainObject,
  startedAt: Date,
  cause: Error,
  context: CallContext,
): Promise<Found<PlainObject> | undefined> {
  const isMarked = readMark(wanted.metadata) !== undefined;
  const candidates: Found<PlainObject>[] = [];
  const since = startedAt.getTime() - CLOCK_TOLERANCE_MS;
  for await (const found of definition.list(wanted, context)) {
    if (isMarked) {
      if (found.state.metadata === wanted.metadata) return found;
    } else if (found.createdAt !== undefined && Date.parse(found.createdAt) < since) {
      break; // Lists come newest first.
    } else if (fits(definition, wanted, found.state)) {
      candidates.push(found);
    }
  }
  if (candidates.length <= 1) return candidates[0];
  throw new Error(
    `${cause.message}\nSeveral ${definition.kind}s could be the one that was made: ${candidates.map((found) => found.id).join(", ")}. ` +
      "Look at them, remove those that are not needed, and give the id of the right one as adopt.",
  );
}

function fits(definition: AnyObject, wanted: PlainObject, state: PlainObject): boolean {
  return Object.entries(definition.fields).every(
    ([name, field]) =>
      field.change === "never" || wanted[name] === undefined || (field.isSame ?? isSame)(wanted[name], state[name]),
  );
}
