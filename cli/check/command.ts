/** `pulumi-ngrok-ai check`: reports probable mistakes in an account, or in the objects that a stack manages. */
import { Command, InvalidArgumentError } from "commander";
import { escapeControls } from "../../engine/display/escapeControls";
import type { GatewayClient, UsageEvent } from "../../sdk";
import { type AccountFlags, accountClient, withAccountFlags } from "../account/accountClient";
import type { Finding } from "../account/findings";
import type { Inventory } from "../account/inventory";
import { colors } from "../colors";
import { KINDS } from "../kinds";

interface Flags extends AccountFlags {
  readonly state?: string;
  readonly days: number;
  readonly json?: true;
}

const FINDINGS_EXIT_CODE = 2;
const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_DAYS = 7;

export function checkCommand(): Command {
  const command = new Command("check")
    .description("Report unused keys, providers that nothing may use, and requests billed to credits by mistake")
    .option("--state <file>", "check only what this stack manages: the output of `pulumi stack export`; - reads stdin")
    .option("--days <count>", "number of days of usage to inspect", parseDays, DEFAULT_DAYS)
    .option("--json", "print one JSON document, with every finding")
    .addHelpText(
      "after",
      `
Examples:
  pulumi-ngrok-ai check
  pulumi stack export | pulumi-ngrok-ai check --state - --json

It changes nothing. Exit code: 0 without findings, ${FINDINGS_EXIT_CODE} with findings, 1 when it failed.`,
    );
  return withAccountFlags(command).action(runCheck);
}

async function runCheck(flags: Flags): Promise<void> {
  const { findingsOf } = await import("../account/findings.js");
  const { readAccount } = await import("../account/readAccount.js");
  const managed = flags.state === undefined ? undefined : await readManagedIds(flags.state);
  const client = accountClient(flags);
  const [inventory, usage] = await Promise.all([readAccount(client), readUsage(client, flags.days)]);
  const findings = findingsOf(inventory, usage).filter(({ id }) => managed === undefined || managed.has(id));
  if (findings.length > 0) process.exitCode = FINDINGS_EXIT_CODE;
  const unknown = await countUnknown(inventory);
  if (flags.json) console.log(JSON.stringify({ findings, unknown }, null, 2));
  else {
    await print(findings);
    if (unknown.length > 0) printUnknown(unknown);
  }
}

interface UnknownPart {
  /** `router.rules[].steps[].type "quota-pool"` */
  readonly part: string;
  readonly objects: number;
}

/** Additions of a later version of the service, and the number of objects that have each. */
async function countUnknown(inventory: Inventory): Promise<UnknownPart[]> {
  const { unknownPartsById } = await import("../account/unknownParts.js");
  const parts = [...unknownPartsById(inventory).values()].flat();
  return [...Map.groupBy(parts, (part) => part)].map(([part, { length: objects }]) => ({ part, objects }));
}

function printUnknown(unknown: readonly UnknownPart[]): void {
  const parts = unknown.map(({ part, objects }) => `${escapeControls(part)} (${objects})`).join(", ");
  console.log(
    colors.dim(`\nNot known to this version, so not checked: ${parts}. A later version of the package may know it.`),
  );
}

async function readManagedIds(file: string): Promise<ReadonlySet<string | undefined>> {
  const { readStackState } = await import("../account/stackState.js");
  return new Set(readStackState(file).resources.map(({ id }) => id));
}

function readUsage(client: GatewayClient, days: number): Promise<UsageEvent[]> {
  const startTime = new Date(Date.now() - days * DAY_MS).toISOString();
  return Array.fromAsync(client.listUsage({ startTime }));
}

async function print(findings: readonly Finding[]): Promise<void> {
  if (findings.length === 0) return console.log(colors.green("No findings."));
  const { FINDINGS } = await import("../account/findings.js");
  const { toGroupedLines } = await import("../groupedList.js");
  const groups = [...Map.groupBy(findings, ({ finding }) => finding)].map(([finding, found]) => ({
    heading: colors.yellow(finding),
    note: `${FINDINGS[finding].message} ${FINDINGS[finding].advice}`,
    items: found.map(itemText),
  }));
  for (const line of toGroupedLines(groups)) console.log(line);
}

function itemText({ kind, id, name, detail }: Finding): string {
  const details = [id, ...(detail === undefined ? [] : [detail])].map(escapeControls).join("  ");
  return `${KINDS[kind].noun} ${escapeControls(JSON.stringify(name))}  ${colors.dim(details)}`;
}

function parseDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1) return days;
  throw new InvalidArgumentError("Give a whole number of at least 1.");
}
