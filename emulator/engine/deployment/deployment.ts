/** One run: an update, a refresh or a destroy, or the preview of one. */

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Diagnostics } from "../diagnostics";
import { EventStream, type StepListener } from "../display/events";
import { describeError, messageOf } from "../errors";
import { planDeletions } from "../planning/deletions";
import { planRefresh } from "../planning/refresh";
import { BailError, OldState, type Run, type RunOptions } from "../planning/run";
import { type Plan, StepGenerator } from "../planning/stepGenerator";
import { failureOfProgram, type ProgramStarter, type RunningProgram } from "../processes/programRunner";
import { Callbacks } from "../program/callbacks";
import { ProviderChooser } from "../program/defaultProviders";
import type { Goal, ReadGoal, Registration } from "../program/goal";
import { HookRunner } from "../program/hooks";
import { EngineServer, type InvokeAnswer, type MonitorHost } from "../program/monitor";
import { InvalidRequestError } from "../program/requests";
import type { Project } from "../project/project";
import { type BuiltinLookups, BuiltinProvider } from "../providers/builtinProvider";
import type { PluginCommand } from "../providers/plugin";
import { ProviderRegistry } from "../providers/providerRegistry";
import { ProviderError } from "../providers/resourceProvider";
import type { ConfigMap, Diagnostic, EngineEvent, OpMap, StepSummary } from "../results";
import type { PendingOperationType, StackState } from "../state/deploymentFormat";
import type { ResourceState } from "../state/resourceState";
import type { PassphraseCrypter } from "../state/secrets";
import { Snapshot } from "../state/snapshot";
import { markSecretOutputs, StepExecutor } from "../steps/stepExecutor";
import type { Step, StepContext } from "../steps/steps";
import { withHashes } from "../values/assetHashes";
import { isStackUrn, makeUrn, type Urn } from "../values/urn";
import { type PropertyMap, valuesEqual } from "../values/values";

export interface DeploymentRequest {
  readonly kind: "update" | "refresh" | "destroy";
  readonly options: RunOptions;
  readonly refreshesFirst: boolean;
  readonly clearsPendingCreates: boolean;
  readonly project: Project;
  readonly stackName: string;
  readonly organization: string;
  readonly config: ConfigMap;
  readonly env: NodeJS.ProcessEnv;
  readonly plugins: Readonly<Record<string, PluginCommand>>;
  readonly startProgram: ProgramStarter;
  readonly parallel: number;
  readonly cancelGraceMs: number;
  readonly state: StackState;
  readonly crypter: PassphraseCrypter;
  /** Undefined in a preview. */
  readonly stateFile: string | undefined;
  readonly lookups: Pick<BuiltinLookups, "stackOutputs" | "stackResources">;
  /** Whether messages of severity `debug` are kept. */
  readonly keepsDebug: boolean;
  readonly onEvent: ((event: EngineEvent) => void) | undefined;
  readonly onStep: StepListener;
  /** What was noticed before the run. */
  readonly notices: readonly string[];
  readonly signal: AbortSignal | undefined;
}

export interface DeploymentOutcome {
  readonly result: "succeeded" | "failed" | "canceled";
  readonly changes: OpMap;
  readonly steps: readonly StepSummary[];
  readonly diagnostics: readonly Diagnostic[];
  readonly errorCounts: ReadonlyMap<Urn, number>;
  /** The stack's outputs, with secrets and unknowns. */
  readonly outputs: PropertyMap;
}

/** An answer that is never given: the program is ended while it waits. */
const never = () => new Promise<never>(() => undefined);

/** Pending operations that outlive the next write of the state: a resource may exist that the state does not know. */
const STICKY_OPERATIONS: ReadonlySet<PendingOperationType> = new Set(["creating"]);

export class Deployment {
  private readonly diagnostics: Diagnostics;
  private readonly events: EventStream;
  private readonly snapshot: Snapshot;
  private readonly callbacks = new Callbacks();
  private readonly stopRequest = Promise.withResolvers<void>();
  private outcome: DeploymentOutcome["result"] = "succeeded";
  private isStopped = false;
  private isRefreshing = false;
  private cancelTimer: NodeJS.Timeout | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private finishing: Promise<void> | undefined;
  private unansweredCount = 0;
  private stackOutputs: PropertyMap | undefined;
  /** Components whose outputs were registered already. */
  private readonly completed = new Set<Urn>();
  private readonly stepOf = new Map<Urn, Step>();

