/** The URNs a resource may stand under in the old state. */
import type { Alias, Goal } from "../program/goal";
import { isStackUrn, makeUrn, nameOf, parseUrn, typeOf, type Urn } from "../values/urn";

export interface AliasContext {
  readonly stack: string;
  readonly project: string;
  /** The old URN of a resource registered in this run that was found under an alias. */
  matchedAlias(urn: Urn): Urn | undefined;
}

/** All old URNs, in the order in which they are looked up after the resource's own. */
export function aliasUrns(goal: Goal, context: AliasContext): Urn[] {
  const urns = new Set<Urn>();
  for (const alias of goal.aliases) urns.add("urn" in alias ? alias.urn : urnOfSpec(alias, goal, context));
  for (const urn of inheritedUrns(goal, [...urns], context)) urns.add(urn);
  return [...urns];
}

function urnOfSpec(alias: Exclude<Alias, { urn: Urn }>, goal: Goal, context: AliasContext): Urn {
  const given = alias.parentUrn === "" ? goal.parent : alias.parentUrn;
  const parent = alias.hasNoParent || given === undefined ? undefined : (context.matchedAlias(given) ?? given);
  return childUrn(alias, parent, goal, context);
}

/** With a parent other than the stack, stack and project are the parent's: what the alias says of them has no effect. */
function childUrn(
  alias: { name: string; type: string; stack: string; project: string },
  parent: Urn | undefined,
  goal: Goal,
  context: AliasContext,
): Urn {
  const name = alias.name || goal.name;
  const type = alias.type || goal.type;
  if (parent === undefined || isStackUrn(parent)) {
    return makeUrn(alias.stack || context.stack, alias.project || context.project, undefined, type, name);
  }
  const { stack, project } = parseUrn(parent);
  return makeUrn(stack, project, parent, type, name);
}

/** A child of a resource that was itself found under an alias may stand under that alias as its parent. */
function inheritedUrns(goal: Goal, own: readonly Urn[], context: AliasContext): Urn[] {
  const { parent } = goal;
  const oldParent = parent === undefined ? undefined : context.matchedAlias(parent);
  if (parent === undefined || oldParent === undefined) return [];
  const names = [{ name: goal.name, type: goal.type }, ...own.map((urn) => ({ name: nameOf(urn), type: typeOf(urn) }))];
  return names.flatMap(({ name, type }) => {
    const { stack, project } = context;
    const newName = nameOf(parent);
    const renamed = name.startsWith(newName) ? nameOf(oldParent) + name.slice(newName.length) : name;
    return [...new Set([renamed, name])].map((each) => makeUrn(stack, project, oldParent, type, each));
  });
}
