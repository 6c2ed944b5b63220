/** A picture of an account: what it costs beside the list calls it needs, how its memory grows, and how soon its page is open. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { FaultList, startGateway } from "pulumi-ngrok-ai/emulator";
import { GatewayClient } from "pulumi-ngrok-ai/sdk";
import { besideThisProcess, type Figure, median } from "./measure.mts";

const RUNS = 5;
const PROVIDERS_PER_TEAM = 6;
const KEYS_PER_PROVIDER = 2;
const OBJECTS_PER_TEAM = 2 + PROVIDERS_PER_TEAM * (1 + KEYS_PER_PROVIDER);
/** Of which the page is opened, and which is then made larger. */
const SIZES = [1000, 2500, 5000];
/** What a list call takes at the least over a network; the local gateway alone answers in a few milliseconds. */
const NETWORK_MS = 50;
const REGIONS = ["eastus2", "swedencentral", "westus3", "japaneast", "francecentral"];
/** Without one, the page is not opened. */
const browserPath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(fs.existsSync);
const root = path.resolve(import.meta.dirname, "..");

export async function* graph(): AsyncIterable<Figure> {
  const faults = new FaultList();
  const gateway = await startGateway({ faults });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-graph-"));
  const file = path.join(folder, "gateway.html");
  const client = new GatewayClient({ apiUrl: gateway.controlUrl, apiKey: gateway.apiKey });
  const peaks: number[] = [];
  let teams = 0;
  for (const size of SIZES) {
    for (; teams * OBJECTS_PER_TEAM < size; teams++) await makeTeam(client, teams);
    for (const delayMs of [0, NETWORK_MS]) {
      if (delayMs > 0) faults.add({ plane: "control", match: { method: "GET" }, times: 1e6, action: { delayMs } });
      const runs: number[][] = [];
      for (let run = 0; run < RUNS; run++) runs.push(await besideThisProcess(script(gateway, file), root));
      faults.clear();
      const of = (index: number) => median(runs.map((run) => run[index] ?? Number.NaN));
      if (delayMs === 0) peaks.push(of(2));
      const what = `${size} objects, ${delayMs === 0 ? "local gateway" : `${delayMs} ms a call`}`;
      yield { what: `${what}: list calls`, value: of(0), unit: "ms", digits: 0 };
      yield { what: `${what}: page drawn and written`, value: of(1), unit: "ms", digits: 0 };
      const ratio = median(runs.map(([listMs = 0, drawMs = 0]) => (listMs + drawMs) / listMs));
      yield { what: `${what}: both, over the list calls`, value: ratio, unit: "×", digits: 2, goal: "<= 1.2" };
    }
    if (size === SIZES[0] && browserPath !== undefined) {
      yield {
        what: `page of ${size} objects opened in Chromium`,
        value: await openedMs(file, browserPath),
        unit: "ms",
        digits: 0,
        goal: "< 2000",
      };
    }
  }
  const [half = Number.NaN, whole = Number.NaN] = peaks.slice(-2);
  yield {
    what: `most memory held for ${SIZES.at(-1)} objects, Node's own included`,
    value: whole,
    unit: "MB",
    digits: 0,
  };
  yield { what: "the same, over that of half as many", value: whole / half, unit: "×", digits: 2, goal: "<= 2.2" };
  await gateway.close();
  fs.rmSync(folder, { recursive: true });
}

/** Until everything is drawn for the first time, in a browser that is running. */
async function openedMs(file: string, executablePath: string): Promise<number> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
    const startedAt = performance.now();
    await page.goto(pathToFileURL(file).href);
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
    times.push(performance.now() - startedAt);
    await page.close();
  }
  await browser.close();
  return median(times);
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

/** As the command does it; prints the time of the list calls, that of the rest, and the most memory that the process held. */
function script({ controlUrl, apiKey }: { controlUrl: string; apiKey: string }, file: string): string {
  const built = (name: string) => JSON.stringify(path.join(root, "dist", name));
  return `(async () => {
    const { GatewayClient } = require(${built("sdk")});
    const { readInventory } = require(${built("cli/account/inventory.js")});
    const client = new GatewayClient(${JSON.stringify({ apiUrl: controlUrl, apiKey })});
    const begun = performance.now();
    const reading = readInventory(client);
    await new Promise(setImmediate);
    const { accountTopology } = require(${built("cli/graph/read/accountTopology.js")});
    const { draw } = require(${built("cli/graph/draw.js")});
    const inventory = await reading;
    const listed = performance.now();
    const { text } = draw(accountTopology(inventory), "html");
    require("node:fs").writeFileSync(${JSON.stringify(file)}, text);
    const drawn = performance.now();
    console.log(JSON.stringify([listed - begun, drawn - listed, process.resourceUsage().maxRSS / 1024]));
  })();`;
}
