/** The run as a stream of engine events in the Automation API's shapes, and the step summaries made from them. */
import type { StepEventMetadata, StepEventStateMetadata } from "@pulumi/pulumi/automation/events";
import { MASK } from "../diagnostics";
import type { Diagnostic, EngineEvent, OpMap, OpType, PropertyDifference, StepSummary } from "../results";
import { type ResourceState, stateToJson } from "../state/resourceState";
import { mapToState, type SecretWriter } from "../state/stateValues";
import type { Step } from "../steps/step";
import { isDefaultProvider, nameOf, typeOf } from "../values/urn";
import type { JsonObject } from "../values/values";
import { maskSecrets } from "./masking";

/** Writes a secret as a secret object whose text is the mask. */
const maskedWriter: SecretWriter = () => ({ ciphertext: MASK });

/** Progress of a step. */
export type StepProgress = "begun" | "done" | "failed";

export type StepListener = (step: Step, progress: StepProgress, elapsedMs: number) => void;

export class EventStream {
  /** Steps in the order in which they began, each with its summary at its end. */
  private readonly begun = new Map<Step, StepSummary | undefined>();
  /** Counts per operation: logical steps only, without default providers. */
  readonly changes: OpMap = {};
  private sequence = 0;
  private readonly beginnings = new Map<Step, number>();

  constructor(
    private readonly run: { readonly isPreview: boolean; readonly countsRefreshes: boolean },
    private readonly onEvent: ((event: EngineEvent) => void) | undefined,
    private readonly onStep: StepListener,
  ) {}

  /** Every step except those of default providers; an unfinished step is shown in its present state. */
  get steps(): StepSummary[] {
    return [...this.begun].map(([step, summary]) => summary ?? summaryOf(step));
  }

  prelude(config: Record<string, string>): void {
    this.emit(() => ({ preludeEvent: { config } }));
  }

  stepBegins(step: Step): void {
    this.beginnings.set(step, performance.now());
    if (!isDefaultProvider(step.urn)) this.begun.set(step, undefined);
    this.emit(() => ({ resourcePreEvent: { metadata: metadataOf(step), planning: this.run.isPreview } }));
    this.onStep(step, "begun", 0);
  }

  stepEnds(step: Step): void {
    if (this.begun.has(step)) this.begun.set(step, summaryOf(step));
    this.count(step);
    // A component is complete when it registers its outputs; its end event is emitted then.
    const endsComponent = !step.resource.custom && step.op !== "delete" && step.op !== "refresh" && !this.run.isPreview;
    if (!endsComponent) this.outputs(step);
    this.onStep(step, "done", this.elapsed(step));
  }

  /** Emits the event for a resource whose outputs are known. */
  outputs(step: Step): void {
    const op = this.run.countsRefreshes ? step.resultOp : step.op;
    this.emit(() => ({ resOutputsEvent: { metadata: metadataOf(step, op), planning: this.run.isPreview } }));
  }

  stepFailed(step: Step): void {
    if (this.begun.has(step)) this.begun.set(step, summaryOf(step));
    if (!this.run.isPreview) {
      this.emit(() => ({ resOpFailedEvent: { metadata: metadataOf(step), status: 0, steps: 0 } }));
    }
    this.onStep(step, "failed", this.elapsed(step));
  }

  diagnostic(diagnostic: Diagnostic, isEphemeral: boolean): void {
    const { severity, message, urn } = diagnostic;
    // The Automation API's type omits `debug`, but the event stream has it.
    const event = {
      ...(urn !== undefined && { urn }),
      message: `${message}\n`,
      color: "never",
      severity,
      ephemeral: isEphemeral,
    };
    this.emit(() => ({ diagnosticEvent: event as NonNullable<EngineEvent["diagnosticEvent"]> }));
  }

  summary(result: string, durationSeconds: number, resourceChanges: OpMap): void {
    const event = {
      maybeCorrupt: false,
      durationSeconds,
      resourceChanges,
      PolicyPacks: {},
      policyPacks: {},
      isPreview: this.run.isPreview,
      result,
    };
    this.emit(() => ({ summaryEvent: event }));
    // Ends the stream, also after a success.
    this.emit(() => ({ cancelEvent: {} }));
  }

