/**
 * 400 gateway resources on the Pulumi CLI with a file backend: this package's, the same resources written by hand with
 * `pulumi.dynamic.Resource`, and dynamic resources that do nothing (the floor); and this package's on `OfflineStack`. Ratios are
 * taken within one invocation.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { OfflineStack } from "pulumi-ngrok-ai/emulator";
import { type Figure, median } from "./measure.mts";
import { folder, type Program, startGateway, writePrograms } from "./resourcePrograms.mts";

const COUNT = 400;
const RUNS = Number(process.env.BENCH_RUNS ?? 1);
const PASSPHRASE = "bench";
const OPERATIONS = ["up", "preview", "refresh", "destroy"] as const;
type Operation = (typeof OPERATIONS)[number];
type Times = Record<Operation, number[]>;

const GOALS: Partial<Record<Operation, string>> = { up: "<= 1.15", preview: "<= 1", destroy: "<= 1.2" };
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
}

export async function* pulumiCli(): AsyncIterable<Figure> {
  writePrograms();
  const subjects = { ours: subject(), closures: subject(), nothing: subject(), offline: subject() };
  for (let run = 0; run < RUNS; run++) {
    for (const program of ["nothing", "ours", "closures"] as const) await liveOnCli(program, subjects[program]);
    await liveOffline("ours", subjects.offline);
  }
  fs.rmSync(folder, { recursive: true });
  const { ours, closures, nothing, offline } = subjects;
  for (const operation of OPERATIONS) {
    const [own, floor] = [seconds(ours, operation), seconds(nothing, operation)];
    const goal = GOALS[operation];
    yield { what: `${operation} of ${COUNT} resources on the Pulumi CLI`, value: own, unit: "s", digits: 2 };
    const what = `  over that of resources that do nothing (${floor.toFixed(2)} s)`;
    yield { what, value: own / floor, unit: "×", digits: 2, ...(goal !== undefined && { goal }) };
    const others = { "of hand-written ones": closures, "of ours on OfflineStack": offline };
    for (const [whose, other] of Object.entries(others)) {
      const theirs = seconds(other, operation);
      yield { what: `  that ${whose} (${theirs.toFixed(2)} s) over it`, value: theirs / own, unit: "×", digits: 2 };
    }
  }
  for (const [whose, { stateBytes }] of Object.entries({
    ours,
    "hand-written": closures,
    "that do nothing": nothing,
  })) {
    const goal = whose === "ours" ? { goal: "<= 1.4" } : {};
    const what = `state of one resource without the program's own values, ${whose}`;
    yield { what, value: stateBytes / 1000, unit: "kB", digits: 2, ...goal };
  }
}

function subject(): Subject {
  return { times: { up: [], preview: [], refresh: [], destroy: [] }, stateBytes: 0 };
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
    (operation) => pulumi(operation, ...(operation === "preview" ? [] : ["--yes", "--skip-preview"])),
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
  const dynamic = deployment.resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic"));
  if (dynamic.length !== COUNT) throw new Error(`the state holds ${dynamic.length} resources instead of ${COUNT}`);
  return dynamic;
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
