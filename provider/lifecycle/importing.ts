/**
 * Importing: an object becomes a resource of a stack as it is. Nothing is written, as Pulumi reads for `get` in the same way; the first
 * update of the resource writes its mark.
 */
import { type AnyDefinition, type AnyObject, type CallContext, type Field, isAction } from "./definition";
import { equal, type Resource, rememberOf } from "./memory";
import { readMark } from "./ownership";
import { isSame, type PlainObject, withoutEmpty } from "./values";

/**
 * The object as a state has it, with the inputs that a program needs to declare it so; `undefined`: there is none.
 * @throws Error where the kind has no objects, or the id can't be one.
 */
export async function readForImport(
  definition: AnyDefinition,
  id: string,
  context: CallContext,
): Promise<(Resource & { readonly id: string; readonly inputs: PlainObject }) | undefined> {
  if (isAction(definition)) {
    throw new Error(
      `${definition.kind} "${id}" can't be imported or looked up: it is no object at the gateway. Declare it without import.`,
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
  // A field that the inputs leave out has no value, or is left to others: a state does not keep it.
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

/** What a program gives to declare the object as it is. A mark is not given: it is written without. */
function inputsOf(definition: AnyObject, state: PlainObject): PlainObject {
  const isGiven = (name: string, field: Field): boolean => {
    const value = state[name];
    if (field.change === "never" || value === undefined || value === null) return false;
    if (name === "name") return true; // "" is to have none; without it, the object would be renamed
    if (name === "metadata" && readMark(value) !== undefined) return false;
    return !equal(field, value, undefined) && !isSame(value, []);
  };
  const given = Object.entries(definition.fields).filter(([name, field]) => isGiven(name, field));
  return withoutEmpty(Object.fromEntries(given.map(([name]) => [name, state[name]])));
}
