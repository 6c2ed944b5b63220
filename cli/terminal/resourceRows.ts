/** The resources of a run and their operations, from the events of either engine. Pure. */
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import type { OpType } from "../../engine";

export interface Row {
  readonly urn: string;
  /** As Pulumi shows it; the package's own types without the prefix of dynamic resources. */
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly op: OpType;
  readonly status: "planned" | "running" | "done" | "failed";
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  /** Top-level properties that differ, each with `+`, `-` or `~` before the first of its group: `+a-b~c,d`. */
  readonly changes: string;
  readonly warnings: number;
  readonly errors: number;
}

const STACK_TYPE = "pulumi:pulumi:Stack";

export class ResourceRows {
  private readonly rows = new Map<string, Row>();

  /** In the order in which the resources first appeared. */
  get all(): readonly Row[] {
    return [...this.rows.values()];
  }

  apply(event: EngineEvent, nowMs: number): void {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent } = event;
    if (resourcePreEvent) {
      const { metadata, planning } = resourcePreEvent;
      this.step(metadata, planning ? "planned" : "running", nowMs);
    }
    if (resOutputsEvent) {
      const { metadata, planning } = resOutputsEvent;
      this.step(metadata, planning ? "planned" : "done", nowMs);
    }
    if (resOpFailedEvent) this.step(resOpFailedEvent.metadata, "failed", nowMs);
    if (diagnosticEvent && !diagnosticEvent.ephemeral) this.diagnostic(diagnosticEvent.urn, diagnosticEvent.severity);
  }

  private step(metadata: StepEventMetadata, status: Row["status"], nowMs: number): void {
    const { urn, op } = metadata;
    if (isDefaultProvider(urn)) return;
    const known = this.rows.get(urn);
    // A preview shows a replacement as one line, for its logical step.
    if (status === "planned" && known?.op === "replace" && op !== "replace") return;
    const isEnd = status === "done" || status === "failed";
    this.rows.set(urn, {
      urn,
      type: shownType(metadata.type),
      name: nameOf(urn),
      parent: metadata.new?.parent || metadata.old?.parent || known?.parent || "",
      op: op as OpType,
      status,
      startedAtMs: status === "running" || known === undefined ? nowMs : known.startedAtMs,
      endedAtMs: isEnd ? nowMs : undefined,
      changes: changesOf(metadata) || (known?.changes ?? ""),
      warnings: known?.warnings ?? 0,
      errors: known?.errors ?? 0,
    });
  }

  private diagnostic(urn: string | undefined, severity: string): void {
    const row = urn ? this.rows.get(urn) : this.all.find(({ type }) => type === STACK_TYPE);
    if (row === undefined) return;
    if (severity === "warning") this.rows.set(row.urn, { ...row, warnings: row.warnings + 1 });
    if (severity === "error") this.rows.set(row.urn, { ...row, errors: row.errors + 1 });
  }
}

/** Whether the resource is a default provider, which no program declares. */
function isDefaultProvider(urn: string): boolean {
  return /::pulumi:providers:[^:]+::default(_[^:]*)?$/.test(urn);
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** `a:b/c:C` becomes `a:b:C`, as Pulumi shows it; `azure-native:cognitiveservices/v20250601:Account` stays. */
function shownType(type: string): string {
  return type
    .replace(/^pulumi-nodejs:dynamic\//, "")
    .replace(/^([^:]+:[^:/]+)\/([^:]+):([^:]+)$/, (all, start, file, name) =>
      file.toLowerCase() === name.toLowerCase() ? `${start}:${name}` : all,
    );
}

const SIGNS = { add: "+", delete: "-", update: "~" } as const;

function changesOf({ op, detailedDiff, diffs }: StepEventMetadata): string {
  if (op === "create" || op === "delete" || op === "same") return "";
  const groups = { "+": new Set<string>(), "-": new Set<string>(), "~": new Set<string>() };
  for (const [path, { diffKind }] of Object.entries(detailedDiff ?? {})) {
    const [property = path, ...deeper] = path.split(/[.[]/);
    const kind = diffKind.replace(/-replace$/, "") as keyof typeof SIGNS;
    groups[deeper.length > 0 ? "~" : (SIGNS[kind] ?? "~")].add(property);
  }
  if (detailedDiff == null) for (const property of diffs ?? []) groups["~"].add(property);
  return Object.entries(groups)
    .filter(([, properties]) => properties.size > 0)
    .map(([sign, properties]) => sign + [...properties].sort().join(","))
    .join("");
}
