/**
 * 400 gateway resources on the Pulumi CLI with a file backend: this package's, the same resources written by hand with
 * `pulumi.dynamic.Resource`, and dynamic resources that do nothing (the floor); this package's on `OfflineStack`, and this package's
 * served by its plugin. Ratios are taken within one invocation.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { OfflineStack } from "pulumi-ngrok-ai/emulator";
import { type Figure, median } from "./measure.mts";
import { folder, PLUGIN_FOLDER, type Program, startGateway, writePrograms } from "./resourcePrograms.mts";

const COUNT = 400;
const RUNS = Number(process.env.BENCH_RUNS ?? 1);
const PASSPHRASE = "bench";
const PLUGIN = path.join(PLUGIN_FOLDER, "pulumi-resource-ngrok-ai.js");
const STARTS = 5;
const SAMPLE_MS = 100;
const OPERATIONS = ["up", "preview", "refresh", "destroy"] as const;
type Operation = (typeof OPERATIONS)[number];
type Times = Record<Operation, number[]>;

const GOALS: Partial<Record<Operation, string>> = { up: "<= 1.15", preview: "<= 1", destroy: "<= 1.2" };
/** In kB. */
const STATE_GOALS: Readonly<Record<string, string>> = { ours: "<= 1.4", "ours by the plugin": "<= 1.2" };
/** Inputs that the program gives; the rest of a state entry belongs to this package or to Pulumi. */
const USER_CONTENT: ReadonlySet<string> = new Set(["providerId", "baseUrl", "name", "models"]);

interface Resource {
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

interface Subject {
  readonly times: Times;
  /** In bytes per resource, without the program's inputs. */
  stateBytes: number;
  /** Most memory of the plugin's process during `up`. */
  readonly megabytes: number[];
}

export async function* pulumiCli(): AsyncIterable<Figure> {
  writePrograms();
  const subjects = { ours: subject(), plugin: subject(), closures: subject(), nothing: subject(), offline: subject() };
  for (let run = 0; run < RUNS; run++) {
    for (const program of ["nothing", "ours", "plugin", "closures"] as const)
      await liveOnCli(program, subjects[program]);
    await liveOffline("ours", subjects.offline);
  }
  fs.rmSync(folder, { recursive: true });
  const { ours, plugin, closures, nothing, offline } = subjects;
  for (const operation of OPERATIONS) {
    const [own, floor] = [seconds(ours, operation), seconds(nothing, operation)];
    const goal = GOALS[operation];
    yield { what: `${operation} of ${COUNT} resources on the Pulumi CLI`, value: own, unit: "s", digits: 2 };
    const what = `  over that of resources that do nothing (${floor.toFixed(2)} s)`;
    yield { what, value: own / floor, unit: "×", digits: 2, ...(goal !== undefined && { goal }) };
    const served = seconds(plugin, operation);
    yield {
      what: `  that of ours by the plugin (${served.toFixed(2)} s) over it`,
      value: served / own,
      unit: "×",
      digits: 2,
      ...(operation !== "refresh" && { goal: "<= 0.7" }),
    };
    const others = { "of hand-written ones": closures, "of ours on OfflineStack": offline };
    for (const [whose, other] of Object.entries(others)) {
      const theirs = seconds(other, operation);
      yield { what: `  that ${whose} (${theirs.toFixed(2)} s) over it`, value: theirs / own, unit: "×", digits: 2 };
    }
  }
  for (const [whose, { stateBytes }] of Object.entries({
    ours,
    "ours by the plugin": plugin,
    "hand-written": closures,
    "that do nothing": nothing,
  })) {
    const stateGoal = STATE_GOALS[whose];
    const goal = stateGoal === undefined ? {} : { goal: stateGoal };
    const what = `state of one resource without the program's own values, ${whose}`;
    yield { what, value: stateBytes / 1000, unit: "kB", digits: 2, ...goal };
  }
  yield* pluginStart();
  const what = `memory of the plugin's process after ${COUNT} resources`;
  yield { what, value: median(plugin.megabytes), unit: "MB", digits: 0, goal: "<= 90" };
}

/** The plugin's process, started without an engine, until it answers its first call. */
async function* pluginStart(): AsyncIterable<Figure> {
  const starts: number[] = [];
  for (let run = 0; run < STARTS; run++) {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [PLUGIN], { stdio: ["pipe", "pipe", "inherit"] });
    const port = await new Promise((resolve) =>
      readline.createInterface({ input: child.stdout }).once("line", resolve),
    );
    const client = new providerGrpc.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    await promisify((done: (error: Error | null) => void) => client.getPluginInfo(new empty.Empty(), done))();
    starts.push(performance.now() - startedAt);
    client.close();
    child.kill();
  }
  const what = "start of the plugin's process, until it answers";
  yield { what, value: median(starts), unit: "ms", digits: 0, goal: "<= 250" };
}

