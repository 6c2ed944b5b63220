/** Plans deletions and their order: dependents of a replaced resource, and resources that the program no longer declares. */
import { BailError } from "../errors";
import { providerDiff, withReplaceOnChanges, withUnknownProperties } from "../providers/resourceDiff";
import { isReplacement } from "../providers/resourceProvider";
import type { Run } from "../run";
import type { ResourceState } from "../state/resourceState";
import { DeleteStep, RemovePendingReplaceStep } from "../steps/deleteSteps";
import { SameStep } from "../steps/keepSteps";
import type { Step } from "../steps/step";
import { parseReference, type Urn } from "../values/urn";

export interface DependentReplacement {
  readonly state: ResourceState;
  readonly replaceKeys: readonly string[];
}

/**
 * Resources to delete before `root` and to create again after it. A dependent belongs to them if its provider or `deletedWith`
 * does, or if its inputs come from one of them and its provider would replace it for a change of these inputs.
 */
export async function dependentReplacements(
  run: Run,
  root: ResourceState,
  seen: ReadonlySet<Urn>,
): Promise<DependentReplacement[]> {
  const replaced = new Set<Urn>([root.urn]);
  const result: DependentReplacement[] = [];
  for (const state of run.olds.graph.dependents(root, { ignored: seen })) {
    const replaceKeys = await reasonsToReplace(run, state, replaced);
    if (replaceKeys === undefined) continue;
    replaced.add(state.urn);
    result.push({ state, replaceKeys });
  }
  for (const state of run.olds.resources) {
    const hangsOnRoot = state.deletedWith === root.urn || state.replaceWith.includes(root.urn);
    if (hangsOnRoot && !seen.has(state.urn) && !replaced.has(state.urn)) result.push({ state, replaceKeys: [] });
  }
  return result;
}

async function reasonsToReplace(
  run: Run,
  state: ResourceState,
  replaced: ReadonlySet<Urn>,
): Promise<readonly string[] | undefined> {
  if (!state.custom || state.external) return undefined;
  const provider = parseReference(state.provider)?.urn;
  if (provider !== undefined && replaced.has(provider)) return [];
  if (state.deletedWith !== undefined && replaced.has(state.deletedWith)) return [];
  const isAffected = (key: string) => (state.propertyDependencies[key] ?? []).some((urn) => replaced.has(urn));
  if (!Object.keys(state.inputs).some(isAffected)) return undefined;
  const server = await run.providerOfOld(state);
  if (server === undefined) return undefined;
  const news = withUnknownProperties(state.inputs, isAffected);
  const answer = await providerDiff(state, news, server, { ignoreChanges: state.ignoreChanges, allowUnknowns: true });
  const diff = withReplaceOnChanges(answer, state.replaceOnChanges, state.initErrors.length > 0);
  return isReplacement(diff) ? diff.replaceKeys : undefined;
}

/**
 * Deletes everything that this run did not register, in layers: a layer ends before the next begins. Resources that must stay
 * because they are not targeted are kept; their steps come first.
 */
export async function planDeletions(run: Run): Promise<Step[][]> {
  const deletable = await deletableUrns(run);
  const deletes: Step[] = [];
  const sames: Step[] = [];
  for (const state of run.olds.resources) {
    if (deletable?.has(state.urn) ?? true) {
      const step = await deletionOf(run, state);
      if (step !== undefined) deletes.push(step);
    } else if (!isOperatedOn(state, run.progress)) {
      sames.push(new SameStep(state.urn, state, { ...state, id: "" }, undefined));
    }
  }
  checkTargeted(run, deletes);
  for (const step of deletes) if (step.op === "delete" || step.op === "discard") run.progress.deleted.add(step.urn);
  return [...sames.map((step) => [step]), ...inLayers(run, deletes)];
}

async function deletionOf(run: Run, state: ResourceState): Promise<Step | undefined> {
  if (run.progress.disposed.has(state)) return undefined;
  if (state.delete) return new DeleteStep(state, await run.providerOfOld(state), true, false);
  if (isOperatedOn(state, run.progress)) return undefined;
  if (state.pendingReplacement) return new RemovePendingReplaceStep(state);
  return new DeleteStep(state, await run.providerOfOld(state), false, false);
}

function isOperatedOn({ urn }: ResourceState, progress: Run["progress"]): boolean {
  return progress.operated.has(urn) || progress.aliased.has(urn);
}

/** The targets, their dependents, and resources that their deletion would replace. Undefined without targets. */
async function deletableUrns(run: Run): Promise<ReadonlySet<Urn> | undefined> {
  const { targets } = run.options;
  if (!targets.isConstrained) return undefined;
  const implicated = new Set<Urn>();
  const waiting = run.olds.resources.filter((state) => targets.names(state.urn));
  for (const state of waiting) {
    if (implicated.has(state.urn)) continue;
    implicated.add(state.urn);
    waiting.push(...run.olds.graph.dependents(state, { ignored: implicated, withChildren: true }));
  }
  const deletable = new Set(implicated);
  for (const state of run.olds.resources) {
    if (!implicated.has(state.urn)) continue;
    for (const dependent of await dependentReplacements(run, state, run.progress.seen))
      deletable.add(dependent.state.urn);
  }
  return deletable;
}

/** Reports deletes outside the targets. @throws BailError outside of previews. */
function checkTargeted(run: Run, deletes: readonly Step[]): void {
  const { targets, isPreview } = run.options;
  const forbidden = targets.takesDependents ? [] : deletes.filter((step) => !targets.names(step.urn));
  for (const step of forbidden) {
    run.diagnostics.error(
      `Resource '${step.urn}' will be destroyed but was not specified in --target list.\nEither include resource in --target list or pass --target-dependents to proceed.`,
      step.urn,
    );
  }
  if (forbidden.length > 0 && !isPreview) throw new BailError("deletes outside the targets");
  if (forbidden.length > 0) run.progress.hasErrors = true;
}

/** Layers from the last dependents to their dependencies, each from youngest to oldest: dependents are deleted first. */
function inLayers(run: Run, steps: readonly Step[]): Step[][] {
  const remaining = new Map<ResourceState, Step>();
  for (const step of steps) if (step.old !== undefined) remaining.set(step.old, step);
  const layers: Step[][] = [];
  while (remaining.size > 0) {
    const layer = [...remaining].filter(
      ([state]) => ![...run.olds.graph.dependencies(state)].some((dependency) => remaining.has(dependency)),
    );
    for (const [state] of layer) remaining.delete(state);
    layers.push(layer.map(([, step]) => step).reverse());
  }
  return layers.reverse();
}
