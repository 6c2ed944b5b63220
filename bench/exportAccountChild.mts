/** Part of exportAccount.mts: reads the account of its environment, and writes it as a project; prints what that took. */
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { GatewayClient } from "pulumi-ngrok-ai/sdk";

const require = createRequire(import.meta.url);
const built = (name: string) => path.resolve(import.meta.dirname, "..", "dist", "cli", name);
const { readInventory } = require(built("account/inventory.js")) as typeof import("../cli/account/inventory.ts");
const { loadDefinitions } = require(built("export/kinds.js")) as typeof import("../cli/export/kinds.ts");
const { planExport } = require(built("export/plan.js")) as typeof import("../cli/export/plan.ts");
const { projectFiles } = require(built("export/project.js")) as typeof import("../cli/export/project.ts");
const { writeProject } = require(built("export/writeProject.js")) as typeof import("../cli/export/writeProject.ts");

const [runs = 0, answerMs = 0] = process.argv.slice(2).map(Number);
const { AI_GATEWAY_API_URL: apiUrl = "", AI_GATEWAY_API_KEY: apiKey = "" } = process.env;
const client = new GatewayClient({ apiUrl, apiKey });
const definitions = loadDefinitions();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-export-"));
const planCpuMs: number[] = [];

async function exported() {
  const inventory = await readInventory(client);
  const before = process.cpuUsage();
  const plan = planExport(inventory, { definitions });
  const files = projectFiles(plan, { project: "bench", version: "0.1.0", protect: true });
  writeProject(folder, files, true);
  const { user, system } = process.cpuUsage(before);
  planCpuMs.push((user + system) / 1000);
  return { inventory, plan, files };
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  global.gc?.();
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

/** The two side by side, so that whatever else the machine does meets both. */
async function timesOf() {
  const times: Record<"listMs" | "exportMs", number[]> = { listMs: [], exportMs: [] };
  for (let run = 0; run < runs; run++) {
    times.listMs.push(await timed(() => readInventory(client)));
    times.exportMs.push(await timed(exported));
  }
  return times;
}

async function delayAnswers(): Promise<void> {
  const fault = { plane: "control", match: { path: "/" }, times: 1_000_000, action: { delayMs: answerMs } };
  const body = JSON.stringify(fault);
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${apiUrl}/_emulator/faults`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`the gateway takes no fault: ${await answer.text()}`);
}

// Once before anything is measured: an account of this size is mostly read by compiled code.
await exported();
const atOnce = await timesOf();
global.gc?.();
const before = process.memoryUsage().heapUsed;
const held = await exported();
global.gc?.();
const heapBytes = process.memoryUsage().heapUsed - before;
const programBytes = Buffer.byteLength(held.files["index.ts"] ?? "");
await delayAnswers();
const delayed = await timesOf();
fs.rmSync(folder, { recursive: true });
console.log(JSON.stringify({ atOnce, delayed, planCpuMs: planCpuMs.slice(1), heapBytes, programBytes }));
process.exit(0);
