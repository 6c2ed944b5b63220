/**
 * Programs with many gateway resources, in the variants that benchmarks compare, and the gateway that they run against. Each
 * reads the number of its resources from BENCH_COUNT.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";

const root = path.resolve(import.meta.dirname, "..");
export const PLUGIN_FOLDER = path.join(root, "plugins");
export const folder = path.join(root, ".local", "bench-resources");

const INPUTS = `{ providerId: "p-" + index, baseUrl: "https://p.example.com/v1", name: "p-" + index, models: ["one", "two"] }`;
const LOOP = "for (let index = 0; index < Number(process.env.BENCH_COUNT); index++)";

/** A provider as users write it: without retries and without handling of lost responses. */
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

  // The same resources, served by the plugin: the program uses no class of this package.
  plugin: `const pulumi = require("@pulumi/pulumi");
class CustomProvider extends pulumi.CustomResource {
  constructor(name, args) {
    super("ngrok-ai:index:CustomProvider", name, { uri: undefined, createdAt: undefined, ...args });
  }
}
${LOOP} new CustomProvider("p-" + index, ${INPUTS});`,

  // Uses the same code as this package to load its provider, so that only the provider's own work differs.
  nothing: `const pulumi = require("@pulumi/pulumi");
const __provider = "exports.handler=()=>require(" + JSON.stringify(require.resolve("./nothing.js")) + ")";
class Nothing extends pulumi.CustomResource {
  constructor(name, args) {
    super("pulumi-nodejs:dynamic/bench:Nothing", name, { uri: undefined, createdAt: undefined, ...args, __provider });
  }
}
${LOOP} new Nothing("p-" + index, ${INPUTS});`,

  // The lowest cost of a hand-written provider: all resources share one provider object, which Pulumi then serializes once.
  sharedClosures: `${HAND_WRITTEN}
const provider = new GatewayProvider();
class Provider extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(provider, name, { uri: undefined, createdAt: undefined, ...args });
  }
}
${LOOP} new Provider("p-" + index, ${INPUTS});`,

  // The usual form: the constructor creates the provider.
  closures: `${HAND_WRITTEN}
class Provider extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(new GatewayProvider(), name, { uri: undefined, createdAt: undefined, ...args });
  }
}
${LOOP} new Provider("p-" + index, ${INPUTS});`,
};
export type Program = keyof typeof PROGRAMS;

const NOTHING = `module.exports = {
  check: async (olds, news) => ({ inputs: news, failures: [] }),
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: inputs.providerId, outs: { ...inputs, uri: "u", createdAt: "t" } }),
  read: async (id, props) => ({ id, props }),
  update: async (id, olds, news) => ({ outs: news }),
  delete: async () => {},
};`;

/** A gateway in its own process, like one on the network, with a delay of `latencyMs` for each call. */
export async function startGateway({ latencyMs }: { readonly latencyMs: number }) {
  const script = path.join(root, "dist", "cli", "main.js");
  const child = spawn(process.execPath, [script, "emulator", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const line = await new Promise<string>((resolve, reject) => {
    readline.createInterface({ input: child.stdout }).once("line", resolve);
    void ended.then(() => reject(new Error("the emulator ended before it was ready")));
  });
  const { controlUrl, apiKey } = JSON.parse(line) as { controlUrl: string; apiKey: string };
  if (latencyMs > 0) await delayEveryCall(controlUrl, latencyMs);
  const end = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  return { controlUrl, apiKey, end };
}

async function delayEveryCall(controlUrl: string, latencyMs: number): Promise<void> {
  const delay = { plane: "control", match: {}, times: Number.MAX_SAFE_INTEGER, action: { delayMs: latencyMs } };
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${controlUrl}/_emulator/faults`, {
    method: "POST",
    headers,
    body: JSON.stringify(delay),
  });
  if (!answer.ok) throw new Error(`the emulator takes no delay: ${await answer.text()}`);
}

/** Writes every program into a folder of the same name. */
export function writePrograms(): void {
  for (const [name, text] of Object.entries(PROGRAMS)) {
    const program = path.join(folder, name);
    fs.mkdirSync(program, { recursive: true });
    fs.writeFileSync(path.join(program, "package.json"), '{ "type": "commonjs", "main": "index.js" }');
    const plugins = `plugins: { providers: [{ name: ngrok-ai, path: ${JSON.stringify(PLUGIN_FOLDER)} }] }\n`;
    const project = `name: bench-${name}\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n${name === "plugin" ? plugins : ""}`;
    fs.writeFileSync(path.join(program, "Pulumi.yaml"), project);
    fs.writeFileSync(path.join(program, "index.js"), text);
    fs.writeFileSync(path.join(program, "nothing.js"), NOTHING);
  }
}
