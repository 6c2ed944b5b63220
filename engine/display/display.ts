/** Prints a run as the Pulumi CLI does: a heading, one line per resource, diagnostics, outputs and counts. */
import { stripVTControlCharacters, styleText } from "node:util";
import type { Diagnostic, OpMap, OpType, OutputPart } from "../results";
import type { Step } from "../steps/step";
import { isDefaultProvider, nameOf, typeOf } from "../values/urn";
import type { PropertyMap } from "../values/values";
import { escapeControls, escapeControlsInLines } from "./escapeControls";
import type { StepProgress } from "./events";
import { OPERATION_WORDS, type Style } from "./operationWords";
import { diffInfo, type Line, renderOutputs, renderStep } from "./render";

/** Operations that the summary counts, in its order. */
const COUNTED: readonly OpType[] = [
  "create",
  "update",
  "delete",
  "replace",
  "import",
  "discard",
  "remove-pending-replace",
];

const HEADLINES: Readonly<Record<string, readonly [preview: string, real: string]>> = {
  update: ["Previewing update", "Updating"],
  refresh: ["Previewing refresh", "Refreshing"],
  destroy: ["Previewing destroy", "Destroying"],
};

const MARK_STYLES: Readonly<Record<Line["mark"], Style>> = {
  "+ ": "green",
  "- ": "red",
  "~ ": "yellow",
  "+-": "magentaBright",
  "  ": "reset",
};

const SEVERITY_STYLES: Readonly<Record<Diagnostic["severity"], Style>> = {
  debug: "dim",
  info: "reset",
  "info#err": "reset",
  warning: "yellow",
  error: "red",
};

export interface DisplayOptions {
  readonly stackName: string;
  readonly kind: "update" | "refresh" | "destroy";
  readonly isPreview: boolean;
  readonly onOutput: ((text: string, part: OutputPart) => void) | undefined;
  /** Whether `onOutput` gets colored text. */
  readonly hasColors: boolean;
  readonly showsDebug: boolean;
  /** Whether each step is followed by its properties. */
  readonly showsProperties: boolean;
}

export class Display {
  private text = "";

  constructor(private readonly options: DisplayOptions) {
    const [preview, real] = HEADLINES[options.kind] ?? ["", ""];
    this.write(`${this.paint("bold", options.isPreview ? preview : real)} (${options.stackName}):`, "heading");
  }

  /** Everything shown so far, without colors. */
  get stdout(): string {
    return this.text;
  }

  step(step: Step, progress: StepProgress, elapsedMs: number): void {
    if (!this.isShown(step, progress)) return;
    const { symbol, style } = OPERATION_WORDS[step.resultOp];
    const names = [typeOf(step.urn), nameOf(step.urn)].map(escapeControls);
    const words = [...names, this.status(step, progress, elapsedMs), escapeControls(diffInfo(step))];
    this.write(` ${this.paint(style, symbol)} ${words.filter((word) => word !== "").join(" ")}`, "step");
    if (progress === "done" && this.options.showsProperties) this.lines(renderStep(step), "      ", "properties");
  }

  /** Whether the step gets a line: one line per resource, printed at its end. */
  private isShown(step: Step, progress: StepProgress): boolean {
    if (progress === "begun") return false;
    if (progress === "failed") return true;
    if (isDefaultProvider(step.urn) || step.resultOp === "same") return false;
    // A preview shows a replacement as one line; a real run shows its create and its delete.
    return this.options.isPreview ? step.isLogical || step.op === "refresh" : step.op !== "replace";
  }

  private status(step: Step, progress: StepProgress, elapsedMs: number): string {
    const { planned, begun, done } = OPERATION_WORDS[step.resultOp];
    if (progress === "failed") return this.paint("red", `**${begun || step.op} failed**`);
    if (this.options.isPreview) return planned;
    const retained = step.old?.retainOnDelete === true && /delete/.test(step.op) ? "[retain]" : "";
    return `${done}${retained} ${this.paint("dim", `(${durationText(elapsedMs)})`)}`;
  }

  /** Prints the end of the run: diagnostics, outputs, counts. */
  finish(end: {
    readonly diagnostics: readonly Diagnostic[];
    readonly oldOutputs: PropertyMap;
    readonly outputs: PropertyMap;
    readonly changes: OpMap;
    readonly durationMs: number;
  }): void {
    this.diagnosticsSection(end.diagnostics);
    const outputs =
      this.options.kind === "refresh" ? [] : renderOutputs(end.oldOutputs, end.outputs, this.options.isPreview);
    if (outputs.length > 0) this.heading("Outputs:");
    this.lines(outputs, "    ", "summary");
    this.countsSection(end.changes);
    if (!this.options.isPreview)
      this.write(`\n${this.paint("bold", "Duration:")} ${Math.ceil(end.durationMs / 1000)}s`, "summary");
  }

  private diagnosticsSection(diagnostics: readonly Diagnostic[]): void {
    const shown = diagnostics.filter(({ severity }) => severity !== "debug" || this.options.showsDebug);
    if (shown.length === 0) return;
    this.heading("Diagnostics:");
    const byResource = Map.groupBy(shown, ({ urn }) => urn ?? "");
    for (const [urn, group] of byResource) {
      const subject =
        urn === "" ? `pulumi:pulumi:Stack (${this.options.stackName})` : `${typeOf(urn)} (${nameOf(urn)})`;
      this.write(`  ${escapeControls(subject)}:`, "summary");
      for (const { severity, message } of group) {
        const prefix =
          severity === "error" || severity === "warning"
            ? `${this.paint(SEVERITY_STYLES[severity], `${severity}:`)} `
            : "";
        this.write(`    ${prefix}${escapeControlsInLines(message).replaceAll("\n", "\n    ")}`, "summary");
      }
      this.write("", "summary");
    }
  }

  private countsSection(changes: OpMap): void {
    this.heading("Resources:");
    const counted = COUNTED.filter((op) => changes[op] !== undefined);
    for (const op of counted) {
      const { symbol, style, planned, done } = OPERATION_WORDS[op];
      const words = this.options.isPreview ? `to ${planned}` : done;
      this.write(`    ${this.paint(style, `${symbol}${changes[op]} ${words}`)}`, "summary");
    }
    const total = counted.reduce((sum, op) => sum + (changes[op] ?? 0), 0);
    const texts = [counted.length > 1 ? `${total} changes` : "", changes.same ? `${changes.same} unchanged` : ""];
    const rest = texts.filter((text) => text !== "").join(". ");
    if (rest !== "") this.write(`    ${rest}`, "summary");
  }

  private heading(text: string): void {
    if (!this.text.endsWith("\n\n")) this.write("", "summary");
    this.write(this.paint("bold", text), "summary");
  }

  private lines(lines: readonly Line[], indent: string, part: OutputPart): void {
    for (const { mark, text } of lines) {
      const body = escapeControlsInLines(text).replaceAll("\n", `\n${indent}`);
      this.write(`${indent}${this.paint(MARK_STYLES[mark], mark === "  " ? body : mark + body)}`, part);
    }
  }

  private write(line: string, part: OutputPart): void {
    this.text += `${stripVTControlCharacters(line)}\n`;
    this.options.onOutput?.(`${line}\n`, part);
  }

  private paint(style: Style, text: string): string {
    if (!this.options.hasColors || style === "reset") return text;
    return styleText(style, text, { validateStream: false });
  }
}

function durationText(elapsedMs: number): string {
  return elapsedMs < 1000 ? `${(elapsedMs / 1000).toFixed(2)}s` : `${Math.round(elapsedMs / 1000)}s`;
}
