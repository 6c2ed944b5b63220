/**
 * Decides what is done to each resource the program registers. Registrations come one at a time, so providers' Check
 * and Diff are never called at once.
 */

import { randomBytes } from "node:crypto";
import { messageOf } from "../errors";
import { dependenciesOf, type Goal, type ReadGoal } from "../program/goal";
import {
  componentDiff,
  forcedReplacement,
  isTriggered,
  providerDiff,
  withIgnoredChanges,
  withReplaceOnChanges,
} from "../providers/resourceDiff";
import {
  type CheckFailure,
  type DiffResult,
  DiffUnavailableError,
  isReplacement,
  type ResourceProvider,
} from "../providers/resourceProvider";
import { newState, type ResourceState } from "../state/resourceState";
import {
  CreateStep,
  DeleteStep,
  ImportStep,
  ReadStep,
  ReplaceStep,
  SameStep,
  SkippedCreateStep,
  type Step,
  stepDiffOf,
  UpdateStep,
} from "../steps/steps";
import { isProviderType, makeUrn, packageOf, parseReference, type Urn } from "../values/urn";
import { containsUnknowns, type PropertyMap } from "../values/values";
import { aliasUrns } from "./aliases";
import { dependentReplacements } from "./deletions";
import { BailError, providerOfOld, type Run } from "./run";

const RANDOM_SEED_BYTES = 32;

/** Everything known about one registration while it is looked at. */
interface Subject {
  readonly urn: Urn;
  readonly goal: Goal;
  readonly old: ResourceState | undefined;
  readonly state: ResourceState;
  readonly provider: ResourceProvider | undefined;
  readonly randomSeed: Uint8Array;
}

/** The steps of one registration, in the order in which they are done. */
export interface Plan {
  readonly urn: Urn;
  readonly state: ResourceState;
  readonly steps: readonly Step[];
  readonly outcome: "steps" | "skipped";
  /** Nothing is known of the resource: it was not created because it is not targeted. */
  readonly isUnknown: boolean;
}

export class StepGenerator {
  /** Registered or read in this run. */
  readonly seen = new Set<Urn>();
  readonly goals = new Map<Urn, Goal>();
  /** What each resource of this run came to be. */
  readonly states = new Map<Urn, ResourceState>();
  /** Old URN → the URN its resource was registered under. */
  readonly aliased = new Map<Urn, Urn>();
  /** Failed or skipped: with continue-on-error what depends on them is skipped too. */
  readonly unusable = new Set<Urn>();
  /** Kept, updated, replaced or read in this run: not to be deleted at its end. */
  readonly operated = new Set<Urn>();
  /** Errors a preview went on after, so that all is shown: it fails at its end. */
  hasErrors = false;
  /** Deleted in this run, or about to be. */
  readonly deleted = new Set<Urn>();
  /** Old halves of earlier replacements that are deleted with a replacement of this run: not once more at its end. */
  readonly disposed = new Set<ResourceState>();
  private readonly replaced = new Set<Urn>();
  private readonly aliasOf = new Map<Urn, Urn>();
  private readonly deletedForReplacement = new Map<Urn, readonly string[]>();
  private readonly skippedCreates = new Set<Urn>();

  constructor(private readonly run: Run) {}

  /** @throws BailError after reporting why, or the provider's error. */
  async plan(goal: Goal): Promise<Plan> {
    this.checkParent(goal.parent);
    const urn = this.claimUrn(goal);
    const { old, aliasUrn } = this.findOld(urn, goal);
    this.goals.set(urn, goal);
    const state = stateOfGoal(urn, goal);
    if (this.run.options.continueOnError && this.dependsOnUnusable(goal)) return this.skip(urn, state);
    const provider = this.providerOf(urn, goal);
    const subject: Subject = { urn, goal, old, state, provider, randomSeed: randomBytes(RANDOM_SEED_BYTES) };
    this.noteDependencies(urn, state);
    const steps = await this.steps(subject);
    if (aliasUrn !== undefined) for (const step of steps) step.renamedFrom = aliasUrn;
    const isUnknown = steps.some((step) => step instanceof SkippedCreateStep);
    return { urn, state: steps.at(-1)?.new ?? state, steps, outcome: "steps", isUnknown };
  }

  private checkParent(parent: Urn | undefined): void {
    if (parent !== undefined && !this.seen.has(parent)) throw new Error(`could not find parent resource ${parent}`);
  }

