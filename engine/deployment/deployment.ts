/** One complete run: an update, a refresh or a destroy, or the preview of one. */
import { BailError } from "../errors";
import { planDeletions } from "../planning/deletions";
import { OldState } from "../planning/oldState";
import { planRefresh } from "../planning/refresh";
import { StepGenerator } from "../planning/stepGenerator";
import type { Targets } from "../planning/targets";
import { failureOfProgram, type RunningProgram } from "../processes/programRunner";
import { InvalidRequestError } from "../program/requests";
import { ProviderError } from "../providers/resourceProvider";
import { Run, STICKY_OPERATIONS } from "../run";
import type { RunOutcome, RunRequest } from "../runRequest";
import type { ResourceState } from "../state/resourceState";
import { isStackUrn, type Urn } from "../values/urn";
import { EngineServer } from "./engineServer";
import { Monitor } from "./monitor";
import { Registrations } from "./registrations";
import { StepExecutor } from "./stepExecutor";

export class Deployment {
  private readonly run: Run;
  private readonly executor: StepExecutor;
  private readonly registrations: Registrations;
  private program: RunningProgram | undefined;
  private finishing: Promise<void> | undefined;

  private constructor(
    private readonly request: RunRequest,
    private readonly server: EngineServer,
  ) {
    this.run = new Run(request, server.address);
    this.executor = new StepExecutor(this.run);
    this.registrations = new Registrations(this.run, new StepGenerator(this.run), this.executor);
  }

  /** Runs the deployment to its end. Failures are reported in the outcome, not thrown. */
  static async run(request: RunRequest): Promise<RunOutcome> {
    const deployment = new Deployment(request, await EngineServer.listen());
    return deployment.runToEnd();
  }

  private async runToEnd(): Promise<RunOutcome> {
    const startedAt = performance.now();
    const { run, request } = this;
    const { diagnostics, events } = run;
    this.server.serveEngine(diagnostics);
    const cancel = () => run.cancel();
    request.signal?.addEventListener("abort", cancel, { once: true });
    if (request.signal?.aborted) cancel();
    try {
      await this.runPhases();
    } catch (error) {
      run.fail(error);
    } finally {
      request.signal?.removeEventListener("abort", cancel);
      await this.shutDown();
    }
    events.summary(run.result, Math.ceil((performance.now() - startedAt) / 1000), events.changes);
    return {
      result: run.result,
      changes: events.changes,
      steps: events.steps,
      diagnostics: diagnostics.all,
      errorCounts: diagnostics.errorCounts,
      outputs: run.snapshot.resources().find(({ urn }) => isStackUrn(urn))?.outputs ?? {},
    };
  }

  private async runPhases(): Promise<void> {
    const { request, run } = this;
    const config = Object.entries(request.config).map(([key, { value, secret }]) => [key, secret ? "[secret]" : value]);
    run.events.prelude(Object.fromEntries(config));
    for (const notice of request.notices) run.diagnostics.warning(notice);
    this.notePendingOperations();
    this.checkDeleteHooks();
    this.checkTargetsExist();
    if (request.kind === "refresh" || request.refreshesFirst) await this.refresh();
    this.checkFound(request.options.replaceTargets, urnsOf(run.olds));
    if (request.kind === "update") await this.runProgram();
    if (request.kind === "destroy") await this.deleteLeftovers();
    if (run.progress.hasErrors) run.stop("failed");
  }

  private notePendingOperations(): void {
    const { kind, refreshesFirst, clearsPendingCreates, state, options } = this.request;
    if (clearsPendingCreates) this.run.snapshot.clearPending(STICKY_OPERATIONS);
    const { pendingOperations } = state;
    if (pendingOperations.length === 0 || options.isPreview || kind === "refresh" || refreshesFirst) return;
    const lines = pendingOperations.map(({ type, resource }) => `  * ${resource.urn}, interrupted while ${type}`);
    this.run.diagnostics.warning(
      `Attempting to deploy or update resources with ${pendingOperations.length} pending operations from previous deployment.\n${lines.join("\n")}\nThese resources are in an unknown state because the engine was interrupted while waiting for changes to these resources to complete. Check at the provider whether they exist; \`refresh\` with --clear-pending-creates (clearPendingCreates in a program) removes pending creations from the state.`,
    );
  }

  /** A destroy does not run the program, so no hook can be called. @throws ProviderError after reporting each resource with delete hooks. */
  private checkDeleteHooks(): void {
    if (this.request.kind !== "destroy") return;
    const { olds, diagnostics } = this.run;
    const hooked = olds.resources.flatMap(({ urn, resourceHooks: { BeforeDelete = [], AfterDelete = [] } }) => {
      const names = [...BeforeDelete, ...AfterDelete].join(", ");
      return names === "" ? [] : [{ urn, names }];
    });
    for (const { urn, names } of hooked) {
      const message = `Resource has delete hooks registered, but the program is not running. Hooks: ${names}`;
      diagnostics.error(message, urn);
    }
    if (hooked.length === 0) return;
    throw new ProviderError(
      "destroy cannot run delete hooks, because it does not run the program: run `up` with a program that declares no resources",
    );
  }

