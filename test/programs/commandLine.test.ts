/**
 * The example `azure-openai` on the command line: emulator and engine as separate processes, with faults between them. Uses the
 * build in dist. Does not prove the output of the Pulumi CLI.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import OpenAI from "openai";
import { type EmulatorProcess, runCommand, startCommand, startEmulator } from "../helpers/commandLine";
import { untilPending } from "../helpers/stateFile";

const workDir = path.resolve(__dirname, "..", "..", "examples", "azure-openai");
const AZURE_KEY = "planted-azure-key-0123456789abcdef";
const API_KEY = "planted-api-key-0123456789abcdef";
const MODEL = "gpt-5-mini";

interface Report {
  readonly result: string;
  readonly changeSummary: Readonly<Record<string, number>>;
  readonly diagnostics: readonly { severity: string; message: string }[];
}

let folder: string;
let emulator: EmulatorProcess;
/** The output of all commands. */
let printed = "";

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "command-line-"));
  const seedFile = path.join(folder, "seed.json");
  const resource = { resource: "contoso", keys: [AZURE_KEY, "second"], deployments: [{ name: MODEL, model: MODEL }] };
  fs.writeFileSync(seedFile, JSON.stringify({ azure: [resource] }));
  emulator = await startEmulator(["--seed", seedFile, "--api-key", API_KEY]);
});

afterAll(async () => {
  const code = await emulator?.end();
  fs.rmSync(folder, { recursive: true, force: true });
  expect(code).toBe(0);
});

/** The flags and the environment of one stack; each has its own state file. */
function stackNamed(name: string, config: Readonly<Record<string, string>> = {}) {
  const stateFile = path.join(folder, `${name}.json`);
  const all = { "ngrok-ai:apiUrl": emulator.controlUrl, endpoint: "https://contoso.openai.azure.com", ...config };
  const flags = Object.entries(all).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
  const secrets = ["--secret", `apiKey=${AZURE_KEY}`];
  const args = ["--cwd", workDir, "--stack", name, "--state", stateFile];
  const env = { PULUMI_CONFIG_PASSPHRASE: "p", AI_GATEWAY_API_KEY: API_KEY };
  const command = (operation: string, extra: readonly string[] = []) =>
    ["offline", operation, ...args, ...(operation === "outputs" ? [] : [...flags, ...secrets]), ...extra] as const;
  const run = async (operation: string, extra: readonly string[] = [], more: NodeJS.ProcessEnv = {}) => {
    const ended = await runCommand(command(operation, extra), { ...env, ...more });
    if (!extra.includes("--show-secrets")) printed += ended.stdout + ended.stderr;
    return ended;
  };
  const report = async (operation: string, more: NodeJS.ProcessEnv = {}): Promise<Report> =>
    JSON.parse((await run(operation, ["--json"], more)).stdout) as Report;
  return { stateFile, env, command, run, report };
}

const errorsOf = (report: Report) =>
  report.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);

async function inspect(path: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(`${emulator.controlUrl}/_emulator/${path}`, init);
  expect(answer.status).toBeLessThan(300);
  const text = await answer.text();
  return text === "" ? undefined : (JSON.parse(text) as unknown);
}

const fault = (match: object, action: object, times = 1) =>
  inspect("faults", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ plane: "control", match, times, action }),
  });