  private claimUrn(goal: { parent: Urn | undefined; type: string; name: string }): Urn {
    const urn = makeUrn(this.run.stack, this.run.project, goal.parent, goal.type, goal.name);
    if (this.seen.has(urn)) {
      this.run.diagnostics.error(`Duplicate resource URN '${urn}'; try giving it a unique name`, urn);
      throw new BailError(`duplicate resource URN ${urn}`);
    }
    this.seen.add(urn);
    return urn;
  }

  /** The resource's old state: under its own URN first, then under its aliases in order. */
  private findOld(urn: Urn, goal: Goal): { old: ResourceState | undefined; aliasUrn: Urn | undefined } {
    const claimedBy = this.aliased.get(urn);
    if (claimedBy !== undefined) {
      this.run.diagnostics.error(
        `Duplicate resource URN '${urn}' conflicting with alias on resource with URN '${claimedBy}'`,
        urn,
      );
      throw new BailError(`resource ${urn} is invalid`);
    }
    const own = this.run.olds.get(urn);
    if (own !== undefined) return { old: own, aliasUrn: undefined };
    const { stack, project } = this.run;
    const matchedAlias = (parent: Urn) => this.aliasOf.get(parent);
    const aliasUrn = aliasUrns(goal, { stack, project, matchedAlias }).find((alias) => this.run.olds.get(alias));
    if (aliasUrn === undefined) return { old: undefined, aliasUrn };
    this.claimAlias(urn, aliasUrn);
    return { old: this.run.olds.get(aliasUrn), aliasUrn };
  }

  private claimAlias(urn: Urn, aliasUrn: Urn): void {
    const other = this.seen.has(aliasUrn) ? aliasUrn : this.aliased.get(aliasUrn);
    if (other !== undefined) {
      this.run.diagnostics.error(
        `Duplicate resource alias '${aliasUrn}' applied to resource with URN '${urn}' conflicting with resource with URN '${other}'`,
        urn,
      );
      throw new BailError(`resource ${urn} is invalid`);
    }
    this.aliased.set(aliasUrn, urn);
    this.aliasOf.set(urn, aliasUrn);
    this.run.registry.addAlias(aliasUrn, urn);
  }

  private dependsOnUnusable(goal: Goal): boolean {
    for (const urn of dependenciesOf(goal)) if (this.unusable.has(urn)) return true;
    return false;
  }

  private skip(urn: Urn, state: ResourceState): Plan {
    this.unusable.add(urn);
    const old = this.run.olds.get(urn) ?? this.run.olds.get(this.aliasOf.get(urn) ?? "");
    // What is skipped is not to be deleted either.
    if (old !== undefined) this.operated.add(old.urn);
    return { urn, state, steps: [], outcome: "skipped", isUnknown: false };
  }

  private providerOf(
    urn: Urn,
    goal: { custom: boolean; type: string; provider: string },
  ): ResourceProvider | undefined {
    if (!goal.custom) return undefined;
    if (isProviderType(goal.type)) return this.run.registry;
    const provider = this.run.registry.get(goal.provider);
    if (provider !== undefined) return provider;
    this.run.diagnostics.error(`unknown provider '${goal.provider}' for resource '${urn}'`, urn);
    throw new BailError(`unknown provider for ${urn}`);
  }

  private noteDependencies(urn: Urn, state: ResourceState): void {
    const provider = parseReference(state.provider)?.urn;
    const dependencies = [...dependenciesOf(state), ...(provider === undefined ? [] : [provider])];
    this.run.options.targets.noteDependencies(urn, dependencies);
  }

  private async steps(subject: Subject): Promise<Step[]> {
    const { urn, goal, old, state, provider } = subject;
    if (isImport(goal, old)) return this.importSteps(subject);
    const isTargeted = this.run.options.targets.includes(urn);
    if (!isTargeted) return old === undefined ? [this.skippedCreate(subject)] : this.untargetedSame(subject, old);
    this.checkDependenciesExist(urn, goal);
    state.inputs = await this.checkedInputs(subject);
    const recreateKeys =
      this.deletedForReplacement.get(urn) ?? this.deletedForReplacement.get(this.aliasOf.get(urn) ?? "");
    if (old !== undefined && recreateKeys !== undefined) return this.recreateSteps(subject, old, recreateKeys);
    if (old?.external) return this.takeOverSteps(subject, old);
    if (old !== undefined) return this.stepsFromDiff(subject, old);
    return [new CreateStep(urn, undefined, state, provider, false)];
  }

  /** A resource that is not targeted and does not exist stays away; what needs it cannot be done. */
  private skippedCreate({ urn, old, state, provider }: Subject): Step {
    this.skippedCreates.add(urn);
    return new SkippedCreateStep(urn, old, state, provider);
  }

