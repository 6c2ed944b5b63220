/**
 * `up` of resources whose provider does nothing: measures the program, the provider's messages, and the engine with its state
 * writes. The split is by processor time, because each of the three runs in its own process.
 */
import fs from "node:fs";
import path from "node:path";
import { OfflineStack } from "pulumi-ngrok-ai/emulator";
import { type Figure, median } from "./measure.mts";

const RUNS = 3;
const MICROSECONDS = 1e6;
const helpers = path.join(import.meta.dirname, "engine");
const folders = path.resolve(import.meta.dirname, "..", ".local", "bench");

const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
class Noop extends pulumi.CustomResource {
  constructor(name, args, opts) { super("noop:index:Noop", name, args, opts); }
}
const count = Number(new pulumi.Config().require("count"));
for (let index = 0; index < count; index++) {
  new Noop("resource-" + index, { index, text: "a text of the length that names and descriptions have", labels: { team: "bench", stage: "test" } });
}
`;

interface Run {
  readonly seconds: number;
  /** Processor time, in seconds. */
  readonly program: number;
  readonly provider: number;
  readonly engine: number;
}

interface Measured {
  readonly create: Run;
  readonly same: Run;
}

export async function* engine(): AsyncIterable<Figure> {
  const runs = new Map<number, Measured[]>();
  // Sizes alternate, so that load on the machine affects all of them.
  for (let run = 0; run < RUNS; run++) {
    for (const count of [1, 400, 500, 2_000, 5_000]) {
      runs.set(count, [...(runs.get(count) ?? []), await measure(count)]);
    }
  }
  const figure = (count: number, operation: keyof Measured, of: (run: Run) => number) =>
    median((runs.get(count) ?? []).map((measured) => of(measured[operation])));
  for (const [operation, words] of [
    ["create", "that are created"],
    ["same", "that stay as they are"],
  ] as const) {
    for (const count of [400, 2_000, 5_000]) {
      const what = `${count.toLocaleString("en")} resources ${words}`;
      yield { what: `up of ${what}`, value: figure(count, operation, ({ seconds }) => seconds), unit: "s", digits: 2 };
      for (const part of ["program", "provider", "engine"] as const) {
        yield {
          what: `  ${part}, processor time`,
          value: figure(count, operation, (run) => run[part]),
          unit: "s",
          digits: 2,
        };
      }
      const share = figure(count, operation, (run) => (100 * run.engine) / (run.program + run.provider + run.engine));
      yield { what: "  the engine's share", value: share, unit: "%", goal: "< 35" };
    }
    const perResource = (count: number) =>
      (1000 * (figure(count, operation, ({ seconds }) => seconds) - figure(1, operation, ({ seconds }) => seconds))) /
      (count - 1);
    yield { what: "time for one more resource at 500", value: perResource(500), unit: "ms", digits: 2 };
    yield { what: "time for one more resource at 5,000", value: perResource(5_000), unit: "ms", digits: 2 };
    yield {
      what: "ratio of the two",
      value: perResource(5_000) / perResource(500),
      unit: "x",
      digits: 2,
      goal: "<= 1.3",
    };
  }
}

async function measure(count: number): Promise<Measured> {
  fs.mkdirSync(folders, { recursive: true });
  const folder = fs.mkdtempSync(path.join(folders, "engine-"));
  const cpuLog = path.join(folder, "cpu.log");
  fs.writeFileSync(path.join(folder, "index.js"), PROGRAM);
  fs.writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    "name: bench\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n",
  );
  const stack = await OfflineStack.create({
    workDir: folder,
    stackName: "bench",
    stateFile: path.join(folder, "state.json"),
    passphrase: "bench",
    env: { BENCH_CPU_LOG: cpuLog, NODE_OPTIONS: `--require=${path.join(helpers, "cpuAtExit.cjs")}` },
    plugins: { noop: { command: process.execPath, args: [path.join(helpers, "noopProvider.cjs")] } },
  });
  await stack.setConfig("count", { value: String(count) });
  const create = await timed(cpuLog, async () => (await stack.up()).summary.resourceChanges.create === count + 1);
  const same = await timed(cpuLog, async () => (await stack.up()).summary.resourceChanges.same === count + 1);
  fs.rmSync(folder, { recursive: true });
  return { create, same };
}

async function timed(cpuLog: string, operation: () => Promise<boolean>): Promise<Run> {
  fs.writeFileSync(cpuLog, "");
  const before = process.cpuUsage();
  const startedAt = performance.now();
  if (!(await operation())) throw new Error("the operation did something else than what is measured");
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  const lines = fs.readFileSync(cpuLog, "utf8").trim().split("\n");
  const ofProcess = (name: string) =>
    Number(
      lines
        .find((line) => line.includes(name))
        ?.split(" ")
        .at(-1),
    ) / MICROSECONDS;
  return {
    seconds,
    program: ofProcess("cmd/run"),
    provider: ofProcess("noopProvider"),
    engine: (user + system) / MICROSECONDS,
  };
}
