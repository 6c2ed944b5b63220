/** Runs steps: several chains at once, the steps within a chain one after the other. */
import { describeError, messageOf } from "../errors";
import type { HookedOperation } from "../program/hooks";
import { InitFailedError } from "../providers/resourceProvider";
import type { Run } from "../run";
import type { ResourceState } from "../state/resourceState";
import { ProtectedError } from "../steps/deleteSteps";
import { SameStep } from "../steps/keepSteps";
import type { Step } from "../steps/step";
import { mapOf, type PropertyMap, Secret, valuesEqual } from "../values/values";
import { Semaphore } from "./semaphore";

const HOOKED_OPERATIONS: Readonly<Record<string, HookedOperation>> = {
  create: "create",
  "create-replacement": "create",
  update: "update",
  delete: "delete",
  "delete-replaced": "delete",
};

export class StepExecutor {
  private readonly slots: Semaphore;

  constructor(private readonly run: Run) {
    this.slots = new Semaphore(run.request.parallel);
  }

  /** Runs a chain. Returns false when one of its steps failed or was not begun. */
  runChain(plan: { readonly steps: readonly Step[] }): Promise<boolean> {
    return this.slots.run(async () => {
      for (const step of plan.steps) if (!(await this.runStep(step))) return false;
      return true;
    });
  }

  /** Runs independent steps at once; resolves when all have ended. */
  async runAtOnce(steps: readonly Step[]): Promise<boolean> {
    const results = await Promise.all(steps.map((step) => this.runChain({ steps: [step] })));
    return results.every((isDone) => isDone);
  }

  idle(): Promise<void> {
    return this.slots.idle();
  }

  private async runStep(step: Step): Promise<boolean> {
    const { run } = this;
    if (run.isStopped) return false;
    run.events.stepBegins(step);
    const pending = run.isPreview ? undefined : step.pending();
    const ended = pending && (await run.snapshot.begin(pending.type, pending.resource));
    try {
      await step.apply(run);
    } catch (error) {
      return this.fail(step, error, ended);
    }
    ended?.();
    await this.finish(step);
    if (!(await this.runAfterHook(step))) return false;
    return this.runContinuation(step);
  }

  /** Records a failed step. A partly done step is recorded in the state; an abandoned one stays pending. */
  private async fail(step: Step, error: unknown, ended: (() => void) | undefined): Promise<boolean> {
    const { run } = this;
    if (!run.isAbandoned) ended?.();
    const isHalfDone = error instanceof InitFailedError;
    if (isHalfDone) this.settle(step);
    run.diagnostics.error(failureText(error, run.isPreview), step.urn);
    run.events.stepFailed(step);
    if (isHalfDone) step.record(run.snapshot);
    await run.snapshot.write();
    if (!(error instanceof ProtectedError)) run.stepFailed();
    return false;
  }

  private async finish(step: Step): Promise<void> {
    const { run } = this;
    const isWorthWriting = !(step instanceof SameStep) || isMeaningful(step);
    this.settle(step);
    step.record(run.snapshot);
    if (step.renamedFrom !== undefined && step.isRecording) run.snapshot.rename(step.renamedFrom, step.urn);
    if (isWorthWriting && step.isRecording) await run.snapshot.write();
    run.events.stepEnds(step);
  }

  /** Common to every finished step: marks secrets in the new state and records the state in the run. */
  private settle(step: Step): void {
    const state = step.new;
    if (state === undefined) return;
    if (step.op !== "replace") markSecretOutputs(state, (message) => this.run.diagnostics.warning(message, step.urn));
    this.run.states.set(step.urn, state);
  }

  private async runAfterHook(step: Step): Promise<boolean> {
    const operation = HOOKED_OPERATIONS[step.op];
    // A component's creation is complete when it has registered its outputs: see Deployment.registerOutputs.
    if (operation === undefined || (!step.resource.custom && operation !== "delete")) return true;
    const { run } = this;
    try {
      const isDelete = operation === "delete";
      await run.hooks.after(operation, isDelete ? undefined : step.new, step.old, run.isPreview);
      return true;
    } catch (error) {
      run.diagnostics.error(messageOf(error), step.urn);
      run.stepFailed();
      // The step itself succeeded and is answered; with continue-on-error its chain continues.
      return true;
    }
  }

  private async runContinuation(step: Step): Promise<boolean> {
    if (step.continuation === undefined) return true;
    const steps = await this.run.inTurn(step.continuation);
    for (const next of steps) {
      if (next instanceof SameStep) continue;
      if (!(await this.runStep(next))) return false;
    }
    return true;
  }
}

function failureText(error: unknown, isPreview: boolean): string {
  return isPreview ? `Preview failed: ${describeError(error)}` : describeError(error);
}

/** A `same` step is written only when it changed something that readers of the state use. */
function isMeaningful(step: SameStep): boolean {
  const { old, new: state } = step;
  if (old === undefined || state === undefined || old === state) return false;
  const sameLists = (a: readonly string[], b: readonly string[]) =>
    a.length === b.length && [...a].sort().every((text, index) => text === [...b].sort()[index]);
  const scalars: (keyof ResourceState)[] = [
    "urn",
    "type",
    "custom",
    "provider",
    "parent",
    "protect",
    "retainOnDelete",
    "deletedWith",
  ];
  return (
    scalars.some((field) => old[field] !== state[field]) ||
    !sameLists(old.dependencies, state.dependencies) ||
    !sameLists(old.replaceWith, state.replaceWith) ||
    !valuesEqual(old.inputs, state.inputs) ||
    !valuesEqual(old.replacementTrigger, state.replacementTrigger) ||
    JSON.stringify([old.customTimeouts, old.resourceHooks]) !==
      JSON.stringify([state.customTimeouts, state.resourceHooks])
  );
}

/** Marks outputs as secret that the program names, or whose input of the same name is secret. */
export function markSecretOutputs(state: ResourceState, warn: (message: string) => void): void {
  const named = new Set(state.additionalSecretOutputs);
  if (named.delete("id")) {
    warn("The 'id' property cannot be made secret. See pulumi/pulumi#2717 for more details.");
  }
  const isSecret = (key: string) =>
    named.has(key) || (Object.hasOwn(state.inputs, key) && state.inputs[key] instanceof Secret);
  if (!Object.keys(state.outputs).some(isSecret)) return;
  const outputs: PropertyMap = mapOf(
    Object.entries(state.outputs).map(([key, value]) => [
      key,
      isSecret(key) && !(value instanceof Secret) ? new Secret(value) : value,
    ]),
  );
  state.outputs = outputs;
}