  private untargetedSame({ urn }: Subject, old: ResourceState): Step[] {
    this.operated.add(old.urn);
    return [...this.sameStepsBefore(old), new SameStep(urn, old, { ...old, urn }, undefined)];
  }

  /** Old resources that an untargeted one refers to and that the program has not registered: kept, and placed before it. */
  private sameStepsBefore(old: ResourceState): Step[] {
    const missing = [...this.run.olds.graph.transitiveDependencies(old)]
      .filter((state) => !this.seen.has(state.urn) && !this.operated.has(state.urn) && !this.aliased.has(state.urn))
      .filter((state) => !state.delete);
    const positions = new Map(this.run.olds.resources.map((state, index) => [state, index]));
    missing.sort((a, b) => (positions.get(a) ?? 0) - (positions.get(b) ?? 0));
    return missing.map((state) => new SameStep(state.urn, state, state, undefined));
  }

  private checkDependenciesExist(urn: Urn, goal: Goal): void {
    if (this.skippedCreates.size === 0) return;
    const provider = parseReference(goal.provider)?.urn;
    for (const dependency of new Set([...dependenciesOf(goal), ...(provider === undefined ? [] : [provider])])) {
      if (!this.skippedCreates.has(dependency)) continue;
      this.run.diagnostics.error(
        `Resource '${urn}' depends on '${dependency}' which was was not specified in --target list.`,
        urn,
      );
      if (!this.run.options.isPreview) throw new BailError("untargeted create");
      this.hasErrors = true;
    }
  }

  /** Check: with the old inputs, unless the resource is new or is made anew. */
  private async checkedInputs(subject: Subject): Promise<PropertyMap> {
    const { urn, goal, old, provider } = subject;
    const isFresh = old === undefined || old.external || this.isMadeAnew(urn, old);
    const inputs = old === undefined ? goal.properties : this.inputsWithIgnoredChanges(subject, old);
    if (provider === undefined) return inputs;
    return isFresh ? this.check(subject, {}, goal.properties) : this.check(subject, old.inputs, inputs);
  }

  private isMadeAnew(urn: Urn, old: ResourceState): boolean {
    const { replaceTargets } = this.run.options;
    const isRequested = replaceTargets.isConstrained && replaceTargets.names(urn);
    return isRequested || old.taint || this.deletedForReplacement.has(old.urn);
  }

  private inputsWithIgnoredChanges({ urn, goal }: Subject, old: ResourceState): PropertyMap {
    const { inputs, unapplied } = withIgnoredChanges(goal.properties, old.inputs, goal.ignoreChanges);
    if (unapplied.length > 0) {
      this.run.diagnostics.info(
        `cannot ignore changes to the following properties because one or more elements of the path are missing: ${unapplied.map((path) => `"${path}"`).join(", ")}`,
        urn,
      );
    }
    return inputs;
  }

  private async check(subject: Subject, olds: PropertyMap, news: PropertyMap): Promise<PropertyMap> {
    const { urn, provider, randomSeed } = subject;
    if (provider === undefined) return news;
    const { isPreview: allowUnknowns } = this.run.options;
    const { inputs, failures } = await provider.check({ urn, olds, news, allowUnknowns, randomSeed });
    if (failures.length === 0) return inputs;
    for (const failure of failures) this.reportCheckFailure(subject, failure, news);
    throw new BailError(`resource ${urn} is invalid`);
  }

  private reportCheckFailure({ urn, goal }: Subject, { property, reason }: CheckFailure, news: PropertyMap): void {
    const what = `${goal.type} resource '${goal.name}'`;
    const where = property === "" ? "" : `: property ${property} value ${shownValue(news[property])}`;
    this.run.diagnostics.error(`${what}${where} has a problem: ${reason}`, urn);
  }

  private async stepsFromDiff(subject: Subject, old: ResourceState): Promise<Step[]> {
    const { urn, goal, state, provider } = subject;
    const hasInitErrors = old.initErrors.length > 0;
    const diff = withReplaceOnChanges(await this.diff(subject, old), goal.replaceOnChanges, hasInitErrors);
    const mustChange = diff.changes === "some" || old.pendingReplacement;
    if (mustChange && (isReplacement(diff) || old.pendingReplacement)) return this.replaceSteps(subject, old, diff);
    this.operated.add(old.urn);
    if (!mustChange && !hasInitErrors) return [new SameStep(urn, old, state, provider)];
    const update = new UpdateStep(urn, old, state, provider, goal.ignoreChanges);
    if (mustChange) update.diff = stepDiffOf(diff);
    return [update];
  }

