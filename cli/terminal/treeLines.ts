/** The resources of a run as a tree, in columns that fit the terminal. Pure. */
import { styleText } from "node:util";
import { escapeControls } from "../../engine/display/escapeControls";
import { OPERATION_WORDS, type Style } from "../../engine/display/operationWords";
import { columnsOf, cutMiddleTo, cutTo, padTo } from "./fitText";
import type { Row } from "./resourceRows";

export interface LineOptions {
  readonly isPreview: boolean;
  readonly nowMs: number;
  readonly hasColors: boolean;
}

export interface TreeOptions extends LineOptions {
  /** Width of the terminal. */
  readonly columns: number;
  /** Largest number of lines. */
  readonly maxLines: number;
}

interface Cells {
  readonly row: Row;
  readonly type: string;
  readonly name: string;
  readonly status: string;
  readonly info: string;
}

const GAP = "  ";
/** `+- ` and the spaces around it. */
const SYMBOL_COLUMNS = 4;
/** Smallest widths at which a cut cell is still readable. */
const MIN_TYPE_COLUMNS = 16;
const MIN_NAME_COLUMNS = 8;

/** A heading and one line for each resource that changes, fails or has a diagnostic, and for their parents. */
export function toTreeLines(rows: readonly Row[], options: TreeOptions): string[] {
  const shown = withParents(rows, rows.filter(isNoteworthy));
  if (shown.size === 0) return [];
  const cells = inTreeOrder(rows.filter(({ urn }) => shown.has(urn))).map(({ row, prefix }) =>
    cellsOf(row, prefix, options),
  );
  const widths = fittingWidths(cells, options);
  const visible = mostRecent(cells, options.maxLines - 1);
  const paint = painter(options);
  const lines = visible.map((each) => lineOf(each, widths, options.columns, paint));
  const hidden = cells.length - visible.length;
  return [
    paint("bold", headingOf(widths, options)),
    ...lines,
    ...(hidden > 0 ? [paint("dim", cutTo(`${" ".repeat(SYMBOL_COLUMNS)}… and ${hidden} more`, options.columns))] : []),
  ];
}

/** A line for a resource that changed or failed; `undefined` for another one. */
export function toResourceLine(row: Row, options: LineOptions): string | undefined {
  if (row.op === "same" && row.status !== "failed") return undefined;
  const { symbol, style } = OPERATION_WORDS[row.op];
  const { type, name, status, info } = cellsOf(row, "", options);
  const words = [type, name, status, info].filter((word) => word !== "").join(" ");
  return ` ${painter(options)(row.status === "failed" ? "red" : style, symbol)} ${words}`;
}

function painter({ hasColors }: LineOptions): (style: Style, text: string) => string {
  return (style, text) => (hasColors && style !== "reset" ? styleText(style, text, { validateStream: false }) : text);
}

function isNoteworthy({ op, status, warnings, errors }: Row): boolean {
  return op !== "same" || status === "failed" || warnings + errors > 0;
}

function withParents(rows: readonly Row[], noteworthy: readonly Row[]): ReadonlySet<string> {
  const byUrn = new Map(rows.map((row) => [row.urn, row]));
  const shown = new Set<string>();
  for (const row of noteworthy) {
    for (let each: Row | undefined = row; each !== undefined && !shown.has(each.urn); each = byUrn.get(each.parent)) {
      shown.add(each.urn);
    }
  }
  return shown;
}

/** Parents before children, with the lines of the tree before each name. */
function inTreeOrder(rows: readonly Row[]): { readonly row: Row; readonly prefix: string }[] {
  const urns = new Set(rows.map(({ urn }) => urn));
  const children = Map.groupBy(rows, ({ parent }) => (urns.has(parent) ? parent : ""));
  const ordered: { row: Row; prefix: string }[] = [];
  const visit = (parent: string, indent: string, depth: number): void => {
    const own = children.get(parent) ?? [];
    for (const [index, row] of own.entries()) {
      const isLast = index === own.length - 1;
      ordered.push({ row, prefix: depth === 0 ? "" : `${indent}${isLast ? "└─ " : "├─ "}` });
      visit(row.urn, depth === 0 ? "" : `${indent}${isLast ? "   " : "│  "}`, depth + 1);
    }
  };
  visit("", "", 0);
  return ordered;
}

