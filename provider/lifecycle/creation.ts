/**
 * Creates an object exactly once. After a lost response, it looks the object up before it repeats the request. It finds objects
 * that an earlier process left behind before it sends anything. It reports and records an outcome that stays unknown.
 */
import { GatewayError } from "../../sdk/errors";
import { describeConflict, findConflict } from "./adopt";
import type { AdoptionNotes } from "./adoptionNotes";
import { changing } from "./changing";
import { type Caller, claimCreated } from "./claims";
import type { CreationNotes } from "./creationNotes";
import { type AnyObject, type CallContext, type Found, isUnanswered } from "./definition";
import type { KnownObjects } from "./knownObjects";
import { type Creation, findCreated, gatewayTime } from "./lostAnswer";
import { changedFields, type Memory, type Resource, STATE_SCHEMA } from "./memory";
import { isMarkOf, type Mark, ownerName, readMark } from "./ownership";
import { creationOf } from "./unresolved";
import { type PlainObject, UnknownPaths } from "./values";

/** Largest number of lost responses before the creation fails. */
const MAX_LOST_ANSWERS = 3;

/** The object may exist, and no look-up could find out. */
export class UnresolvedCreation extends Error {
  override readonly name = "UnresolvedCreation";

  constructor(
    readonly creation: Creation & { readonly endedAt: string },
    definition: AnyObject,
    cause: Error,
    problem: Error,
    context: CallContext,
  ) {
    super(
      `${cause.message}\n${definition.kind} "${context.call.subject.name}" may exist at the gateway: its creation was not answered, and looking for it failed too. ` +
        `${problem.message}\nThe state remembers the creation: the next up, refresh or destroy looks for the object before anything else. ` +
        "`pulumi-ngrok-ai recover` lists it.",
    );
  }
}

/** Notes on disk for later and concurrent processes. */
export interface Notes {
  readonly creations: CreationNotes;
  readonly adoptions: AdoptionNotes;
}

export interface Creator extends Caller {
  readonly notes?: Notes | undefined;
}

/** @throws UnresolvedCreation if the object may exist and could not be looked up. */
export async function createOnce(
  definition: AnyObject,
  wanted: PlainObject,
  memory: Memory,
  creator: Creator,
  context: CallContext,
): Promise<Found<PlainObject>> {
  const { create: createId = "", account = "" } = memory;
  const isMarked = readMark(wanted.metadata)?.create === createId;
  const creation = { createId, isMarked, startedAt: gatewayTime(context).notAfter };
  const { owner } = creator;
  const notes = definition.isOnePerAccount ? undefined : creator.notes?.creations; // an object that always exists cannot be lost
  if (owner !== undefined) notes?.begin(definition.kind, owner, { ...creation, account });
  try {
    const creating = createUntilAnswered(definition, wanted, creation, memory, creator, context);
    let isReported = false;
    const reporting = reportStranded(definition, creation, creator, context).finally(() => {
      isReported = true;
    });
    reporting.catch(() => undefined); // awaited below; if the creation fails first, its error is the one to report
    const made = await creating;
    if (isReported) await reporting;
    else await withPatience(reporting, context);
    return made;
  } finally {
    notes?.end(createId);
  }
}

async function withPatience(reporting: Promise<void>, { clock }: CallContext): Promise<void> {
  const patience = new AbortController();
  await Promise.race([reporting, clock.sleep(LONGEST_REPORT_MS, patience.signal)]);
  patience.abort();
}

/** Number of the newest objects of a kind whose marks are read. */
const NEWEST = 100;
/** Longest delay of a creation by this report. */
const LONGEST_REPORT_MS = 1_000;
const newest = new WeakMap<KnownObjects, Promise<readonly MarkedObject[]>>();

interface MarkedObject {
  readonly id: string;
  readonly createdAt: string | undefined;
  readonly mark: Mark;
}

