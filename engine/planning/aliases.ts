/** The URNs that the old state may have a resource under. */
import type { Alias, Goal } from "../program/goal";
import { isStackUrn, makeUrn, nameOf, parseUrn, typeOf, type Urn } from "../values/urn";

export interface AliasContext {
  readonly stack: string;
  readonly project: string;
  /** The alias under which a resource registered in this run was found in the old state. */
  matchedAlias(urn: Urn): Urn | undefined;
}

/** All alias URNs, in the order in which they are looked up after the resource's own URN. */
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

/** Below a parent that is not the stack, stack and project are the parent's; those of the alias have no effect. */
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

/** Aliases of a child whose parent was found under an alias: the old state may have the child under that old parent. */
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