  private count(step: Step): void {
    const isCounted = step.op === "refresh" ? this.run.countsRefreshes : step.isLogical;
    if (!isCounted || isDefaultProvider(step.urn)) return;
    const op = countedOp(step);
    if (op !== undefined) this.changes[op] = (this.changes[op] ?? 0) + 1;
  }

  private elapsed(step: Step): number {
    return performance.now() - (this.beginnings.get(step) ?? performance.now());
  }

  /** Creates the event only if there is a listener. */
  private emit(event: () => Omit<EngineEvent, "sequence" | "timestamp">): void {
    if (this.onEvent === undefined) return;
    this.onEvent({ sequence: this.sequence, timestamp: Math.floor(Date.now() / 1000), ...event() });
    this.sequence += 1;
  }
}

/** The operation a step counts as; a read counts only when it found a difference. */
function countedOp(step: Step): OpType | undefined {
  if (step.op === "refresh") return step.resultOp;
  if (step.op !== "read") return step.op;
  if (step.old === undefined) return undefined;
  return JSON.stringify(mapToState(step.old.outputs, maskedWriter)) ===
    JSON.stringify(mapToState(step.resource.outputs, maskedWriter))
    ? undefined
    : "read";
}

function metadataOf(step: Step, op = step.op): StepEventMetadata {
  const { replaceKeys, changedKeys, detailedDiff } = step.diff;
  return {
    op,
    urn: step.urn,
    type: typeOf(step.urn),
    ...(step.old !== undefined && { old: stateMetadata(step.old) }),
    ...(step.new !== undefined && { new: stateMetadata(step.new) }),
    ...(replaceKeys.length > 0 && { keys: [...replaceKeys] }),
    ...(changedKeys.length > 0 && { diffs: [...changedKeys] }),
    ...(detailedDiff !== undefined && { detailedDiff: detailedMetadata(detailedDiff) }),
    ...(step.isLogical && { logical: true }),
    provider: step.resource.provider,
  };
}

function detailedMetadata(
  diff: Readonly<Record<string, PropertyDifference>>,
): NonNullable<StepEventMetadata["detailedDiff"]> {
  const entries = Object.entries(diff).map(([path, { kind, inputDiff }]) => [path, { diffKind: kind, inputDiff }]);
  return Object.fromEntries(entries) as NonNullable<StepEventMetadata["detailedDiff"]>;
}

function stateMetadata(state: ResourceState): StepEventStateMetadata {
  return {
    type: state.type,
    urn: state.urn,
    ...(state.custom && { custom: true }),
    ...(state.delete && { delete: true }),
    id: state.id,
    parent: state.parent ?? "",
    ...(state.protect && { protect: true }),
    ...(state.taint && { taint: true }),
    ...(state.retainOnDelete && { retainOnDelete: true }),
    inputs: mapToState(state.inputs, maskedWriter),
    outputs: mapToState(state.outputs, maskedWriter),
    provider: state.provider,
    ...(state.initErrors.length > 0 && { initErrors: [...state.initErrors] }),
  };
}

function summaryOf(step: Step): StepSummary {
  const { replaceKeys, changedKeys, detailedDiff } = step.diff;
  return {
    op: step.op,
    urn: step.urn,
    type: typeOf(step.urn),
    name: nameOf(step.urn),
    ...(step.resource.provider !== "" && { provider: step.resource.provider }),
    ...(step.old !== undefined && { oldState: maskedState(step.old) }),
    ...(step.new !== undefined && { newState: maskedState(step.new) }),
    ...(changedKeys.length > 0 && { diffReasons: [...changedKeys] }),
    ...(replaceKeys.length > 0 && { replaceReasons: [...replaceKeys] }),
    detailedDiff: detailedDiff ?? null,
  };
}

/** A state for display: every secret is the plain text `[secret]`. */
export function maskedState(state: ResourceState): JsonObject {
  return maskSecrets(stateToJson(state, maskedWriter)) as JsonObject;
}
