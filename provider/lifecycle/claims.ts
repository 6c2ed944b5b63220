/**
 * The rule that adopting never destroys an object. A create that adopts returns an object that a resource of the state may own
 * too, and Pulumi deletes that resource afterwards: after a rename, a `--replace` or a trigger. Therefore:
 *
 * - A replacement adopts nothing, except by a unique key that changed: its old object is deleted next.
 * - No resource adopts an object that another declared resource owns.
 * - A delete keeps an object that now belongs to another creation. The process that adopted it knows this from its calls so far
 *   (`knownObjects.ts`); any other process reads it from the object's mark, which the adoption wrote.
 */
import type { AnyObject } from "./definition";
import type { Claim, KnownObjects } from "./knownObjects";
import type { Memory, Resource } from "./memory";
import { identityOf, isMarkOf, type Owner, ownerName, readMark } from "./ownership";
import { type PlainObject, UNKNOWN } from "./values";

/** The resource that a call is for, and the process that makes the call. */
export interface Caller {
  readonly owner: Owner | undefined;
  readonly known: KnownObjects;
  /** Reports one line to the user. */
  readonly report?: (line: string) => void;
}

/** The key that only one object can have; `undefined` if names may repeat or the key is not known yet. */
export function uniqueKey(definition: AnyObject, inputs: PlainObject): string | undefined {
  const { isUnique, words } = definition.identify(inputs);
  return isUnique && !words.includes(UNKNOWN) ? words : undefined;
}

/** The reason why the program must not declare this resource; `undefined` if it may. */
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

/** Records the object that the state holds for a resource. @throws Error if another declared resource has the same object. */
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

/** Records that the resource is about to adopt the object. @throws Error if another declared resource has it. */
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

/** Records that the resource created the object. An object that always exists is adopted, never created. */
export function claimCreated(definition: AnyObject, id: string, memory: Memory, { owner, known }: Caller): void {
  const origin = definition.isOnePerAccount ? "adopted" : "created";
  if (owner !== undefined) known.claim(id, toClaim(owner, memory, origin));
}

/**
 * The claim of the resource that now owns a deleted resource's object; the object must then be kept. `undefined` if the deleted
 * resource still owns it.
 * @throws Error if a replacement adopted the object that it was to replace.
 */
export function holderInProcess(definition: AnyObject, id: string, old: Resource, caller: Caller): Claim | undefined {
  const { owner, known } = caller;
  const holder = known.holders(id).find(({ createId }) => createId !== old.memory.create);
  const isItself = holder !== undefined && owner !== undefined && identityOf(holder.owner) === identityOf(owner);
  if (isItself && holder.origin === "adopted") throw notReplaced(definition, id, owner);
  return holder;
}

/**
 * Whether the object's mark names another creation. That creation may be another process's: of an explicit provider, or of a run
 * that was killed after it adopted the object.
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
  // An adoption that no state recorded: the declarations of this run decide.
  const isDeclared = known.holders(id).some(({ createId }) => createId === old.memory.create);
  if (isOwnMark && (isDeclared || old.memory.create === undefined)) return false;
  report?.(
    `${definition.kind} ${id}${owner === undefined ? "" : ` of ${ownerName(owner)}`} was left at the gateway: its mark says that it belongs to ` +
      `"${mark.resource}" of the stack ${mark.stack}.`,
  );
  return true;
}

/** The advice for a replacement that conflicts with the object that it replaces. */
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
    `${kind} ${id} was not replaced: ${why}. The object was kept and nothing was deleted; the next up continues. To replace it, ` +
      `${remedy}set the resource option deleteBeforeReplace: true on ${ownerName(owner)}.`,
  );
}

function toClaim(owner: Owner, { create, managed }: Memory, origin: Claim["origin"]): Claim {
  return { owner, createId: create, managed, origin };
}
