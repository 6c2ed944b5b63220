/** The main job on the local servers: up, an empty preview, refresh, and the size of a resource in the state. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { OfflineStack, startAzure, startGateway } from "pulumi-ngrok-ai/emulator";
import { type Figure, median } from "./measure.mts";

const RUNS = 5;
const PASSPHRASE = "bench";
const workDir = path.resolve(import.meta.dirname, "..", "examples", "azure-openai");

export async function* mainJob(): AsyncIterable<Figure> {
  const seconds: Record<string, number[]> = { up: [], preview: [], refresh: [], destroy: [] };
  let largest = 0;
  for (let run = 0; run < RUNS; run++) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-"));
    const azure = await startAzure({});
    const gateway = await startGateway({ azureUrl: azure.azureUrl });
    const stateFile = path.join(folder, "state.json");
    const stack = await OfflineStack.create({ workDir, stackName: "bench", stateFile, passphrase: PASSPHRASE });
    await stack.setAllConfig({
      "ngrok-ai:apiKey": { value: gateway.apiKey, secret: true },
      "ngrok-ai:apiUrl": { value: gateway.controlUrl },
      "azure-openai:endpoint": { value: "https://contoso.openai.azure.com" },
      "azure-openai:apiKey": { value: "an-azure-key-of-some-length", secret: true },
    });
    for (const [operation, times] of Object.entries(seconds)) {
      const startedAt = performance.now();
      await stack[operation as "up" | "preview" | "refresh" | "destroy"]();
      times.push((performance.now() - startedAt) / 1000);
      if (operation === "up") largest = Math.max(largest, largestResource(stateFile));
    }
    await gateway.close();
    await azure.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
  for (const [operation, times] of Object.entries(seconds)) {
    yield { what: `${operation} of examples/azure-openai`, value: median(times), unit: "s", digits: 2 };
  }
  yield { what: "largest gateway resource in state", value: largest, unit: "bytes", digits: 0, goal: "< 2500" };
}

function largestResource(stateFile: string): number {
  const { deployment } = JSON.parse(fs.readFileSync(stateFile, "utf8")) as {
    deployment: { resources: { type: string }[] };
  };
  const ours = deployment.resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/ngrok-ai:"));
  return Math.max(...ours.map((resource) => JSON.stringify(resource).length));
}
