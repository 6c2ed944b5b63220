/**
 * `npm run up`: the main job from a fresh clone, with no account. Starts the local gateway and Azure, brings the example up,
 * shows that nothing is left to change, and asks the model a question through the gateway.
 */
import path from "node:path";
import { parseArgs } from "node:util";
import OpenAI from "openai";
import pc from "picocolors";
import { startAzure, startGateway } from "pulumi-ngrok-ai/emulator";
import { chooseEngine, type ExampleStack } from "./exampleStack.mts";

const EXAMPLE = "azure-openai";
const MODEL = "gpt-5-mini";
const AZURE = {
  resource: "contoso-eastus2",
  keys: ["azure-key-one-0123456789abcdef", "azure-key-two-0123456789abcdef"],
};

const { values: flags } = parseArgs({
  options: {
    engine: { type: "string", default: "offline" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (flags.help) {
  console.log(`Usage: npm run up -- [--engine offline|cli] [--keep]

  --engine offline   run the program with the engine of this repository (default)
  --engine cli       run it with an installed Pulumi CLI
  --keep             leave the local gateway and Azure running afterwards, and print their addresses`);
  process.exit(0);
}

await main().catch((error: unknown) => {
  console.error(`\n${pc.red("npm run up failed:")} ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const makeStack = await chooseEngine(flags.engine);
  const azure = await startAzure({
    seed: { azure: [{ ...AZURE, location: "eastus2", deployments: [{ name: MODEL, model: MODEL }] }] },
  });
  const gateway = await startGateway({ azureUrl: azure.azureUrl });
  try {
    console.log(`${pc.bold("Local gateway")}  ${gateway.controlUrl} (management), ${gateway.gatewayUrl} (models)`);
    console.log(`${pc.bold("Local Azure")}    ${azure.azureUrl}, with the resource ${AZURE.resource}\n`);
    const stack = await makeStack({
      workDir: path.resolve(import.meta.dirname, "..", "examples", EXAMPLE),
      stackName: "local",
      config: {
        "ngrok-ai:apiKey": { value: gateway.apiKey, secret: true },
        "ngrok-ai:apiUrl": { value: gateway.controlUrl },
        "azure-openai:endpoint": { value: `https://${AZURE.resource}.openai.azure.com/` },
        "azure-openai:deployment": { value: MODEL },
        "azure-openai:model": { value: MODEL },
        "azure-openai:apiKey": { value: AZURE.keys[0] ?? "", secret: true },
      },
    });
    await deploy(stack);
    await ask(stack, gateway.gatewayUrl);
    tellHowToGoOn();
    if (flags.keep) await keepRunning();
    await stack.dispose();
  } finally {
    await gateway.close();
    await azure.close();
  }
}

async function deploy(stack: ExampleStack): Promise<void> {
  const up = await timed(`up of examples/${EXAMPLE}`, () => stack.up());
  console.log(`  ${describeChanges(up.changes)}\n`);
  const preview = await timed("preview", () => stack.preview());
  const left = Object.entries(preview.changes).filter(([operation]) => operation !== "same");
  if (left.length > 0)
    throw new Error(`preview after up should find nothing to change, but found ${describeChanges(preview.changes)}`);
  console.log(`  ${pc.green("nothing to change")}\n`);
}

async function ask(stack: ExampleStack, gatewayUrl: string): Promise<void> {
  const outputs = await stack.outputs();
  const model = String(outputs.gatewayModel);
  const client = new OpenAI({ apiKey: String(outputs.token), baseURL: `${gatewayUrl}/v1`, maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "Which deployment are you?" }];
  const plain = await timed(`chat completion, model "${model}"`, () =>
    client.chat.completions.create({ model, messages }),
  );
  console.log(`  ${pc.green(plain.choices[0]?.message.content ?? "")}\n`);
  const streamed = await timed("the same, streamed", async () => {
    let text = "";
    for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? "";
    }
    return text;
  });
  console.log(`  ${pc.green(streamed)}\n`);
}

function tellHowToGoOn(): void {
  console.log(`${pc.bold("The same program on real accounts")}, with the Pulumi CLI:
  cd examples/${EXAMPLE} && npm install
  pulumi stack init dev
  pulumi config set endpoint https://RESOURCE.openai.azure.com
  pulumi config set deployment DEPLOYMENT
  pulumi config set --secret apiKey AZURE_KEY
  pulumi config set --secret ngrok-ai:apiKey NGROK_API_KEY
  pulumi up`);
}

async function keepRunning(): Promise<void> {
  console.log("\nThe local gateway and Azure go on running; Ctrl-C ends them.");
  await new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}

function describeChanges(changes: Readonly<Record<string, number>>): string {
  return Object.entries(changes)
    .map(([operation, count]) => `${count} ${operation}`)
    .join(", ");
}

async function timed<T>(what: string, act: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await act();
  console.log(`${pc.bold(what)} ${pc.dim(`${((performance.now() - startedAt) / 1000).toFixed(2)} s`)}`);
  return result;
}