  /** In a run without a program, targets must exist before it starts. @throws ProviderError for the first that does not. */
  private checkTargetsExist(): void {
    const { kind, options } = this.request;
    const [missing] = kind === "update" ? [] : options.targets.unmatched(urnsOf(this.run.olds));
    if (missing !== undefined) throw new ProviderError(`no resource named '${missing}' found`);
  }

  private async refresh(): Promise<void> {
    const { run } = this;
    run.goesOnAfterFailures = true;
    await this.executor.runAtOnce(await planRefresh(run));
    run.goesOnAfterFailures = run.options.continueOnError;
    if (run.result !== "succeeded") throw new BailError("refresh failed");
    run.olds = new OldState(run.snapshot.base());
  }

  private async runProgram(): Promise<void> {
    const { request, run } = this;
    this.server.serveMonitor(new Monitor(run, this.registrations, () => this.programFinished()));
    if (run.isStopped) return;
    this.program = request.startProgram({
      project: request.project,
      stackName: request.stackName,
      organization: request.organization,
      config: request.config,
      engineAddress: this.server.address,
      parallel: request.parallel,
      isPreview: request.options.isPreview,
      env: request.env,
      onLine: run.onLine,
    });
    const end = await Promise.race([this.program.ended, run.stopped]);
    if (end === undefined) return;
    await this.programEnded(failureOfProgram(end), end.code === 0);
  }

  private async programEnded(failure: string | undefined, isSuccess: boolean): Promise<void> {
    const { run } = this;
    if (!isSuccess) {
      if (failure !== undefined) run.diagnostics.error(`an unhandled error occurred: ${failure}`);
      return run.stop("failed");
    }
    if (run.stackState() === undefined)
      throw new ProviderError("the program ended without registering its stack; nothing was deleted");
    const { unansweredCount } = this.registrations;
    if (this.finishing === undefined && unansweredCount > 0) {
      throw new ProviderError(
        `the program ended while ${unansweredCount} of its resources were still being registered; nothing was deleted`,
      );
    }
    await this.finish();
  }

  private async programFinished(): Promise<void> {
    if (this.finishing !== undefined) throw new InvalidRequestError("Already waiting for shutdown");
    await this.finish();
  }

  /** Runs when the program has registered all its resources: deletes those it no longer declares. */
  private finish(): Promise<void> {
    this.finishing ??= this.finishNow().catch((error: unknown) => this.run.fail(error));
    return this.finishing;
  }

  private async finishNow(): Promise<void> {
    const { run } = this;
    await run.planned();
    await this.executor.idle();
    if (run.isStopped) return;
    await this.deleteLeftovers();
    this.checkFound(run.options.targets, new Set([...urnsOf(run.olds), ...run.progress.seen]));
  }

  /** @throws BailError after reporting each target that is not a resource of the stack. */
  private checkFound(targets: Targets, known: ReadonlySet<Urn>): void {
    const missing = targets.unmatched(known);
    for (const target of missing) {
      const advice = target.includes("$") ? "" : " Did you forget to escape $ in your shell?";
      this.run.diagnostics.error(`Target '${target}' could not be found in the stack.${advice}`);
    }
    if (missing.length > 0) throw new BailError("targets are missing");
  }

  private async deleteLeftovers(): Promise<void> {
    const { run } = this;
    const layers = await planDeletions(run);
    const kept = new Set<ResourceState>();
    const keepDependenciesOf = (state: ResourceState | undefined) => {
      if (state === undefined) return;
      for (const dependency of run.olds.graph.transitiveDependencies(state)) kept.add(dependency);
    };
    for (const urn of run.progress.unusable) keepDependenciesOf(run.olds.get(urn));
    for (const layer of layers) {
      if (run.isStopped) return;
      const steps = layer.filter((step) => step.old === undefined || !kept.has(step.old));
      const results = await Promise.all(
        steps.map(async (step) => ({ step, isDone: await this.executor.runChain({ steps: [step] }) })),
      );
      for (const { step, isDone } of results) {
        if (isDone) continue;
        run.setResult("failed");
        keepDependenciesOf(step.old);
      }
    }
  }

  private async shutDown(): Promise<void> {
    const { run } = this;
    await run.planned();
    await this.executor.idle();
    await this.program?.stop();
    await this.registrations.settleStackOutputs().catch((error: unknown) => run.fail(error));
    await run.close();
    this.server.close();
  }
}

function urnsOf(olds: OldState): Set<Urn> {
  return new Set(olds.resources.map((state) => state.urn));
}
