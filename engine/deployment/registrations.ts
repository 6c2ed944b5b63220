/** What the program asks for while it runs: resources, reads, outputs and calls, each carried out and answered. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnostics } from "../diagnostics";
import type { EventStream } from "../display/events";
import { messageOf } from "../errors";
import type { OldState, Run } from "../planning/run";
import type { Plan, StepGenerator } from "../planning/stepGenerator";
import type { Callbacks } from "../program/callbacks";
import { ProviderChooser } from "../program/defaultProviders";
import type { Goal, ReadGoal, Registration } from "../program/goal";
import type { HookRunner } from "../program/hooks";
import type { InvokeAnswer, MonitorHost } from "../program/monitor";
import type { ProviderRegistry } from "../providers/providerRegistry";
import type { ResourceState } from "../state/resourceState";
import type { Snapshot } from "../state/snapshot";
import { SkippedCreateStep } from "../steps/keepSteps";
import type { Step } from "../steps/step";
import { markSecretOutputs, type StepExecutor } from "../steps/stepExecutor";
import { withHashes } from "../values/assetHashes";
import { isStackUrn, makeUrn, type Urn } from "../values/urn";
import { type PropertyMap, valuesEqual } from "../values/values";
import type { DeploymentRequest } from "./deploymentRequest";

/** What one run is made of. */
export interface RunParts {
  readonly run: Run & { olds: OldState };
  readonly registry: ProviderRegistry;
  readonly generator: StepGenerator;
  readonly executor: StepExecutor;
  readonly hooks: HookRunner;
}

/** The run that registrations belong to. */
export interface RegistrationsHost extends RunParts {
  readonly request: DeploymentRequest;
  readonly diagnostics: Diagnostics;
  readonly events: EventStream;
  readonly snapshot: Snapshot;
  readonly callbacks: Callbacks;
  /** One plan at a time, in the order of the requests. */
  inTurn<Result>(plan: () => Promise<Result>): Promise<Result>;
  isStopped(): boolean;
  /** Something other than a step failed: the run ends. */
  fail(error: unknown, urn?: Urn): void;
}

/** An answer that is never given: the program is ended while it waits. */
const never = () => new Promise<never>(() => undefined);

export class Registrations {
  /** Requests for a resource that have no answer yet. */
  unansweredCount = 0;
  private stackOutputs: PropertyMap | undefined;
  /** Components whose outputs were registered already. */
  private readonly completed = new Set<Urn>();
  private readonly stepOf = new Map<Urn, Step>();

  constructor(private readonly host: RegistrationsHost) {}

  monitorHost(programFinished: () => Promise<void>): MonitorHost {
    const { request, diagnostics, callbacks, generator, hooks } = this.host;
    const values = Object.entries(request.config).map(([key, { value }]) => [key, value]);
    return {
      project: request.project.name,
      stack: request.stackName,
      organization: request.organization,
      config: Object.fromEntries(values),
      configSecretKeys: Object.keys(request.config).filter((key) => request.config[key]?.secret),
      isPreview: request.options.isPreview,
      parallel: request.parallel,
      diagnostics,
      hooks,
      callbacks,
      providers: new ProviderChooser(request.config, (goal) => this.register(goal)),
      goalOf: (urn) => generator.goals.get(urn),
      register: async (goal) => {
        const properties = await withHashes(goal.properties, request.project.programFolder);
        return this.register({ ...goal, properties, sourcePosition: this.inProject(goal.sourcePosition) });
      },
      read: (goal) => this.read({ ...goal, sourcePosition: this.inProject(goal.sourcePosition) }),
      registerOutputs: (urn, outputs) => this.registerOutputs(urn, outputs),
      invoke: (token, args, reference) => this.invoke(token, args, reference),
      isPending: async (dependencies) => this.isPending(dependencies),
      programFinished,
    };
  }

  private async register(goal: Goal): Promise<Registration> {
    const { diagnostics, generator } = this.host;
    diagnostics.addSecretsOf(goal.properties);
    return this.carryOut(goal, () => generator.plan(goal));
  }

  private async read(goal: ReadGoal): Promise<Registration> {
    return this.carryOut(goal, async () => this.host.generator.planRead(goal));
  }