  private constructor(
    private readonly request: DeploymentRequest,
    private readonly server: EngineServer,
  ) {
    this.events = new EventStream(
      { isPreview: request.options.isPreview, countsRefreshes: request.kind === "refresh" },
      request.onEvent,
      request.onStep,
    );
    this.diagnostics = new Diagnostics(request.keepsDebug, (diagnostic, isEphemeral) => {
      this.events.diagnostic(diagnostic, isEphemeral);
    });
    for (const { value, secret } of Object.values(request.config)) if (secret) this.diagnostics.addSecret(value);
    for (const { inputs, outputs } of request.state.resources) {
      this.diagnostics.addSecretsOf(inputs);
      this.diagnostics.addSecretsOf(outputs);
    }
    const sticky = request.state.pendingOperations.filter(({ type }) => STICKY_OPERATIONS.has(type));
    this.snapshot = new Snapshot(request.state.resources, sticky, request.crypter, request.stateFile);
  }

  /** Runs to the end. What goes wrong is in the outcome, not thrown. */
  static async run(request: DeploymentRequest): Promise<DeploymentOutcome> {
    const deployment = new Deployment(request, await EngineServer.listen());
    return deployment.run();
  }

  private async run(): Promise<DeploymentOutcome> {
    const startedAt = performance.now();
    this.server.serveEngine(this.diagnostics);
    const parts = this.assemble();
    const cancel = () => this.cancel(parts.registry);
    this.request.signal?.addEventListener("abort", cancel, { once: true });
    if (this.request.signal?.aborted) cancel();
    try {
      await this.runPhases(parts);
    } catch (error) {
      this.fail(error);
    } finally {
      this.request.signal?.removeEventListener("abort", cancel);
      await this.shutDown(parts);
    }
    this.events.summary(this.outcome, Math.ceil((performance.now() - startedAt) / 1000), this.events.changes);
    return {
      result: this.outcome,
      changes: this.events.changes,
      steps: this.events.steps,
      diagnostics: this.diagnostics.all,
      errorCounts: this.diagnostics.errorCounts,
      outputs: this.snapshot.resources().find((state) => isStackUrn(state.urn))?.outputs ?? {},
    };
  }

  private assemble(): Parts {
    const { request } = this;
    const hooks = new HookRunner(this.callbacks, this.diagnostics);
    const builtin = new BuiltinProvider({ ...request.lookups, registered: (urn) => generator.states.get(urn) });
    const registry: ProviderRegistry = new ProviderRegistry({
      project: request.project,
      engineAddress: this.server.address,
      env: request.env,
      ownPlugins: request.plugins,
      isPreview: request.options.isPreview,
      config: request.config,
      builtin,
      onLine: this.onLine,
    });
    const run: Run & { olds: OldState } = {
      stack: request.stackName,
      project: request.project.name,
      options: request.options,
      olds: new OldState(request.state.resources),
      registry,
      diagnostics: this.diagnostics,
    };
    const generator: StepGenerator = new StepGenerator(run);
    const context: StepContext = {
      isPreview: request.options.isPreview,
      registry,
      hooks,
      isDeleted: (urn) => generator.deleted.has(urn),
      now: () => new Date().toISOString(),
    };
    const executor = new StepExecutor({
      run,
      context,
      snapshot: this.snapshot,
      events: this.events,
      generator,
      parallel: request.parallel,
      inTurn: (plan) => this.inTurn(plan),
      onFailure: () => this.onStepFailure(),
      isStopped: () => this.isStopped,
    });
    return { run, registry, generator, executor, hooks };
  }

  private async runPhases(parts: Parts): Promise<void> {
    const { request } = this;
    const config = Object.entries(request.config).map(([key, { value, secret }]) => [key, secret ? "[secret]" : value]);
    this.events.prelude(Object.fromEntries(config));
    for (const notice of request.notices) this.diagnostics.warning(notice);
    this.notePendingOperations();
    if (request.kind === "refresh" || request.refreshesFirst) await this.refresh(parts);
    this.checkNamedResources(parts.run);
    if (request.kind === "update") await this.runProgram(parts);
    if (request.kind === "destroy") await this.deleteLeftovers(parts);
    if (parts.generator.hasErrors) this.stop("failed");
  }

