/**
 * Chooses the steps for each resource that the program registers. Registrations are planned one at a time, so Check and
 * Diff of providers never run concurrently.
 */
import { randomBytes } from "node:crypto";
import { BailError, messageOf } from "../errors";
import type { Goal, ReadGoal } from "../program/goal";
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
import type { Run } from "../run";
import { dependenciesOf } from "../state/dependencyGraph";
import type { ResourceState } from "../state/resourceState";
import { CreateStep, ReplaceStep, UpdateStep } from "../steps/changeSteps";
import { SameStep, SkippedCreateStep } from "../steps/keepSteps";
import { ImportStep, ReadStep } from "../steps/readSteps";
import { type Step, stepDiffOf } from "../steps/step";
import { isProviderType, packageOf, parseReference, type Urn } from "../values/urn";
import { containsUnknowns, type PropertyMap } from "../values/values";
import { stateOfGoal, stateOfRead } from "./newStates";
import { RegisteredUrns } from "./registeredUrns";
import { Replacements } from "./replacements";
import type { Subject } from "./subject";

const RANDOM_SEED_BYTES = 32;

/** The steps of one registration, in order. */
export interface Plan {
  readonly urn: Urn;
  readonly state: ResourceState;
  readonly steps: readonly Step[];
  readonly outcome: "steps" | "skipped";
  /** Whether the resource's outputs are unknown: it was not created because it is not targeted. */
  readonly isUnknown: boolean;
}

export class StepGenerator {
  private readonly urns: RegisteredUrns;
  private readonly replacements: Replacements;
  private readonly skippedCreates = new Set<Urn>();

  constructor(private readonly run: Run) {
    this.urns = new RegisteredUrns(run);
    this.replacements = new Replacements(run);
  }

  /** @throws BailError after reporting the reason, or the provider's error. */
  async plan(goal: Goal): Promise<Plan> {
    this.urns.checkParent(goal.parent);
    const urn = this.urns.claim(goal);
    const { old, aliasUrn, isInvalid } = this.urns.findOld(urn, goal);
    this.run.goals.set(urn, goal);
    const state = stateOfGoal(urn, goal);
    if (this.run.options.continueOnError && this.dependsOnUnusable(goal)) return this.skip(urn, state);
    const provider = this.providerOf(urn, goal);
    const randomSeed = randomBytes(RANDOM_SEED_BYTES);
    const subject: Subject = { urn, goal, old, isInvalid, state, provider, randomSeed };
    this.noteDependencies(urn, state);
    const steps = await this.steps(subject);
    if (aliasUrn !== undefined) for (const step of steps) step.renamedFrom = aliasUrn;
    const isUnknown = steps.some((step) => step instanceof SkippedCreateStep);
    return { urn, state: steps.at(-1)?.new ?? state, steps, outcome: "steps", isUnknown };
  }

  private dependsOnUnusable(goal: Goal): boolean {
    for (const urn of dependenciesOf(goal)) if (this.run.progress.unusable.has(urn)) return true;
    return false;
  }

  private skip(urn: Urn, state: ResourceState): Plan {
    this.run.progress.unusable.add(urn);
    const old = this.run.olds.get(urn) ?? this.run.olds.get(this.urns.aliasFor(urn) ?? "");
    // A skipped resource must not be deleted.
    if (old !== undefined) this.run.progress.operated.add(old.urn);
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
    if (subject.isInvalid) throw new BailError(`resource ${urn} is invalid`);
    const recreateKeys = old && this.replacements.recreateKeys(old.urn);
    if (old !== undefined && recreateKeys !== undefined) {
      this.run.progress.operated.add(old.urn);
      return this.replacements.recreateSteps(subject, old, recreateKeys);
    }
    if (old?.external) {
      this.run.progress.operated.add(old.urn);
      return this.replacements.takeOverSteps(subject, old);
    }
    if (old !== undefined) return this.stepsFromDiff(subject, old);
    return [new CreateStep(urn, undefined, state, provider, false)];
  }

  /** Does not create a new resource that is not targeted; its dependents cannot be created either. */
  private skippedCreate({ urn, state, provider }: Subject): Step {
    this.skippedCreates.add(urn);
    // Inputs of a custom resource are left out because its provider did not check them; a component's need no check.
    const kept = state.custom ? { ...state, inputs: {} } : state;
    return new SkippedCreateStep(urn, kept, kept, provider);
  }

  private untargetedSame({ urn }: Subject, old: ResourceState): Step[] {
    this.run.progress.operated.add(old.urn);
    return [...this.sameStepsBefore(old), new SameStep(urn, old, { ...old, urn, id: "" }, undefined)];
  }

