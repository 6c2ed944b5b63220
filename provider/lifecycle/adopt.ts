/** Finds the existing object that create adopts, according to the `adopt` input. */
import { GatewayError, GatewayNotFoundError } from "../../sdk/errors";
import { type Caller, replacementAdvice } from "./claims";
import { type AnyObject, type CallContext, type Found, KeyTakenError } from "./definition";
import { isMarkOf, isSameStack, type Owner, readMark } from "./ownership";
import type { PlainObject } from "./values";

/** Whether create adopts an existing object: `"never"`, `"ifExists"`, `"required"`, or the object's id. */
export type AdoptOption = "never" | "ifExists" | "required" | (string & {}) | undefined;

/** The object to adopt, or `undefined` to create a new one. */
export async function findToAdopt(
  definition: AnyObject,
  wanted: PlainObject,
  adopt: AdoptOption,
  caller: Caller,
  context: CallContext,
): Promise<Found<PlainObject> | undefined> {
  if (adopt === undefined || adopt === "never") return undefined;
  const { owner, known } = caller;
  // The object in the state is about to be deleted; only a changed key can find a different one.
  if (owner !== undefined && known.isReplacement(owner) && !known.hasOtherKey(owner)) return undefined;
  const found =
    adopt === "ifExists" || adopt === "required"
      ? await findOneByKey(definition, wanted, owner, context)
      : await findById(definition, adopt, wanted, caller, context);
  if (found !== undefined || adopt !== "required") return found;
  throw new Error(
    `adopt: "required", but there is no ${definition.kind} ${definition.identify(wanted).words}: make it first, or leave adopt out.`,
  );
}

async function findById(
  definition: AnyObject,
  id: string,
  wanted: PlainObject,
  { known, owner }: Caller,
  context: CallContext,
): Promise<Found<PlainObject> | undefined> {
  // Deleted before its replacement is created.
  if (known.isDeleted(id)) return undefined;
  const state = await definition.read(id, wanted, context);
  const isReplacement = owner !== undefined && known.isReplacement(owner);
  // The id may be that of an earlier object of the resource.
  if (isReplacement && (state === undefined || !definition.identify(wanted).matches(state))) return undefined;
  if (state !== undefined) return { id, state };
  throw new Error(`adopt: there is no ${definition.kind} with id "${id}": correct the id, or leave adopt out.`);
}

async function findOneByKey(
  definition: AnyObject,
  wanted: PlainObject,
  owner: Owner | undefined,
  context: CallContext,
): Promise<Found<PlainObject> | undefined> {
  const fitting = await findByKey(definition, wanted, context);
  const [first, second] = fitting;
  if (second !== undefined) {
    const ids = fitting.map((found) => found.id).join(", ");
    throw new Error(
      `adopt: there are several ${definition.kind}s ${definition.identify(wanted).words} (${ids}): give the id of the one you mean as adopt.`,
    );
  }
  if (first !== undefined) refuseForeign(definition, first, owner);
  return first;
}

/** Refuses to adopt by key an object that carries another stack's mark; the id is required for that. */
function refuseForeign(definition: AnyObject, found: Found<PlainObject>, owner: Owner | undefined): void {
  const mark = readMark(found.state.metadata);
  if (mark === undefined || (owner !== undefined && isSameStack(mark.stack, owner.stack))) return;
  throw new Error(
    `adopt: ${definition.kind} ${found.id} belongs to the stack ${mark.stack}. Remove it there first, or give its id as adopt to adopt it anyway.`,
  );
}

async function findByKey(
  definition: AnyObject,
  wanted: PlainObject,
  context: CallContext,
): Promise<Found<PlainObject>[]> {
  const { matches } = definition.identify(wanted);
  const fitting: Found<PlainObject>[] = [];
  for await (const found of definition.list(wanted, context)) {
    if (matches(found.state)) fitting.push(found);
  }
  return fitting;
}

/** A conflict on create, and the existing object if it can be found. */
export interface Conflict {
  readonly error: Error;
  readonly existing: Found<PlainObject> | undefined;
}

/** `undefined` if the error is no key conflict. */
export async function findConflict(
  definition: AnyObject,
  wanted: PlainObject,
  error: unknown,
  context: CallContext,
): Promise<Conflict | undefined> {
  const isConflict = error instanceof KeyTakenError || (GatewayError.isInstance(error) && error.status === 409);
  if (!isConflict || !definition.identify(wanted).isUnique) return undefined;
  try {
    const [existing] = await findByKey(definition, wanted, context);
    return { error, existing };
  } catch (lookUpError) {
    // The look-up only improves the message, so its failure does not hide the conflict.
    if (!GatewayError.isInstance(lookUpError) || GatewayNotFoundError.isInstance(lookUpError)) throw lookUpError;
    return { error, existing: undefined };
  }
}

/** Names the existing object and the possible solutions. */
export function describeConflict(
  definition: AnyObject,
  wanted: PlainObject,
  { error, existing }: Conflict,
  { owner, known }: Caller,
): Error {
  const answer = GatewayError.isInstance(error)
    ? `\n(${error.method} ${error.path} answered ${error.status}${error.code === undefined ? "" : ` ${error.code}`})`
    : "";
  const { words, input } = definition.identify(wanted);
  if (owner !== undefined && known.isReplacement(owner) && !known.hasOtherKey(owner))
    return new Error(`${definition.kind} ${words} was not replaced: ${replacementAdvice(owner)}${answer}`);
  if (existing === undefined) return error;
  const mark = readMark(existing.state.metadata);
  const isOurs = mark !== undefined && owner !== undefined && isMarkOf(mark, owner);
  const advice = isOurs
    ? `It carries this very resource's mark. In a replacement (--replace, a trigger), ${replacementAdvice(owner)} If a run that was killed left ` +
      'it, remove it with `pulumi-ngrok-ai recover` or adopt it with adopt: "ifExists".'
    : `Adopt it with adopt: "ifExists" (or adopt: "${existing.id}"), or choose another ${input}.`;
  return new Error(`${definition.kind} ${words} exists already as ${existing.id}. ${advice}${answer}`);
}