  private async diff(subject: Subject, old: ResourceState): Promise<DiffResult> {
    const { urn, goal, state, provider } = subject;
    if (this.isMadeAnew(urn, old)) return forcedReplacement("id");
    if (goal.replaceWith.some((other) => this.replaced.has(other))) return forcedReplacement("replaceWith");
    if (goal.deletedWith !== undefined && this.replaced.has(goal.deletedWith)) return forcedReplacement("deletedWith");
    if (await this.isProviderChangeReplacing(old, goal)) return forcedReplacement("provider");
    if (!this.run.options.isPreview && containsUnknowns(goal.replacementTrigger)) {
      throw new Error(`replacement trigger contains unknowns for ${urn}`);
    }
    if (isTriggered(old.replacementTrigger, goal.replacementTrigger)) return forcedReplacement("replacementTrigger");
    if (provider === undefined) return componentDiff(old, state.inputs);
    try {
      const { isPreview: allowUnknowns } = this.run.options;
      const { ignoreChanges } = goal;
      return await providerDiff(old, state.inputs, provider, { urn, ignoreChanges, allowUnknowns });
    } catch (error) {
      if (!(error instanceof DiffUnavailableError)) throw error;
      this.run.diagnostics.warning(messageOf(error), urn);
      return { changes: "some", replaceKeys: [], changedKeys: [], detailedDiff: undefined, deleteBeforeReplace: false };
    }
  }

  /** Another provider replaces the resource only when the new one says that its configuration demands it. */
  private async isProviderChangeReplacing(old: ResourceState, goal: Goal): Promise<boolean> {
    if (old.custom !== goal.custom) return true;
    if (!goal.custom || old.provider === goal.provider) return false;
    if (old.provider === "" || goal.provider === "") return true;
    const before = parseReference(old.provider);
    const after = parseReference(goal.provider);
    if (before === undefined || after === undefined || this.aliasOf.get(after.urn) === before.urn) return false;
    const oldProvider = this.run.olds.get(before.urn);
    const newProvider = this.states.get(after.urn);
    if (oldProvider === undefined || newProvider === undefined) return false;
    const diff = await this.run.registry.diff({
      urn: after.urn,
      id: after.id,
      oldInputs: oldProvider.inputs,
      oldOutputs: oldProvider.outputs,
      newInputs: newProvider.inputs,
      ignoreChanges: [],
      allowUnknowns: true,
    });
    return isReplacement(diff);
  }

  private async replaceSteps(subject: Subject, old: ResourceState, diff: DiffResult): Promise<Step[]> {
    const { urn, goal, state, provider } = subject;
    this.checkReplaceable(urn, old, goal);
    this.replaced.add(urn);
    this.operated.add(old.urn);
    if (!this.isMadeAnew(urn, old)) state.inputs = await this.check(subject, {}, goal.properties);
    const deletesFirst = goal.deleteBeforeReplace ?? diff.deleteBeforeReplace;
    const replace = new ReplaceStep(urn, old, state, provider);
    const create = new CreateStep(urn, old, state, provider, !deletesFirst);
    replace.diff = create.diff = stepDiffOf(diff);
    if (!deletesFirst) return [create, replace];
    this.deleted.add(old.urn);
    const dependents = await this.dependentDeletes(old);
    const own = old.pendingReplacement ? [] : [new DeleteStep(old, await providerOfOld(this.run, old), true, true)];
    return [...dependents, ...own, replace, create];
  }

  /** Deletes of what cannot stay while the resource is away, the last dependent first. */
  private async dependentDeletes(root: ResourceState): Promise<Step[]> {
    const dependents = await dependentReplacements(this.run, root, this.seen);
    const steps: Step[] = [];
    for (const { state, replaceKeys } of dependents.reverse()) {
      if (state.delete) {
        // The resource of that URN lives on as another one.
        if (!this.disposed.has(state))
          steps.push(new DeleteStep(state, await providerOfOld(this.run, state), true, false));
        this.disposed.add(state);
        continue;
      }
      if (this.deletedForReplacement.has(state.urn) || state.pendingReplacement) continue;
      if (state.protect) {
        this.run.diagnostics.error(
          `unable to replace resource "${state.urn}" as part of replacing "${root.urn}" as it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`up\``,
          state.urn,
        );
        throw new BailError(`protected dependent ${state.urn}`);
      }
      this.deletedForReplacement.set(state.urn, replaceKeys);
      this.deleted.add(state.urn);
      steps.push(new DeleteStep(state, await providerOfOld(this.run, state), true, true));
    }
    return steps;
  }

