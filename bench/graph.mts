/**
 * The graph of an account: its cost compared with the list calls that it needs, the growth of its memory, and the time to open
 * its page.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { FaultList, startGateway } from "pulumi-ngrok-ai/emulator";
import { GatewayClient } from "pulumi-ngrok-ai/sdk";
import { besideLists, type FilledGateway, peakMegabytes } from "./besideLists.mts";
import { type Figure, median, memoryFigures } from "./measure.mts";

const OPENINGS = 5;
const PROVIDERS_PER_TEAM = 6;
const KEYS_PER_PROVIDER = 2;
const OBJECTS_PER_TEAM = 2 + PROVIDERS_PER_TEAM * (1 + KEYS_PER_PROVIDER);
/** Number of objects in the page that is opened. */
const OPENED_OBJECTS = 1_000;
const OBJECTS = 5_000;
/** Each is about four times the previous one. */
const MEMORY_SIZES = [OPENED_OBJECTS, OBJECTS, 20_000] as const;
const REGIONS = ["eastus2", "swedencentral", "westus3", "japaneast", "francecentral"];
/** Without a browser, the page is not opened. */
const browserPath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(fs.existsSync);

export async function* graph(): AsyncIterable<Figure> {
  const faults = new FaultList();
  const { controlUrl, apiKey, close } = await startGateway({ faults });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-graph-"));
  const file = path.join(folder, "gateway.html");
  const client = new GatewayClient({ apiUrl: controlUrl, apiKey });
  const command = ["graph", "--output", file];
  const megabytes: number[] = [];
  let teams = 0;
  for (const objects of MEMORY_SIZES) {
    for (; teams * OBJECTS_PER_TEAM < objects; teams++) await makeTeam(client, teams);
    const gateway: FilledGateway = { controlUrl, apiKey, faults, objects };
    if (objects === OBJECTS) yield* besideLists(gateway, command);
    megabytes.push(await peakMegabytes(gateway, command));
    if (objects === OPENED_OBJECTS && browserPath !== undefined) yield* openings(file, browserPath);
  }
  await close();
  fs.rmSync(folder, { recursive: true });
  yield* memoryFigures(MEMORY_SIZES, megabytes);
}

/** Opens the page several times, each in a new browser context. */
async function* openings(file: string, executablePath: string): AsyncIterable<Figure> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const [drawnMs, searchedMs]: [number[], number[]] = [[], []];
  for (let opening = 0; opening < OPENINGS; opening++) {
    const context = await browser.newContext({ viewport: { width: 1600, height: 900 } });
    const page = await context.newPage();
    const startedAt = performance.now();
    await page.goto(pathToFileURL(file).href);
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
    drawnMs.push(performance.now() - startedAt);
    await page.locator("#search").fill("team-7");
    await page.locator("#found:not(:empty)").waitFor();
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
    searchedMs.push(performance.now() - startedAt);
    await context.close();
  }
  await browser.close();
  const what = `page of ${OPENED_OBJECTS.toLocaleString("en")} objects`;
  yield { what: `${what} opened and drawn in Chromium`, value: median(drawnMs), unit: "ms", digits: 0, goal: "< 350" };
  const searchMs = searchedMs.map((ms, index) => ms - (drawnMs[index] ?? Number.NaN));
  yield {
    what: `${what}: a search in it answered after`,
    value: median(searchMs),
    unit: "ms",
    digits: 0,
    goal: "< 200",
  };
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
