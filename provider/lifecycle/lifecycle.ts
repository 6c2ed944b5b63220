/**
 * The life of a resource, whatever adapter calls it: check, diff, create, read, update, delete over a definition. Adds to the handlers
 * what is the same for all: the owner's mark, which fields are managed, adopting, lost answers.
 */
import { GatewayError, GatewayNotFoundError } from "../../sdk/errors";
import { type AdoptOption, describeConflict, findConflict, findToAdopt } from "./adopt";
import { type CheckedInputs, checkInputs } from "./check";
import {
  type Caller,
  claimAdopted,
  claimCreated,
  declareResource,
  hasOtherMark,
  holderInProcess,
  noteObject,
} from "./claims";
import {
  type AnyDefinition,
  type AnyObject,
  type CallContext,
  type Found,
  HalfDoneError,
  isAction,
  isUnanswered,
} from "./definition";
import { forgetRead, forgetReads } from "./gatheredReads";
import { findAfterLostAnswer } from "./lostAnswer";
import {
  changedFields,
  doubtfulFields,
  equal,
  type Memory,
  migrated,
  type Resource,
  rememberOf,
  STATE_SCHEMA,
  schemaOf,
  withoutDoubts,
} from "./memory";
import { markText, newCreateId } from "./ownership";
import { refuseOtherAccount, refuseUnseenChange } from "./refusals";
import { type PlainObject, UnknownPaths, withoutEmpty } from "./values";

export { type Memory, type Resource, STATE_SCHEMA };

export interface DiffOutcome {
  /** `undefined`: the inputs show all of it, so the engine may compare them itself. */
  readonly changes: boolean | undefined;
  readonly replaces: string[];
}

/** The object exists, or was changed in part; what is true of it belongs into the state. */
export class PartialFailure extends Error {
  constructor(
    readonly resourceId: string,
    readonly resource: Resource,
    override readonly cause: Error,
  ) {
    super(cause.message);
    this.name = "PartialFailure";
  }
}

export interface LifecycleOptions extends Caller {
  readonly ownership: "on" | "off";
}

/** A lost answer is looked for and repeated; a service that loses each of them is given up. */
const MAX_LOST_ANSWERS = 3;

/**
 * Checks the inputs, and that no other resource of the program declares the same object. `olds` are the old inputs; none where the
 * resource is new or is made anew.
 */
export function check(
  definition: AnyDefinition,
  news: PlainObject,
  options?: LifecycleOptions,
  olds?: PlainObject,
): CheckedInputs {
  const checked = checkInputs(definition, news);
  if (checked.failures.length > 0 || options === undefined || isAction(definition)) return checked;
  const failure = declareResource(definition, checked.inputs, olds, options);
  return failure === undefined ? checked : { ...checked, failures: [failure] };
}

/** @throws Error where another resource of the program declares the same object. */
export function diff(
  definition: AnyDefinition,
  id: string,
  stored: Resource,
  news: PlainObject,
  options: LifecycleOptions,
): DiffOutcome {
  const old = migrated(definition, stored);
  if (!isAction(definition)) noteObject(definition, id, old, options);
  const unknown = UnknownPaths.of(news);
  const wanted = withMark(definition, news, old.memory.create, options);
  const changed = changedFields(definition, old, wanted, unknown);
  // A field that the program begins to give, with the value it has already, must still be remembered as managed.
  const isNewlyManaged = rememberOf(definition, news, undefined).managed.some(
    (name) => !old.memory.managed.includes(name),
  );
  const replaces = changed.filter((name) => definition.fields[name]?.change === "replace");
  if (old.memory.schema < schemaOf(definition)) return { changes: true, replaces };
  if (changed.length === 0) return { changes: isNewlyManaged ? undefined : false, replaces: [] };
  // A mark that somebody else changed shows in no input, so the engine cannot see this difference.
  const isOnlyMark = changed.every((name) => name === "metadata" && news.metadata === undefined);
  return { changes: isOnlyMark || old.memory.doubtful !== undefined ? true : undefined, replaces };
}

