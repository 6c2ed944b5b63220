/** The run as text that reads like Pulumi's own: a line per resource as it goes, its properties, then the summary. */
import { stripVTControlCharacters, styleText } from "node:util";
import type { Diagnostic, OpMap, OpType } from "../results";
import type { Step } from "../steps/step";
import { isDefaultProvider, nameOf, typeOf, type Urn } from "../values/urn";
import type { PropertyMap } from "../values/values";
import { escapeControls, escapeControlsInLines } from "./escapeControls";
import type { StepProgress } from "./events";
import { diffInfo, type Line, renderOutputs, renderStep } from "./render";

type Style = Parameters<typeof styleText>[0];

interface OpWords {
  readonly symbol: string;
  readonly style: Style;
  /** Of a preview, of a beginning, of an end. */
  readonly planned: string;
  readonly begun: string;
  readonly done: string;
}

const WORDS: Readonly<Record<OpType, OpWords>> = {
  same: { symbol: "  ", style: "reset", planned: "", begun: "", done: "" },
  create: { symbol: "+ ", style: "green", planned: "create", begun: "creating", done: "created" },
  update: { symbol: "~ ", style: "yellow", planned: "update", begun: "updating", done: "updated" },
  delete: { symbol: "- ", style: "red", planned: "delete", begun: "deleting", done: "deleted" },
  replace: { symbol: "+-", style: "magentaBright", planned: "replace", begun: "replacing", done: "replaced" },
  "create-replacement": {
    symbol: "++",
    style: "greenBright",
    planned: "replace",
    begun: "creating replacement",
    done: "created replacement",
  },
  "delete-replaced": {
    symbol: "--",
    style: "redBright",
    planned: "replace",
    begun: "deleting original",
    done: "deleted original",
  },
  read: { symbol: "> ", style: "cyanBright", planned: "read", begun: "reading", done: "read" },
  "read-replacement": {
    symbol: ">>",
    style: "cyanBright",
    planned: "replace",
    begun: "reading for replacement",
    done: "read for replacement",
  },
  refresh: { symbol: "~ ", style: "yellow", planned: "refresh", begun: "refreshing", done: "refresh" },
  discard: { symbol: "< ", style: "red", planned: "discard", begun: "discarding", done: "discarded" },
  "discard-replaced": {
    symbol: "<<",
    style: "redBright",
    planned: "replace",
    begun: "discarding original",
    done: "discarded original",
  },
  "remove-pending-replace": {
    symbol: "~ ",
    style: "yellow",
    planned: "forget",
    begun: "forgetting",
    done: "forgotten",
  },
  import: { symbol: "= ", style: "green", planned: "import", begun: "importing", done: "imported" },
  "import-replacement": {
    symbol: "=>",
    style: "green",
    planned: "replace",
    begun: "importing replacement",
    done: "imported replacement",
  },
};

/** The order in which the summary counts, and what it leaves out. */
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
  readonly onOutput: ((text: string) => void) | undefined;
  /** Whether what `onOutput` gets is coloured. */
  readonly hasColors: boolean;
  readonly showsDebug: boolean;
}

export class Display {
  private text = "";

  constructor(private readonly options: DisplayOptions) {
    const [preview, real] = HEADLINES[options.kind] ?? ["", ""];
    this.write(`${this.paint("bold", options.isPreview ? preview : real)} (${options.stackName}):`);
  }

  /** Everything shown so far, without colours. */
  get stdout(): string {
    return this.text;
  }

  step(step: Step, progress: StepProgress, elapsedMs: number): void {
    if (!this.isShown(step, progress)) return;
    const { symbol, style } = WORDS[step.resultOp];
    const words = [labelOf(step.urn), this.status(step, progress, elapsedMs), escapeControls(diffInfo(step))];
    this.write(` ${this.paint(style, symbol)} ${words.filter((word) => word !== "").join(" ")}`);
    if (progress !== "failed" && this.showsProperties(progress)) this.lines(renderStep(step), "      ");
  }

