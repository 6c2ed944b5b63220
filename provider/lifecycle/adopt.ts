/** Taking over an object that exists already, as the `adopt` input says. */
import { GatewayError, GatewayNotFoundError } from "../../sdk/errors";
import type { AnyDefinition, CallContext, Found } from "./definition";
import type { Owner } from "./ownership";
import { isSame, type PlainObject } from "./values";

/**
 * Whether create takes over an object that exists already: `"never"`, `"ifExists"`, `"required"`, or the object's id.
 */
export type AdoptOption = "never" | "ifExists" | "required" | (string & {}) | undefined;

/** The object to take over, or `undefined` to make a new one. */
export async function findToAdopt(
  definition: AnyDefinition,
  wanted: PlainObject,
  adopt: AdoptOption,
  owner: Owner | undefined,
  context: CallContext,
): Promise<Found<PlainObject> | undefined> {
  if (adopt === undefined || adopt === "never") return undefined;
  if (adopt !== "ifExists" && adopt !== "required") return adoptById(definition, adopt, wanted, context);
  const fitting = await findByKey(definition, wanted, context);
  const keyText = keyOf(definition, wanted);
  const [first, second] = fitting;
  if (first === undefined) {
    if (adopt === "ifExists") return undefined;
    throw new Error(
      `adopt: "required", but there is no ${definition.kind} with ${keyText}: make it first, or leave adopt out.`,
    );
  }
  if (second !== undefined) {
    const ids = fitting.map((found) => found.id).join(", ");
    throw new Error(
      `adopt: several ${definition.kind}s have ${keyText} (${ids}): give the id of the one you mean as adopt.`,
    );
  }
  refuseForeign(definition, first, owner);
  return first;
}

async function adoptById(
  definition: AnyDefinition,
  id: string,
  wanted: PlainObject,
  context: CallContext,
): Promise<Found<PlainObject>> {
  const state = await definition.read(id, wanted, context);
  if (state === undefined)
    throw new Error(`adopt: there is no ${definition.kind} with id "${id}": correct the id, or leave adopt out.`);
  return { id, state };
}

/** An object that another stack marked as its own is taken over only by its id, never by its name. */
function refuseForeign(definition: AnyDefinition, found: Found<PlainObject>, owner: Owner | undefined): void {
  const marked = stackOfMark(found.state.metadata);
  if (marked === undefined || marked === owner?.stack) return;
  throw new Error(
    `adopt: ${definition.kind} ${found.id} belongs to the stack ${marked}. Remove it there first, or give its id as adopt to take it over all the same.`,
  );
}

/** The stack that marked this metadata as its own; `undefined` where it is no mark. */
export function stackOfMark(metadata: unknown): string | undefined {
  if (typeof metadata !== "string" || !metadata.startsWith('{"managedBy":"pulumi"')) return undefined;
  try {
    const mark: unknown = JSON.parse(metadata);
    return typeof mark === "object" && mark !== null && "stack" in mark ? String(mark.stack) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function findByKey(
  definition: AnyDefinition,
  wanted: PlainObject,
  context: CallContext,
): Promise<Found<PlainObject>[]> {
  const { field } = definition.uniqueKey;
  const fitting: Found<PlainObject>[] = [];
  for await (const found of definition.list(wanted, context)) {
    if (definition.isOnePerAccount || isSame(found.state[field], wanted[field])) fitting.push(found);
  }
  return fitting;
}

function keyOf(definition: AnyDefinition, wanted: PlainObject): string {
  const { field } = definition.uniqueKey;
  return `${field} "${String(wanted[field])}"`;
}

/** Turns a conflict at creation into an error that names the object in the way. */
export async function nameTheExisting(
  definition: AnyDefinition,
  wanted: PlainObject,
  conflict: GatewayError,
  owner: Owner | undefined,
  context: CallContext,
): Promise<Error> {
  if (!definition.uniqueKey.isEnforced) return conflict;
  let existing: Found<PlainObject> | undefined;
  try {
    [existing] = await findByKey(definition, wanted, context);
  } catch (error) {
    // The look-up only improves the message; the conflict is what happened.
    if (!GatewayError.isInstance(error) || GatewayNotFoundError.isInstance(error)) throw error;
  }
  if (existing === undefined) return conflict;
  const own = existing.state.metadata;
  const isOurs =
    stackOfMark(own) === owner?.stack &&
    owner !== undefined &&
    String(own).includes(`"resource":${JSON.stringify(owner.resource)}`);
  const advice = isOurs
    ? "It carries this very resource's mark, perhaps from a run that was killed: remove it with `pulumi-ngrok-ai recover`, " +
      'or take it over with adopt: "ifExists".'
    : `Take it over with adopt: "ifExists" (or adopt: "${existing.id}"), or choose another ${definition.uniqueKey.field}.`;
  return new Error(
    `${definition.kind} with ${keyOf(definition, wanted)} exists already as ${existing.id}. ${advice}\n${conflict.message}`,
  );
}
