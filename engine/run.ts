/** One run, with the data and services that its parts share. */
import { Diagnostics } from "./diagnostics";
import { EventStream } from "./display/events";
import { BailError, describeError, messageOf } from "./errors";
import { OldState } from "./planning/oldState";
import { Progress } from "./planning/progress";
import { Callbacks } from "./program/callbacks";
import type { Goal } from "./program/goal";
import { HookRunner } from "./program/hooks";
import { BuiltinProvider } from "./providers/builtinProvider";
import { ProviderRegistry } from "./providers/providerRegistry";
import type { ResourceProvider } from "./providers/resourceProvider";
import type { RunOptions, RunOutcome, RunRequest } from "./runRequest";
import type { PendingOperationType } from "./state/deploymentFormat";
import type { ResourceState } from "./state/resourceState";
import { Snapshot } from "./state/snapshot";
import type { StepContext } from "./steps/step";
import { isProviderType, isStackUrn, makeUrn, type Urn } from "./values/urn";

/** Pending operations kept by later writes of the state: each may have created a resource that the state does not contain. */
export const STICKY_OPERATIONS: ReadonlySet<PendingOperationType> = new Set(["creating"]);

export class Run implements StepContext {
  readonly events: EventStream;
  readonly diagnostics: Diagnostics;
  readonly snapshot: Snapshot;
  readonly callbacks = new Callbacks();
  readonly hooks: HookRunner;
  readonly registry: ProviderRegistry;
  readonly progress = new Progress();
  /** What the program requested. */
  readonly goals = new Map<Urn, Goal>();
  /** The new state of each resource of this run. */
  readonly states = new Map<Urn, ResourceState>();
  /** The state before the run, after the initial refresh if there is one. */
  olds: OldState;
  result: RunOutcome["result"] = "succeeded";
  /** No new step begins. */
  isStopped = false;
  /** Providers were ended during an operation, so its result is unknown. */
  isAbandoned = false;
  /** Whether the run continues after a failed step. */
  goesOnAfterFailures: boolean;
  private readonly stopping = Promise.withResolvers<void>();
  private turn: Promise<unknown> = Promise.resolve();
  private cancelTimer: NodeJS.Timeout | undefined;

  constructor(
    readonly request: RunRequest,
    engineAddress: string,
  ) {
    const { kind, options, state, config } = request;
    const form = { isPreview: options.isPreview, countsRefreshes: kind === "refresh" };
    this.events = new EventStream(form, request.onEvent, request.onStep);
    this.diagnostics = new Diagnostics(request.keepsDebug, (diagnostic, isEphemeral) => {
      this.events.diagnostic(diagnostic, isEphemeral);
    });
    for (const { value, secret } of Object.values(config)) if (secret) this.diagnostics.addSecret(value);
    for (const { inputs, outputs } of state.resources) {
      this.diagnostics.addSecretsOf(inputs);
      this.diagnostics.addSecretsOf(outputs);
    }
    const sticky = state.pendingOperations.filter(({ type }) => STICKY_OPERATIONS.has(type));
    this.snapshot = new Snapshot(state.resources, sticky, request.crypter, request.stateFile);
    this.olds = new OldState(state.resources);
    this.goesOnAfterFailures = options.continueOnError;
    this.hooks = new HookRunner(this.callbacks, this.diagnostics);
    this.registry = new ProviderRegistry({
      project: request.project,
      engineAddress,
      env: request.env,
      ownPlugins: request.plugins,
      isPreview: options.isPreview,
      config,
      builtin: new BuiltinProvider({ ...request.lookups, registered: (urn) => this.states.get(urn) }),
      onLine: this.onLine,
    });
  }

  get options(): RunOptions {
    return this.request.options;
  }

  get isPreview(): boolean {
    return this.options.isPreview;
  }

  /** Receives each line that a program or a provider writes. */
  readonly onLine = (stream: "stdout" | "stderr", line: string): void => {
    this.diagnostics.report(stream === "stdout" ? "info" : "info#err", line);
  };

  urnOf({ parent, type, name }: { parent: Urn | undefined; type: string; name: string }): Urn {
    return makeUrn(this.request.stackName, this.request.project.name, parent, type, name);
  }

  /** The provider of a resource of the old state; undefined for a component. */
  async providerOfOld(state: ResourceState): Promise<ResourceProvider | undefined> {
    if (!state.custom) return undefined;
    if (isProviderType(state.type)) return this.registry;
    return this.registry.ensure(state.provider, this.olds.resources);
  }

  /** Whether a resource is deleted in this run. */
  isDeleted(urn: Urn): boolean {
    return this.progress.deleted.has(urn);
  }

  /** The time, as the state records it. */
  now(): string {
    return new Date().toISOString();
  }

  /** The state of the stack's root resource, once it is registered. */
  stackState(): ResourceState | undefined {
    return [...this.states.values()].find(({ urn }) => isStackUrn(urn));
  }

  /** Plans one request at a time, in the order of the requests. @throws BailError when the run has stopped */
  inTurn<Result>(plan: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(() => {
      if (this.isStopped) throw new BailError("the run has stopped");
      return plan();
    });
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** Resolves when all requests made so far are planned. */
  async planned(): Promise<void> {
    await this.turn;
  }

  /** Resolves when the run stops before its end. */
  get stopped(): Promise<void> {
    return this.stopping.promise;
  }

  stop(result: "failed" | "canceled"): void {
    this.setResult(result);
    this.isStopped = true;
    this.stopping.resolve();
  }

  /** Handles a failed step. */
  stepFailed(): void {
    if (!this.goesOnAfterFailures) this.stop("failed");
    else this.setResult("failed");
  }

  /** Does not stop the run. A canceled run stays canceled. */
  setResult(result: "failed" | "canceled"): void {
    if (this.result !== "canceled") this.result = result;
  }

  /** Handles any other failure: the run ends, even with continue-on-error. */
  fail(error: unknown, urn?: Urn): void {
    if (!this.isStopped && !(error instanceof BailError)) this.diagnostics.error(describeError(error), urn);
    this.stop("failed");
  }

  /** No new step begins; providers are asked to cancel, and are ended if they do not. */
  cancel(): void {
    this.stop("canceled");
    const report = (error: unknown) => this.diagnostics.error(messageOf(error));
    this.registry.cancelAll().catch(report);
    this.cancelTimer = setTimeout(() => {
      this.isAbandoned = true;
      void this.registry.close().catch(report);
    }, this.request.cancelGraceMs);
  }

  /** Ends everything the run started; writes the state last. */
  async close(): Promise<void> {
    clearTimeout(this.cancelTimer);
    await this.registry.close();
    this.callbacks.close();
    await this.snapshot.close().catch((error: unknown) => this.fail(error));
    if (this.result === "canceled") this.diagnostics.error(`${this.request.kind} canceled`);
  }
}
