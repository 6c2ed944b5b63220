/**
 * Ten regions with four deployments each, on a local Azure with provisioning delays: measures how much of an `up` is the plan's
 * critical path.
 */
import fs from "node:fs";
import path from "node:path";
import { OfflineStack, startAzure, startGateway } from "pulumi-ngrok-ai/emulator";
import { type Figure, median } from "./measure.mts";

const RUNS = 3;
const PROVISIONING_MS = 200;
const REGIONS = [
  "australiaeast",
  "brazilsouth",
  "canadaeast",
  "eastus",
  "eastus2",
  "francecentral",
  "japaneast",
  "norwayeast",
  "swedencentral",
  "westus3",
];
const DEPLOYMENTS = ["one", "two", "three", "four"];
/**
 * Deployments follow their account one after the other; regions run in parallel, and the resource group is created immediately.
 */
const PATH_MS = (1 + DEPLOYMENTS.length) * PROVISIONING_MS;

const PROGRAM = `
import { AzureOpenAIGateway } from "pulumi-ngrok-ai/azure";
new AzureOpenAIGateway("ai", {
  regions: ${JSON.stringify(REGIONS)},
  deployments: Object.fromEntries(${JSON.stringify(DEPLOYMENTS)}.map((name) => [name, { model: "gpt-5-mini", capacity: 1 }])),
});
`;
const folder = path.resolve(import.meta.dirname, "..", ".local", "bench-azure");

export async function* azureRegions(): AsyncIterable<Figure> {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "package.json"), '{ "type": "module", "main": "index.ts" }');
  const project = "name: bench-azure\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.ts\n";
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), project);
  const times: Record<"atOnce" | "inTime", number[]> = { atOnce: [], inTime: [] };
  for (let run = 0; run < RUNS; run++) {
    times.atOnce.push(await upMs(0));
    times.inTime.push(await upMs(PROVISIONING_MS));
  }
  fs.rmSync(folder, { recursive: true });
  const [atOnce, inTime] = [median(times.atOnce), median(times.inTime)];
  const what = `${REGIONS.length} regions × ${DEPLOYMENTS.length} deployments`;
  yield { what: `up of ${what}, Azure at once`, value: atOnce / 1000, unit: "s", digits: 2 };
  yield { what: `up of ${what}, ${PROVISIONING_MS} ms each`, value: inTime / 1000, unit: "s", digits: 2 };
  yield {
    what: `of which beyond the plan's own path (${PATH_MS} ms after the same up at once)`,
    value: inTime / (atOnce + PATH_MS),
    unit: "×",
    digits: 2,
    goal: "<= 1.3",
  };
}

async function upMs(provisioningMs: number): Promise<number> {
  fs.writeFileSync(path.join(folder, "index.ts"), PROGRAM);
  const azure = await startAzure({ provisioningMs });
  const gateway = await startGateway({ azureUrl: azure.azureUrl });
  const stateFile = path.join(folder, `state-${performance.now()}.json`);
  const env = { AZURE_EMULATOR_URL: azure.azureUrl };
  const stack = await OfflineStack.create({ workDir: folder, stackName: "bench", stateFile, passphrase: "bench", env });
  await stack.setAllConfig({
    "ngrok-ai:apiKey": { value: gateway.apiKey, secret: true },
    "ngrok-ai:apiUrl": { value: gateway.controlUrl },
  });
  const startedAt = performance.now();
  await stack.up();
  const tookMs = performance.now() - startedAt;
  await gateway.close();
  await azure.close();
  return tookMs;
}
