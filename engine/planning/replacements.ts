/** Plans the replacement of a resource and of the dependents that it forces. */
import { BailError } from "../errors";
import type { Goal } from "../program/goal";
import type { DiffResult } from "../providers/resourceProvider";
import type { Run } from "../run";
import type { ResourceState } from "../state/resourceState";
import { CreateStep, ReplaceStep } from "../steps/changeSteps";
import { DeleteStep } from "../steps/deleteSteps";
import { type Step, stepDiffOf } from "../steps/step";
import type { Urn } from "../values/urn";
import { dependentReplacements } from "./deletions";
import type { Subject } from "./subject";

export class Replacements {
  /** Old URN → the reasons why its resource was deleted with another one. */
  private readonly deletedForReplacement = new Map<Urn, readonly string[]>();

  constructor(private readonly run: Run) {}

  /** The reasons to create a resource again that was deleted with another one. */
  recreateKeys(oldUrn: Urn): readonly string[] | undefined {
    return this.deletedForReplacement.get(oldUrn);
  }

  /** Whether the resource is replaced regardless of its provider's diff. */
  isMadeAnew(urn: Urn, old: ResourceState): boolean {
    const { replaceTargets } = this.run.options;
    const isRequested = replaceTargets.isConstrained && replaceTargets.names(urn);
    return isRequested || old.taint || this.deletedForReplacement.has(old.urn);
  }

  /** @throws BailError after reporting why the resource may not be replaced; a preview continues. */
  checkReplaceable(urn: Urn, old: ResourceState, goal: Goal): void {
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
    this.run.progress.hasErrors = true;
  }

  /** A replacement, which deletes the old resource before or after it creates the new one. */
  async steps(subject: Subject, old: ResourceState, diff: DiffResult): Promise<Step[]> {
    const { urn, goal, state, provider } = subject;
    this.run.progress.replaced.add(urn);
    const deletesFirst = goal.deleteBeforeReplace ?? diff.deleteBeforeReplace;
    const replace = new ReplaceStep(urn, old, state, provider);
    const create = new CreateStep(urn, old, state, provider, !deletesFirst);
    replace.diff = create.diff = stepDiffOf(diff);
    if (!deletesFirst) return [create, replace];
    this.run.progress.deleted.add(old.urn);
    const dependents = await this.dependentDeletes(old);
    const own = old.pendingReplacement ? [] : [new DeleteStep(old, await this.run.providerOfOld(old), true, true)];
    return [...dependents, ...own, replace, create];
  }

  /** Deletes the dependents that cannot exist without the resource, last dependents first. */
  private async dependentDeletes(root: ResourceState): Promise<Step[]> {
    const dependents = await dependentReplacements(this.run, root, this.run.progress.seen);
    const steps: Step[] = [];
    for (const { state, replaceKeys } of dependents.reverse()) {
      if (state.delete) {
        // A resource with this URN continues to exist under another one.
        if (!this.run.progress.disposed.has(state))
          steps.push(new DeleteStep(state, await this.run.providerOfOld(state), true, false));
        this.run.progress.disposed.add(state);
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
      this.run.progress.deleted.add(state.urn);
      steps.push(new DeleteStep(state, await this.run.providerOfOld(state), true, true));
    }
    return steps;
  }

  /** For a resource that this run deleted together with one of its dependencies. */
  recreateSteps({ urn, state, provider }: Subject, old: ResourceState, replaceKeys: readonly string[]): Step[] {
    this.run.progress.replaced.add(urn);
    const create = new CreateStep(urn, old, state, provider, false);
    create.diff = { replaceKeys, changedKeys: [], detailedDiff: undefined };
    return [new ReplaceStep(urn, old, state, provider), create];
  }

  /** For a resource that the stack has only read: creates one that the stack owns. */
  takeOverSteps({ urn, state, provider }: Subject, old: ResourceState): Step[] {
    this.run.progress.replaced.add(urn);
    return [new CreateStep(urn, old, state, provider, true), new ReplaceStep(urn, old, state, provider)];
  }
}
