/** A picture of an account: what it costs beside the list calls it needs, and how its memory grows. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startGateway } from "pulumi-ngrok-ai/emulator";
import { GatewayClient } from "pulumi-ngrok-ai/sdk";
import { besideThisProcess, type Figure, median } from "./measure.mts";

const RUNS = 7;
const TEAMS = 250;
const PROVIDERS_PER_TEAM = 6;
const KEYS_PER_PROVIDER = 2;
const REGIONS = ["eastus2", "swedencentral", "westus3", "japaneast", "francecentral"];
const root = path.resolve(import.meta.dirname, "..");

export async function* graph(): AsyncIterable<Figure> {
  const gateway = await startGateway({});
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-graph-"));
  const client = new GatewayClient({ apiUrl: gateway.controlUrl, apiKey: gateway.apiKey });
  let teams = 0;
  const peaks: number[] = [];
  for (const size of [TEAMS / 2, TEAMS]) {
    for (; teams < size; teams++) await makeTeam(client, teams);
    const runs: number[][] = [];
    for (let run = 0; run < RUNS; run++) {
      const [listMs = 0, drawMs = 0, peakMb = 0] = await besideThisProcess(script(gateway, folder), root);
      runs.push([listMs, drawMs, peakMb]);
    }
    const of = (index: number) => median(runs.map((run) => run[index] ?? Number.NaN));
    const what = `${size * (2 + PROVIDERS_PER_TEAM * (1 + KEYS_PER_PROVIDER))} objects`;
    peaks.push(of(2));
    yield { what: `list calls of ${what}`, value: of(0), unit: "ms", digits: 0 };
    yield { what: "page drawn of them and written", value: of(1), unit: "ms", digits: 0 };
    const ratio = median(runs.map(([listMs = 0, drawMs = 0]) => (listMs + drawMs) / listMs));
    yield { what: "both together, over the list calls alone", value: ratio, unit: "×", digits: 2, goal: "<= 1.2" };
    yield { what: "heap in use when it is drawn, over that before", value: of(2), unit: "MB", digits: 0 };
  }
  const [half = Number.NaN, whole = Number.NaN] = peaks;
  yield {
    what: "the same for twice as many objects, over half as many",
    value: whole / half,
    unit: "×",
    digits: 2,
    goal: "<= 2.2",
  };
  await gateway.close();
  fs.rmSync(folder, { recursive: true });
}

async function makeTeam(client: GatewayClient, team: number): Promise<void> {
  const rules = [];
  for (let index = 0; index < PROVIDERS_PER_TEAM; index++) {
    const region = REGIONS[(team + index) % REGIONS.length];
    const providerId = `azure-team${team}-${region}-${index}`;
    const baseUrl = `https://ai-${region}-${team % 60}.openai.azure.com/openai/deployments/gpt-5-mini?api-version=2024-10-21`;
    await client.createProvider({ providerId, name: providerId, baseUrl, models: [{ modelId: "gpt-5-mini" }] });
    const keys = [];
    for (let key = 1; key <= KEYS_PER_PROVIDER; key++) {
      const name = `${providerId}-key${key}`;
      const { id } = await client.createProviderKey({ providerId, name, value: `bench-value-of-${name}` });
      keys.push({ id });
    }
    rules.push({ provider: providerId, steps: [{ type: "user" as const, keys }] });
  }
  const access = { providers: { allow: rules.map(({ provider }) => provider) } };
  const { id } = await client.createAccessKeyConfiguration({ name: `team-${team}`, access, router: { rules } });
  await client.createAccessKey({ name: `team-${team}`, accessKeyConfigurationId: id });
}

/** Prints the time of the list calls, that of the rest, and the heap that the rest takes. */
function script(gateway: { controlUrl: string; apiKey: string }, folder: string): string {
  const dist = JSON.stringify(path.join(root, "dist"));
  return `(async () => {
    const path = require("node:path");
    const { GatewayClient } = require(path.join(${dist}, "sdk"));
    const { readInventory } = require(path.join(${dist}, "cli/account/inventory.js"));
    const client = new GatewayClient(${JSON.stringify({ apiUrl: gateway.controlUrl, apiKey: gateway.apiKey })});
    const begun = performance.now();
    const inventory = await readInventory(client);
    const listed = performance.now();
    const { accountTopology } = require(path.join(${dist}, "cli/graph/read/accountTopology.js"));
    const { draw } = require(path.join(${dist}, "cli/graph/draw.js"));
    const { text } = draw(accountTopology(inventory), "html");
    require("node:fs").writeFileSync(${JSON.stringify(path.join(folder, "gateway.html"))}, text);
    const drawn = performance.now();
    console.log(JSON.stringify([listed - begun, drawn - listed, process.memoryUsage().heapUsed / 1e6]));
  })();`;
}