export async function create(
  definition: AnyDefinition,
  inputs: PlainObject,
  context: CallContext,
  options: LifecycleOptions,
): Promise<{ id: string } & Resource> {
  const createId = newCreateId();
  if (isAction(definition)) {
    const memory = { ...rememberOf(definition, inputs, createId), account: await context.accountId() };
    const state = completed(definition, inputs, await definition.run(inputs, context));
    return { id: `${idPrefixOf(definition)}-${createId}`, state, memory };
  }
  const wanted = withMark(definition, inputs, createId, options);
  const memory = { ...rememberOf(definition, inputs, createId), account: await context.accountId() };
  try {
    const existing = await findToAdopt(definition, wanted, inputs.adopt as AdoptOption, options, context);
    if (existing === undefined) {
      const made = await createOnce(definition, wanted, options, context);
      claimCreated(definition, made.id, memory, options);
      return { id: made.id, state: completed(definition, wanted, made.state), memory };
    }
    claimAdopted(definition, existing.id, memory, options);
    return { id: existing.id, state: await adopted(definition, existing, wanted, options, context), memory };
  } catch (error) {
    if (!(error instanceof HalfDoneError) || error.id === undefined) throw error;
    const doubtful = doubtfulFields(definition, Object.keys(wanted), wanted, error.state);
    throw new PartialFailure(error.id, { state: error.state, memory: { ...memory, ...doubtful } }, error);
  }
}

/**
 * Brings the object that was found to what the program says; nothing is written where it is that already. As long as nothing
 * was written it is only somebody else's, and must not get into the state.
 */
async function adopted(
  definition: AnyObject,
  existing: Found<PlainObject>,
  wanted: PlainObject,
  { owner, known }: LifecycleOptions,
  context: CallContext,
): Promise<PlainObject> {
  const nothingManaged: Resource = { state: existing.state, memory: { schema: STATE_SCHEMA, managed: [] } };
  try {
    return await updateFields(definition, existing.id, nothingManaged, wanted, context);
  } catch (error) {
    if (error instanceof HalfDoneError) throw new HalfDoneError(error.state, error.cause, existing.id);
    if (isUnanswered(error)) throw new HalfDoneError(existing.state, error, existing.id);
    if (owner !== undefined) known.release(existing.id, owner);
    throw error;
  }
}

/** What was read before a change, or while it was made, is not true any more. */
async function changing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } finally {
    forgetReads();
  }
}

/** Makes the object exactly once, also when the answer to the request is lost. */
async function createOnce(
  definition: AnyObject,
  wanted: PlainObject,
  options: LifecycleOptions,
  context: CallContext,
): Promise<Found<PlainObject>> {
  const startedAt = new Date();
  for (let lost = 1; ; lost++) {
    try {
      return await changing(() => definition.create(wanted, context));
    } catch (error) {
      const conflict = await findConflict(definition, wanted, error, context);
      if (conflict !== undefined) throw describeConflict(definition, wanted, conflict, options);
      if (!GatewayError.isInstance(error) || !isUnanswered(error)) throw error;
      // Also after the last one: what it made stands in no state, and nobody would find it again.
      const found = await findAfterLostAnswer(definition, wanted, startedAt, error, context);
      if (found !== undefined && !definition.secretOutputs?.length) return found;
      // Its token was in the lost answer and can be had only once: this object is of no use.
      if (found !== undefined) await changing(() => definition.delete(found.id, found.state, context));
      if (lost >= MAX_LOST_ANSWERS) throw error;
    }
  }
}

/** `undefined`: the object is gone. */
export async function read(
  definition: AnyDefinition,
  id: string,
  stored: Resource,
  context: CallContext,
  options: LifecycleOptions,
): Promise<(Resource & { inputs: PlainObject }) | undefined> {
  const old = migrated(definition, stored);
  const state = isAction(definition) ? old.state : await readObject(definition, id, old, context);
  if (state === undefined) return undefined;
  if (!isAction(definition)) noteObject(definition, id, old, options);
  const inputs: PlainObject = {};
  for (const name of old.memory.managed) {
    const field = definition.fields[name];
    const before = old.state[name];
    // The program's own spelling is kept as long as the gateway means the same.
    const current =
      field === undefined || field.change === "never" || equal(field, before, state[name]) ? before : state[name];
    if (current !== undefined) inputs[name] = current;
  }
  return { state: { ...state, ...inputs }, memory: withoutDoubts(definition, old.memory), inputs };
}

async function readObject(
  definition: AnyObject,
  id: string,
  old: Resource,
  context: CallContext,
): Promise<PlainObject | undefined> {
  if (definition.isOnePerAccount) await refuseOtherAccount(definition, id, old, context);
  const state = await definition.read(id, old.state, context);
  if (state === undefined) await refuseOtherAccount(definition, id, old, context);
  return state;
}