  private notePendingOperations(): void {
    const { kind, refreshesFirst, clearsPendingCreates, state, options } = this.request;
    if (clearsPendingCreates) this.snapshot.clearPending(STICKY_OPERATIONS);
    const { pendingOperations } = state;
    if (pendingOperations.length === 0 || options.isPreview || kind === "refresh" || refreshesFirst) return;
    const lines = pendingOperations.map(({ type, resource }) => `  * ${resource.urn}, interrupted while ${type}`);
    this.diagnostics.warning(
      `Attempting to deploy or update resources with ${pendingOperations.length} pending operations from previous deployment.\n${lines.join("\n")}\nThese resources are in an unknown state because the engine was interrupted while waiting for changes to these resources to complete. Look at the provider to see what became of them; \`refresh\` with clearPendingCreates forgets pending creations.`,
    );
  }

  /** Resources named in options must exist, unless the program may still make them. */
  private checkNamedResources(run: Run): void {
    const { kind, options } = this.request;
    const known = new Set(run.olds.resources.map((state) => state.urn));
    const named = [
      ...options.replaceTargets.unmatched(known),
      ...(kind === "update" ? [] : options.targets.unmatched(known)),
    ];
    for (const urn of named) this.diagnostics.error(`no resource named '${urn}' found`);
    if (named.length > 0) throw new BailError("named resources are missing");
  }

  private async refresh({ run, executor }: Parts): Promise<void> {
    this.isRefreshing = true;
    await executor.runAtOnce(await planRefresh(run));
    this.isRefreshing = false;
    if (this.outcome !== "succeeded") throw new BailError("refresh failed");
    run.olds = new OldState(this.snapshot.base());
  }

  private async runProgram(parts: Parts): Promise<void> {
    const { request } = this;
    this.server.serveMonitor(this.monitorHost(parts));
    if (this.isStopped) return;
    const program = request.startProgram({
      project: request.project,
      stackName: request.stackName,
      organization: request.organization,
      config: request.config,
      engineAddress: this.server.address,
      parallel: request.parallel,
      isPreview: request.options.isPreview,
      env: request.env,
      onLine: this.onLine,
    });
    parts.program = program;
    const end = await Promise.race([program.ended, this.stopRequest.promise]);
    if (end === undefined) return;
    await this.programEnded(parts, failureOfProgram(end), end.code === 0);
  }

  private async programEnded(parts: Parts, failure: string | undefined, isSuccess: boolean): Promise<void> {
    if (!isSuccess) {
      if (failure !== undefined) this.diagnostics.error(`an unhandled error occurred: ${failure}`);
      return this.stop("failed");
    }
    const hasStack = [...parts.generator.states.keys()].some(isStackUrn);
    if (!hasStack) throw new ProviderError("the program ended without registering its stack; nothing was deleted");
    if (this.finishing === undefined && this.unansweredCount > 0) {
      throw new ProviderError(
        `the program ended while ${this.unansweredCount} of its resources were still being registered; nothing was deleted`,
      );
    }
    await this.finish(parts);
  }

