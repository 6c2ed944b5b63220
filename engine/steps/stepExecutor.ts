/** Does steps: chains of steps run at once, the steps of a chain one after the other. */
import type { Diagnostics } from "../diagnostics";
import { describeError, messageOf } from "../errors";
import type { HookedOperation } from "../program/hooks";
import { InitFailedError } from "../providers/resourceProvider";
import type { ResourceState } from "../state/resourceState";
import type { Snapshot } from "../state/snapshot";
import type { Urn } from "../values/urn";
import { mapOf, type PropertyMap, Secret, valuesEqual } from "../values/values";
import { ProtectedError } from "./deleteSteps";
import { SameStep } from "./keepSteps";
import { Semaphore } from "./semaphore";
import type { Step, StepContext } from "./step";

const HOOKED_OPERATIONS: Readonly<Record<string, HookedOperation>> = {
  create: "create",
  "create-replacement": "create",
  update: "update",
  delete: "delete",
  "delete-replaced": "delete",
};

/** Who is told how each step goes. */
export interface StepObserver {
  stepBegins(step: Step): void;
  stepEnds(step: Step): void;
  stepFailed(step: Step): void;
}

export interface ExecutorHost {
  readonly diagnostics: Diagnostics;
  readonly context: StepContext;
  readonly snapshot: Snapshot;
  readonly events: StepObserver;
  readonly parallel: number;
  /** Plans what follows a step, in turn with all other registrations. */
  inTurn<Result>(plan: () => Promise<Result>): Promise<Result>;
  /** The resource is in this state now; also after a half-way failure. */
  settled(urn: Urn, state: ResourceState): void;
  /** Called once for each failure; the host decides whether anything new begins. */
  onFailure(): void;
  /** Whether steps that have not begun must not begin. */
  isStopped(): boolean;
  /** Whether providers were ended in the middle of what they did: nobody knows what came of it. */
  isAbandoned(): boolean;
}

export class StepExecutor {
  private readonly slots: Semaphore;

  constructor(private readonly host: ExecutorHost) {
    this.slots = new Semaphore(host.parallel);
  }

  /** Does a chain. Returns false when a step of it failed or was not begun. */
  runChain(plan: { readonly steps: readonly Step[] }): Promise<boolean> {
    return this.slots.run(async () => {
      for (const step of plan.steps) if (!(await this.runStep(step))) return false;
      return true;
    });
  }

  /** Does steps that have nothing to do with each other; resolves when all have ended. */
  async runAtOnce(steps: readonly Step[]): Promise<boolean> {
    const results = await Promise.all(steps.map((step) => this.runChain({ steps: [step] })));
    return results.every((isDone) => isDone);
  }

  idle(): Promise<void> {
    return this.slots.idle();
  }

  private async runStep(step: Step): Promise<boolean> {
    const { host } = this;
    if (host.isStopped()) return false;
    host.events.stepBegins(step);
    const pending = host.context.isPreview ? undefined : step.pending();
    const ended = pending && (await host.snapshot.begin(pending.type, pending.resource));
    try {
      await step.apply(host.context);
    } catch (error) {
      return this.fail(step, error, ended);
    }
    ended?.();
    await this.finish(step);
    if (!(await this.runAfterHook(step))) return false;
    return this.runContinuation(step);
  }

  /** Nothing was done, or it was done half way and the state must say so; what was abandoned stays pending. */
  private async fail(step: Step, error: unknown, ended: (() => void) | undefined): Promise<boolean> {
    const { host } = this;
    if (!host.isAbandoned()) ended?.();
    const isHalfDone = error instanceof InitFailedError;
    if (isHalfDone) this.settle(step);
    host.diagnostics.error(failureText(error, host.context.isPreview), step.urn);
    host.events.stepFailed(step);
    if (isHalfDone) step.record(host.snapshot);
    await host.snapshot.write();
    if (!(error instanceof ProtectedError)) host.onFailure();
    return false;
  }

  private async finish(step: Step): Promise<void> {
    const { host } = this;
    const isWorthWriting = !(step instanceof SameStep) || isMeaningful(step);
    this.settle(step);
    step.record(host.snapshot);
    if (step.renamedFrom !== undefined && step.isRecording) host.snapshot.rename(step.renamedFrom, step.urn);
    if (isWorthWriting && step.isRecording) await host.snapshot.write();
    host.events.stepEnds(step);
  }

  /** What every step does with the state it made: secrets are marked, the run knows the resource. */
  private settle(step: Step): void {
    const state = step.new;
    if (state === undefined) return;
    if (step.op !== "replace") markSecretOutputs(state, (message) => this.host.diagnostics.warning(message, step.urn));
    this.host.settled(step.urn, state);
  }

  private async runAfterHook(step: Step): Promise<boolean> {
    const operation = HOOKED_OPERATIONS[step.op];
    // A component's creation is complete when it registered its outputs: see Deployment.registerOutputs.
    if (operation === undefined || (!step.resource.custom && operation !== "delete")) return true;
    const { host } = this;
    try {
      const isDelete = operation === "delete";
      await host.context.hooks.after(operation, isDelete ? undefined : step.new, step.old, host.context.isPreview);
      return true;
    } catch (error) {
      host.diagnostics.error(messageOf(error), step.urn);
      host.onFailure();
      // The step itself is done and is answered; with continue-on-error its chain goes on.
      return true;
    }
  }

  private async runContinuation(step: Step): Promise<boolean> {
    if (step.continuation === undefined) return true;
    const steps = await this.host.inTurn(step.continuation);
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

/** A step that keeps everything is written only when something a reader of the state cares for changed. */
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

/** Outputs named by the program, and outputs whose input of the same name is secret, are secret. */
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
