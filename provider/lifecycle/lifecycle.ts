/**
 * The lifecycle of a resource, independent of the adapter: check, diff, create, read, update and delete over a definition. Adds
 * to the handlers what all kinds share: the owner's mark, the managed fields, adoption, and lost responses.
 */
import { GatewayNotFoundError } from "../../sdk/errors";
import { type AdoptOption, findToAdopt } from "./adopt";
import { changing } from "./changing";
import { type CheckedInputs, checkInputs } from "./check";
import { claimAdopted, declareResource, noteObject } from "./claims";
import { type Creator, createOnce, findLeftBehind, ownCreation, UnresolvedCreation } from "./creation";
import {
  type AnyDefinition,
  type AnyObject,
  type CallContext,
  type Failure,
  HalfDoneError,
  isAction,
  isUnanswered,
} from "./definition";
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
import { isMarkOf, markText, newCreateId, readMark } from "./ownership";
import { refuseOtherAccount, refuseUnseenChange } from "./refusals";
import { removeObject } from "./removal";
import { readUnresolved, removeUnresolved } from "./settleUnresolved";
import { isUnresolved, unresolvedId, unresolvedReference } from "./unresolved";
import { type PlainObject, UnknownPaths, withoutEmpty } from "./values";

export { type Memory, type Resource, STATE_SCHEMA };

export interface DiffOutcome {
  /** `undefined` if the inputs show the whole difference, so that the engine may compare them itself. */
  readonly changes: boolean | undefined;
  readonly replaces: string[];
}

/** A difference, with the fields that differ. */
export interface Comparison extends DiffOutcome {
  readonly changed: readonly string[];
}

/** The object exists or was changed in part. Contains the state to record. */
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

export interface LifecycleOptions extends Creator {
  readonly ownership: "on" | "off";
  /** Why an action, which calls the data plane, must not run. */
  readonly gatewayUrlProblem?: string | undefined;
}

/**
 * Checks the inputs, and that no other resource of the program declares the same object. `olds` are the previous inputs;
 * undefined if the resource is new or is being replaced.
 */
export function check(
  definition: AnyDefinition,
  news: PlainObject,
  options?: LifecycleOptions,
  olds?: PlainObject,
): CheckedInputs {
  const checked = checkInputs(definition, news, olds);
  if (checked.failures.length > 0 || options === undefined) return checked;
  const failure =
    unresolvedReference(checked.inputs) ??
    (isAction(definition) ? actionFailure(options) : declareResource(definition, checked.inputs, olds, options));
  return failure === undefined ? checked : { ...checked, failures: [failure] };
}

function actionFailure({ gatewayUrlProblem }: LifecycleOptions): Failure | undefined {
  return gatewayUrlProblem === undefined ? undefined : { property: "", reason: gatewayUrlProblem };
}

/** @throws Error if another resource of the program declares the same object. */
export function diff(
  definition: AnyDefinition,
  id: string,
  stored: Resource,
  news: PlainObject,
  options: LifecycleOptions,
): DiffOutcome {
  const { changes, replaces } = compare(definition, id, stored, news, options);
  return { changes, replaces };
}

/** @throws Error if another resource of the program declares the same object. */
export function compare(
  definition: AnyDefinition,
  id: string,
  stored: Resource,
  news: PlainObject,
  options: LifecycleOptions,
): Comparison {
  const old = migrated(definition, stored);
  if (!isAction(definition)) noteFound(definition, { id, ...old }, options);
  // Its create first looks for the object and adopts it if it is usable.
  if (isUnresolved(id)) return { changes: true, replaces: ["id"], changed: ["id"] };
  const unknown = UnknownPaths.of(news);
  const wanted = withMark(definition, news, old, options);
  const changed = changedFields(definition, old, wanted, unknown).filter(
    (name) => !(old.memory.imported && isMark(name, news)),
  );
  // A field that the program newly gives with its stored value must still be recorded as managed.
  const isNewlyManaged = rememberOf(definition, news, undefined).managed.some(
    (name) => !old.memory.managed.includes(name),
  );
  const replaces = changed.filter((name) => definition.fields[name]?.change === "replace");
  if (old.memory.schema < schemaOf(definition)) return { changes: true, replaces, changed };
  if (changed.length === 0) return { changes: isNewlyManaged ? undefined : false, replaces: [], changed };
  // A mark that was changed outside Pulumi appears in no input, so the engine cannot see this difference.
  const isOnlyMark = changed.every((name) => isMark(name, news));
  return { changes: isOnlyMark || old.memory.doubtful !== undefined ? true : undefined, replaces, changed };
}