export async function update(
  definition: AnyDefinition,
  id: string,
  stored: Resource,
  news: PlainObject,
  context: CallContext,
  options: LifecycleOptions,
): Promise<Resource> {
  const old = migrated(definition, stored);
  const { doubtful: _, ...kept } = old.memory;
  const memory = { ...kept, ...rememberOf(definition, news, old.memory.create) };
  if (isAction(definition)) return { state: completed(definition, news, await definition.run(news, context)), memory };
  const wanted = withMark(definition, news, old.memory.create, options);
  if (definition.isOnePerAccount) await refuseOtherAccount(definition, id, old, context);
  try {
    return { state: await updateFields(definition, id, old, wanted, context), memory };
  } catch (error) {
    if (GatewayNotFoundError.isInstance(error)) await refuseOtherAccount(definition, id, old, context);
    if (!(error instanceof HalfDoneError || (isUnanswered(error) && error instanceof Error))) throw error;
    const state = error instanceof HalfDoneError ? error.state : old.state;
    const written = changedFields(definition, old, wanted, UnknownPaths.of({}));
    // What the old inputs managed and the new ones do not is still to be cleared.
    const managed = [...new Set([...memory.managed, ...old.memory.managed])];
    const doubtful = doubtfulFields(definition, written, wanted, state);
    throw new PartialFailure(id, { state, memory: { ...memory, managed, ...doubtful } }, error);
  }
}

async function updateFields(
  definition: AnyObject,
  id: string,
  old: Resource,
  wanted: PlainObject,
  context: CallContext,
): Promise<PlainObject> {
  const changed = new Set(changedFields(definition, old, wanted, UnknownPaths.of({})));
  const replacing = [...changed].filter((name) => definition.fields[name]?.change === "replace");
  if (replacing.length > 0) {
    throw new Error(
      `${definition.kind} ${id} differs in ${replacing.join(", ")}, which can't be changed on an existing object: ` +
        "correct the program, or the id given to adopt.",
    );
  }
  await refuseUnseenChange(definition, id, old, wanted, changed, context);
  const state = await changing(() => definition.update({ id, olds: old.state, news: wanted, changed }, context));
  return completed(definition, wanted, state);
}

/** Deletes the object, or leaves it alone where it belongs to another creation by now. */
export async function remove(
  definition: AnyDefinition,
  id: string,
  stored: Resource,
  context: CallContext,
  options: LifecycleOptions,
): Promise<void> {
  if (isAction(definition)) return;
  const old = migrated(definition, stored);
  if (definition.isOnePerAccount) await refuseOtherAccount(definition, id, old, context);
  const holder = holderInProcess(definition, id, old, options);
  if (holder !== undefined) {
    await changing(async () => definition.release?.(old.state, new Set(holder.managed), context));
    return;
  }
  if (definition.isMarkable) {
    const current = await definition.read(id, old.state, context);
    if (current === undefined) return refuseOtherAccount(definition, id, old, context);
    if (hasOtherMark(definition, id, current, old, options)) return;
  }
  try {
    await definition.delete(id, old.state, context);
  } catch (error) {
    if (!GatewayNotFoundError.isInstance(error)) throw error;
    await refuseOtherAccount(definition, id, old, context);
  } finally {
    // The marks of others, which the next deletes ask for, are not changed by it.
    if (definition.isMarkable) forgetRead(context.client, id);
    else forgetReads();
  }
  options.known.noteDeleted(id, options.owner);
}

/** Inputs with the owner's mark as metadata, where the program leaves it to us. */
function withMark(
  definition: AnyDefinition,
  inputs: PlainObject,
  createId: string | undefined,
  options: LifecycleOptions,
): PlainObject {
  const { ownership, owner } = options;
  if (isAction(definition) || !definition.isMarkable || ownership === "off") return inputs;
  if (owner === undefined || createId === undefined || inputs.metadata !== undefined) return inputs;
  return { ...inputs, metadata: markText(owner, createId) };
}

/** The object's state, in the program's own spelling wherever the gateway means the same. */
function completed(definition: AnyDefinition, wanted: PlainObject, state: PlainObject): PlainObject {
  const spelled = Object.entries(definition.fields)
    .filter(
      ([name, field]) =>
        wanted[name] !== undefined && (field.change === "never" || equal(field, wanted[name], state[name])),
    )
    .map(([name]) => [name, wanted[name]] as const);
  return withoutEmpty({ ...state, ...Object.fromEntries(spelled) });
}

/** `route-check` of `RouteCheck`. */
function idPrefixOf({ kind }: AnyDefinition): string {
  return kind.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}