  private monitorHost(parts: Parts): MonitorHost {
    const { request, diagnostics, callbacks } = this;
    const { registry, generator, hooks, run } = parts;
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
      providers: new ProviderChooser(request.config, (goal) => this.register(parts, goal)),
      goalOf: (urn) => generator.goals.get(urn),
      register: async (goal) => {
        const properties = await withHashes(goal.properties, request.project.programFolder);
        return this.register(parts, { ...goal, properties, sourcePosition: this.inProject(goal.sourcePosition) });
      },
      read: (goal) => this.read(parts, { ...goal, sourcePosition: this.inProject(goal.sourcePosition) }),
      registerOutputs: (urn, outputs) => this.registerOutputs(parts, urn, outputs),
      invoke: (token, args, reference) => this.invoke(registry, run, token, args, reference),
      isPending: async (dependencies) => this.isPending(generator, dependencies),
      programFinished: () => this.programFinished(parts),
    };
  }

  private async register(parts: Parts, goal: Goal): Promise<Registration> {
    this.diagnostics.addSecretsOf(goal.properties);
    return this.carryOut(parts, goal, () => parts.generator.plan(goal));
  }

  private async read(parts: Parts, goal: ReadGoal): Promise<Registration> {
    return this.carryOut(parts, goal, async () => parts.generator.planRead(goal));
  }

  private async carryOut(
    parts: Parts,
    goal: { parent: Urn | undefined; type: string; name: string },
    makePlan: () => Promise<Plan>,
  ): Promise<Registration> {
    this.unansweredCount += 1;
    const plan = await this.inTurn(makePlan).catch((error: unknown) => {
      this.fail(error, makeUrn(this.request.stackName, this.request.project.name, goal.parent, goal.type, goal.name));
      return undefined;
    });
    if (plan === undefined) return never();
    const registration = await this.carryOutPlan(parts, plan);
    this.unansweredCount -= 1;
    return registration;
  }

  private async carryOutPlan({ executor, generator }: Parts, plan: Plan): Promise<Registration> {
    const { urn, isUnknown } = plan;
    if (plan.outcome === "skipped") return { urn, state: plan.state, result: "skip", isUnknown };
    const main = plan.steps.find((step) => step.new !== undefined && step.urn === urn && step.op !== "replace");
    if (main !== undefined) this.stepOf.set(urn, main);
    const isDone = await executor.runChain(plan).catch((error: unknown) => {
      this.fail(error, urn);
      return false;
    });
    const state = generator.states.get(urn) ?? plan.state;
    this.diagnostics.addSecretsOf(state.outputs);
    if (isDone) return { urn, state, result: "success", isUnknown };
    if (!this.request.options.continueOnError || this.isStopped) return never();
    generator.unusable.add(urn);
    return { urn, state, result: "fail", isUnknown };
  }

  private async registerOutputs(parts: Parts, urn: Urn, outputs: PropertyMap): Promise<void> {
    if (isStackUrn(urn)) {
      // Taken over when everything has ended: a failed run keeps the outputs it did not set anew.
      this.stackOutputs = outputs;
      return;
    }
    await this.inTurn(() => this.setOutputs(parts, urn, outputs)).catch((error: unknown) => {
      this.fail(error, urn);
      return never();
    });
  }

  private async setOutputs({ generator, hooks }: Parts, urn: Urn, outputs: PropertyMap): Promise<void> {
    const state = generator.states.get(urn);
    const step = this.stepOf.get(urn);
    if (state === undefined || this.completed.has(urn)) {
      throw new Error(`cannot complete a resource '${urn}' whose registration isn't pending`);
    }
    this.completed.add(urn);
    await this.replaceOutputs(state, outputs);
    if (step === undefined) return;
    this.events.outputs(step);
    const operation = step.op === "create-replacement" ? "create" : step.op;
    if (operation === "create" || operation === "update") {
      await hooks.after(operation, state, step.old, this.request.options.isPreview);
    }
  }

  private async replaceOutputs(state: ResourceState, outputs: PropertyMap): Promise<void> {
    if (valuesEqual(state.outputs, outputs)) return;
    state.outputs = outputs;
    markSecretOutputs(state, (message) => this.diagnostics.warning(message, state.urn));
    this.snapshot.touch(state);
    await this.snapshot.write();
  }

  private async invoke(
    registry: ProviderRegistry,
    run: Run,
    token: string,
    args: PropertyMap,
    reference: string,
  ): Promise<InvokeAnswer> {
    const provider = registry.get(reference) ?? (await registry.ensure(reference, run.olds.resources));
    try {
      this.diagnostics.addSecretsOf(args);
      const answer = await provider.invoke(token, args, this.request.options.isPreview);
      this.diagnostics.addSecretsOf(answer.outputs);
      return answer;
    } catch (error) {
      throw new Error(`invocation of ${token} returned an error: ${messageOf(error)}`);
    }
  }

  /** A component is pending as long as anything inside it is. */
  private isPending(generator: StepGenerator, dependencies: readonly Urn[]): boolean {
    const isWithin = (urn: Urn | undefined): boolean =>
      urn !== undefined && (dependencies.includes(urn) || isWithin(generator.goals.get(urn)?.parent));
    return [...generator.goals].some(([urn, goal]) => {
      const state = generator.states.get(urn);
      return goal.custom && isWithin(urn) && (state === undefined || state.id === "");
    });
  }

  private async programFinished(parts: Parts): Promise<void> {
    if (this.finishing !== undefined) throw new InvalidRequestError("Already waiting for shutdown");
    await this.finish(parts);
  }

  /** Everything the program wants is there; what it no longer wants goes. */
  private finish(parts: Parts): Promise<void> {
    this.finishing ??= this.finishNow(parts).catch((error: unknown) => this.fail(error));
    return this.finishing;
  }

  private async finishNow(parts: Parts): Promise<void> {
    await this.turn;
    await parts.executor.idle();
    if (this.isStopped) return;
    await this.deleteLeftovers(parts);
    this.checkTargetsFound(parts);
  }

  private checkTargetsFound({ run, generator }: Parts): void {
    const known = new Set([...run.olds.resources.map((state) => state.urn), ...generator.seen]);
    const missing = run.options.targets.unmatched(known);
    for (const target of missing) this.diagnostics.error(`Target '${target}' could not be found in the stack.`);
    if (missing.length > 0) throw new BailError("targets are missing");
  }

  private async deleteLeftovers({ run, generator, executor }: Parts): Promise<void> {
    const layers = await planDeletions(run, generator);
    const kept = new Set<ResourceState>();
    const keepDependenciesOf = (state: ResourceState | undefined) => {
      if (state === undefined) return;
      for (const dependency of run.olds.graph.transitiveDependencies(state)) kept.add(dependency);
    };
    for (const urn of generator.unusable) keepDependenciesOf(run.olds.get(urn));
    for (const layer of layers) {
      if (this.isStopped) return;
      const steps = layer.filter((step) => step.old === undefined || !kept.has(step.old));
      const results = await Promise.all(
        steps.map(async (step) => ({ step, isDone: await executor.runChain({ steps: [step] }) })),
      );
      for (const { step, isDone } of results) {
        if (isDone) continue;
        this.outcome = this.outcome === "canceled" ? "canceled" : "failed";
        keepDependenciesOf(step.old);
      }
    }
  }

  private onStepFailure(): void {
    const goesOn = this.isRefreshing || this.request.options.continueOnError;
    if (goesOn) this.outcome = this.outcome === "canceled" ? "canceled" : "failed";
    else this.stop("failed");
  }

  /** Something other than a step failed: the run ends, whatever continue-on-error says. */
  private fail(error: unknown, urn?: Urn): void {
    if (!this.isStopped && !(error instanceof BailError)) this.diagnostics.error(describeError(error), urn);
    this.stop("failed");
  }

  private stop(result: "failed" | "canceled"): void {
    if (this.outcome !== "canceled") this.outcome = result;
    this.isStopped = true;
    this.stopRequest.resolve();
  }

  /** Nothing new begins; providers are told to give up, and ended when they do not. */
  private cancel(registry: ProviderRegistry): void {
    this.stop("canceled");
    const report = (error: unknown) => this.diagnostics.error(messageOf(error));
    registry.cancelAll().catch(report);
    this.cancelTimer = setTimeout(() => void registry.close().catch(report), this.request.cancelGraceMs);
  }

  /** One plan at a time, in the order of the requests. */
  private inTurn<Result>(plan: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(() => {
      if (this.isStopped) throw new BailError("the run has stopped");
      return plan();
    });
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async shutDown(parts: Parts): Promise<void> {
    await this.turn;
    await parts.executor.idle();
    await parts.program?.stop();
    await this.settleStackOutputs(parts).catch((error: unknown) => this.fail(error));
    clearTimeout(this.cancelTimer);
    await parts.registry.close();
    this.callbacks.close();
    this.server.close();
    await this.snapshot.close().catch((error: unknown) => this.fail(error));
    if (this.outcome === "canceled") this.diagnostics.error(`${this.request.kind} canceled`);
  }

  private async settleStackOutputs({ generator }: Parts): Promise<void> {
    const stack = [...generator.states.values()].find((state) => isStackUrn(state.urn));
    if (stack === undefined || this.stackOutputs === undefined) return;
    const outputs = this.outcome === "succeeded" ? this.stackOutputs : { ...stack.outputs, ...this.stackOutputs };
    await this.replaceOutputs(stack, outputs);
    const step = this.stepOf.get(stack.urn);
    if (step !== undefined) this.events.outputs(step);
  }

  private readonly onLine = (stream: "stdout" | "stderr", line: string): void => {
    this.diagnostics.report(stream === "stdout" ? "info" : "info#err", line);
  };

  /** A source position as the state records it: relative to the project. */
  private inProject(position: string): string {
    if (!position.startsWith("file://")) return position;
    const [uri = "", place = ""] = position.split("#");
    const path = relative(this.request.project.rootFolder, fileURLToPath(uri)).replaceAll("\\", "/");
    return `project:///${path.replace(/^(\.\.\/)+/, "")}#${place}`;
  }
}

/** What one run is made of. */
interface Parts {
  readonly run: Run & { olds: OldState };
  readonly registry: ProviderRegistry;
  readonly generator: StepGenerator;
  readonly executor: StepExecutor;
  readonly hooks: HookRunner;
  program?: RunningProgram;
}
