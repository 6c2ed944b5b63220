/** Refreshes and deletes a creation whose outcome is not known. */
import { changing } from "./changing";
import type { Caller } from "./claims";
import { undecided } from "./creation";
import type { AnyObject, CallContext } from "./definition";
import { findCreated } from "./lostAnswer";
import type { Resource } from "./memory";
import { refuseOtherAccount } from "./refusals";
import { creationOf } from "./unresolved";

/**
 * The state of the object that the creation made; the creation itself if it stays unresolved; `undefined` if no object exists.
 */
export async function readUnresolved(
  definition: AnyObject,
  id: string,
  old: Resource,
  caller: Caller,
  context: CallContext,
): Promise<(Resource & { readonly id: string }) | undefined> {
  const creation = creationOf(old);
  const [found] = await findCreated(definition, creation, creation.isMarked ? {} : old.state, caller, context);
  if (found === undefined) {
    await refuseOtherAccount(definition, id, old, context);
    return undefined;
  }
  // A token is lost with its response, and equal content is no proof: the next up decides.
  if (definition.secretOutputs?.length || !creation.isMarked) return { id, ...old };
  const state = await definition.read(found.id, old.state, context);
  if (state === undefined) return undefined;
  const { unresolved: _, ...memory } = old.memory;
  return { id: found.id, state, memory };
}

/** @throws Error if it is not certain which object the creation made. */
export async function removeUnresolved(
  definition: AnyObject,
  id: string,
  old: Resource,
  caller: Caller,
  context: CallContext,
): Promise<void> {
  const { owner, known } = caller;
  const creation = creationOf(old);
  const candidates = await findCreated(definition, creation, creation.isMarked ? {} : old.state, caller, context);
  // An object that a create of this process adopted now belongs to its resource.
  const [found, ...others] = candidates.filter((candidate) => known.holders(candidate.id).length === 0);
  if (found === undefined) {
    if (candidates.length === 0) await refuseOtherAccount(definition, id, old, context);
    return;
  }
  if (!creation.isMarked) {
    if (owner !== undefined && known.hasMade(owner)) return; // the program decided
    throw new Error(
      `${undecided(definition, [found, ...others], caller)} To forget the creation, run \`pulumi state delete\` with the resource's URN.`,
    );
  }
  await changing(() => definition.delete(found.id, found.state, context));
}