/**
 * Reports an object that already carries the resource's mark, which a killed run may have left. The creation continues anyway: in
 * a replacement, the old object carries the same mark. Costs one list per kind and process.
 */
async function reportStranded(
  definition: AnyObject,
  { createId, isMarked }: Creation,
  { owner, known, report }: Creator,
  context: CallContext,
): Promise<void> {
  if (!isMarked || owner === undefined || known.isReplacement(owner)) return;
  known.ownCreateIds.add(createId);
  const listing = newest.get(known) ?? listNewestMarked(definition, context);
  newest.set(known, listing);
  for (const { id, mark, createdAt } of await listing) {
    const isOwn = isMarkOf(mark, owner) && !known.ownCreateIds.has(mark.create ?? "");
    if (!isOwn || known.holders(id).length > 0) continue;
    report?.(
      `${definition.kind} ${id}, made ${createdAt}, carries the mark of ${ownerName(owner)} of this stack already, and another one is made. ` +
        "If a run that was killed left it, remove it with `pulumi-ngrok-ai recover`. After --replace it is the old object.",
    );
  }
}

async function listNewestMarked(definition: AnyObject, context: CallContext): Promise<readonly MarkedObject[]> {
  const found: MarkedObject[] = [];
  let read = 0;
  try {
    for await (const { id, createdAt, state } of definition.list({}, context)) {
      const mark = readMark(state.metadata);
      if (mark !== undefined) found.push({ id, createdAt, mark });
      if (++read >= NEWEST) break;
    }
  } catch (error) {
    if (!GatewayError.isInstance(error)) throw error;
    // Without the list there is nothing to report; if the gateway fails, the creation itself fails.
  }
  return found;
}

async function createUntilAnswered(
  definition: AnyObject,
  wanted: PlainObject,
  creation: Creation,
  memory: Memory,
  creator: Creator,
  context: CallContext,
): Promise<Found<PlainObject>> {
  const { unmarkedCreations } = creator.known;
  const claimed = (found: Found<PlainObject>) => {
    claimCreated(definition, found.id, memory, creator);
    return found;
  };
  const send = async () => claimed(await changing(() => definition.create(wanted, context)));
  for (let lost = 1; ; lost++) {
    try {
      return await (creation.isMarked ? send() : unmarkedCreations.shared(send));
    } catch (error) {
      const conflict = await findConflict(definition, wanted, error, context);
      // An earlier request of this creation may have created the object after its look-up.
      const isOwn = readMark(conflict?.existing?.state.metadata)?.create === creation.createId;
      if (conflict?.existing !== undefined && isOwn) return claimed(conflict.existing);
      if (conflict !== undefined) throw describeConflict(definition, wanted, conflict, creator);
      if (!GatewayError.isInstance(error) || !isUnanswered(error)) throw error;
      // Also after the last attempt: the state does not record the object, so nothing else would find it.
      const lookUp = async () => {
        const found = await findOne(definition, wanted, creation, error, creator, context);
        return found && !definition.secretOutputs?.length ? claimed(found) : found;
      };
      try {
        const found = await (creation.isMarked ? lookUp() : unmarkedCreations.exclusive(lookUp));
        if (found !== undefined && !definition.secretOutputs?.length) return found;
        // The lost response contained the token, which the API returns only once: this object is unusable.
        if (found !== undefined) await changing(() => definition.delete(found.id, found.state, context));
      } catch (problem) {
        if (!GatewayError.isInstance(problem)) throw problem;
        const ended = { ...creation, endedAt: gatewayTime(context).notBefore };
        throw new UnresolvedCreation(ended, definition, error, problem, context);
      }
      if (lost >= MAX_LOST_ANSWERS) throw error;
    }
  }
}

