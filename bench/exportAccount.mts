/**
 * Export of an account with 5,000 objects as a program, compared with the list calls that it needs; and the growth of its memory.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { FaultList, startGateway } from "pulumi-ngrok-ai/emulator";
import { GatewayClient } from "pulumi-ngrok-ai/sdk";
import { besideLists, type FilledGateway, peakMegabytes } from "./besideLists.mts";
import { type Figure, memoryFigures } from "./measure.mts";

const CONCURRENT_MAKERS = 16;
const OBJECTS = 5_000;
/** Each is about four times the previous one. */
const MEMORY_SIZES = [1_000, OBJECTS, 20_000] as const;

export async function* exportAccount(): AsyncIterable<Figure> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-export-"));
  const command = ["export", "--out", path.join(folder, "project"), "--force"];
  const megabytes: number[] = [];
  for (const objects of MEMORY_SIZES) {
    const gateway = await filledGateway(objects);
    if (objects === OBJECTS) yield* besideLists(gateway, command);
    megabytes.push(await peakMegabytes(gateway, command));
    await gateway.close();
  }
  const bytes = fs.statSync(path.join(folder, "project", "index.ts")).size;
  fs.rmSync(folder, { recursive: true });
  yield* memoryFigures(MEMORY_SIZES, megabytes);
  yield {
    what: `size of the program of ${MEMORY_SIZES.at(-1)?.toLocaleString("en")} objects`,
    value: bytes / 1e6,
    unit: "MB",
  };
}

async function filledGateway(objects: number): Promise<FilledGateway & { close(): Promise<void> }> {
  const faults = new FaultList();
  const { controlUrl, apiKey, close } = await startGateway({ faults });
  await fill(new GatewayClient({ apiUrl: controlUrl, apiKey }), objects);
  return { controlUrl, apiKey, faults, objects, close };
}

/** Of 25 objects, 14 are access keys, 5 provider keys, 4 configurations with two rules, 1 a provider and 1 an API key. */
async function fill(client: GatewayClient, objects: number): Promise<void> {
  const share = objects / 25;
  const make = async <T,>(count: number, one: (index: number) => Promise<T>): Promise<T[]> => {
    const made: T[] = [];
    let next = 0;
    const maker = async () => {
      for (let index = next++; index < count; index = next++) made[index] = await one(index);
    };
    await Promise.all(Array.from({ length: CONCURRENT_MAKERS }, maker));
    return made;
  };
  const providers = await make(share, (index) =>
    client.createProvider({
      providerId: `azure-${index}`,
      name: `Azure number ${index}`,
      baseUrl: `https://r${index}.openai.azure.com/openai/deployments/d?api-version=2024-10-21`,
      models: [{ modelId: "gpt-5-mini" }, { modelId: "gpt-5" }],
    }),
  );
  const keys = await make(5 * share, (index) =>
    client.createProviderKey({
      providerId: `azure-${index % share}`,
      name: `key ${index}`,
      value: `value-of-a-provider-key-${index}`,
      description: "Key of a team's own account",
    }),
  );
  const configurations = await make(4 * share, (index) =>
    client.createAccessKeyConfiguration({
      name: `Team ${index}`,
      access: { providers: { allow: [`azure-${index % share}`, "openai"] } },
      router: {
        rules: [
          {
            provider: `azure-${index % share}`,
            steps: [{ type: "user", keys: [{ id: keys[index % share]?.id ?? "" }] }],
          },
          { provider: "openai", steps: [{ type: "ngrok" }] },
        ],
      },
    }),
  );
  await make(14 * share, (index) =>
    client.createAccessKey({
      name: `application ${index}`,
      accessKeyConfigurationId: configurations[index % (4 * share)]?.id ?? "",
    }),
  );
  await make(share, (index) => client.createApiKey({ name: `pipeline ${index}` }));
  if (providers.length !== share) throw new Error("the account is not filled");
}
