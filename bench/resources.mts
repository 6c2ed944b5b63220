/**
 * Many gateway resources in one stack, at a local gateway that takes its time for each call: against as many resources that do
 * nothing, on the same engine, and against the same ones as a user writes them with `pulumi.dynamic.Resource`.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { OfflineStack } from "pulumi-ngrok-ai/emulator";
import { type Figure, median } from "./measure.mts";

const LATENCY_MS = 20;
/** The provider's own default, which the ideal time of the calls follows from. */
const MAX_CONCURRENCY = 16;
/** More steps at a time than calls, so that the engine holds no call back. */
const PARALLEL = 2 * MAX_CONCURRENCY;
const root = path.resolve(import.meta.dirname, "..");
const folder = path.join(root, ".local", "bench-resources");
const OPERATIONS = ["up", "preview", "refresh", "destroy"] as const;
type Operation = (typeof OPERATIONS)[number];
type Times = Record<Operation, number[]>;

const INPUTS = `{ providerId: "p-" + index, baseUrl: "https://p.example.com/v1", name: "p-" + index, models: ["one", "two"] }`;
const LOOP = "for (let index = 0; index < Number(process.env.BENCH_COUNT); index++)";

/** A provider as users write it: it neither retries nor takes care of a lost answer. */
const HAND_WRITTEN = `const pulumi = require("@pulumi/pulumi");
async function call(method, path, body) {
  const answer = await fetch(process.env.AI_GATEWAY_API_URL + path, {
    method,
    headers: { authorization: "Bearer " + process.env.AI_GATEWAY_API_KEY, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(method + " " + path + " answered " + answer.status);
  return answer.status === 204 ? undefined : answer.json();
}
const toBody = ({ providerId, baseUrl, name, models }) => ({ providerId, baseUrl, name, models: models.map((modelId) => ({ modelId })) });
const toOuts = ({ id, models, ...rest }) => ({ ...rest, models: (models ?? []).map(({ modelId }) => modelId) });
class GatewayProvider {
  async diff(id, olds, news) {
    const changed = ["baseUrl", "name", "models"].some((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
    const replaces = olds.providerId === news.providerId ? [] : ["providerId"];
    return { changes: changed || replaces.length > 0, replaces };
  }
  async create(inputs) {
    const made = await call("POST", "/providers", toBody(inputs));
    return { id: made.id, outs: toOuts(made) };
  }
  async read(id, props) {
    const found = await call("GET", "/providers/" + id);
    return found === undefined ? { id: "" } : { id, props: { ...props, ...toOuts(found) } };
  }
  async update(id, olds, news) {
    const { providerId, ...body } = toBody(news);
    return { outs: toOuts(await call("PATCH", "/providers/" + id, body)) };
  }
  async delete(id) {
    await call("DELETE", "/providers/" + id);
  }
}`;

const PROGRAMS = {
  ours: `const { CustomProvider } = require("pulumi-ngrok-ai");
${LOOP} new CustomProvider("p-" + index, ${INPUTS});`,

  // What is loaded by a text of the same form as ours, so that only the provider's own work differs.
  nothing: `const pulumi = require("@pulumi/pulumi");
const __provider = "exports.handler=()=>require(" + JSON.stringify(require.resolve("./nothing.js")) + ")";
class Nothing extends pulumi.CustomResource {
  constructor(name, args) {
    super("pulumi-nodejs:dynamic/bench:Nothing", name, { uri: undefined, createdAt: undefined, ...args, __provider });
  }
}
${LOOP} new Nothing("p-" + index, ${INPUTS});`,

  // The least that a hand-written one can cost: all resources share one provider object, which Pulumi then serializes once.
  sharedClosures: `${HAND_WRITTEN}
const provider = new GatewayProvider();
class Provider extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(provider, name, { uri: undefined, createdAt: undefined, ...args });
  }
}
${LOOP} new Provider("p-" + index, ${INPUTS});`,

  // As they are mostly written: the constructor makes the provider.
  closures: `${HAND_WRITTEN}
class Provider extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(new GatewayProvider(), name, { uri: undefined, createdAt: undefined, ...args });
  }
}
${LOOP} new Provider("p-" + index, ${INPUTS});`,
};
type Program = keyof typeof PROGRAMS;

const NOTHING = `module.exports = {
  check: async (olds, news) => ({ inputs: news, failures: [] }),
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: inputs.providerId, outs: { ...inputs, uri: "u", createdAt: "t" } }),
  read: async (id, props) => ({ id, props }),
  update: async (id, olds, news) => ({ outs: news }),
  delete: async () => {},
};`;

/** Each can be asked for by itself: two thousand take minutes. */
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

/** Creates, previews, refreshes and destroys; adds each one's time, and returns the size of the resources in the state. */
async function live(program: Program, count: number, times: Times): Promise<number> {
  const gateway = await startSlowGateway();
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

/** A gateway in a process of its own, as one on the network would be. */
async function startSlowGateway() {
  const script = path.join(root, "dist", "cli", "main.js");
  const child = spawn(process.execPath, [script, "emulator", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const line = await new Promise<string>((resolve, reject) => {
    readline.createInterface({ input: child.stdout }).once("line", resolve);
    void ended.then(() => reject(new Error("the emulator ended before it was ready")));
  });
  const { controlUrl, apiKey } = JSON.parse(line) as { controlUrl: string; apiKey: string };
  const delay = { plane: "control", match: {}, times: Number.MAX_SAFE_INTEGER, action: { delayMs: LATENCY_MS } };
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${controlUrl}/_emulator/faults`, {
    method: "POST",
    headers,
    body: JSON.stringify(delay),
  });
  if (!answer.ok) throw new Error(`the emulator takes no delay: ${await answer.text()}`);
  const end = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  return { controlUrl, apiKey, end };
}

function writePrograms(): void {
  for (const [name, text] of Object.entries(PROGRAMS)) {
    const program = path.join(folder, name);
    fs.mkdirSync(program, { recursive: true });
    fs.writeFileSync(path.join(program, "package.json"), '{ "type": "commonjs", "main": "index.js" }');
    const project = `name: bench-${name}\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n`;
    fs.writeFileSync(path.join(program, "Pulumi.yaml"), project);
    fs.writeFileSync(path.join(program, "index.js"), text);
    fs.writeFileSync(path.join(program, "nothing.js"), NOTHING);
  }
}