/** Whether the field is the owner's mark, which the provider writes because the program gives no metadata. */
function isMark(name: string, inputs: PlainObject): boolean {
  return name === "metadata" && inputs.metadata === undefined;
}

export async function create(
  definition: AnyDefinition,
  inputs: PlainObject,
  context: CallContext,
  options: LifecycleOptions,
): Promise<{ id: string } & Resource> {
  const account = await context.accountId();
  if (isAction(definition)) {
    const createId = newCreateId();
    const memory = { ...rememberOf(definition, inputs, createId), account };
    const state = completed(definition, inputs, await definition.run(inputs, context));
    return { id: `${idPrefixOf(definition)}-${createId}`, state, memory };
  }
  const left = await findLeftBehind(definition, inputs, account, options, context);
  const createId = left?.createId ?? newCreateId();
  const memory = { ...rememberOf(definition, inputs, createId), account };
  const wanted = withMark(definition, inputs, { state: {}, memory }, options);
  try {
    const adopt = inputs.adopt as AdoptOption;
    const existing = left ?? (await findToAdopt(definition, wanted, adopt, options, context));
    if (existing === undefined) {
      const made = await createOnce(definition, wanted, memory, options, context);
      return { id: made.id, state: completed(definition, wanted, made.state), memory };
    }
    claimAdopted(definition, existing.id, memory, options);
    const isMarked = readMark(wanted.metadata)?.create === createId;
    if (!isMarked) options.notes?.adoptions.note({ kind: definition.kind, id: existing.id, account }, createId);
    const found = left === undefined ? nothingManaged(existing.state) : ownCreation(definition, existing.state);
    const state = await adopted(definition, existing.id, found, wanted, options, context);
    if (left !== undefined) options.notes?.creations.end(createId);
    return { id: existing.id, state, memory };
  } catch (error) {
    if (error instanceof UnresolvedCreation) {
      const { startedAt, endedAt } = error.creation;
      const isReplacement = options.owner !== undefined && options.known.isReplacement(options.owner);
      const unresolved = { startedAt, endedAt, ...(isReplacement && { isReplacement }) };
      throw new PartialFailure(unresolvedId(createId), { state: wanted, memory: { ...memory, unresolved } }, error);
    }
    if (!(error instanceof HalfDoneError) || error.id === undefined) throw error;
    if (left !== undefined) options.notes?.creations.end(createId);
    const doubtful = doubtfulFields(definition, Object.keys(wanted), wanted, error.state);
    throw new PartialFailure(error.id, { state: error.state, memory: { ...memory, ...doubtful } }, error);
  }
}

/**
 * Updates the found object to the program's inputs; writes nothing if they are equal. Until the first write succeeds, the object
 * belongs to another owner and must not be recorded in the state.
 */
async function adopted(
  definition: AnyObject,
  id: string,
  existing: Resource,
  wanted: PlainObject,
  { owner, known }: LifecycleOptions,
  context: CallContext,
): Promise<PlainObject> {
  try {
    return await updateFields(definition, id, existing, wanted, context);
  } catch (error) {
    if (error instanceof HalfDoneError) throw new HalfDoneError(error.state, error.cause, id);
    if (isUnanswered(error)) throw new HalfDoneError(existing.state, error, id);
    if (owner !== undefined) known.release(id, owner);
    throw error;
  }
}

/** An object of another owner: fields that the program does not give keep their values. */
function nothingManaged(state: PlainObject): Resource {
  return { state, memory: { schema: STATE_SCHEMA, managed: [] } };
}

/** Returns `undefined` if the object no longer exists. The id changes if an unresolved creation's object was found. */
export async function read(
  definition: AnyDefinition,
  id: string,
  stored: Resource,
  context: CallContext,
  options: LifecycleOptions,
): Promise<(Resource & { id: string; inputs: PlainObject }) | undefined> {
  const old = migrated(definition, stored);
  const found = isAction(definition) ? { id, ...old } : await readObject(definition, id, old, context, options);
  if (found === undefined) return undefined;
  if (!isAction(definition)) noteFound(definition, found, options);
  const { state } = found;
  const inputs: PlainObject = {};
  for (const name of old.memory.managed) {
    const field = definition.fields[name];
    const before = old.state[name];
    // The program's own form is kept if it has the same meaning at the gateway.
    const current =
      field === undefined || field.change === "never" || equal(field, before, state[name]) ? before : state[name];
    if (current !== undefined) inputs[name] = current;
  }
  const memory = withoutDoubts(definition, found.memory);
  return { id: found.id, state: { ...state, ...inputs }, memory, inputs };
}