  private checkReplaceable(urn: Urn, old: ResourceState, goal: Goal): void {
    const problems: string[] = [];
    if (old.protect && goal.protect === true) {
      problems.push(
        `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`up\``,
      );
    }
    if (goal.importId !== "") {
      problems.push(
        "previously-imported resources that still specify an ID may not be replaced; please remove the `import` declaration from your program",
      );
    }
    if (problems.length === 0) return;
    for (const problem of problems) this.run.diagnostics.error(problem, urn);
    if (!this.run.options.isPreview) throw new BailError(`resource ${urn} may not be replaced`);
    this.hasErrors = true;
  }

  /** It was deleted earlier in this run, together with what it depends on. */
  private recreateSteps({ urn, state, provider }: Subject, old: ResourceState, replaceKeys: readonly string[]): Step[] {
    this.replaced.add(urn);
    this.operated.add(old.urn);
    const replace = new ReplaceStep(urn, old, state, provider);
    const create = new CreateStep(urn, old, state, provider, false);
    replace.diff = create.diff = { replaceKeys, changedKeys: [], detailedDiff: undefined };
    return [replace, create];
  }

  /** It was only read so far; from now on this stack owns one of its own. */
  private takeOverSteps({ urn, state, provider }: Subject, old: ResourceState): Step[] {
    this.replaced.add(urn);
    this.operated.add(old.urn);
    return [new CreateStep(urn, old, state, provider, true), new ReplaceStep(urn, old, state, provider)];
  }

  private async importSteps(subject: Subject): Promise<Step[]> {
    const { urn, goal, old, state, provider } = subject;
    const imported = { ...state, inputs: {}, id: goal.importId, importId: goal.importId };
    if (old !== undefined) this.operated.add(old.urn);
    const step = new ImportStep(urn, old, imported, provider, packageOf(goal.type));
    step.continuation = () => this.steps({ ...subject, old: imported });
    return old === undefined ? [step] : [step, new ReplaceStep(urn, old, imported, provider)];
  }

  /** Plans the reading of a resource that somebody else owns. */
  planRead(goal: ReadGoal): Plan {
    this.checkParent(goal.parent);
    const urn = this.claimUrn(goal);
    const state = stateOfRead(urn, goal);
    if (goal.id === "") throw new Error(`Expected an ID for ${urn}`);
    const old = this.run.olds.get(urn);
    const provider = this.providerOf(urn, { ...goal, custom: true });
    if (old !== undefined) this.operated.add(old.urn);
    const replacesOwned = old !== undefined && !old.external && old.id !== goal.id;
    const read = new ReadStep(urn, old, state, provider, replacesOwned);
    const steps = replacesOwned ? [read, new ReplaceStep(urn, old, state, provider)] : [read];
    return { urn, state, steps, outcome: "steps", isUnknown: false };
  }
}

function isImport(goal: Goal, old: ResourceState | undefined): boolean {
  if (!goal.custom || goal.importId === "") return false;
  return old === undefined || old.external || (old.importId || old.id) !== goal.importId;
}

function stateOfGoal(urn: Urn, goal: Goal): ResourceState {
  return newState({
    urn,
    type: goal.type,
    custom: goal.custom,
    inputs: goal.properties,
    parent: goal.parent,
    protect: goal.protect ?? false,
    dependencies: goal.dependencies,
    propertyDependencies: goal.propertyDependencies,
    provider: goal.provider,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    customTimeouts: goal.customTimeouts,
    retainOnDelete: goal.retainOnDelete ?? false,
    deletedWith: goal.deletedWith,
    replaceWith: goal.replaceWith,
    replacementTrigger: goal.replacementTrigger,
    ignoreChanges: goal.ignoreChanges,
    hideDiff: goal.hideDiff,
    replaceOnChanges: goal.replaceOnChanges,
    resourceHooks: goal.hooks,
    sourcePosition: goal.sourcePosition,
  });
}

function stateOfRead(urn: Urn, goal: ReadGoal): ResourceState {
  return newState({
    urn,
    type: goal.type,
    custom: true,
    external: true,
    id: goal.id,
    inputs: goal.properties,
    parent: goal.parent,
    dependencies: goal.dependencies,
    provider: goal.provider,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    sourcePosition: goal.sourcePosition,
  });
}

/** A value in an error: never a secret one, never a long one. */
function shownValue(value: PropertyMap[string] | undefined): string {
  if (value === undefined) return "<missing>";
  if (typeof value === "object" && value !== null) return "{...}";
  return `{${String(value)}}`;
}
