/** An account of 5,000 objects as a program, over the list calls that it takes to read it; and what it holds in memory. */
import { spawn } from "node:child_process";
import path from "node:path";
import { startGateway } from "pulumi-ngrok-ai/emulator";
import { GatewayClient } from "pulumi-ngrok-ai/sdk";
import { type Figure, median } from "./measure.mts";

const RUNS = 5;
const CONCURRENT_MAKERS = 16;

const OBJECTS = 5_000;
const FEW_OBJECTS = 500;
/** A round trip to a service that is not on this machine; what the hosted one takes was not measured. */
const ANSWER_MS = 50;

export async function* exportAccount(): AsyncIterable<Figure> {
  const few = await measure(FEW_OBJECTS);
  const all = await measure(OBJECTS);
  const account = `an account with ${OBJECTS.toLocaleString("en")} objects`;
  for (const [where, { listMs, exportMs }] of [
    ["answers at once", all.atOnce],
    [`each answer takes ${ANSWER_MS} ms`, all.delayed],
  ] as const) {
    yield { what: `list calls of ${account}, ${where}`, value: listMs / 1000, unit: "s", digits: 2 };
    yield { what: "list calls, plan, and all files written", value: exportMs / 1000, unit: "s", digits: 2 };
    yield { what: "ratio of the two", value: exportMs / listMs, unit: "×", digits: 2, goal: "<= 1.2" };
  }
  yield { what: "processor time of plan and files", value: all.planCpuMs, unit: "ms", digits: 0 };
  yield { what: "size of the program", value: all.programBytes / 1e6, unit: "MB", digits: 2 };
  const [perObject, perFew] = [all.heapBytes / OBJECTS, few.heapBytes / FEW_OBJECTS];
  yield { what: "heap per object while all of it is held", value: perObject / 1000, unit: "kB", digits: 2 };
  const what = `the same, over that of an account with ${FEW_OBJECTS}`;
  yield { what, value: perObject / perFew, unit: "×", digits: 2, goal: "about 1 (linear)" };
}

interface Times<T> {
  readonly listMs: T;
  readonly exportMs: T;
}

interface Measured<T> {
  readonly atOnce: Times<T>;
  readonly delayed: Times<T>;
  readonly planCpuMs: T;
  readonly programBytes: number;
  readonly heapBytes: number;
}

async function measure(objects: number): Promise<Measured<number>> {
  const gateway = await startGateway({});
  await fill(new GatewayClient({ apiUrl: gateway.controlUrl, apiKey: gateway.apiKey }), objects);
  const env = { ...process.env, AI_GATEWAY_API_URL: gateway.controlUrl, AI_GATEWAY_API_KEY: gateway.apiKey };
  const child = path.join(import.meta.dirname, "exportAccountChild.mts");
  const printed = await inChild(["--expose-gc", child, String(RUNS), String(ANSWER_MS)], env);
  await gateway.close();
  const { atOnce, delayed, planCpuMs, ...sizes } = JSON.parse(printed) as Measured<number[]>;
  const medians = ({ listMs, exportMs }: Times<number[]>) => ({ listMs: median(listMs), exportMs: median(exportMs) });
  return { ...sizes, atOnce: medians(atOnce), delayed: medians(delayed), planCpuMs: median(planCpuMs) };
}

/** In a process of its own, as the gateway shares this one. Returns what it prints. */
function inChild(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
    child.once("close", (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`${args.join(" ")} ended with ${code}`)),
    );
  });
}

/** Of 25 objects, 14 are access keys, 5 provider keys, 4 configurations with two rules, one a provider, one an API key. */
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