/** Most memory of the plugin's processes while `run` lasts, in MB; not a number on systems without /proc. */
async function mostMemoryOfPlugin(run: () => Promise<unknown>): Promise<number> {
  let most = Number.NaN;
  const sample = () => {
    for (const pid of fs.existsSync("/proc") ? fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : []) {
      try {
        if (!fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(path.basename(PLUGIN, ".js"))) continue;
        const [, kB] = /VmHWM:\s*(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
        if (kB !== undefined && !(Number(kB) / 1024 <= most)) most = Number(kB) / 1024;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT" && (error as NodeJS.ErrnoException).code !== "ESRCH")
          throw error;
      }
    }
  };
  const timer = setInterval(sample, SAMPLE_MS);
  await run();
  clearInterval(timer);
  return most;
}

function subject(): Subject {
  return { times: { up: [], preview: [], refresh: [], destroy: [] }, stateBytes: 0, megabytes: [] };
}

const seconds = ({ times }: Subject, operation: Operation) => median(times[operation]) / 1000;

async function measure(
  subject: Subject,
  run: (operation: Operation) => Promise<unknown>,
  state: () => Promise<Resource[]>,
) {
  for (const operation of OPERATIONS) {
    const startedAt = performance.now();
    await run(operation);
    subject.times[operation].push(performance.now() - startedAt);
    if (operation === "up") subject.stateBytes = bytesOfOne(await state());
  }
}

async function liveOnCli(program: Program, subject: Subject): Promise<void> {
  const gateway = await startGateway({ latencyMs: 0 });
  const home = fs.mkdtempSync(path.join(folder, "home-"));
  const env = {
    ...process.env,
    ...environmentOf(gateway),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${home}`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
  };
  const workDir = path.join(folder, program);
  const pulumi = (...args: string[]) => runCli([...args, "--stack", "bench"], workDir, env);
  await runCli(["stack", "init", "bench"], workDir, env);
  await measure(
    subject,
    async (operation) => {
      const run = () => pulumi(operation, ...(operation === "preview" ? [] : ["--yes", "--skip-preview"]));
      if (program === "plugin" && operation === "up") subject.megabytes.push(await mostMemoryOfPlugin(run));
      else await run();
    },
    async () => resourcesIn(await pulumi("stack", "export")),
  );
  fs.rmSync(path.join(workDir, "Pulumi.bench.yaml"), { force: true });
  fs.rmSync(home, { recursive: true });
  await gateway.end();
}

async function liveOffline(program: Program, subject: Subject): Promise<void> {
  const gateway = await startGateway({ latencyMs: 0 });
  const stateFile = path.join(folder, "state.json");
  const options = { stackName: "bench", stateFile, passphrase: PASSPHRASE, env: environmentOf(gateway) };
  const stack = await OfflineStack.create({ workDir: path.join(folder, program), ...options });
  await measure(
    subject,
    (operation) => stack[operation](),
    async () => resourcesIn(fs.readFileSync(stateFile, "utf8")),
  );
  fs.rmSync(stateFile);
  await gateway.end();
}

function environmentOf({ controlUrl, apiKey }: { readonly controlUrl: string; readonly apiKey: string }) {
  return { BENCH_COUNT: String(COUNT), AI_GATEWAY_API_URL: controlUrl, AI_GATEWAY_API_KEY: apiKey };
}

function runCli(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`pulumi ${args.join(" ")} ended with ${code}: ${output}`)),
    );
  });
}

function resourcesIn(exported: string): Resource[] {
  const { deployment } = JSON.parse(exported) as { deployment: { resources: Resource[] } };
  const created = deployment.resources.filter(({ type }) => !type.startsWith("pulumi:"));
  if (created.length !== COUNT) throw new Error(`the state holds ${created.length} resources instead of ${COUNT}`);
  return created;
}

function bytesOfOne(resources: readonly Resource[]): number {
  const withoutUserContent = ([key, value]: [string, unknown]) => {
    if (key !== "inputs" && key !== "outputs") return [key, value];
    const own = Object.entries(value as Record<string, unknown>).filter(([name]) => !USER_CONTENT.has(name));
    return [key, Object.fromEntries(own)];
  };
  const sizes = resources.map(
    (resource) => JSON.stringify(Object.fromEntries(Object.entries(resource).map(withoutUserContent))).length,
  );
  return sizes.reduce((sum, size) => sum + size, 0) / resources.length;
}
