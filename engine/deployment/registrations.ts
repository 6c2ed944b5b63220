/** Carries out and answers the program's requests: registrations, reads, outputs and calls. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../errors";
import type { Plan, StepGenerator } from "../planning/stepGenerator";
import type { Goal, ReadGoal, Registration } from "../program/goal";
import type { Run } from "../run";
import type { ResourceState } from "../state/resourceState";
import { SkippedCreateStep } from "../steps/keepSteps";
import type { Step } from "../steps/step";
import { withHashes } from "../values/assetHashes";
import { isStackUrn, type Urn } from "../values/urn";
import { type PropertyMap, valuesEqual } from "../values/values";
import { markSecretOutputs, type StepExecutor } from "./stepExecutor";

export interface InvokeAnswer {
  readonly outputs: PropertyMap;
  readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

/** For a request that is never answered, because the program is ended while it waits. */
const never = () => new Promise<never>(() => undefined);

export class Registrations {
  /** Requests for a resource that have no answer yet. */
  unansweredCount = 0;
  private stackOutputs: PropertyMap | undefined;
  /** Components whose outputs were registered already. */
  private readonly completed = new Set<Urn>();
  private readonly stepOf = new Map<Urn, Step>();

  constructor(
    private readonly run: Run,
    private readonly generator: StepGenerator,
    private readonly executor: StepExecutor,
  ) {}

  async register(goal: Goal): Promise<Registration> {
    const { project } = this.run.request;
    const properties = await withHashes(goal.properties, project.programFolder);
    this.run.diagnostics.addSecretsOf(properties);
    const wanted = { ...goal, properties, sourcePosition: this.inProject(goal.sourcePosition) };
    return this.carryOut(wanted, () => this.generator.plan(wanted));
  }

  async read(goal: ReadGoal): Promise<Registration> {
    const wanted = { ...goal, sourcePosition: this.inProject(goal.sourcePosition) };
    return this.carryOut(wanted, async () => this.generator.planRead(wanted));
  }

  private async carryOut(
    goal: { parent: Urn | undefined; type: string; name: string },
    makePlan: () => Promise<Plan>,
  ): Promise<Registration> {
    this.unansweredCount += 1;
    const plan = await this.run.inTurn(makePlan).catch((error: unknown) => {
      this.run.fail(error, this.run.urnOf(goal));
      return undefined;
    });
    if (plan === undefined) return never();
    const registration = await this.carryOutPlan(plan);
    this.unansweredCount -= 1;
    return registration;
  }

  private async carryOutPlan(plan: Plan): Promise<Registration> {
    const { run } = this;
    const { urn, isUnknown } = plan;
    if (plan.outcome === "skipped") return { urn, state: plan.state, result: "skip", isUnknown };
    const main = plan.steps.find((step) => step.new !== undefined && step.urn === urn && step.op !== "replace");
    if (main !== undefined) this.stepOf.set(urn, main);
    const isDone = await this.executor.runChain(plan).catch((error: unknown) => {
      run.fail(error, urn);
      return false;
    });
    const state = run.states.get(urn) ?? plan.state;
    run.diagnostics.addSecretsOf(state.outputs);
    if (isDone) return { urn, state, result: "success", isUnknown };
    if (!run.options.continueOnError || run.isStopped) return never();
    run.progress.unusable.add(urn);
    return { urn, state, result: "fail", isUnknown };
  }

  async registerOutputs(urn: Urn, outputs: PropertyMap): Promise<void> {
    if (isStackUrn(urn)) {
      // Applied at the end of the run: a failed run keeps the outputs that it did not set.
      this.stackOutputs = outputs;
      return;
    }
    await this.run
      .inTurn(() => this.setOutputs(urn, outputs))
      .catch((error: unknown) => {
        this.run.fail(error, urn);
        return never();
      });
  }

  private async setOutputs(urn: Urn, outputs: PropertyMap): Promise<void> {
    const { states, hooks, events, isPreview } = this.run;
    const state = states.get(urn);
    const step = this.stepOf.get(urn);
    if (state === undefined || this.completed.has(urn)) {
      throw new Error(`cannot complete a resource '${urn}' whose registration isn't pending`);
    }
    this.completed.add(urn);
    await this.replaceOutputs(state, outputs);
    if (step === undefined || step instanceof SkippedCreateStep) return;
    events.outputs(step);
    const operation = step.op === "create-replacement" ? "create" : step.op;
    if (operation === "create" || operation === "update") {
      await hooks.after(operation, state, step.old, isPreview);
    }
  }

  private async replaceOutputs(state: ResourceState, outputs: PropertyMap): Promise<void> {
    const { diagnostics, snapshot } = this.run;
    if (valuesEqual(state.outputs, outputs)) return;
    state.outputs = outputs;
    markSecretOutputs(state, (message) => diagnostics.warning(message, state.urn));
    snapshot.touch(state);
    await snapshot.write();
  }

  async invoke(token: string, args: PropertyMap, reference: string): Promise<InvokeAnswer> {
    const { registry, olds, diagnostics, isPreview } = this.run;
    const provider = registry.get(reference) ?? (await registry.ensure(reference, olds.resources));
    try {
      diagnostics.addSecretsOf(args);
      const answer = await provider.invoke(token, args, isPreview);
      diagnostics.addSecretsOf(answer.outputs);
      return answer;
    } catch (error) {
      throw new Error(`invocation of ${token} returned an error: ${messageOf(error)}`);
    }
  }

  /** Whether any of these resources, or anything inside them, does not exist yet. */
  isPending(dependencies: readonly Urn[]): boolean {
    const { goals, states } = this.run;
    const isWithin = (urn: Urn | undefined): boolean =>
      urn !== undefined && (dependencies.includes(urn) || isWithin(goals.get(urn)?.parent));
    return [...goals].some(([urn, goal]) => {
      const state = states.get(urn);
      return goal.custom && isWithin(urn) && (state === undefined || state.id === "");
    });
  }

  /** Applies the stack's registered outputs at the end of the run. */
  async settleStackOutputs(): Promise<void> {
    const { run } = this;
    const stack = run.stackState();
    if (stack === undefined || this.stackOutputs === undefined) return;
    await this.replaceOutputs(
      stack,
      run.result === "succeeded" ? this.stackOutputs : { ...stack.outputs, ...this.stackOutputs },
    );
    const step = this.stepOf.get(stack.urn);
    if (step !== undefined) run.events.outputs(step);
  }

  /** A source position as the state records it: a URL relative to the project's folder. */
  private inProject(position: string): string {
    if (!position.startsWith("file://")) return position;
    const [uri = "", place = ""] = position.split("#");
    const path = relative(this.run.request.project.rootFolder, fileURLToPath(uri)).replaceAll("\\", "/");
    return `project:///${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}#${place}`;
  }
}
