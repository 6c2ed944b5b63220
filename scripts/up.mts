/**
 * `npm run up`: the main job from a fresh clone, without an account. Starts the local gateway and Azure, creates Azure OpenAI in
 * three regions behind the gateway, sends a request to each region, and shows that callers receive answers while a region is
 * throttled.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { Command, Option } from "commander";
import OpenAI from "openai";
import { FaultList, startAzure, startGateway } from "pulumi-ngrok-ai/emulator";
import type * as Words from "../engine/display/operationWords.ts";
import colors from "./colors.mts";
import { chooseEngine, type ExampleStack } from "./exampleStack.mts";

const { OPERATION_WORDS } = createRequire(import.meta.url)("../dist/engine/display/operationWords.js") as typeof Words;

const EXAMPLE = "multi-region";
const MODEL = "gpt-5-mini";
/** Folder for `npm run offline` with one file per running stack, so that a second stack does not hide the first. */
const RUNNING_FILE = path.resolve(import.meta.dirname, "..", ".local", "running", `${process.pid}.json`);

const flags = new Command("npm run up --")
  .description("Create Azure OpenAI in three regions behind a local gateway and ask each region a question")
  .addOption(
    new Option("--engine <engine>", "offline: the engine of this repository; cli: an installed Pulumi CLI")
      .choices(["offline", "cli"])
      .default("offline"),
  )
  .option("--keep", "leave the local gateway and Azure running afterwards, and print how to change the example")
  .showHelpAfterError()
  .parse()
  .opts<{ engine: string; keep?: true }>();

await main().catch((error: unknown) => {
  console.error(`\n${colors.red("npm run up failed:")} ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const createStack = await chooseEngine(flags.engine);
  const faults = new FaultList();
  const azure = await startAzure({ faults });
  const gateway = await startGateway({ azureUrl: azure.azureUrl, faults });
  try {
    console.log(`${colors.bold("Local gateway")}  ${gateway.controlUrl} (management), ${gateway.gatewayUrl} (models)`);
    console.log(`${colors.bold("Local Azure")}    ${azure.azureUrl}`);
    const stack = await createStack({
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
    printNextSteps();
    if (flags.keep) await keepRunning(stack);
    await stack.dispose();
  } finally {
    await gateway.close();
    await azure.close();
  }
}

async function deploy(stack: ExampleStack): Promise<void> {
  await timed(`Previewing examples/${EXAMPLE}`, async () => describeChanges((await stack.preview()).changes, true));
  await timed("Updating", async () => describeChanges((await stack.up()).changes, false));
  await timed("Previewing again", async () => {
    const { changes } = await stack.preview();
    const isChanged = Object.keys(changes).some((operation) => operation !== "same");
    if (isChanged)
      throw new Error(`the second preview should find nothing to change, but found ${describeChanges(changes, true)}`);
    return "nothing to change";
  });
}

async function ask(stack: ExampleStack, gatewayUrl: string, faults: FaultList): Promise<void> {
  const outputs = await stack.outputs();
  const request = (outputs.requests as Record<string, { model: string; models: string[] }>)[MODEL];
  if (request === undefined) throw new Error(`the stack has no request for ${MODEL}`);
  const client = new OpenAI({ apiKey: String(outputs.token), baseURL: `${gatewayUrl}/v1`, maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "Which deployment are you?" }];
  const complete = async (asked: { model: string; models?: string[] }) => {
    const { choices } = await client.chat.completions.create({ ...asked, messages });
    return choices[0]?.message.content ?? "";
  };
  for (const model of request.models) await timed(`Asking model "${model}"`, () => complete({ model }));
  await timed(`Asking requests["${MODEL}"], streamed`, async () => {
    let text = "";
    for await (const chunk of await client.chat.completions.create({ ...request, messages, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? "";
    }
    return text;
  });

  const [[region, endpoint] = ["", ""]] = Object.entries(outputs.endpoints as Record<string, string>);
  // From now on this account's quota is exhausted.
  const action = { status: 429, body: { error: { code: "429", message: "The token rate limit is exceeded." } } };
  faults.add({ plane: "azure", match: { host: new URL(endpoint).host }, times: 100, action });
  await timed(`Asking again while ${region} answers 429`, async () => {
    const answer = await complete(request);
    if (answer.includes(region)) throw new Error(`${region} answered, but it should have refused: ${answer}`);
    return answer;
  });
  faults.clear();
}

/** Runs the command line like a user, with the state on its standard input. */
function drawPicture(state: unknown): void {
  const root = path.resolve(import.meta.dirname, "..");
  const file = path.join(root, ".local", `${EXAMPLE}.html`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const command = [path.join(root, "dist", "cli", "main.js"), "graph", "--state", "-", "--output", file];
  const drawn = spawnSync(process.execPath, command, { input: JSON.stringify(state), encoding: "utf8" });
  if (drawn.status !== 0) throw new Error(`the picture could not be drawn: ${drawn.stderr}`);
  console.log(`\n${colors.bold("Picture of the stack")}, a page to open in a browser:\n  ${colors.green(file)}`);
}

function printNextSteps(): void {
  console.log(`\n${colors.bold("The same program on real accounts")}, with the Pulumi CLI in examples/${EXAMPLE}:
  pulumi stack init dev
  pulumi config set azure-native:subscriptionId SUBSCRIPTION
  pulumi config set --secret ngrok-ai:apiKey NGROK_API_KEY
  pulumi up`);
}

async function keepRunning({ commandLine }: ExampleStack): Promise<void> {
  if (commandLine !== undefined) {
    fs.mkdirSync(path.dirname(RUNNING_FILE), { recursive: true });
    fs.writeFileSync(RUNNING_FILE, JSON.stringify({ ...commandLine, pid: process.pid }));
    console.log(`\n${colors.bold("Change it")}, from a second terminal in this folder: another region in place of westus3
  npm run offline -- up --yes --config 'regions={"eastus2":{},"swedencentral":{},"francecentral":{"priority":2}}'
  npm run offline -- outputs`);
  }
  console.log("\nThe local gateway and Azure keep running; Ctrl-C ends them.");
  await new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  fs.rmSync(RUNNING_FILE, { force: true });
}

/** `41 to create`, `41 created`; unchanged resources are listed last. */
function describeChanges(changes: Readonly<Record<string, number>>, isPreview: boolean): string {
  const { same, ...others } = changes;
  const counts = Object.entries(others).map(([operation, count]) => {
    const { planned, done } = OPERATION_WORDS[operation as keyof typeof OPERATION_WORDS];
    return `${count} ${isPreview ? `to ${planned}` : done}`;
  });
  return [...counts, ...(same ? [`${same} unchanged`] : [])].join(", ");
}

/** Prints the heading, runs the step, and prints its result and its duration. */
async function timed(heading: string, act: () => Promise<string>): Promise<void> {
  console.log(`\n${colors.bold(heading)}`);
  const startedAt = performance.now();
  const result = await act();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
  console.log(`  ${colors.green(result)} ${colors.dim(`(${seconds} s)`)}`);
}
