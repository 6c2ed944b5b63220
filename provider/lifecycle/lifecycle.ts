/**
 * The life of a resource, whatever adapter calls it: check, diff, create, read, update, delete over a definition.
 * Adds to the handlers what is the same for all: the owner's mark, which fields are managed, adopting, lost answers.
 */
import { GatewayError, GatewayNotFoundError } from "../../sdk/errors";
import { type AdoptOption, findToAdopt, nameTheExisting } from "./adopt";
import { type CheckedInputs, checkInputs } from "./check";
import { type AnyDefinition, type CallContext, type Found, HalfDoneError, isUnanswered } from "./definition";
import { forgetReads } from "./gatheredReads";
import { findAfterLostAnswer } from "./lostAnswer";
import {
  changedFields,
  doubtfulFields,
  equal,
  type Memory,
  type Resource,
  rememberOf,
  STATE_SCHEMA,
  withoutDoubts,
} from "./memory";
import { markText, newCreateId, type Owner } from "./ownership";
import { refuseOtherAccount, refuseUnseenChange } from "./refusals";
import { type PlainObject, UnknownPaths, withoutEmpty } from "./values";

export { type Memory, type Resource, STATE_SCHEMA };

export interface DiffOutcome {
  /** `undefined`: the inputs tell it all, whoever asks may compare them itself. */
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

export interface LifecycleOptions {
  readonly ownership: "on" | "off";
  readonly owner: Owner | undefined;
}

/** A lost answer is looked for and repeated; a service that loses each of them is given up. */
const MAX_LOST_ANSWERS = 3;

export function check(definition: AnyDefinition, news: PlainObject): CheckedInputs {
  return checkInputs(definition, news);
}

export function diff(
  definition: AnyDefinition,
  old: Resource,
  news: PlainObject,
  options: LifecycleOptions,
): DiffOutcome {
  const unknown = UnknownPaths.of(news);
  const wanted = withMark(definition, news, old.memory.create, options);
  const changed = changedFields(definition, old, wanted, unknown);
  // A field that the program begins to give, with the value it has already, must still be remembered as managed.
  const isNewlyManaged = rememberOf(definition, news, undefined).managed.some(
    (name) => !old.memory.managed.includes(name),
  );
  const replaces = changed.filter((name) => definition.fields[name]?.change === "replace");
  if (old.memory.schema < STATE_SCHEMA) return { changes: true, replaces };
  if (changed.length === 0) return { changes: isNewlyManaged ? undefined : false, replaces: [] };
  // A foreign hand on the mark shows in no input, so nobody else can see this difference.
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
  const wanted = withMark(definition, inputs, createId, options);
  const memory = { ...rememberOf(definition, inputs, createId), account: await context.accountId() };
  try {
    const existing = await findToAdopt(definition, wanted, inputs.adopt as AdoptOption, options.owner, context);
    if (existing === undefined) {
      const made = await createOnce(definition, wanted, options.owner, context);
      return { id: made.id, state: completed(definition, wanted, made.state), memory };
    }
    return { id: existing.id, state: await adopted(definition, existing, wanted, context), memory };
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
  definition: AnyDefinition,
  existing: Found<PlainObject>,
  wanted: PlainObject,
  context: CallContext,
): Promise<PlainObject> {
  const nothingManaged: Resource = { state: existing.state, memory: { schema: STATE_SCHEMA, managed: [] } };
  try {
    return await updateFields(definition, existing.id, nothingManaged, wanted, context);
  } catch (error) {
    if (error instanceof HalfDoneError) throw new HalfDoneError(error.state, error.cause, existing.id);
    if (isUnanswered(error)) throw new HalfDoneError(existing.state, error, existing.id);
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
  definition: AnyDefinition,
  wanted: PlainObject,
  owner: Owner | undefined,
  context: CallContext,
): Promise<Found<PlainObject>> {
  const startedAt = new Date();
  for (let lost = 1; ; lost++) {
    try {
      return await changing(() => definition.create(wanted, context));
    } catch (error) {
      if (GatewayError.isInstance(error) && error.status === 409) {
        throw await nameTheExisting(definition, wanted, error, owner, context);
      }
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
  old: Resource,
  context: CallContext,
): Promise<(Resource & { inputs: PlainObject }) | undefined> {
  if (definition.isOnePerAccount) await refuseOtherAccount(definition, id, old, context);
  const state = await definition.read(id, old.state, context);
  if (state === undefined) {
    await refuseOtherAccount(definition, id, old, context);
    return undefined;
  }
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

export async function update(
  definition: AnyDefinition,
  id: string,
  old: Resource,
  news: PlainObject,
  context: CallContext,
  options: LifecycleOptions,
): Promise<Resource> {
  const wanted = withMark(definition, news, old.memory.create, options);
  const { doubtful: _, ...kept } = old.memory;
  const memory = { ...kept, ...rememberOf(definition, news, old.memory.create) };
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
  definition: AnyDefinition,
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

export async function remove(
  definition: AnyDefinition,
  id: string,
  old: Resource,
  context: CallContext,
): Promise<void> {
  if (definition.isOnePerAccount) await refuseOtherAccount(definition, id, old, context);
  try {
    await changing(() => definition.delete(id, old.state, context));
  } catch (error) {
    if (!GatewayNotFoundError.isInstance(error)) throw error;
    await refuseOtherAccount(definition, id, old, context);
  }
}

/** Inputs with the owner's mark as metadata, where the program leaves it to us. */
function withMark(
  definition: AnyDefinition,
  inputs: PlainObject,
  createId: string | undefined,
  options: LifecycleOptions,
): PlainObject {
  if (!definition.isMarkable || options.ownership === "off" || options.owner === undefined || createId === undefined)
    return inputs;
  return inputs.metadata === undefined ? { ...inputs, metadata: markText(options.owner, createId) } : inputs;
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
