/**
 * The package as users get it: packed, installed in an empty folder, called by Pulumi's provider process over gRPC, and used
 * by a program of its own. Installs from the npm registry (or npm's cache).
 */
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { OfflineStack } from "../../emulator";
import { startTestGateway, type TestGateway } from "../helpers/gateway";
import { installedSdkVersion, installPacked } from "../helpers/packedPackage";
import { type InitFailure, ProviderProcess } from "../helpers/providerProcess";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SECRET = "planted-azure-key-0123456789abcdef";

const runFile = promisify(execFile);

let folder: string;
let gateway: TestGateway;
let provider: ProviderProcess;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "packed-"));
  installPacked(folder, installedSdkVersion(), { type: "module", main: "index.ts" });
  gateway = await startTestGateway();
  provider = await ProviderProcess.start(folder, {
    "ngrok-ai:apiKey": gateway.apiKey,
    "ngrok-ai:apiUrl": gateway.controlUrl,
  });
}, 240_000);

beforeEach(() => gateway.reset());

afterAll(async () => {
  await provider?.close();
  await gateway?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const text = (kind: string) =>
  `exports.handler=()=>require("pulumi-ngrok-ai/dynamic").provider(${JSON.stringify(kind)})`;
const customProvider = {
  __provider: text("CustomProvider"),
  __owner: "org/project/dev::azure",
  providerId: "azure-openai",
  baseUrl: "https://contoso.openai.azure.com/openai/deployments/gpt-5-mini?api-version=2024-10-21",
  name: "azure",
};
const providerKey = {
  __provider: text("ProviderKey"),
  __owner: "org/project/dev::key",
  providerId: "openai",
  value: SECRET,
  name: "key",
};

test("the installed package does not install azure-native unless it is requested", () => {
  expect(fs.existsSync(path.join(folder, "node_modules/@pulumi/azure-native"))).toBe(false);
});

test.each(["pulumi-ngrok-ai", "pulumi-ngrok-ai/azure", "pulumi-ngrok-ai/dynamic"])(
  "requiring %s loads neither schemas nor an HTTP client nor azure-native",
  async (entry) => {
    const script = `require(${JSON.stringify(entry)}); console.log(Object.keys(require.cache).join("\\n"))`;
    const { stdout, stderr } = await runFile(process.execPath, ["-e", script], { cwd: folder });
    expect(stderr).toBe("");
    expect(stdout).toContain("pulumi-ngrok-ai");
    expect(stdout).not.toMatch(/node_modules\/(zod|undici|@pulumi\/azure-native)\//);
  },
);

test("the package contains the files that its README and docs link to", () => {
  const installed = path.join(folder, "node_modules", "pulumi-ngrok-ai");
  const pages = fs
    .readdirSync(installed, { recursive: true, encoding: "utf8" })
    .filter((file) => /^(README|CHANGELOG|docs[/\\].*)\.md$/.test(file));
  expect(pages).toEqual(expect.arrayContaining(["README.md", path.join("docs", "reference", "provider-key.md")]));
  const broken = pages.flatMap((page) => {
    const text = fs.readFileSync(path.join(installed, page), "utf8");
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = ""]) => target);
    const isThere = (target: string) => fs.existsSync(path.resolve(installed, path.dirname(page), target));
    return targets.filter((target) => !isThere(target)).map((target) => `${page}: ${target}`);
  });
  expect(broken).toEqual([]);
});

test("the first calls of a kind may run concurrently", async () => {
  const made = await Promise.all([
    provider.create(providerKey),
    provider.create({ ...providerKey, name: "second" }),
    provider.create(customProvider),
    provider.check({}, customProvider),
  ]);
  expect(made.slice(0, 3).map((result) => "id" in result && result.id.split("_")[0])).toEqual([
    "aigpk",
    "aigpk",
    "aigp",
  ]);
});

test("create, read, diff, update and delete over the wire", async () => {
  const { inputs, failures } = await provider.check({}, customProvider);
  expect(failures).toEqual([]);
  expect(inputs).toEqual(customProvider);
  const { id, outs } = await provider.create(inputs);
  expect(outs).toMatchObject({ providerId: "azure-openai", __provider: customProvider.__provider });
  expect((await provider.read(id, outs)).inputs).toEqual(inputs);
  expect(await provider.diff(id, outs, inputs)).toEqual({ changes: 1, replaces: [] });
  const changed = { ...inputs, name: "renamed" };
  expect(await provider.diff(id, outs, changed)).toEqual({ changes: 0, replaces: [] });
  const updated = await provider.update(id, outs, changed);
  expect(updated.name).toBe("renamed");
  await provider.delete(id, updated);
  expect(await provider.read(id, updated)).toMatchObject({ id: "" });
  await provider.delete(id, updated);
});

