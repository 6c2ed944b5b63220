/**
 * The plugin's process: its start, its end, and its message if it cannot start. Runs the build. Does not prove the time of a
 * start or the memory in use; `npm run bench -- plugin` measures them.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { version } from "../../../package.json";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { SpawnedPlugin } from "../../helpers/plugin/pluginClient";
import { repositoryRoot } from "../../helpers/providerProcess";
import { Managed } from "./stack";

const LAUNCHER = path.join(repositoryRoot, "plugins", "pulumi-resource-ngrok-ai");

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

async function withProcess(act: (plugin: SpawnedPlugin) => Promise<void>): Promise<void> {
  const plugin = await SpawnedPlugin.start({
    AI_GATEWAY_API_KEY: gateway.apiKey,
    AI_GATEWAY_API_URL: gateway.controlUrl,
  });
  try {
    await act(plugin);
  } finally {
    await plugin.close();
  }
}

test("serves the whole life of a resource over gRPC", async () => {
  await withProcess(async (plugin) => {
    expect(await plugin.getVersion()).toBe(version);
    expect(JSON.parse(await plugin.getSchema())).toMatchObject({ name: "ngrok-ai" });
    await plugin.handshake();
    await plugin.configure({});
    const key = await new Managed(plugin, "ProviderKey", "key").create({
      providerId: "openai",
      value: "planted-value-0123456789",
    });
    await key.update({ providerId: "openai", value: "planted-value-0123456789", description: "new" });
    expect(await key.refresh()).toMatchObject({ description: "new" });
    await key.delete();
    expect(await key.refresh()).toBeUndefined();
  });
});

test("does not load the schema library, the HTTP client or Pulumi's program runner at start", () => {
  const script = `require(${JSON.stringify(path.join(repositoryRoot, "dist", "provider", "plugin", "serve.js"))});
    console.log(Object.keys(require.cache).join("\\n"))`;
  const loaded = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stdout.split("\n");
  expect(loaded.some((file) => file.includes("@grpc"))).toBe(true);
  const forbidden = /node_modules\/(zod|undici|@pulumi\/pulumi\/(?!proto\/))/;
  expect(loaded.filter((file) => forbidden.test(file))).toEqual([]);
});

test("ends when the engine's end of the pipe closes, which happens when the engine is killed", async () => {
  await withProcess(async (plugin) => {
    const ended = new Promise<number | null>((resolve) => plugin.child.once("exit", resolve));
    plugin.child.stdin?.end();
    expect(await ended).toBe(0);
  });
});

test("is started through a symbolic link", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "plugin-"));
  try {
    const link = path.join(folder, "pulumi-resource-ngrok-ai");
    fs.symlinkSync(LAUNCHER, link);
    const plugin = await SpawnedPlugin.start({}, link);
    expect(await plugin.getVersion()).toBe(version);
    await plugin.close();
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test("reports a missing Node in one line", () => {
  const { status, stdout, stderr } = spawnSync(LAUNCHER, [], { env: { PATH: "/nonexistent" }, encoding: "utf8" });
  expect([status, stdout, stderr]).toEqual([
    1,
    "",
    "pulumi-resource-ngrok-ai: Node.js is not on PATH. Install Node.js 22.19 or later: https://nodejs.org\n",
  ]);
});

test("reports an unsupported version of Node in one line", () => {
  const old = `Object.defineProperty(process, "versions", { value: { node: "22.9.0" } });`;
  const script = `${old} require(${JSON.stringify(`${LAUNCHER}.js`)})`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
  expect([status, stdout, stderr]).toEqual([
    1,
    "",
    `pulumi-ngrok-ai needs Node.js 22.19 or later, but ${process.execPath} is 22.9.0: install a later Node.js and put it first on PATH.\n`,
  ]);
});
