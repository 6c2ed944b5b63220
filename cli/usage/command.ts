/** `pulumi-ngrok-ai usage`: tokens, requests, errors and cost of an account, and its credit balance. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { GatewayClient } from "../../sdk";
import { type AccountFlags, accountClient, withAccountFlags } from "../account/accountClient";
import { DEFAULT_SINCE, parseSince, toStartTime } from "../account/since";
import type { UsageReport } from "../account/usageReport";
import { USAGE_GROUPINGS, type UsageGrouping, type UsageNames, type UsageWindow } from "../account/usageTally";
import { colors } from "../colors";
import { printJson } from "../json";

interface Flags extends AccountFlags {
  readonly since: string;
  readonly by: UsageGrouping;
  readonly json?: true;
  readonly csv?: true;
  readonly failOver?: number;
}

const OVER_LIMIT_EXIT_CODE = 2;

export function usageCommand(): Command {
  const command = new Command("usage")
    .description("Report tokens, requests, errors and cost by provider, model, access key or configuration")
    .option(
      "--since <time>",
      "start of the report: an age (90m, 24h, 7d, 4w), a day or a time",
      parseSince,
      DEFAULT_SINCE,
    )
    .addOption(new Option("--by <what>", "group by this").choices(USAGE_GROUPINGS).default("provider"))
    .addOption(new Option("--json", "print one JSON document").conflicts("csv"))
    .option("--csv", "print comma-separated values")
    .option(
      "--fail-over <usd>",
      `exit with ${OVER_LIMIT_EXIT_CODE} when the cost is higher than this, in US dollars`,
      parseUsd,
    )
    .addHelpText(
      "after",
      `
Examples:
  pulumi-ngrok-ai usage
  pulumi-ngrok-ai usage --since 2026-01-01 --by access-key --csv > january.csv
  pulumi-ngrok-ai usage --since 24h --fail-over 50

The cost is what the gateway reports. A provider bills requests with your own keys itself. Exit code: 0 when it succeeded, ${OVER_LIMIT_EXIT_CODE} when the cost is higher than --fail-over, 1 when it failed.`,
    );
  return withAccountFlags(command).action(runUsage);
}

async function runUsage(flags: Flags): Promise<void> {
  const now = Date.now();
  const window = { startTime: toStartTime(flags.since, now), endTime: new Date(now).toISOString() };
  const report = await readReport(accountClient(flags), window, flags.by);
  const isOver = flags.failOver !== undefined && report.total.costUsd > flags.failOver;
  if (flags.json) printJson(toDocument(report, flags, isOver));
  else await print(report, flags);
  if (!isOver) return;
  process.exitCode = OVER_LIMIT_EXIT_CODE;
  console.error(colors.red(`The cost of $${report.total.costUsd} is higher than --fail-over ${flags.failOver}.`));
}

async function readReport(client: GatewayClient, window: UsageWindow, by: UsageGrouping): Promise<UsageReport> {
  const { readUsage, UsageTally } = await import("../account/usageTally.js");
  const { readUsageReport } = await import("../account/usageReport.js");
  const { startProgress } = await import("../progress.js");
  const progress = startProgress();
  const tally = new UsageTally();
  const readEvents = async () => {
    let count = 0;
    for await (const event of readUsage(client, window)) {
      tally.add(event);
      count++;
      progress.update(() => `Reading the usage: ${count.toLocaleString("en")} attempts so far…`);
    }
    return tally;
  };
  try {
    return await readUsageReport(client, window, readEvents(), readNames(client, by));
  } finally {
    progress.end();
  }
}

/** Reads only the lists that the grouping needs. */
async function readNames(client: GatewayClient, by: UsageGrouping): Promise<UsageNames> {
  const [accessKeys, configurations] = await Promise.all([
    by === "access-key" || by === "configuration" ? Array.fromAsync(client.listAccessKeys()) : [],
    by === "configuration" ? Array.fromAsync(client.listAccessKeyConfigurations()) : [],
  ]);
  return { accessKeys, configurations };
}

function toDocument(report: UsageReport, { by, failOver }: Flags, isOver: boolean) {
  const { startTime, endTime, total, creditBalanceUsd } = report;
  const limit = failOver === undefined ? {} : { failOverUsd: failOver, isOver };
  return { startTime, endTime, by, rows: report.rowsBy(by), total, creditBalanceUsd, ...limit };
}

async function print(report: UsageReport, { by, csv }: Flags): Promise<void> {
  const { toCsv, toTable } = await import("./write.js");
  console.log(csv ? toCsv(report, by) : toTable(report, by));
}

function parseUsd(text: string): number {
  const usd = Number(text);
  if (text.trim() !== "" && Number.isFinite(usd) && usd >= 0) return usd;
  throw new InvalidArgumentError("Give an amount of US dollars, as 50 or 0.5.");
}
