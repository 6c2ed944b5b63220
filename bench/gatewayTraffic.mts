/**
 * The local gateway compared with a minimal server of the same HTTP library that returns a constant body. Each runs in its own
 * process, and one client calls them in alternation. Also measures the time that the gateway adds to an upstream call, and the
 * memory that remains after a long run.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { Agent, request } from "undici";
import { type Figure, median } from "./measure.mts";

const RUNS = 5;
const OBJECTS = 10_000;
const CONNECTIONS = 16;
const REQUESTS_PER_RUN = 3_000;
const LATENCY_REQUESTS = 2_000;
const FEW_COMPLETIONS = 10_000;
const MANY_COMPLETIONS = 100_000;
const root = path.resolve(import.meta.dirname, "..");

/** Prints `{ url, … }` when ready; answers `rss` on its input with its memory in bytes, after a garbage collection. */
const COMMON = `
process.stdin.on("data", () => { globalThis.gc(); console.log(JSON.stringify({ rss: process.memoryUsage().rss })); });
process.stdin.on("end", () => process.exit(0));`;

const BARE = `${COMMON}
const { serve } = require("@hono/node-server");
const { Hono } = require("hono");
const app = new Hono();
const body = JSON.parse(process.argv[1]);
app.get("*", (context) => context.json(body));
app.post("*", async (context) => { await context.req.text(); return context.json(body); });
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => console.log(JSON.stringify({ url: "http://127.0.0.1:" + port })));`;

const GATEWAY = `${COMMON}
const { startGateway } = require("pulumi-ngrok-ai/emulator");
startGateway({ creditCents: 1e9, upstreams: JSON.parse(process.argv[1]) }).then((gateway) => console.log(JSON.stringify(gateway)));`;

interface Server {
  readonly told: Readonly<Record<string, string>>;
  memoryBytes(): Promise<number>;
  close(): Promise<void>;
}