  private async carryOut(
    goal: { parent: Urn | undefined; type: string; name: string },
    makePlan: () => Promise<Plan>,
  ): Promise<Registration> {
    this.unansweredCount += 1;
    const { inTurn, fail, request } = this.host;
    const plan = await inTurn(makePlan).catch((error: unknown) => {
      fail(error, makeUrn(request.stackName, request.project.name, goal.parent, goal.type, goal.name));
      return undefined;
    });
    if (plan === undefined) return never();
    const registration = await this.carryOutPlan(plan);
    this.unansweredCount -= 1;
    return registration;
  }

  private async carryOutPlan(plan: Plan): Promise<Registration> {
    const { executor, generator, diagnostics, request } = this.host;
    const { urn, isUnknown } = plan;
    if (plan.outcome === "skipped") return { urn, state: plan.state, result: "skip", isUnknown };
    const main = plan.steps.find((step) => step.new !== undefined && step.urn === urn && step.op !== "replace");
    if (main !== undefined) this.stepOf.set(urn, main);
    const isDone = await executor.runChain(plan).catch((error: unknown) => {
      this.host.fail(error, urn);
      return false;
    });
    const state = generator.states.get(urn) ?? plan.state;
    diagnostics.addSecretsOf(state.outputs);
    if (isDone) return { urn, state, result: "success", isUnknown };
    if (!request.options.continueOnError || this.host.isStopped()) return never();
    generator.progress.unusable.add(urn);
    return { urn, state, result: "fail", isUnknown };
  }

  private async registerOutputs(urn: Urn, outputs: PropertyMap): Promise<void> {
    if (isStackUrn(urn)) {
      // Taken over when everything has ended: a failed run keeps the outputs it did not set anew.
      this.stackOutputs = outputs;
      return;
    }
    await this.host
      .inTurn(() => this.setOutputs(urn, outputs))
      .catch((error: unknown) => {
        this.host.fail(error, urn);
        return never();
      });
  }

  private async setOutputs(urn: Urn, outputs: PropertyMap): Promise<void> {
    const { generator, hooks, events, request } = this.host;
    const state = generator.states.get(urn);
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
      await hooks.after(operation, state, step.old, request.options.isPreview);
    }
  }

  private async replaceOutputs(state: ResourceState, outputs: PropertyMap): Promise<void> {
    const { diagnostics, snapshot } = this.host;
    if (valuesEqual(state.outputs, outputs)) return;
    state.outputs = outputs;
    markSecretOutputs(state, (message) => diagnostics.warning(message, state.urn));
    snapshot.touch(state);
    await snapshot.write();
  }

  private async invoke(token: string, args: PropertyMap, reference: string): Promise<InvokeAnswer> {
    const { registry, run, diagnostics, request } = this.host;
    const provider = registry.get(reference) ?? (await registry.ensure(reference, run.olds.resources));
    try {
      diagnostics.addSecretsOf(args);
      const answer = await provider.invoke(token, args, request.options.isPreview);
      diagnostics.addSecretsOf(answer.outputs);
      return answer;
    } catch (error) {
      throw new Error(`invocation of ${token} returned an error: ${messageOf(error)}`);
    }
  }

  /** A component is pending as long as anything inside it is. */
  private isPending(dependencies: readonly Urn[]): boolean {
    const { generator } = this.host;
    const isWithin = (urn: Urn | undefined): boolean =>
      urn !== undefined && (dependencies.includes(urn) || isWithin(generator.goals.get(urn)?.parent));
    return [...generator.goals].some(([urn, goal]) => {
      const state = generator.states.get(urn);
      return goal.custom && isWithin(urn) && (state === undefined || state.id === "");
    });
  }

  /** Takes the stack's outputs over, at the end of everything. */
  async settleStackOutputs(hasSucceeded: boolean): Promise<void> {
    const { generator, events } = this.host;
    const stack = [...generator.states.values()].find((state) => isStackUrn(state.urn));
    if (stack === undefined || this.stackOutputs === undefined) return;
    await this.replaceOutputs(stack, hasSucceeded ? this.stackOutputs : { ...stack.outputs, ...this.stackOutputs });
    const step = this.stepOf.get(stack.urn);
    if (step !== undefined) events.outputs(step);
  }

  /** A source position as the state records it: a URL relative to the project's folder. */
  private inProject(position: string): string {
    if (!position.startsWith("file://")) return position;
    const [uri = "", place = ""] = position.split("#");
    const path = relative(this.host.request.project.rootFolder, fileURLToPath(uri)).replaceAll("\\", "/");
    return `project:///${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}#${place}`;
  }
}
