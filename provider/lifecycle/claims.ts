/**
 * The rule that adopting never destroys. A create that adopts returns an object that a resource of the state may have as well, and
 * Pulumi deletes that resource afterwards: after a rename, a `--replace`, a trigger. So
 *
 * - a replacement adopts nothing, except by a unique key that changed: its old object is deleted next;
 * - an object that another declared resource has is adopted by nobody;
 * - a delete leaves an object alone that belongs to another creation by now. In the process that adopted, the calls so far say so
 *   (`knownObjects.ts`); in any other one, the object's mark does, which the adoption wrote.
 */
import type { AnyObject } from "./definition";
import type { Claim, KnownObjects } from "./knownObjects";
import type { Memory, Resource } from "./memory";
import { identityOf, isMarkOf, type Owner, ownerName, readMark } from "./ownership";
import { type PlainObject, UNKNOWN } from "./values";

/** For which resource a call is made, and in which process. */
export interface Caller {
  readonly owner: Owner | undefined;
  readonly known: KnownObjects;
  /** Takes one line for the person who runs Pulumi. */
  readonly report?: (line: string) => void;
}

/** The key by which there can be one object only; `undefined` where names repeat or the key is not known yet. */
export function uniqueKey(definition: AnyObject, inputs: PlainObject): string | undefined {
  const { isUnique, words } = definition.identify(inputs);
  return isUnique && !words.includes(UNKNOWN) ? words : undefined;
}

/** Why the program must not declare the resource so; `undefined` where it may. */
export function declareResource(
  definition: AnyObject,
  news: PlainObject,
  olds: PlainObject | undefined,
  { owner, known }: Caller,
): { property: string; reason: string } | undefined {
  if (owner === undefined) return undefined;
  if (olds !== undefined) known.noteStored(owner, uniqueKey(definition, olds));
  const other = known.declare(owner, uniqueKey(definition, news));
  if (other === undefined) return undefined;
  const { words, input } = definition.identify(news);
  const fix = input === undefined ? "merge the two" : `give one of the two another ${input}, or remove one`;
  return {
    property: input ?? "",
    reason: `there can be one ${definition.kind} ${words} only, and ${ownerName(other)} declares it already: ${fix}`,
  };
}

/** Notes which object the state has for a resource. @throws Error where another declared resource has the same one. */
export function noteObject(definition: AnyObject, id: string, { memory, state }: Resource, caller: Caller): void {
  const { owner, known } = caller;
  if (owner === undefined) return;
  const other = known.otherHolder(id, owner);
  known.noteStored(owner, uniqueKey(definition, state));
  known.claim(id, toClaim(owner, memory, "state"));
  if (other === undefined || !known.isDeclared(owner)) return;
  throw new Error(
    `${definition.kind} ${id} is declared by ${ownerName(other.owner)} and by ${ownerName(owner)}, but one object can belong to one resource ` +
      "only. Remove one of the two from the program; the object stays with the other.",
  );
}

/** Notes that the resource is about to adopt the object. @throws Error where another declared resource has it. */
export function claimAdopted(definition: AnyObject, id: string, memory: Memory, { owner, known }: Caller): void {
  if (owner === undefined) return;
  const other = known.otherHolder(id, owner);
  if (other !== undefined) {
    throw new Error(
      `adopt: ${definition.kind} ${id} belongs to ${ownerName(other.owner)} of this program, so ${ownerName(owner)} can't adopt it. Remove one of ` +
        "the two. To rename a resource, take the old one out of the program in the same change.",
    );
  }
  known.claim(id, toClaim(owner, memory, "adopted"));
}

/** Notes that the resource made the object. What always exists is not made but adopted. */
export function claimCreated(definition: AnyObject, id: string, memory: Memory, { owner, known }: Caller): void {
  const origin = definition.isOnePerAccount ? "adopted" : "created";
  if (owner !== undefined) known.claim(id, toClaim(owner, memory, origin));
}

/**
 * Who has the object of a resource that is deleted, if it is not that resource any more: then the object must be left alone.
 * @throws Error where a replacement adopted the very object that it was to replace.
 */
export function holderInProcess(definition: AnyObject, id: string, old: Resource, caller: Caller): Claim | undefined {
  const { owner, known } = caller;
  const holder = known.holders(id).find(({ createId }) => createId !== old.memory.create);
  const isItself = holder !== undefined && owner !== undefined && identityOf(holder.owner) === identityOf(owner);
  if (isItself && holder.origin === "adopted") throw notReplaced(definition, id, owner);
  return holder;
}

/**
 * Whether the mark on the object says that another creation has it by now, which may have been another process's: of an explicit
 * provider, or of a run that was killed after it adopted.
 */
export function hasOtherMark(
  definition: AnyObject,
  id: string,
  current: PlainObject,
  old: Resource,
  { owner, known, report }: Caller,
): boolean {
  const mark = readMark(current.metadata);
  if (mark === undefined || mark.create === old.memory.create) return false;
  const isOwnMark = owner !== undefined && isMarkOf(mark, owner);
  // An adoption that no state recorded: what the program declares in this run is what counts.
  const isDeclared = known.holders(id).some(({ createId }) => createId === old.memory.create);
  if (isOwnMark && (isDeclared || old.memory.create === undefined)) return false;
  report?.(
    `${definition.kind} ${id}${owner === undefined ? "" : ` of ${ownerName(owner)}`} was left at the gateway: its mark says that it belongs to ` +
      `"${mark.resource}" of the stack ${mark.stack} by now.`,
  );
  return true;
}

/** What to do where a replacement conflicts with the object that it replaces. */
export function replacementAdvice(owner: Owner): string {
  return (
    `it can't exist twice, so a new one can't be created before the old one is deleted. Set the resource option deleteBeforeReplace: true on ` +
    `${ownerName(owner)} to replace it, or change its arguments to update it in place.`
  );
}

function notReplaced(definition: AnyObject, id: string, owner: Owner): Error {
  const { kind, isOnePerAccount } = definition;
  const why = isOnePerAccount
    ? "its object always exists, so the new one is the old one"
    : "its adopt option adopted its own object again, so there is no other one";
  const remedy = isOnePerAccount ? "" : "remove adopt, or ";
  return new Error(
    `${kind} ${id} was not replaced: ${why}. The object was kept and nothing was deleted; the next up goes on from there. To replace it, ` +
      `${remedy}set the resource option deleteBeforeReplace: true on ${ownerName(owner)}.`,
  );
}

function toClaim(owner: Owner, { create, managed }: Memory, origin: Claim["origin"]): Claim {
  return { owner, createId: create, managed, origin };
}