async function findOne(
  definition: AnyObject,
  wanted: PlainObject,
  creation: Creation,
  cause: Error,
  creator: Creator,
  context: CallContext,
): Promise<Found<PlainObject> | undefined> {
  const candidates = await findCreated(definition, creation, wanted, creator, context);
  if (candidates.length <= 1) return candidates[0];
  throw new Error(
    `${cause.message}\nSeveral ${definition.kind}s could be the one that was made: ${idsOf(candidates)}. ` +
      "Look at them, remove those that are not needed, and give the id of the right one as adopt.",
  );
}

/** An object that an earlier creation of the resource made and that no state records. */
export interface LeftBehind extends Found<PlainObject> {
  readonly createId: string;
}

/**
 * Finds objects of earlier creations of the resource: creations that the state calls unresolved, and creations that a killed
 * process noted. Returns a usable object and deletes the others.
 */
export async function findLeftBehind(
  definition: AnyObject,
  inputs: PlainObject,
  account: string,
  creator: Creator,
  context: CallContext,
): Promise<LeftBehind | undefined> {
  const { owner, known } = creator;
  const notes = creator.notes?.creations;
  if (owner === undefined) return undefined;
  const unresolved = known.unresolvedOf(owner);
  const noted = notes?.leftBehindBy(definition.kind, owner, account) ?? [];
  const creations = [...(unresolved === undefined ? [] : [creationOf(unresolved)]), ...noted];
  let kept: LeftBehind | undefined;
  for (const creation of creations) {
    const candidates = await findCreated(definition, creation, creation.isMarked ? {} : inputs, creator, context);
    const [found] = candidates;
    if (found !== undefined && !isCertain(definition, creation, inputs, creator)) {
      notes?.end(creation.createId); // reported once
      if (inputs.adopt === undefined) throw new Error(undecided(definition, candidates, creator));
      continue;
    }
    const current = found && (await definition.read(found.id, inputs, context));
    if (found !== undefined && current !== undefined) {
      if (kept === undefined && isUsable(definition, current, inputs)) {
        kept = { id: found.id, state: current, createId: creation.createId };
        continue; // its note ends when the state records it
      }
      await changing(() => definition.delete(found.id, current, context));
    }
    notes?.end(creation.createId);
  }
  return kept;
}

/**
 * Whether the creation certainly made the object. Equal content is no proof: the state may hold another object with the same
 * content.
 */
function isCertain(
  definition: AnyObject,
  { isMarked }: Creation,
  inputs: PlainObject,
  { owner, known }: Creator,
): boolean {
  if (isMarked) return true;
  const isOld = owner !== undefined && known.isReplacement(owner) && !known.hasOtherKey(owner);
  return definition.identify(inputs).isUnique && !isOld;
}

/** Not usable: an object whose token is lost, or one that an update cannot bring to the program's inputs. */
function isUsable(definition: AnyObject, state: PlainObject, inputs: PlainObject): boolean {
  if (definition.secretOutputs?.length) return false;
  const changed = changedFields(definition, ownCreation(definition, state), inputs, UnknownPaths.of({}));
  return changed.every((name) => definition.fields[name]?.change !== "replace");
}

/** An object of an earlier creation: all its fields are that creation's, so an update clears those that the program no longer gives. */
export function ownCreation(definition: AnyObject, state: PlainObject): Resource {
  return { state, memory: { schema: STATE_SCHEMA, managed: Object.keys(definition.fields) } };
}

/** Objects without a mark that an earlier creation may have made. */
export function undecided(definition: AnyObject, candidates: readonly Found<PlainObject>[], { owner }: Caller): string {
  const whose = owner === undefined ? "" : ` of ${ownerName(owner)}`;
  return (
    `An earlier creation of the ${definition.kind}${whose} was not answered. It may have created ${idsOf(candidates)}, which has the ` +
    'same content and was created at that time. If it did, give its id as adopt, or remove the object. If it belongs to something else, give adopt: "never".'
  );
}

function idsOf(candidates: readonly Found<PlainObject>[]): string {
  return candidates.map(({ id }) => id).join(", ");
}