async function countOf(collection: string): Promise<number> {
  const answer = await fetch(`${emulator.controlUrl}/${collection}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  const lists = Object.values((await answer.json()) as Record<string, unknown>).filter(Array.isArray);
  return lists[0]?.length ?? -1;
}

const everyCount = async () =>
  Promise.all(["providers", "provider-keys", "access-key-configurations", "access-keys"].map(countOf));

beforeEach(async () => {
  await inspect("reset", { method: "POST" });
});

test("up, a plain and a streamed answer, a preview without changes, and destroy succeed", async () => {
  const stack = stackNamed("whole");
  expect(await stack.report("up")).toMatchObject({ result: "succeeded", changeSummary: { create: 6 } });
  const { stdout } = await stack.run("outputs", ["--json", "--show-secrets"]);
  const { token, gatewayModel: model } = JSON.parse(stdout) as { token: string; gatewayModel: string };
  const client = new OpenAI({ apiKey: token, baseURL: `${emulator.gatewayUrl}/v1`, maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "Which deployment are you?" }];
  const plain = await client.chat.completions.create({ model, messages });
  expect(plain.choices[0]?.message.content).toContain("contoso");
  let streamed = "";
  for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
    streamed += chunk.choices[0]?.delta.content ?? "";
  }
  expect(streamed).toBe(plain.choices[0]?.message.content);
  expect((await stack.report("up")).changeSummary).toEqual({ same: 6 });
  expect((await stack.run("refresh", ["--expect-no-changes"])).code).toBe(0);
  expect((await stack.run("outputs")).stdout).toContain("[secret]");
  expect(await stack.report("destroy")).toMatchObject({ result: "succeeded", changeSummary: { delete: 6 } });
  expect(await everyCount()).toEqual([0, 0, 0, 0]);
  const log = JSON.stringify(await inspect("requests"));
  const state = fs.readFileSync(stack.stateFile, "utf8");
  for (const secret of [AZURE_KEY, API_KEY, token]) {
    expect([log.includes(secret), state.includes(secret), printed.includes(secret)]).toEqual([false, false, false]);
  }
});

test.each([
  ["endpoint", "http://contoso.openai.azure.com", /baseUrl.*https/s],
  ["apiVersion", "", /baseUrl.*api-version/s],
  ["providerId", `azure-${"x".repeat(250)}`, /providerId.*at most/s],
])("a wrong %s is reported at preview, before any request", async (key, value, message) => {
  const report = await stackNamed(`wrong-${key}`, { [key]: value }).report("preview");
  expect(report.result).toBe("failed");
  expect(errorsOf(report).join("\n")).toMatch(message);
  expect(await inspect("requests")).toEqual([]);
});

test("a missing API key is reported at preview with the three ways to set one", async () => {
  const report = await stackNamed("keyless").report("preview", { AI_GATEWAY_API_KEY: "" });
  expect(errorsOf(report).join("\n")).toMatch(/new Provider.*ngrok-ai:apiKey.*AI_GATEWAY_API_KEY/s);
});

test("a wrong API key is reported with its source, and nothing is recorded", async () => {
  const stack = stackNamed("wrong-key");
  const report = await stack.report("up", { AI_GATEWAY_API_KEY: "planted-wrong-key" });
  const errors = errorsOf(report).join("\n");
  expect(errors).toContain("AI_GATEWAY_API_KEY");
  expect(errors).not.toContain("planted-wrong-key");
  expect((await stack.report("up")).changeSummary).toMatchObject({ create: 5 });
});

test.each([
  ["500", { status: 500, body: { msg: "broken" } }, 500],
  ["a body that is not JSON", { status: 201, headers: { "content-type": "text/html" }, body: "<html>" }, 201],
  ["409", { status: 409, body: { errorCode: "ERR_NGROK_27600", statusCode: 409, msg: "taken", details: {} } }, 409],
])("%s for one object is an error of that object, and the next up continues", async (name, action, status) => {
  const stack = stackNamed(`fault-${name.replaceAll(" ", "-")}`, { "ngrok-ai:retryBudgetSeconds": "1" });
  await fault({ method: "POST", path: "/provider-keys" }, action, 50);
  const report = await stack.report("up");
  expect(report.result).toBe("failed");
  expect(errorsOf(report).join("\n")).toMatch(
    new RegExp(`azure-openai-key.*POST /provider-keys answered ${status}`, "s"),
  );
  await inspect("faults", { method: "DELETE" });
  expect((await stack.report("up")).result).toBe("succeeded");
  expect(await everyCount()).toEqual([1, 1, 1, 1]);
  expect((await stack.report("refresh")).changeSummary).toEqual({ same: 6 });
});

test("a 429 is retried after the requested time, within the same up", async () => {
  const stack = stackNamed("throttled");
  await fault({ method: "POST", path: "/providers" }, { status: 429, headers: { "retry-after": "1" } });
  expect((await stack.report("up")).result).toBe("succeeded");
  const posts = (
    (await inspect("requests")) as {
      method: string;
      path: string;
      status: number;
      startedAt: string;
      endedAt: string;
    }[]
  ).filter(({ method, path }) => method === "POST" && path === "/providers");
  expect(posts.map(({ status }) => status)).toEqual([429, 201]);
  expect(Date.parse(posts[1]?.startedAt ?? "") - Date.parse(posts[0]?.endedAt ?? "")).toBeGreaterThanOrEqual(990);
});

test("a response that is lost after the change leaves one object, in state", async () => {
  const stack = stackNamed("lost");
  await fault({ method: "POST", path: "/access-keys" }, { drop: "after" });
  expect((await stack.report("up")).result).toBe("succeeded");
  expect(await everyCount()).toEqual([1, 1, 1, 1]);
  expect((await stack.report("refresh")).changeSummary).toEqual({ same: 6 });
});

test("a gateway that is down is reported with its URL", async () => {
  const stack = stackNamed("down", { "ngrok-ai:apiUrl": "http://127.0.0.1:9", "ngrok-ai:retryBudgetSeconds": "1" });
  const errors = errorsOf(await stack.report("up")).join("\n");
  expect(errors).toContain("127.0.0.1:9");
  expect(errors).toMatch(/CustomProvider "azure-openai"/);
});

test("the next up continues a run that was killed", async () => {
  const stack = stackNamed("killed");
  await fault({ method: "POST", path: "/access-keys" }, { delayMs: 3_600_000 });
  const { child, ended } = startCommand(stack.command("up", ["--json"]), stack.env, true);
  await untilPending(stack.stateFile, "AccessKey");
  process.kill(-(child.pid ?? 0), "SIGKILL");
  await ended;
  await inspect("faults", { method: "DELETE" });
  const report = await stack.report("up");
  expect(report.result).toBe("succeeded");
  expect(await everyCount()).toEqual([1, 1, 1, 1]);
  expect((await stack.report("refresh")).changeSummary).toEqual({ same: 6 });
});
