/** Refusals of changes: the stored object differs from the state, or is in another account. */
import type { AnyDefinition, AnyObject, CallContext } from "./definition";
import { forgetReads } from "./gatheredReads";
import { equal, type Resource } from "./memory";
import type { PlainObject } from "./values";

const MAX_SHOWN_CHARS = 500;

/** The API has no conditional write, so a write that replaces a whole set is preceded by a read. */
export async function refuseUnseenChange(
  definition: AnyObject,
  id: string,
  old: Resource,
  wanted: PlainObject,
  changed: ReadonlySet<string>,
  context: CallContext,
): Promise<void> {
  const sets = Object.entries(definition.fields).filter(([name, { isWholeSet }]) => isWholeSet && changed.has(name));
  if (sets.length === 0) return;
  forgetReads(); // a refresh earlier in this process may be stale
  const now = await definition.read(id, old.state, context);
  if (now === undefined) return; // the update itself reports that the object no longer exists
  const unseen = sets.filter(([name, field]) =>
    [old.state[name], old.memory.doubtful?.[name], wanted[name]].every((known) => !equal(field, now[name], known)),
  );
  if (unseen.length === 0) return;
  const shown = unseen.map(([name]) => `${name} is now ${JSON.stringify(now[name] ?? null).slice(0, MAX_SHOWN_CHARS)}`);
  throw new Error(
    `${definition.kind} ${id} was changed outside Pulumi since it was last read: ${shown.join(", ")}. This update replaces it as a whole, so ` +
      "nothing was written. Run `pulumi refresh` to see the difference in the next preview, then run up once more.",
  );
}

/** A missing object may be in another account: while that is possible, it is neither removed from the state nor created again. */
export async function refuseOtherAccount(
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
