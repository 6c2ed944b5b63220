/** One run: an update, a refresh or a destroy, or the preview of one. */
import { Diagnostics } from "../diagnostics";
import { EventStream } from "../display/events";
import { describeError, messageOf } from "../errors";
import { planDeletions } from "../planning/deletions";
import { planRefresh } from "../planning/refresh";
import { BailError, OldState, type Run } from "../planning/run";
import { StepGenerator } from "../planning/stepGenerator";
import type { Targets } from "../planning/targets";
import { failureOfProgram, type RunningProgram } from "../processes/programRunner";
import { Callbacks } from "../program/callbacks";
import { EngineServer } from "../program/engineServer";
import { HookRunner } from "../program/hooks";
import { InvalidRequestError } from "../program/requests";
import { BuiltinProvider } from "../providers/builtinProvider";
import { ProviderRegistry } from "../providers/providerRegistry";
import { ProviderError } from "../providers/resourceProvider";
import type { PendingOperationType } from "../state/deploymentFormat";
import type { ResourceState } from "../state/resourceState";
import { Snapshot } from "../state/snapshot";
import type { StepContext } from "../steps/step";
import { StepExecutor } from "../steps/stepExecutor";
import { isStackUrn, type Urn } from "../values/urn";
import type { DeploymentOutcome, DeploymentRequest } from "./deploymentRequest";
import { Registrations, type RunParts } from "./registrations";

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
  private isAbandoned = false;
  private isRefreshing = false;
  private cancelTimer: NodeJS.Timeout | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private finishing: Promise<void> | undefined;

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
      isDeleted: (urn) => generator.progress.deleted.has(urn),
      now: () => new Date().toISOString(),
    };
    const executor = new StepExecutor({
      diagnostics: this.diagnostics,
      context,
      snapshot: this.snapshot,
      events: this.events,
      settled: (urn, state) => generator.states.set(urn, state),
      parallel: request.parallel,
      inTurn: (plan) => this.inTurn(plan),
      onFailure: () => this.onStepFailure(),
      isStopped: () => this.isStopped,
      isAbandoned: () => this.isAbandoned,
    });
    const parts: RunParts = { run, registry, generator, executor, hooks };
    const registrations = new Registrations({
      ...parts,
      request,
      diagnostics: this.diagnostics,
      events: this.events,
      snapshot: this.snapshot,
      callbacks: this.callbacks,
      inTurn: (plan) => this.inTurn(plan),
      isStopped: () => this.isStopped,
      fail: (error, urn) => this.fail(error, urn),
    });
    return { ...parts, registrations };
  }

  private async runPhases(parts: Parts): Promise<void> {
    const { request } = this;
    const config = Object.entries(request.config).map(([key, { value, secret }]) => [key, secret ? "[secret]" : value]);
    this.events.prelude(Object.fromEntries(config));
    for (const notice of request.notices) this.diagnostics.warning(notice);
    this.notePendingOperations();
    this.checkDeleteHooks(parts.run);
    this.checkTargetsExist(parts.run);
    if (request.kind === "refresh" || request.refreshesFirst) await this.refresh(parts);
    this.checkFound(request.options.replaceTargets, urnsOf(parts.run.olds));
    if (request.kind === "update") await this.runProgram(parts);
    if (request.kind === "destroy") await this.deleteLeftovers(parts);
    if (parts.generator.progress.hasErrors) this.stop("failed");
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

  /** A destroy does not run the program, so nothing could call its hooks. @throws ProviderError after reporting each resource that has one. */
  private checkDeleteHooks({ olds }: Run): void {
    if (this.request.kind !== "destroy") return;
    const hooked = olds.resources.flatMap(({ urn, resourceHooks: { BeforeDelete = [], AfterDelete = [] } }) => {
      const names = [...BeforeDelete, ...AfterDelete].join(", ");
      return names === "" ? [] : [{ urn, names }];
    });
    for (const { urn, names } of hooked) {
      const message = `Resource has delete hooks registered, but the program is not running. Hooks: ${names}`;
      this.diagnostics.error(message, urn);
    }
    if (hooked.length === 0) return;
    throw new ProviderError(
      "destroy cannot run delete hooks, because it does not run the program: run `up` with a program that declares no resources",
    );
  }

  /** Targets must exist before a run that no program precedes. @throws ProviderError for the first that does not. */
  private checkTargetsExist({ olds }: Run): void {
    const { kind, options } = this.request;
    const [missing] = kind === "update" ? [] : options.targets.unmatched(urnsOf(olds));
    if (missing !== undefined) throw new ProviderError(`no resource named '${missing}' found`);
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
    this.server.serveMonitor(parts.registrations.monitorHost(() => this.programFinished(parts)));
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
    const { unansweredCount } = parts.registrations;
    if (this.finishing === undefined && unansweredCount > 0) {
      throw new ProviderError(
        `the program ended while ${unansweredCount} of its resources were still being registered; nothing was deleted`,
      );
    }
    await this.finish(parts);
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
    this.checkFound(run.options.targets, new Set([...urnsOf(run.olds), ...generator.progress.seen]));
  }

  /** @throws BailError after reporting each target that is no resource of the stack. */
  private checkFound(targets: Targets, known: ReadonlySet<Urn>): void {
    const missing = targets.unmatched(known);
    for (const target of missing) {
      const advice = target.includes("$") ? "" : " Did you forget to escape $ in your shell?";
      this.diagnostics.error(`Target '${target}' could not be found in the stack.${advice}`);
    }
    if (missing.length > 0) throw new BailError("targets are missing");
  }

  private async deleteLeftovers({ run, generator, executor }: Parts): Promise<void> {
    const layers = await planDeletions(run, generator.progress);
    const kept = new Set<ResourceState>();
    const keepDependenciesOf = (state: ResourceState | undefined) => {
      if (state === undefined) return;
      for (const dependency of run.olds.graph.transitiveDependencies(state)) kept.add(dependency);
    };
    for (const urn of generator.progress.unusable) keepDependenciesOf(run.olds.get(urn));
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
    this.cancelTimer = setTimeout(() => {
      this.isAbandoned = true;
      void registry.close().catch(report);
    }, this.request.cancelGraceMs);
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
    await parts.registrations
      .settleStackOutputs(this.outcome === "succeeded")
      .catch((error: unknown) => this.fail(error));
    clearTimeout(this.cancelTimer);
    await parts.registry.close();
    this.callbacks.close();
    this.server.close();
    await this.snapshot.close().catch((error: unknown) => this.fail(error));
    if (this.outcome === "canceled") this.diagnostics.error(`${this.request.kind} canceled`);
  }

  private readonly onLine = (stream: "stdout" | "stderr", line: string): void => {
    this.diagnostics.report(stream === "stdout" ? "info" : "info#err", line);
  };
}

function urnsOf(olds: OldState): Set<Urn> {
  return new Set(olds.resources.map((state) => state.urn));
}

/** What one run is made of. */
interface Parts extends RunParts {
  readonly registrations: Registrations;
  program?: RunningProgram;
}
