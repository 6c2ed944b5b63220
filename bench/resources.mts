/**
 * Many gateway resources in one stack, on a local gateway with a delay for each call: compared with the same number of resources
 * that do nothing, on the same engine, and with the same resources written by hand with `pulumi.dynamic.Resource`.
 */
import fs from "node:fs";
import path from "node:path";
import { OfflineStack } from "pulumi-ngrok-ai/emulator";
import { type Figure, median } from "./measure.mts";
import { folder, type Program, startGateway, writePrograms } from "./resourcePrograms.mts";

const LATENCY_MS = 20;
/** The provider's default, which determines the ideal time of the calls. */
const MAX_CONCURRENCY = 16;
/** More concurrent steps than calls, so that the engine delays no call. */
const PARALLEL = 2 * MAX_CONCURRENCY;
const OPERATIONS = ["up", "preview", "refresh", "destroy"] as const;
type Operation = (typeof OPERATIONS)[number];
type Times = Record<Operation, number[]>;

/** Separate benchmarks, because two thousand resources take minutes. */
export const resources = () => withPrograms(againstNothing(200, 3));
export const manyResources = () => withPrograms(againstNothing(2_000, 1));
export const handWritten = () => withPrograms(againstClosures(400, 3));

async function* withPrograms(figures: AsyncIterable<Figure>): AsyncIterable<Figure> {
  writePrograms();
  yield* figures;
  fs.rmSync(folder, { recursive: true });
}

async function* againstNothing(count: number, runs: number): AsyncIterable<Figure> {
  const ours = emptyTimes();
  const nothing = emptyTimes();
  for (let run = 0; run < runs; run++) {
    await live("nothing", count, nothing);
    await live("ours", count, ours);
  }
  const goals: Partial<Record<Operation, string>> = { preview: "<= 1.1", refresh: "<= 1.3" };
  for (const operation of OPERATIONS) {
    const [own, none] = [median(ours[operation]), median(nothing[operation])];
    yield {
      what: `${operation} of ${count} resources, ${LATENCY_MS} ms per call`,
      value: own / 1000,
      unit: "s",
      digits: 2,
    };
    if (operation === "up") {
      const idealMs = none + (count * LATENCY_MS) / MAX_CONCURRENCY;
      const what = `  over that of resources that do nothing plus the calls' own time (${(idealMs / 1000).toFixed(2)} s)`;
      yield { what, value: own / idealMs, unit: "×", digits: 2, goal: "<= 1" };
    } else {
      const goal = goals[operation];
      const what = `  over that of resources that do nothing (${(none / 1000).toFixed(2)} s)`;
      yield { what, value: own / none, unit: "×", digits: 2, ...(goal !== undefined && { goal }) };
    }
  }
}

async function* againstClosures(count: number, runs: number): AsyncIterable<Figure> {
  const lives = { ours: emptyTimes(), sharedClosures: emptyTimes(), closures: emptyTimes() };
  const bytes = { ours: 0, sharedClosures: 0, closures: 0 };
  const programs = ["ours", "sharedClosures", "closures"] as const;
  for (let run = 0; run < runs; run++) {
    for (const program of programs) bytes[program] = await live(program, count, lives[program]);
  }
  for (const [program, words] of [
    ["sharedClosures", "that share a provider object"],
    ["closures", "with one each"],
  ] as const) {
    for (const operation of OPERATIONS) {
      const ratio = median(lives[program][operation]) / median(lives.ours[operation]);
      yield { what: `${operation} of ${count} hand-written ${words} over ours`, value: ratio, unit: "×", digits: 2 };
    }
    const ratio = whole(lives[program]) / whole(lives.ours);
    const seconds = (whole(lives.ours) / 1000).toFixed(2);
    yield { what: `  all four over ours (${seconds} s)`, value: ratio, unit: "×", digits: 2, goal: ">= 2.5" };
    const what = `  state of ours over theirs (${Math.round(bytes[program] / 1024)} KiB)`;
    yield { what, value: bytes.ours / bytes[program], unit: "×", digits: 3, goal: "<= 0.1" };
  }
}

const whole = (times: Times) => OPERATIONS.reduce((sum, operation) => sum + median(times[operation]), 0);

function emptyTimes(): Times {
  return { up: [], preview: [], refresh: [], destroy: [] };
}

/** Creates, previews, refreshes and destroys; records each time, and returns the size of the resources in the state. */
async function live(program: Program, count: number, times: Times): Promise<number> {
  const gateway = await startGateway({ latencyMs: LATENCY_MS });
  const stateFile = path.join(folder, "state.json");
  const env = {
    BENCH_COUNT: String(count),
    AI_GATEWAY_API_URL: gateway.controlUrl,
    AI_GATEWAY_API_KEY: gateway.apiKey,
  };
  const workDir = path.join(folder, program);
  const options = { workDir, stackName: "bench", stateFile, passphrase: "bench", env, parallel: PARALLEL };
  const stack = await OfflineStack.create(options);
  let bytes = 0;
  for (const operation of OPERATIONS) {
    const startedAt = performance.now();
    await stack[operation]();
    times[operation].push(performance.now() - startedAt);
    if (operation === "up") bytes = bytesOfResources(stateFile, count);
  }
  fs.rmSync(stateFile);
  await gateway.end();
  return bytes;
}

function bytesOfResources(stateFile: string, count: number): number {
  const { deployment } = JSON.parse(fs.readFileSync(stateFile, "utf8")) as {
    deployment: { resources: { type: string }[] };
  };
  const dynamic = deployment.resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic"));
  if (dynamic.length !== count) throw new Error(`the state holds ${dynamic.length} resources instead of ${count}`);
  return dynamic.reduce((sum, resource) => sum + JSON.stringify(resource).length, 0);
}