async function readObject(
  definition: AnyObject,
  id: string,
  old: Resource,
  context: CallContext,
  options: LifecycleOptions,
): Promise<(Resource & { id: string }) | undefined> {
  if (isUnresolved(id)) return readUnresolved(definition, id, old, options, context);
  if (definition.isOnePerAccount) await refuseOtherAccount(definition, id, old, context);
  const state = await definition.read(id, old.state, context);
  if (state === undefined) {
    await refuseOtherAccount(definition, id, old, context);
    return undefined;
  }
  return { id, state, memory: old.memory };
}

function noteFound(definition: AnyObject, found: Resource & { id: string }, options: LifecycleOptions): void {
  if (!isUnresolved(found.id)) noteObject(definition, found.id, found, options);
  else if (options.owner !== undefined) options.known.noteUnresolved(options.owner, found);
}

export async function update(
  definition: AnyDefinition,
  id: string,
  stored: Resource,
  news: PlainObject,
  context: CallContext,
  options: LifecycleOptions,
): Promise<Resource> {
  if (isUnresolved(id))
    throw new Error(`${definition.kind} ${id} can't be updated: its creation is unresolved. Run \`pulumi refresh\`.`);
  const old = migrated(definition, stored);
  const { doubtful: _doubtful, imported: _imported, ...kept } = old.memory;
  const createId = createIdForUpdate(old, options);
  const memory = { ...kept, ...rememberOf(definition, news, createId) };
  if (isAction(definition)) return { state: completed(definition, news, await definition.run(news, context)), memory };
  const wanted = withMark(definition, news, { state: old.state, memory }, options);
  if (definition.isOnePerAccount) await refuseOtherAccount(definition, id, old, context);
  try {
    return { state: await updateFields(definition, id, old, wanted, context), memory };
  } catch (error) {
    if (GatewayNotFoundError.isInstance(error)) await refuseOtherAccount(definition, id, old, context);
    if (!(error instanceof HalfDoneError || (isUnanswered(error) && error instanceof Error))) throw error;
    const state = error instanceof HalfDoneError ? error.state : old.state;
    const written = changedFields(definition, old, wanted, UnknownPaths.of({}));
    // A field that only the old inputs managed still has to be cleared.
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

/** Deletes the object, or keeps it if it now belongs to another creation. */
export async function remove(
  definition: AnyDefinition,
  id: string,
  stored: Resource,
  context: CallContext,
  options: LifecycleOptions,
): Promise<void> {
  if (isAction(definition)) return;
  const old = migrated(definition, stored);
  if (isUnresolved(id)) return removeUnresolved(definition, id, old, options, context);
  return removeObject(definition, id, old, options, context);
}

/** The inputs with the owner's mark as metadata, if the program gives no metadata. */
function withMark(
  definition: AnyDefinition,
  inputs: PlainObject,
  { state: { metadata }, memory: { create: createId } }: Resource,
  options: LifecycleOptions,
): PlainObject {
  const { ownership, owner } = options;
  if (isAction(definition) || !definition.isMarkable || ownership === "off") return inputs;
  if (owner === undefined || createId === undefined || inputs.metadata !== undefined) return inputs;
  // The other adapter writes the same mark with a different form of the stack's name: neither rewrites the other's mark.
  const mark = readMark(metadata);
  const isThisMark = mark !== undefined && mark.create === createId && isMarkOf(mark, owner);
  return { ...inputs, metadata: isThisMark ? metadata : markText(owner, createId) };
}

/**
 * The first update of an imported object takes ownership, like an adoption: it writes a new create id, so that the previous owner
 * keeps the object on delete. An object that this resource owned before keeps its create id.
 */
function createIdForUpdate(
  { state, memory: { create, imported } }: Resource,
  { owner }: LifecycleOptions,
): string | undefined {
  if (!imported || owner === undefined) return create;
  const mark = readMark(state.metadata);
  return mark !== undefined && isMarkOf(mark, owner) ? create : newCreateId();
}

/** The object's state, in the program's own form if that has the same meaning at the gateway. */
function completed(definition: AnyDefinition, wanted: PlainObject, state: PlainObject): PlainObject {
  const spelled = Object.entries(definition.fields)
    .filter(
      ([name, field]) =>
        wanted[name] !== undefined && (field.change === "never" || equal(field, wanted[name], state[name])),
    )
    .map(([name]) => [name, wanted[name]] as const);
  return withoutEmpty({ ...state, ...Object.fromEntries(spelled) });
}

/** Returns `route-check` for `RouteCheck`. */
function idPrefixOf({ kind }: AnyDefinition): string {
  return kind.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}
