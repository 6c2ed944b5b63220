/**
 * `npm run up`: the main job from a fresh clone, with no account. Starts the local gateway and Azure, creates Azure OpenAI in
 * three regions behind the gateway, asks each region a question, and shows that a throttled region costs its callers nothing.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import OpenAI from "openai";
import { FaultList, startAzure, startGateway } from "pulumi-ngrok-ai/emulator";
import pc from "./colors.mts";
import { chooseEngine, type ExampleStack, type ResourceStep } from "./exampleStack.mts";

const EXAMPLE = "multi-region";
const MODEL = "gpt-5-mini";
/** Where `npm run offline` finds the stacks that were left running: a file for each, so that no second one hides the first. */
const RUNNING_FILE = path.resolve(import.meta.dirname, "..", ".local", "running", `${process.pid}.json`);

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
  --keep             leave the local gateway and Azure running afterwards, and print how to change the example`);
  process.exit(0);
}

await main().catch((error: unknown) => {
  console.error(`\n${pc.red("npm run up failed:")} ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const makeStack = await chooseEngine(flags.engine);
  const faults = new FaultList();
  const azure = await startAzure({ faults });
  const gateway = await startGateway({ azureUrl: azure.azureUrl, faults });
  try {
    console.log(`${pc.bold("Local gateway")}  ${gateway.controlUrl} (management), ${gateway.gatewayUrl} (models)`);
    console.log(`${pc.bold("Local Azure")}    ${azure.azureUrl}\n`);
    const stack = await makeStack({
      workDir: path.resolve(import.meta.dirname, ".."),
      stackName: "local",
      env: { AZURE_EMULATOR_URL: azure.azureUrl },
      config: {
        "ngrok-ai:apiKey": { value: gateway.apiKey, secret: true },
        "ngrok-ai:apiUrl": { value: gateway.controlUrl },
        "ngrok-ai:gatewayUrl": { value: gateway.gatewayUrl },
      },
    });
    await deploy(stack);
    await ask(stack, gateway.gatewayUrl, faults);
    drawPicture(await stack.exported());
    tellHowToGoOn();
    if (flags.keep) await keepRunning(stack);
    await stack.dispose();
  } finally {
    await gateway.close();
    await azure.close();
  }
}

async function deploy(stack: ExampleStack): Promise<void> {
  const planned: ResourceStep[] = [];
  await timed(`plan of examples/${EXAMPLE}`, () => stack.preview((step) => planned.push(step)));
  for (const [kind, steps = []] of Map.groupBy(planned, ({ kind }) => kind)) {
    const names = steps.map(({ name }) => name).join(", ");
    console.log(`  ${String(steps.length).padStart(2)} ${kind.padEnd(19)} ${pc.dim(names)}`);
  }
  console.log("");
  const up = await timed("up", () =>
    stack.up(({ kind, name }) => console.log(`  ${pc.green("+")} ${kind.padEnd(19)} ${pc.dim(name)}`)),
  );
  console.log(`  ${pc.green(describeChanges(up.changes))}\n`);
  const preview = await timed("preview", () => stack.preview());
  const left = Object.entries(preview.changes).filter(([operation]) => operation !== "same");
  if (left.length > 0)
    throw new Error(`preview after up should find nothing to change, but found ${describeChanges(preview.changes)}`);
  console.log(`  ${pc.green("nothing to change")}\n`);
}

async function ask(stack: ExampleStack, gatewayUrl: string, faults: FaultList): Promise<void> {
  const outputs = await stack.outputs();
  const request = (outputs.requests as Record<string, { model: string; models: string[] }>)[MODEL];
  if (request === undefined) throw new Error(`the stack has no request for ${MODEL}`);
  const client = new OpenAI({ apiKey: String(outputs.token), baseURL: `${gatewayUrl}/v1`, maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "Which deployment are you?" }];
  const complete = async (asked: { model: string; models?: string[] }) => {
    const { choices } = await client.chat.completions.create({ ...asked, messages });
    return pc.green(choices[0]?.message.content ?? "");
  };
  for (const model of request.models) console.log(`  ${await timed(`model "${model}"`, () => complete({ model }))}\n`);

  const streamed = await timed(`requests["${MODEL}"], streamed`, async () => {
    let text = "";
    for await (const chunk of await client.chat.completions.create({ ...request, messages, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? "";
    }
    return text;
  });
  console.log(`  ${pc.green(streamed)}\n`);

  const [[region, endpoint] = ["", ""]] = Object.entries(outputs.endpoints as Record<string, string>);
  // This account's quota is used up from now on.
  const action = { status: 429, body: { error: { code: "429", message: "The token rate limit is exceeded." } } };
  faults.add({ plane: "azure", match: { host: new URL(endpoint).host }, times: 100, action });
  const other = await timed(`the same, while ${region} answers 429`, () => complete(request));
  if (other.includes(region)) throw new Error(`${region} answered, though it was to refuse: ${other}`);
  console.log(`  ${other}\n`);
  faults.clear();
}

/** By the command line, as a user would: the state goes to its standard input. */
function drawPicture(state: unknown): void {
  const root = path.resolve(import.meta.dirname, "..");
  const file = path.join(root, ".local", `${EXAMPLE}.html`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const command = [path.join(root, "dist", "cli", "main.js"), "graph", "--state", "-", "--output", file];
  const drawn = spawnSync(process.execPath, command, { input: JSON.stringify(state), encoding: "utf8" });
  if (drawn.status !== 0) throw new Error(`the picture could not be drawn: ${drawn.stderr}`);
  console.log(`${pc.bold("Picture of it all")}, a page to open in a browser:\n  ${pc.green(file)}\n`);
}

function tellHowToGoOn(): void {
  console.log(`${pc.bold("The same program on real accounts")}, with the Pulumi CLI:
  pulumi stack init dev
  pulumi config set azure-native:subscriptionId SUBSCRIPTION
  pulumi config set --secret ngrok-ai:apiKey NGROK_API_KEY
  pulumi up`);
}

async function keepRunning({ commandLine }: ExampleStack): Promise<void> {
  if (commandLine !== undefined) {
    fs.mkdirSync(path.dirname(RUNNING_FILE), { recursive: true });
    fs.writeFileSync(RUNNING_FILE, JSON.stringify({ ...commandLine, pid: process.pid }));
    console.log(`\n${pc.bold("Change it")}, from a second terminal in this folder: another region instead of westus3
  npm run offline -- up --config 'regions={"eastus2":{},"swedencentral":{},"francecentral":{"priority":2}}'
  npm run offline -- outputs`);
  }
  console.log("\nThe local gateway and Azure go on running; Ctrl-C ends them.");
  await new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  fs.rmSync(RUNNING_FILE, { force: true });
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
