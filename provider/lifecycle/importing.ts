/**
 * Imports an existing object into a stack unchanged. Writes nothing, because Pulumi reads for `get` in the same way; the
 * resource's first update writes its mark.
 */
import { type AnyDefinition, type AnyObject, type CallContext, type Field, isAction } from "./definition";
import { equal, type Resource, rememberOf } from "./memory";
import { readMark } from "./ownership";
import { isSame, type PlainObject, withoutEmpty } from "./values";

/**
 * The object's state, and the inputs that a program needs to declare it; `undefined` if it does not exist.
 * @throws Error if the kind stores no objects, or the id is not valid.
 */
export async function readForImport(
  definition: AnyDefinition,
  id: string,
  context: CallContext,
): Promise<(Resource & { readonly id: string; readonly inputs: PlainObject }) | undefined> {
  if (isAction(definition)) {
    throw new Error(
      `${definition.kind} "${id}" can't be imported or looked up: the gateway does not store it. Declare it without import.`,
    );
  }
  const account = await context.accountId();
  if (definition.isOnePerAccount && id !== account) {
    throw new Error(
      `${definition.kind} has the id of its account, which is "${account}" for the API key in use, not "${id}".`,
    );
  }
  const found = await definition.read(id, definition.importWith ?? {}, context);
  if (found === undefined) return undefined;
  const inputs = inputsOf(definition, found);
  // The state omits a field that the inputs leave out: it has no value, or others manage it.
  const state = Object.fromEntries(
    Object.entries(found).filter(([name]) => name in inputs || name === "metadata" || !(name in definition.fields)),
  );
  const memory = {
    ...rememberOf(definition, inputs, readMark(found.metadata)?.create),
    account,
    imported: true,
  } as const;
  return { id, state: withoutEmpty(state), memory, inputs };
}

/** The inputs that declare the object as it is. They omit a mark, which is written without an input. */
function inputsOf(definition: AnyObject, state: PlainObject): PlainObject {
  const isGiven = (name: string, field: Field): boolean => {
    const value = state[name];
    if (field.change === "never" || value === undefined || value === null) return false;
    if (name === "name") return true; // "" means no name; leaving it out would rename the object
    if (name === "metadata" && readMark(value) !== undefined) return false;
    return !equal(field, value, undefined) && !isSame(value, []);
  };
  const given = Object.entries(definition.fields).filter(([name, field]) => isGiven(name, field));
  return withoutEmpty(Object.fromEntries(given.map(([name]) => [name, state[name]])));
}
