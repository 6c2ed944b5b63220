/**
 * The example `several-vendors` on the local gateway and Azure, with a server of the test for each other vendor: the failover
 * order of a completion, and its keys. Does not prove that the hosted gateway translates between the vendors' APIs.
 */

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import OpenAI from "openai";
import { parse } from "yaml";
import { startAzure, startGateway } from "../../emulator";
import { FaultList } from "../../emulator/faults";
import { gatewayConfig } from "../helpers/gateway";
import { createTestStack, realChanges, type StackUnderTest } from "../helpers/stack";

const workDir = path.resolve(__dirname, "..", "..", "examples", "several-vendors");
const KEYS = {
  azureKey: "planted-azure-key-1",
  azureSecondKey: "planted-azure-key-2",
  openaiKey: "planted-openai-key",
  anthropicKey: "planted-anthropic-key",
  googleKey: "planted-google-key",
  inHouseKey: "planted-in-house-key",
};
const ORDER = [
  "azure:gpt-5-mini",
  "openai:gpt-5-mini",
  "anthropic:claude-haiku-4-5",
  "google:gemini-2.5-flash",
  "in-house:llama-3.3-70b",
];
const OTHERS = ["openai", "anthropic", "google", "in-house"];
const messages = [{ role: "user" as const, content: "Who are you?" }];

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
const faults = new FaultList();
/** Vendors that answer 503. */
const failing = new Set<string>();
/** Requests to the vendors but Azure, as "vendor model key". */
const seen: string[] = [];
let vendors: Server;
let azure: Started<typeof startAzure>;
let gateway: Started<typeof startGateway>;
let underTest: StackUnderTest;

beforeAll(async () => {
  vendors = createServer(async (request, response) => {
    const vendor = request.url?.split("/")[1] ?? "";
    let text = "";
    for await (const part of request) text += part;
    const { model } = JSON.parse(text) as { model: string };
    seen.push(`${vendor} ${model} ${request.headers.authorization?.replace("Bearer ", "")}`);
    response.writeHead(failing.has(vendor) ? 503 : 200, { "content-type": "application/json" });
    const message = { role: "assistant", content: `This is ${vendor}.` };
    response.end(JSON.stringify({ id: "1", object: "chat.completion", model, choices: [{ index: 0, message }] }));
  });
  await new Promise<void>((resolve) => vendors.listen(0, "127.0.0.1", resolve));
  const url = (vendor: string) => `http://127.0.0.1:${(vendors.address() as AddressInfo).port}/${vendor}`;
  const deployments = [{ name: "gpt-5-mini", model: "gpt-5-mini" }];
  azure = await startAzure({
    seed: { azure: [{ resource: "contoso", keys: [KEYS.azureKey, KEYS.azureSecondKey], deployments }] },
    faults,
  });
  const upstreams = Object.fromEntries(OTHERS.slice(0, -1).map((vendor) => [vendor, url(vendor)]));
  gateway = await startGateway({
    azureUrl: azure.azureUrl,
    upstreams: { ...upstreams, "models.example.com": url("in-house") },
  });
  const secrets = Object.entries(KEYS).map(([key, value]) => [`several-vendors:${key}`, { value, secret: true }]);
  underTest = await createTestStack({
    workDir,
    config: {
      ...gatewayConfig(gateway),
      "several-vendors:azureEndpoint": { value: "https://contoso.openai.azure.com" },
      "several-vendors:inHouseUrl": { value: "https://models.example.com/in-house" },
      ...Object.fromEntries(secrets),
    },
  });
});

afterEach(() => {
  faults.clear();
  failing.clear();
  seen.length = 0;
});

afterAll(async () => {
  underTest?.dispose();
  await gateway?.close();
  await azure?.close();
  await new Promise((resolve) => vendors?.close(resolve));
});

const failAzure = () => faults.add({ plane: "azure", times: 10, action: { status: 503 } });

/** Sends the stack's request with the official package; `models` is a member of the gateway's own. */
async function complete() {
  const { token, request } = await underTest.stack.outputs();
  const client = new OpenAI({ apiKey: String(token?.value), baseURL: `${gateway.gatewayUrl}/v1`, maxRetries: 0 });
  const completion = await client.chat.completions.create({ ...(request?.value as { model: string }), messages });
  return completion.choices[0]?.message.content;
}

test("up creates two providers, six keys, a configuration and an access key, and a preview shows no change", async () => {
  const { summary, outputs } = await underTest.stack.up();
  expect(realChanges(summary.resourceChanges)).toEqual({ create: 11 });
  expect(outputs.request?.value).toEqual({ model: ORDER[0], models: ORDER });
  expect(realChanges((await underTest.stack.preview()).changeSummary)).toEqual({});
});

test("the first vendor answers while it is available", async () => {
  expect(await complete()).toContain("contoso");
  expect(seen).toEqual([]);
});

test.each(OTHERS.map((vendor, index) => [vendor, OTHERS.slice(0, index)] as const))(
  "%s answers when all before it fail",
  async (vendor, before) => {
    failAzure();
    for (const each of before) failing.add(each);
    expect(await complete()).toBe(`This is ${vendor}.`);
  },
);

test("a request tries all vendors in the declared order, each with its own key, and fails only when all do", async () => {
  failAzure();
  for (const vendor of OTHERS) failing.add(vendor);
  const message = await complete().catch((error: Error) => error.message);
  const tried = [...String(message).matchAll(/Attempt \d+: (\S+) with key/g)].map(([, model]) => model);
  // Azure with each of its two keys.
  expect(tried).toEqual([ORDER[0], ...ORDER]);
  expect(seen).toEqual([
    `openai gpt-5-mini ${KEYS.openaiKey}`,
    `anthropic claude-haiku-4-5 ${KEYS.anthropicKey}`,
    `google gemini-2.5-flash ${KEYS.googleKey}`,
    `in-house llama-3.3-70b ${KEYS.inHouseKey}`,
  ]);
});

describe("esc.yaml", () => {
  interface Environment {
    readonly values: { readonly pulumiConfig: Readonly<Record<string, string>> } & Readonly<Record<string, unknown>>;
  }
  const { values } = parse(readFileSync(path.join(workDir, "esc.yaml"), "utf8")) as Environment;
  const project = parse(readFileSync(path.join(workDir, "Pulumi.yaml"), "utf8")) as {
    template: { config: Readonly<Record<string, { secret?: boolean }>> };
  };
  const secrets = Object.entries(project.template.config).flatMap(([key, { secret }]) => (secret ? [key] : []));
  const fullName = (key: string) => (key.includes(":") ? key : `several-vendors:${key}`);

  test("gives the stack exactly the secrets that the program requires", () => {
    expect(Object.keys(values.pulumiConfig).toSorted()).toEqual(secrets.map(fullName).toSorted());
  });

  test("each value refers to one in the environment, and no secret has a value", () => {
    for (const reference of Object.values(values.pulumiConfig)) {
      const [, names = ""] = /^\$\{([\w.]+)\}$/.exec(reference) ?? [];
      const found = names
        .split(".")
        .reduce<unknown>((value, name) => (value as Record<string, unknown>)?.[name], values);
      const isOpened = names.startsWith("vault.");
      const expected = isOpened ? undefined : { "fn::secret": expect.stringMatching(/^[A-Z_]+$/) };
      expect([reference, found]).toEqual([reference, expected]);
    }
  });
});
