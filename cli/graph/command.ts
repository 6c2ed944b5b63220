/** `pulumi-ngrok-ai graph`: the topology of an account, a stack's state or a preview as a picture. */
import { Command, Option } from "commander";
import type { GatewayClient, UsageEvent } from "../../sdk";
import { type AccountFlags, accountClient, withAccountFlags } from "../account/accountClient";
import type { Inventory } from "../account/inventory";
import { parseSince, toStartTime } from "../account/since";
import { colors as pc } from "../colors";
import type { Format } from "./draw";
import type { ReadUsage } from "./read/accountTopology";
import type { Topology } from "./topology";

interface Flags extends AccountFlags {
  readonly state?: string;
  readonly preview?: string;
  readonly format: Format;
  readonly output?: string;
  readonly json?: true;
  readonly usage?: string;
}

const ENDINGS: Readonly<Record<Format, string>> = { html: "html", svg: "svg", mermaid: "mmd", json: "json" };
const STANDARD_STREAM = "-";

export function graphCommand(): Command {
  const command = new Command("graph")
    .description(
      "Draw which access keys may use which providers with which keys: configurations, rules, keys, Azure accounts",
    )
    .option("--state <file>", "draw a stack: the output of `pulumi stack export`; - reads stdin")
    .option("--preview <file>", "draw a preview: the output of `preview --json`; - reads stdin")
    .addOption(new Option("--format <format>", "kind of picture").choices(Object.keys(ENDINGS)).default("html"))
    .option("-o, --output <file>", "file to write, - for stdout (default: gateway.<format>)")
    .addOption(
      new Option("--usage <since>", "add the usage of an account since then: 24h, 7d, 2026-01-31")
        .argParser(parseSince)
        .conflicts(["state", "preview"]),
    )
    .option("--json", "the same as --format json --output -")
    .addHelpText(
      "after",
      `
Examples:
  pulumi-ngrok-ai graph                                        the account, as gateway.html
  pulumi-ngrok-ai graph --usage 7d                             the same, with requests and cost of the last 7 days
  pulumi stack export | pulumi-ngrok-ai graph --state -        a stack, with its Azure accounts and failover order
  pulumi preview --json --show-sames | pulumi-ngrok-ai graph --preview -
  pulumi-ngrok-ai offline preview --json | pulumi-ngrok-ai graph --preview - --format svg -o plan.svg

A state of \`offline\` is read too: --state .pulumi-offline/dev.json.

The page is one file that loads nothing. It marks the findings of \`pulumi-ngrok-ai check\`: those that depend on usage only
with --usage, those that depend on the last use of keys only for an account. No picture contains a secret. With --state and --preview, the preview is drawn
over the state. Exit code: 0 when it was drawn, 1 when it failed.`,
    );
  return withAccountFlags(command).action(runGraph);
}

async function runGraph(flags: Flags): Promise<void> {
  const [format, output] = flags.json ? (["json", STANDARD_STREAM] as const) : [flags.format, outputOf(flags)];
  if (flags.state === STANDARD_STREAM && flags.preview === STANDARD_STREAM) {
    throw new Error("--state and --preview cannot both be standard input: give one of them as a file");
  }
  const reading = readTopology(flags);
  // Its failure is reported below; it must not end the process while modules are loading.
  reading.catch(() => undefined);
  await new Promise(setImmediate); // the first requests leave before loading keeps the process busy
  const { draw } = await import("./draw.js");
  const topology = await reading;
  const { text, summary } = draw(topology, format);
  if (output === STANDARD_STREAM) return writeOut(text);
  const { writeFileSync } = await import("node:fs");
  const path = await import("node:path");
  writeFileSync(output, text);
  console.log(`${pc.green(path.resolve(output))}\n${topology.title}: ${summary}`);
}

function outputOf({ output, format }: Flags): string {
  return output ?? `gateway.${ENDINGS[format]}`;
}

async function readTopology(flags: Flags): Promise<Topology> {
  if (flags.state !== undefined || flags.preview !== undefined) {
    const { stackTopology } = await import("./read/stackTopology.js");
    const { state, preview } = flags;
    return stackTopology({ ...(state !== undefined && { state }), ...(preview !== undefined && { preview }) });
  }
  const { readAccount } = await import("../account/readAccount.js");
  const client = accountClient(flags);
  const reading = readAccount(client);
  const usage = flags.usage === undefined ? undefined : await readUsageOf(client, flags.usage, reading);
  const inventory = await reading;
  const { accountTopology } = await import("./read/accountTopology.js");
  return accountTopology(inventory, usage);
}

async function readUsageOf(client: GatewayClient, since: string, inventory: Promise<Inventory>): Promise<ReadUsage> {
  const { readUsage, UsageTally } = await import("../account/usageTally.js");
  const { readUsageReport } = await import("../account/usageReport.js");
  const now = Date.now();
  const window = { startTime: toStartTime(since, now), endTime: new Date(now).toISOString() };
  const tally = new UsageTally();
  const events: UsageEvent[] = [];
  const readEvents = async () => {
    for await (const event of readUsage(client, window)) {
      tally.add(event);
      events.push(event);
    }
    return tally;
  };
  return { report: await readUsageReport(client, window, readEvents(), inventory), events };
}

/** Resolves when a pipe has accepted all of it. */
function writeOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