  private isShown(step: Step, progress: StepProgress): boolean {
    if (isDefaultProvider(step.urn) || step.resultOp === "same") return progress === "failed";
    if (step.op === "refresh") return progress !== "begun";
    const isLonely = step.isLogical || !this.options.isPreview;
    // A replacement's own step does nothing: in a real run its two halves are shown as they happen.
    const isDone = step.op === "replace" || this.options.isPreview;
    return isLonely && (progress !== "begun" || !isDone);
  }

  private showsProperties(progress: StepProgress): boolean {
    return this.options.isPreview || progress === "done";
  }

  private status(step: Step, progress: StepProgress, elapsedMs: number): string {
    const { planned, begun, done } = WORDS[step.resultOp];
    if (progress === "failed") return this.paint("red", `**${begun || step.op} failed**`);
    if (this.options.isPreview) return planned;
    if (progress === "begun") return begun;
    const retained = step.old?.retainOnDelete === true && /delete/.test(step.op) ? "[retain]" : "";
    return `${done}${retained} ${this.paint("dim", `(${durationText(elapsedMs)})`)}`;
  }

  /** The end: what was said, the outputs, the counts. */
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
    this.lines(outputs, "    ");
    this.countsSection(end.changes);
    if (!this.options.isPreview)
      this.write(`\n${this.paint("bold", "Duration:")} ${Math.ceil(end.durationMs / 1000)}s`);
  }

  private diagnosticsSection(diagnostics: readonly Diagnostic[]): void {
    const shown = diagnostics.filter(({ severity }) => severity !== "debug" || this.options.showsDebug);
    if (shown.length === 0) return;
    this.heading("Diagnostics:");
    const byResource = Map.groupBy(shown, ({ urn }) => urn ?? "");
    for (const [urn, group] of byResource) {
      this.write(
        `  ${urn === "" ? `pulumi:pulumi:Stack (${this.options.stackName})` : escapeControls(`${typeOf(urn)} (${nameOf(urn)})`)}:`,
      );
      for (const { severity, message } of group) {
        const prefix =
          severity === "error" || severity === "warning"
            ? `${this.paint(SEVERITY_STYLES[severity], `${severity}:`)} `
            : "";
        this.write(`    ${prefix}${escapeControlsInLines(message).replaceAll("\n", "\n    ")}`);
      }
      this.write("");
    }
  }

  private countsSection(changes: OpMap): void {
    this.heading("Resources:");
    const counted = COUNTED.filter((op) => changes[op] !== undefined);
    for (const op of counted) {
      const { symbol, style, planned, done } = WORDS[op];
      const words = this.options.isPreview ? `to ${planned}` : done;
      this.write(`    ${this.paint(style, `${symbol}${changes[op]} ${words}`)}`);
    }
    const total = counted.reduce((sum, op) => sum + (changes[op] ?? 0), 0);
    const texts = [counted.length > 1 ? `${total} changes` : "", changes.same ? `${changes.same} unchanged` : ""];
    const rest = texts.filter((text) => text !== "").join(". ");
    if (rest !== "") this.write(`    ${rest}`);
  }

  private heading(text: string): void {
    if (!this.text.endsWith("\n\n")) this.write("");
    this.write(this.paint("bold", text));
  }

  private lines(lines: readonly Line[], indent: string): void {
    for (const { mark, text } of lines) {
      const body = escapeControlsInLines(text).replaceAll("\n", `\n${indent}`);
      this.write(`${indent}${this.paint(MARK_STYLES[mark], mark === "  " ? body : mark + body)}`);
    }
  }

  private write(line: string): void {
    this.text += `${stripVTControlCharacters(line)}\n`;
    this.options.onOutput?.(`${line}\n`);
  }

  private paint(style: Style, text: string): string {
    if (!this.options.hasColors || style === "reset") return text;
    return styleText(style, text, { validateStream: false });
  }
}

function labelOf(urn: Urn): string {
  return escapeControls(`${typeOf(urn)} ${nameOf(urn)}`);
}

function durationText(elapsedMs: number): string {
  return elapsedMs < 1000 ? `${(elapsedMs / 1000).toFixed(2)}s` : `${Math.round(elapsedMs / 1000)}s`;
}
