/** A usage report as a table for a terminal, and as comma-separated values. */
import { escapeControls } from "../../engine/display/escapeControls";
import { dollars, type UsageReport } from "../account/usageReport";
import type { Usage, UsageGrouping, UsageRow } from "../account/usageTally";
import { colors } from "../colors";
import { columnsOf, cutMiddleTo, padTo } from "../terminal/fitText";

const TITLES: Readonly<Record<UsageGrouping, string>> = {
  provider: "Provider",
  model: "Model",
  "access-key": "Access key",
  configuration: "Configuration",
};
const COLUMNS: readonly (readonly [title: string, field: keyof Usage])[] = [
  ["Requests", "requests"],
  ["Errors", "errors"],
  ["Retries", "retries"],
  ["Input tokens", "inputTokens"],
  ["Output tokens", "outputTokens"],
  ["Cost", "costUsd"],
];
const MAX_NAME_COLUMNS = 40;

export function toTable(report: UsageReport, by: UsageGrouping): string {
  const period = `${report.startTime.slice(0, 16).replace("T", " ")} to ${report.endTime.slice(0, 16).replace("T", " ")} UTC`;
  const balance = `Credit balance: ${dollars(report.creditBalanceUsd)}`;
  const rows = report.rowsBy(by);
  if (rows.length === 0) return `No requests from ${period}.\n${balance}`;
  const lines = [
    [TITLES[by], ...COLUMNS.map(([title]) => title)],
    ...rows.map((row) => [cutMiddleTo(labelOf(row), MAX_NAME_COLUMNS), ...cells(row)]),
    ["Total", ...cells(report.total)],
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => columnsOf(line[column]!))));
  const [heading, ...others] = lines.map((line) =>
    line
      .map((text, column) => (column === 0 ? padTo(text, widths[0]!) : text.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
  return [
    colors.bold(period),
    "",
    colors.dim(heading!),
    ...others.slice(0, -1),
    colors.bold(others.at(-1)!),
    "",
    balance,
  ].join("\n");
}

function cells(usage: Usage): string[] {
  return COLUMNS.map(([, field]) => (field === "costUsd" ? dollars(usage.costUsd) : usage[field].toLocaleString("en")));
}

function labelOf({ id, name }: UsageRow): string {
  return escapeControls(name === "" ? id : name);
}

/** RFC 4180. Costs have all decimal places. */
export function toCsv(report: UsageReport, by: UsageGrouping): string {
  const fields = COLUMNS.map(([, field]) => field);
  const rows = report.rowsBy(by).map((row) => [row.id, row.name, ...fields.map((field) => row[field])].map(csvField));
  return [["id", "name", ...fields], ...rows].map((row) => row.join(",")).join("\n");
}

/** Escapes texts that a spreadsheet would run as a formula. */
const FORMULA = /^[=+\-@]/;

function csvField(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = escapeControls(FORMULA.test(value) ? `'${value}` : value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
