/** Deletes a resource's object, or keeps it if it now belongs to another creation. */
import { GatewayNotFoundError } from "../../sdk/errors";
import { changing } from "./changing";
import { hasOtherMark, holderInProcess } from "./claims";
import type { Creator } from "./creation";
import type { AnyObject, CallContext } from "./definition";
import { forgetRead, forgetReads } from "./gatheredReads";
import type { Resource } from "./memory";
import { ownerName } from "./ownership";
import { refuseOtherAccount } from "./refusals";

export async function removeObject(
  definition: AnyObject,
  id: string,
  old: Resource,
  remover: Creator,
  context: CallContext,
): Promise<void> {
  const { kind, isOnePerAccount, isMarkable } = definition;
  const { owner, known, report } = remover;
  const { account = "", create: createId } = old.memory;
  if (isOnePerAccount) await refuseOtherAccount(definition, id, old, context);
  const adoptions = isOnePerAccount ? undefined : remover.notes?.adoptions;
  const object = { kind, id, account };

  const holder = holderInProcess(definition, id, old, remover);
  if (holder !== undefined) {
    // The object may still carry this resource's mark, so a note records its current owner.
    if (holder.createId !== undefined) adoptions?.note(object, holder.createId);
    await changing(async () => definition.release?.(old.state, new Set(holder.managed), context));
    return;
  }
  const adoptedBy = adoptions?.createIdOf(object);
  if (adoptedBy !== undefined) adoptions?.forget(object);
  if (adoptedBy !== undefined && adoptedBy !== createId) {
    const whose = owner === undefined ? "" : ` of ${ownerName(owner)}`;
    report?.(`${kind} ${id}${whose} was left at the gateway: another resource adopted it.`);
    return;
  }
  if (isMarkable && adoptedBy === undefined) {
    const current = await definition.read(id, old.state, context);
    if (current === undefined) return refuseOtherAccount(definition, id, old, context);
    if (hasOtherMark(definition, id, current, old, remover)) return;
  }
  try {
    await definition.delete(id, old.state, context);
  } catch (error) {
    if (!GatewayNotFoundError.isInstance(error)) throw error;
    await refuseOtherAccount(definition, id, old, context);
  } finally {
    // The delete does not change other objects' marks, which the next deletes read.
    if (isMarkable) forgetRead(context.client, id);
    else forgetReads();
  }
  known.noteDeleted(id, owner);
}
