/**
 * The built client in a separate process: the modules that it loads, and that it never keeps a process alive. Does not prove
 * anything about Pulumi's provider process.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import { type ScriptedServer, startScriptedServer } from "./scriptedServer";

const builtSdk = path.resolve(__dirname, "../../dist/sdk/index.js");
let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer([{ status: 200, json: { balanceCents: 500 } }]);
});
afterAll(() => server.close());

/** Runs a script with `sdk` defined and returns its output, once the process has ended by itself. */
async function run(script: string, apiUrl = ""): Promise<string> {
  const source = `const sdk = require(${JSON.stringify(builtSdk)}); const apiUrl = process.argv[1]; ${script}`;
  const child = spawn(process.execPath, ["-e", source, apiUrl], { stdio: ["ignore", "pipe", "inherit"] });
  const stuck = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on("close", (exitCode, exitSignal) => resolve([exitCode, exitSignal])),
  );
  clearTimeout(stuck);
  expect([code, signal]).toEqual([0, null]);
  return Buffer.concat(chunks).toString("utf8");
}

test("a process ends by itself after a call, although the connection is kept for the next one", async () => {
  const call = `
    new sdk.GatewayClient({ apiUrl, apiKey: "k" }).getCreditBalance().then(({ balanceCents }) => {
      const answeredMs = performance.now();
      process.on("exit", () => console.log(JSON.stringify([balanceCents, performance.now() - answeredMs])));
    });
  `;
  const [balanceCents, waitedMs] = JSON.parse(await run(call, server.url)) as [number, number];
  expect(balanceCents).toBe(500);
  expect(server.requests).toHaveLength(1);
  expect(waitedMs).toBeLessThan(4_000); // undici would close an idle connection after four seconds
});

test("loading the client loads neither the HTTP library nor the limiter", async () => {
  const script = `
    new sdk.GatewayClient({ apiUrl: "https://api.ngrok.ai", apiKey: "k" });
    const loaded = Object.keys(require.cache).filter((file) => /node_modules.(undici|p-limit)/.test(file));
    console.log(JSON.stringify([loaded.length, Object.keys(require.cache).some((file) => /node_modules.zod/.test(file))]));
  `;
  expect(JSON.parse(await run(script))).toEqual([0, true]);
});

test("two copies of the package in one process share the account's limit", async () => {
  const script = `
    for (const file of Object.keys(require.cache)) if (!file.includes("node_modules")) delete require.cache[file];
    const other = require(${JSON.stringify(builtSdk)});
    const clients = [sdk, other].map((copy) => new copy.GatewayClient({ apiUrl, apiKey: "k" }));
    Promise.all(clients.map((client) => client.getCreditBalance())).then(() => {
      const shared = globalThis[Symbol.for("pulumi-ngrok-ai")];
      console.log(JSON.stringify([sdk.GatewayClient === other.GatewayClient, shared["accounts/1"].size]));
    });
  `;
  expect(JSON.parse(await run(script, server.url))).toEqual([false, 1]);
});
