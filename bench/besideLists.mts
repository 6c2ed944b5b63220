/**
 * A command that reads a whole account, compared with the list calls that it needs. Each runs in a new process that does nothing
 * else, in alternation, so that other load on the machine affects both. The time starts with the first call, so start-up is not
 * included.
 */
import path from "node:path";
import type { FaultList } from "pulumi-ngrok-ai/emulator";
import { besideThisProcess, type Figure, median } from "./measure.mts";

const RUNS = 5;
/** Typical minimum time of a list call over a network; the local gateway answers in a few milliseconds. */
const NETWORK_MS = 50;
const root = path.resolve(import.meta.dirname, "..");

export interface FilledGateway {
  readonly controlUrl: string;
  readonly apiKey: string;
  readonly faults: FaultList;
  /** Number of objects in the account. */
  readonly objects: number;
}

/** Measures with calls answered immediately, and with calls delayed as over a network. */
export async function* besideLists(gateway: FilledGateway, command: readonly string[]): AsyncIterable<Figure> {
  for (const delayMs of [NETWORK_MS, 0]) {
    const action = { delayMs };
    if (delayMs > 0) gateway.faults.add({ plane: "control", match: { method: "GET" }, times: 1e6, action });
    const runs: { listMs: number; commandMs: number }[] = [];
    for (let run = 0; run < RUNS; run++) {
      const [listMs = Number.NaN] = await besideThisProcess(listScript(gateway), root);
      const [commandMs = Number.NaN] = await besideThisProcess(commandScript(gateway, command), root);
      runs.push({ listMs, commandMs });
    }
    gateway.faults.clear();
    const account = `${gateway.objects.toLocaleString("en")} objects, ${delayMs === 0 ? "answered at once" : `${delayMs} ms a call`}`;
    const milliseconds = (what: string, values: readonly number[]): Figure => {
      return { what: `${account}: ${what}`, value: median(values), unit: "ms", digits: 0 };
    };
    const ratio = median(runs.map(({ listMs, commandMs }) => commandMs / listMs));
    yield milliseconds(
      "list calls alone",
      runs.map(({ listMs }) => listMs),
    );
    yield milliseconds(
      `${command[0]}`,
      runs.map(({ commandMs }) => commandMs),
    );
    yield {
      what: `${account}: ratio of the two`,
      value: ratio,
      unit: "×",
      digits: 2,
      goal: delayMs === 0 ? "<= 1.8" : "<= 1.2",
    };
  }
}

/** Peak memory of the command's process in MB, including Node's own. */
export async function peakMegabytes(gateway: FilledGateway, command: readonly string[]): Promise<number> {
  const [, megabytes = Number.NaN] = await besideThisProcess(commandScript(gateway, command), root);
  return megabytes;
}

const built = (name: string) => JSON.stringify(path.join(root, "dist", name));

/** A script that prints the time and the peak memory of the process. */
function timed({ controlUrl, apiKey }: FilledGateway, prepare: string, act: string): string {
  return `(async () => {
    require("node:module").enableCompileCache(); // as the command does
    process.env.AI_GATEWAY_API_URL = ${JSON.stringify(controlUrl)};
    process.env.AI_GATEWAY_API_KEY = ${JSON.stringify(apiKey)};
    const print = console.log;
    console.log = () => undefined;
    ${prepare}
    const begun = performance.now();
    ${act}
    print(JSON.stringify([performance.now() - begun, process.resourceUsage().maxRSS / 1024]));
  })();`;
}

function listScript(gateway: FilledGateway): string {
  const prepare = `require(${built("sdk/index.js")});
    const { accountClient } = require(${built("cli/account/accountClient.js")});
    const { readInventory } = require(${built("cli/account/inventory.js")});`;
  return timed(
    gateway,
    prepare,
    "await readInventory(accountClient({ apiUrl: process.env.AI_GATEWAY_API_URL }), { onProgress: () => undefined });",
  );
}

function commandScript(gateway: FilledGateway, command: readonly string[]): string {
  const prepare = `require(${built("sdk/index.js")});
    const program = require(${built("cli/program.js")}).makeProgram();`;
  return timed(gateway, prepare, `await program.parseAsync(["node", "cli", ...${JSON.stringify(command)}]);`);
}
