/**
 * The life of a resource, whatever adapter calls it: check, diff, create, read, update, delete over a definition.
 * Adds to the handlers what is the same for all: the owner's mark, which fields are managed, adopting, lost answers.
 */
import { GatewayError, GatewayNotFoundError } from "../../sdk/errors";
import { type AdoptOption, findToAdopt, nameTheExisting } from "./adopt";
import { type CheckedInputs, checkInputs } from "./check";
import { type AnyDefinition, type CallContext, type Field, type Found, HalfDoneError } from "./definition";
import { forgetReads } from "./gatheredReads";
import { findAfterLostAnswer } from "./lostAnswer";
import { markText, newCreateId, type Owner } from "./ownership";
import { isSame, type PlainObject, UnknownPaths, withoutEmpty } from "./values";

/** What the runtime itself remembers of a resource, beside its outputs. */
export interface Memory {
  /** Shape of this state; raised when it changes, so that later versions can read what earlier ones wrote. */
  readonly schema: number;
  /** Inputs that the program gives: only these are drift when they change elsewhere. */
  readonly managed: readonly string[];
  /** Identifies the creation, as in the owner's mark. */
  readonly create?: string;
  /** The account that it was made in. */
  readonly account?: string;
}

export const STATE_SCHEMA = 1;

export interface Resource {
  readonly state: PlainObject;
  readonly memory: Memory;
}

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
  return { changes: isOnlyMark ? true : undefined, replaces };
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
    throw new PartialFailure(error.id, { state: error.state, memory }, error);
  }
}

/** Brings the object that was found to what the program says; nothing is written where it is that already. */
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
    throw new HalfDoneError(error instanceof HalfDoneError ? error.state : existing.state, error, existing.id);
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
      const isLost = GatewayError.isInstance(error) && error.outcome === "unknown";
      if (!isLost || lost >= MAX_LOST_ANSWERS) throw error;
      const found = await findAfterLostAnswer(definition, wanted, startedAt, error, context);
      if (found === undefined) continue;
      if (!definition.secretOutputs?.length) return found;
      // Its token was in the lost answer and can be had only once: this object is of no use.
      await changing(() => definition.delete(found.id, found.state, context));
    }
  }
}

/** `undefined`: the object is gone. */
export async function read(
  definition: AnyDefinition,
  id: string,
  old: Resource,
  context: CallContext,
): Promise<{ state: PlainObject; inputs: PlainObject } | undefined> {
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
  return { state: { ...state, ...inputs }, inputs };
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
  const memory = { ...old.memory, ...rememberOf(definition, news, old.memory.create) };
  try {
    return { state: await updateFields(definition, id, old, wanted, context), memory };
  } catch (error) {
    if (GatewayNotFoundError.isInstance(error)) await refuseOtherAccount(definition, id, old, context);
    if (!(error instanceof HalfDoneError)) throw error;
    // What the old inputs managed and the new ones do not is still to be cleared.
    const managed = [...new Set([...memory.managed, ...old.memory.managed])];
    throw new PartialFailure(id, { state: error.state, memory: { ...memory, managed } }, error);
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

const MAX_SHOWN_CHARS = 500;

/** The API has no way to write only if nobody else has: whoever replaces a whole set looks at it just before. */
async function refuseUnseenChange(
  definition: AnyDefinition,
  id: string,
  old: Resource,
  wanted: PlainObject,
  changed: ReadonlySet<string>,
  context: CallContext,
): Promise<void> {
  const sets = Object.entries(definition.fields).filter(([name, { isWholeSet }]) => isWholeSet && changed.has(name));
  if (sets.length === 0) return;
  const now = await definition.read(id, old.state, context);
  if (now === undefined) return; // the update itself tells that it is gone
  const unseen = sets.filter(
    ([name, field]) => !equal(field, now[name], old.state[name]) && !equal(field, now[name], wanted[name]),
  );
  if (unseen.length === 0) return;
  const shown = unseen.map(([name]) => `${name} is now ${JSON.stringify(now[name] ?? null).slice(0, MAX_SHOWN_CHARS)}`);
  throw new Error(
    `${definition.kind} ${id} was changed by somebody else since it was last read: ${shown.join(", ")}. This update replaces it as a whole, so ` +
      "nothing was written. Run `pulumi refresh` to see the difference in the next preview, then run up once more.",
  );
}

export async function remove(
  definition: AnyDefinition,
  id: string,
  old: Resource,
  context: CallContext,
): Promise<void> {
  try {
    await changing(() => definition.delete(id, old.state, context));
  } catch (error) {
    if (!GatewayNotFoundError.isInstance(error)) throw error;
    await refuseOtherAccount(definition, id, old, context);
  }
}

/** An object that is not there may stand in another account: it is neither forgotten nor made anew while that may be so. */
async function refuseOtherAccount(
  { kind }: AnyDefinition,
  id: string,
  { memory: { account } }: Resource,
  context: CallContext,
): Promise<void> {
  if (account === undefined) return;
  const current = await context.accountId();
  if (current === account) return;
  throw new Error(
    `${kind} ${id} was made in the account ${account}, but the API key in use now is of the account ${current}. Use a key of the first account ` +
      "(stack config ngrok-ai:apiKey, AI_GATEWAY_API_KEY, or the resource's explicit provider). To move to the other account on purpose, run " +
      "destroy with the old key first, or take the resource out of the state with `pulumi state delete`.",
  );
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

function rememberOf(definition: AnyDefinition, inputs: PlainObject, createId: string | undefined): Memory {
  const managed = Object.keys(inputs).filter((name) => name in definition.fields);
  return { schema: STATE_SCHEMA, managed, ...(createId === undefined ? {} : { create: createId }) };
}

/** Names of the fields whose wanted value differs from the object's, unknown ones included. */
function changedFields(definition: AnyDefinition, old: Resource, wanted: PlainObject, unknown: UnknownPaths): string[] {
  return Object.entries(definition.fields)
    .filter(([name, field]) => field.change !== "never" && isChanged(name, field, old, wanted, unknown))
    .map(([name]) => name);
}

function isChanged(name: string, field: Field, old: Resource, wanted: PlainObject, unknown: UnknownPaths): boolean {
  if (unknown.touches([name])) return true;
  const isWanted = wanted[name] !== undefined;
  const wasManaged = old.memory.managed.includes(name);
  if (!isWanted) return wasManaged && field.whenRemoved !== "keep" && !equal(field, old.state[name], undefined);
  return !equal(field, old.state[name], wanted[name]);
}

function equal(field: Field, left: unknown, right: unknown): boolean {
  return field.isSame === undefined ? isSame(left, right) : field.isSame(left, right);
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