test.each([["providerId"], ["baseUrl"], ["name"], ["models"], ["supportedApiSurfaces"], ["metadata"]])(
  "an unknown %s survives check and diff",
  async (field) => {
    const { id, outs } = await provider.create(customProvider);
    const unknown = { ...customProvider, [field]: UNKNOWN };
    expect((await provider.check(customProvider, unknown)).failures).toEqual([]);
    expect(await provider.diff(id, outs, unknown)).toEqual({
      changes: 0,
      replaces: field === "providerId" ? ["providerId"] : [],
    });
  },
);

test("get of a missing object is an error, refresh of one is not", async () => {
  const props = { __provider: customProvider.__provider };
  await expect(provider.read("aigp_missing", props)).rejects.toThrow("CustomProvider aigp_missing does not exist");
});

test("a rejected request is a plain failure without the secret, and leaves nothing in state", async () => {
  await gateway.fault({
    match: { method: "POST", path: "/provider-keys" },
    action: {
      status: 400,
      body: { errorCode: "ERR_NGROK_27606", statusCode: 400, msg: `bad value ${SECRET}`, details: {} },
    },
  });
  const failure = await provider.create(providerKey).then(
    () => undefined,
    (error: InitFailure) => error,
  );
  expect(failure?.id).toBeUndefined();
  expect(failure?.message).toContain('create ProviderKey "key" failed: POST /provider-keys answered 400');
  expect(JSON.stringify([failure?.message, failure?.stack])).not.toContain(SECRET);
});

test("a partial change is a partial failure with the data that the next run needs", async () => {
  // The adopted key's value is rotated, then its description is refused.
  const made = await gateway.client.createProviderKey({ providerId: "openai", value: `old-${SECRET}`, name: "key" });
  await gateway.fault({ match: { method: "PATCH", path: "/provider-keys" }, times: 50, action: { status: 400 } });
  const failure = await provider.create({ ...providerKey, adopt: made.id, description: "new" }).then(
    () => undefined,
    (error: InitFailure) => error,
  );
  expect(failure?.id).toBe(made.id);
  expect(failure?.properties).toMatchObject({ __provider: providerKey.__provider, name: "key" });
});

test("an error about a wrong key names the source of the key", async () => {
  const wrong = await ProviderProcess.start(folder, {
    "ngrok-ai:apiKey": "wrong-planted-key",
    "ngrok-ai:apiUrl": gateway.controlUrl,
  });
  try {
    const failure = wrong.create(providerKey);
    await expect(failure).rejects.toThrow("stack config ngrok-ai:apiKey");
    await expect(failure).rejects.not.toThrow("wrong-planted-key");
  } finally {
    await wrong.close();
  }
});

test("a missing key is a check failure that names the three ways to set one", async () => {
  const keyless = await ProviderProcess.start(folder, {}, { AI_GATEWAY_API_KEY: "" });
  try {
    const { failures } = await keyless.check({}, customProvider);
    expect(failures.map(({ reason }) => reason)).toEqual([
      "No API key for the ngrok AI Gateway. Give one of: an explicit provider (new Provider(name, { apiKey })), " +
        "stack config (pulumi config set --secret ngrok-ai:apiKey), or the environment variable AI_GATEWAY_API_KEY.",
    ]);
  } finally {
    await keyless.close();
  }
});

test("a separate program deploys with the installed package", async () => {
  fs.writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    "name: a-program\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.ts\n",
  );
  fs.writeFileSync(
    path.join(folder, "index.ts"),
    `import * as ngrok from "pulumi-ngrok-ai";
const provider: ngrok.CustomProvider = new ngrok.CustomProvider("azure", {
  providerId: "azure-openai", baseUrl: "https://contoso.openai.azure.com/openai/deployments/d?api-version=2024-10-21",
});
const key = new ngrok.ProviderKey("key", { providerId: provider, value: ${JSON.stringify(SECRET)} });
const configuration = new ngrok.AccessConfiguration("team", { rules: [{ provider, keys: [key] }] });
export const token = new ngrok.AccessKey("team", { configurationId: configuration }).token;
`,
  );
  const stateFile = path.join(folder, "state.json");
  const stack = await OfflineStack.create({ workDir: folder, stackName: "dev", stateFile, passphrase: "p" });
  await stack.setConfig("ngrok-ai:apiKey", { value: gateway.apiKey, secret: true });
  await stack.setConfig("ngrok-ai:apiUrl", { value: gateway.controlUrl });
  const { outputs } = await stack.up();
  expect(outputs.token).toEqual({ value: expect.stringMatching(/^ng-/), secret: true });
  expect(fs.readFileSync(stateFile, "utf8")).not.toContain(SECRET);
  await stack.destroy();
});
