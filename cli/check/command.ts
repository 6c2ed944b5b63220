/** `pulumi-ngrok-ai check`: what is doubtful in an account, or in what a stack manages of it. */
import { Command, InvalidArgumentError } from "commander";
import type { GatewayClient, UsageEvent } from "../../sdk";
import { type AccountFlags, accountClient, withAccountFlags } from "../account/accountClient";
import type { Finding } from "../account/findings";
import { colors as pc } from "../colors";

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
    .description(
      "List what is doubtful: unused keys, providers nobody may use, traffic on credits where own keys were meant",
    )
    .option("--state <file>", "only what this stack manages; what `pulumi stack export` writes, - reads standard input")
    .option("--days <count>", "how many days of usage are looked at", parseDays, DEFAULT_DAYS)
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  pulumi-ngrok-ai check
  pulumi stack export | pulumi-ngrok-ai check --state - --json

Nothing is changed. Exit code: 0 without findings, ${FINDINGS_EXIT_CODE} with findings, 1 when it could not run to its end.`,
    );
  return withAccountFlags(command).action(runCheck);
}

async function runCheck(flags: Flags): Promise<void> {
  const { findingsOf } = await import("../account/findings.js");
  const { readAccount } = await import("../account/readAccount.js");
  const managed = flags.state === undefined ? undefined : await managedIds(flags.state);
  const client = accountClient(flags);
  const [inventory, usage] = await Promise.all([readAccount(client), readUsage(client, flags.days)]);
  const findings = findingsOf(inventory, usage).filter(({ id }) => managed === undefined || managed.has(id));
  if (findings.length > 0) process.exitCode = FINDINGS_EXIT_CODE;
  if (flags.json) console.log(JSON.stringify({ findings }, null, 2));
  else print(findings);
}

async function managedIds(file: string): Promise<ReadonlySet<string | undefined>> {
  const { readStackState } = await import("../account/stackState.js");
  return new Set(readStackState(file).resources.map(({ id }) => id));
}

async function readUsage(client: GatewayClient, days: number): Promise<UsageEvent[]> {
  const startTime = new Date(Date.now() - days * DAY_MS).toISOString();
  const events: UsageEvent[] = [];
  for await (const event of client.listUsage({ startTime })) events.push(event);
  return events;
}

function print(findings: readonly Finding[]): void {
  if (findings.length === 0) console.log(pc.green("Nothing doubtful was found."));
  for (const { kind, id, name, finding, reason } of findings) {
    console.log(`${pc.yellow(finding)}  ${kind} ${JSON.stringify(name)} ${pc.dim(id)}\n  ${reason}`);
  }
}

function parseDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1) return days;
  throw new InvalidArgumentError("expected a whole number from 1 on");
}