  /** Keeps the old dependencies of an untargeted resource that the program has not registered, placed before it. */
  private sameStepsBefore(old: ResourceState): Step[] {
    const missing = [...this.run.olds.graph.transitiveDependencies(old)]
      .filter(
        (state) =>
          !this.run.progress.seen.has(state.urn) &&
          !this.run.progress.operated.has(state.urn) &&
          !this.run.progress.aliased.has(state.urn),
      )
      .filter((state) => !state.delete);
    const positions = new Map(this.run.olds.resources.map((state, index) => [state, index]));
    missing.sort((a, b) => (positions.get(a) ?? 0) - (positions.get(b) ?? 0));
    for (const { urn } of missing) {
      this.run.progress.seen.add(urn);
      this.run.progress.operated.add(urn);
    }
    return missing.map((state) => new SameStep(state.urn, state, { ...state, id: "" }, undefined));
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
      this.run.progress.hasErrors = true;
    }
  }

  /** Runs the provider's Check, without old inputs if the resource is created. */
  private async checkedInputs(subject: Subject): Promise<PropertyMap> {
    const { urn, goal, old, provider } = subject;
    const isFresh = old === undefined || old.external || this.replacements.isMadeAnew(urn, old);
    const inputs = old === undefined ? goal.properties : this.inputsWithIgnoredChanges(subject, old);
    if (provider === undefined) return inputs;
    return isFresh ? this.check(subject, {}, goal.properties) : this.check(subject, old.inputs, inputs);
  }

  private inputsWithIgnoredChanges({ urn, goal }: Subject, old: ResourceState): PropertyMap {
    const { inputs, unapplied } = withIgnoredChanges(goal.properties, old.inputs, goal.ignoreChanges);
    if (unapplied.length > 0) {
      this.run.diagnostics.info(
        `cannot ignore changes in added or removed elements of the path: ${JSON.stringify(unapplied.join(", "))}`,
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
    this.run.progress.operated.add(old.urn);
    if (!mustChange && !hasInitErrors) return [new SameStep(urn, old, state, provider)];
    const update = new UpdateStep(urn, old, state, provider, goal.ignoreChanges);
    if (mustChange) update.diff = stepDiffOf(diff);
    return [update];
  }

  private async diff(subject: Subject, old: ResourceState): Promise<DiffResult> {
    const { urn, goal, state, provider } = subject;
    if (this.replacements.isMadeAnew(urn, old)) return forcedReplacement("id");
    if (goal.replaceWith.some((other) => this.run.progress.replaced.has(other)))
      return forcedReplacement("replaceWith");
    if (goal.deletedWith !== undefined && this.run.progress.replaced.has(goal.deletedWith))
      return forcedReplacement("deletedWith");
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

  /** A change of provider replaces the resource only when the new provider says that its configuration requires it. */
  private async isProviderChangeReplacing(old: ResourceState, goal: Goal): Promise<boolean> {
    if (old.custom !== goal.custom) return true;
    if (!goal.custom || old.provider === goal.provider) return false;
    if (old.provider === "" || goal.provider === "") return true;
    const before = parseReference(old.provider);
    const after = parseReference(goal.provider);
    if (before === undefined || after === undefined || this.urns.aliasFor(after.urn) === before.urn) return false;
    const oldProvider = this.run.olds.get(before.urn);
    const newProvider = this.run.states.get(after.urn);
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
    const { urn, goal, state } = subject;
    this.replacements.checkReplaceable(urn, old, goal);
    this.run.progress.operated.add(old.urn);
    if (!this.replacements.isMadeAnew(urn, old)) state.inputs = await this.check(subject, {}, goal.properties);
    return this.replacements.steps(subject, old, diff);
  }

  private async importSteps(subject: Subject): Promise<Step[]> {
    const { urn, goal, old, state, provider } = subject;
    const imported = { ...state, inputs: {}, id: goal.importId, importId: goal.importId };
    if (old !== undefined) this.run.progress.operated.add(old.urn);
    const step = new ImportStep(urn, old, imported, provider, packageOf(goal.type));
    step.continuation = () => this.steps({ ...subject, old: imported });
    return old === undefined ? [step] : [step, new ReplaceStep(urn, old, imported, provider)];
  }

  /** Plans the read of a resource that this stack does not own. */
  planRead(goal: ReadGoal): Plan {
    this.urns.checkParent(goal.parent);
    const urn = this.urns.claim(goal);
    const state = stateOfRead(urn, goal);
    if (goal.id === "") throw new Error(`Expected an ID for ${urn}`);
    const old = this.run.olds.get(urn);
    const provider = this.providerOf(urn, { ...goal, custom: true });
    if (old !== undefined) this.run.progress.operated.add(old.urn);
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

/** A value for an error message; secrets, objects and lists are shown as `{...}`. */
function shownValue(value: PropertyMap[string] | undefined): string {
  if (value === undefined) return "<missing>";
  if (typeof value === "object" && value !== null) return "{...}";
  return `{${String(value)}}`;
}