function cellsOf(row: Row, prefix: string, { isPreview, nowMs }: LineOptions): Cells {
  const problems = [counted(row.errors, "error"), counted(row.warnings, "warning")].filter((text) => text !== "");
  const changes = row.changes === "" ? [] : [`[diff: ${row.changes}]`];
  return {
    row,
    type: prefix + escapeControls(row.type),
    name: escapeControls(row.name),
    status: statusOf(row, isPreview, nowMs),
    info: [...problems, ...changes].map(escapeControls).join("; "),
  };
}

function counted(count: number, noun: string): string {
  if (count === 0) return "";
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function statusOf({ op, status, startedAtMs, endedAtMs }: Row, isPreview: boolean, nowMs: number): string {
  const { planned, begun, done } = OPERATION_WORDS[op];
  if (status === "failed") return `**${begun || op} failed**`;
  if (op === "same") return "";
  if (isPreview || status === "planned") return planned;
  const seconds = ((endedAtMs ?? nowMs) - startedAtMs) / 1000;
  return status === "running"
    ? `${begun} (${Math.floor(seconds)}s)`
    : `${done} (${seconds.toFixed(seconds < 10 ? 1 : 0)}s)`;
}

interface Widths {
  readonly type: number;
  readonly name: number;
  readonly status: number;
}

/** The widths of the texts, unless the terminal is too narrow: then names are cut first, then types. */
function fittingWidths(cells: readonly Cells[], { columns, isPreview }: TreeOptions): Widths {
  const widest = (heading: string, texts: readonly string[]) => Math.max(columnsOf(heading), ...texts.map(columnsOf));
  const natural = {
    type: widest(
      "Type",
      cells.map(({ type }) => type),
    ),
    name: widest(
      "Name",
      cells.map(({ name }) => name),
    ),
    status: widest(
      isPreview ? "Plan" : "Status",
      cells.map(({ status }) => status),
    ),
  };
  const room = columns - SYMBOL_COLUMNS - 2 * GAP.length - natural.status;
  const excess = Math.max(0, natural.type + natural.name - room);
  const fromName = Math.min(excess, Math.max(0, natural.name - MIN_NAME_COLUMNS));
  const fromType = Math.min(excess - fromName, Math.max(0, natural.type - MIN_TYPE_COLUMNS));
  return { type: natural.type - fromType, name: natural.name - fromName, status: natural.status };
}

function headingOf({ type, name }: Widths, { isPreview, columns }: TreeOptions): string {
  const cells = [padTo("Type", type), padTo("Name", name), isPreview ? "Plan" : "Status"];
  return cutTo(`${" ".repeat(SYMBOL_COLUMNS)}${cells.join(GAP)}`, columns);
}

function lineOf(
  { row, type, name, status, info }: Cells,
  widths: Widths,
  columns: number,
  paint: (style: Style, text: string) => string,
): string {
  const { symbol, style } = OPERATION_WORDS[row.op];
  // Cut before it is colored: the remaining width of the line decides how much of each cell is shown.
  let left = columns;
  const cell = (text: string, how: Style) => {
    const cut = cutTo(text, left);
    left -= columnsOf(cut);
    return cut === "" ? "" : paint(how, cut);
  };
  const statusStyle = row.status === "failed" ? "red" : row.op === "same" ? "dim" : style;
  return [
    cell(` ${symbol} `, style),
    cell(padTo(cutTo(type, widths.type), widths.type) + GAP, "reset"),
    cell(padTo(cutMiddleTo(name, widths.name), widths.name) + GAP, "reset"),
    cell(info === "" ? status : padTo(status, widths.status) + GAP, statusStyle),
    cell(info, row.errors > 0 ? "red" : row.warnings > 0 ? "yellow" : "dim"),
  ].join("");
}

/** Running and failed resources first, then those that ended last, in the order of the tree. */
function mostRecent(cells: readonly Cells[], count: number): readonly Cells[] {
  if (cells.length <= count) return cells;
  const rank = ({ row }: Cells) =>
    row.status === "running" || row.status === "failed" ? Number.MAX_VALUE : (row.endedAtMs ?? row.startedAtMs);
  const kept = new Set(cells.toSorted((one, other) => rank(other) - rank(one)).slice(0, Math.max(1, count - 1)));
  return cells.filter((each) => kept.has(each));
}