async function start(script: string, argument: unknown): Promise<Server> {
  const child: ChildProcess = spawn(process.execPath, ["--expose-gc", "-e", script, JSON.stringify(argument)], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const line = async () => JSON.parse(String((await once(child.stdout!, "data"))[0])) as Record<string, never>;
  return {
    told: await line(),
    memoryBytes: async () => {
      const answer = line();
      child.stdin!.write("rss\n");
      return Number((await answer).rss);
    },
    close: async () => {
      child.stdin!.end();
      await once(child, "exit");
    },
  };
}

interface Call {
  readonly url: string;
  readonly token: string;
  readonly body?: string;
}

const agent = new Agent({ connections: CONNECTIONS });

async function send({ url, token, body }: Call): Promise<string> {
  const answer = await request(url, {
    dispatcher: agent,
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${url} answered ${answer.statusCode}: ${text}`);
  return text;
}

/** Requests per second over all connections. */
async function rate(callAt: (index: number) => Call, count = REQUESTS_PER_RUN): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  const work = async () => {
    while (next < count) await send(callAt(next++));
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return (count * 1000) / (performance.now() - startedAt);
}

/** Median rate of each server, measured in alternation, and the median of their ratios. */
async function against(bareCall: Call, gatewayCall: (index: number) => Call) {
  const [bare, gateway]: [number[], number[]] = [[], []];
  await rate(() => bareCall);
  await rate(gatewayCall);
  for (let run = 0; run < RUNS; run++) {
    bare.push(await rate(() => bareCall));
    gateway.push(await rate(gatewayCall));
  }
  return { perSecond: median(gateway), ratio: median(gateway.map((value, run) => value / (bare[run] ?? Number.NaN))) };
}

async function latenciesMs(call: Call): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < LATENCY_REQUESTS; index++) {
    const startedAt = performance.now();
    await send(call);
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((left, right) => left - right);
}

const quantile = (sorted: readonly number[], part: number) => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;

const chat = (model: string) => JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] });

export async function* gatewayTraffic(): AsyncIterable<Figure> {
  const completion = {
    id: "c",
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: "Yes" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
  const upstream = await start(BARE, completion);
  const upstreamUrl = upstream.told.url ?? "";
  const gateway = await start(GATEWAY, { "up.example": upstreamUrl });
  const { controlUrl = "", gatewayUrl = "", apiKey = "" } = gateway.told;

  const made: string[] = [];
  await rate((index) => {
    return { url: `${controlUrl}/api-keys`, token: apiKey, body: JSON.stringify({ name: `key-${index}` }) };
  }, OBJECTS);
  for (let next: string | null = `${controlUrl}/api-keys`; next !== null; ) {
    const page = JSON.parse(await send({ url: next, token: apiKey })) as Page;
    made.push(...page.aiGatewayApiKeys.map(({ id }) => id));
    next = page.nextPageUri;
  }
  const constant = await start(
    BARE,
    JSON.parse(await send({ url: `${controlUrl}/api-keys/${made[0]}`, token: apiKey })),
  );
  const bare = { url: `${constant.told.url}/api-keys/x`, token: apiKey };
  const reads = await against(bare, (index) => ({
    url: `${controlUrl}/api-keys/${made[(index * 7919) % made.length]}`,
    token: apiKey,
  }));
  yield { what: `reads of a store with ${OBJECTS} objects`, value: reads.perSecond, unit: "/s", digits: 0 };
  yield { what: "against a bare server", value: reads.ratio, unit: "×", digits: 2, goal: ">= 0.6" };
  await constant.close();

  const created = async (target: string, body: object) =>
    JSON.parse(await send({ url: controlUrl + target, token: apiKey, body: JSON.stringify(body) })) as {
      token: string;
    };
  await created("/providers", { providerId: "up", name: "up", baseUrl: "https://up.example/v1" });
  await created("/provider-keys", { providerId: "up", name: "k", value: "an-upstream-key-0123456789" });
  const { token } = await created("/access-keys", {});
  const canned: Call = { url: `${gatewayUrl}/v1/chat/completions`, token, body: chat("openai:gpt-5") };
  const direct: Call = { url: `${upstreamUrl}/v1/chat/completions`, token, body: chat("m") };
  const forwarded: Call = { ...canned, body: chat("up:m") };

  const completions = await against(direct, () => canned);
  yield { what: "completions that the gateway answers itself", value: completions.perSecond, unit: "/s", digits: 0 };
  yield { what: "against a bare server", value: completions.ratio, unit: "×", digits: 2, goal: ">= 0.45" };
  const passed = await against(direct, () => forwarded);
  yield { what: "completions with an upstream on the same machine", value: passed.perSecond, unit: "/s", digits: 0 };
  yield { what: "relative to that upstream alone", value: passed.ratio, unit: "×", digits: 2 };

  const [alone, through] = [await latenciesMs(direct), await latenciesMs(forwarded)];
  for (const [name, part] of [
    ["median", 0.5],
    ["p99", 0.99],
  ] as const) {
    const addedMs = quantile(through, part) - quantile(alone, part);
    yield { what: `latency added to the upstream's, ${name}`, value: addedMs, unit: "ms", digits: 2 };
  }
  await gateway.close();

  const fresh = await start(GATEWAY, {});
  const freshKey = JSON.parse(
    await send({ url: `${fresh.told.controlUrl}/access-keys`, token: apiKey, body: "{}" }),
  ) as { token: string };
  const call = { ...canned, url: `${fresh.told.gatewayUrl}/v1/chat/completions`, token: freshKey.token };
  await rate(() => call, FEW_COMPLETIONS);
  const fewBytes = await fresh.memoryBytes();
  await rate(() => call, MANY_COMPLETIONS - FEW_COMPLETIONS);
  const manyBytes = await fresh.memoryBytes();
  yield { what: `memory after ${FEW_COMPLETIONS} completions`, value: fewBytes / 2 ** 20, unit: "MiB", digits: 0 };
  yield { what: `memory after ${MANY_COMPLETIONS}`, value: manyBytes / 2 ** 20, unit: "MiB", digits: 0 };
  yield { what: "ratio of the two", value: manyBytes / fewBytes, unit: "×", digits: 2, goal: "<= 1.1" };
  await fresh.close();
  await upstream.close();
  await agent.close();
}

interface Page {
  readonly aiGatewayApiKeys: readonly { id: string }[];
  readonly nextPageUri: string | null;
}
