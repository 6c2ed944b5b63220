/**
 * Every complete program in the documentation deploys on the local gateway and the local Azure, and a second preview shows no
 * change. A TypeScript block that imports this package's resources is a complete program, unless it declares names for resources
 * defined elsewhere or is marked `ts excerpt`. Programs share a stack if their names allow it. Does not prove that each deploys
 * in a separate stack, or anything about the hosted services.
 */
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { startAzure, startGateway } from "../../emulator";
import { gatewayConfig } from "../helpers/gateway";
import { createTestStack, realChanges } from "../helpers/stack";
import { type CodeBlock, readDocuments, root } from "./documents";

const IMPORTS_RESOURCES = /from "pulumi-ngrok-ai(\/azure)?"/;
const programs = readDocuments()
  .flatMap(({ blocks }) => blocks)
  .filter(({ language, marks, text }) => language === "ts" && !marks.includes("excerpt") && isProgram(text));

function isProgram(text: string): boolean {
  return IMPORTS_RESOURCES.test(text) && !/^declare /m.test(text);
}

const KEYS = ["planted-key-1", "planted-key-2"];
const SEED = {
  azure: [{ resource: "contoso", keys: KEYS, deployments: [{ name: "gpt-5-mini", model: "gpt-5-mini" }] }],
};
const TIMEOUT_MS = 300_000;

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
let azure: Started<typeof startAzure>;

beforeAll(async () => {
  azure = await startAzure({ seed: SEED });
});

afterAll(() => azure?.close());

test("the documentation contains programs", () => {
  expect(programs.length).toBeGreaterThan(10);
});

// Names of Azure accounts are unique in all of Azure, those of the gateway in an account: each run has its own gateway.
test.each(packed(programs).map((run) => [run.map(({ place }) => place).join(", "), run] as const))(
  "%s deploy without a later difference",
  async (_, run) => {
    const gateway = await startGateway({ azureUrl: azure.azureUrl });
    const folder = writeProgram(run);
    const { stack, dispose } = await createTestStack({
      workDir: folder,
      env: {
        AZURE_EMULATOR_URL: azure.azureUrl,
        // For explicit providers, which do not read stack config.
        AI_GATEWAY_API_URL: gateway.controlUrl,
        AI_GATEWAY_URL: gateway.gatewayUrl,
      },
      config: {
        ...gatewayConfig(gateway),
        "ngrok-ai:gatewayUrl": { value: gateway.gatewayUrl },
        ...configOf(run, gateway),
      },
    });
    try {
      await stack.up();
      const state = JSON.stringify((await stack.exportStack()).deployment);
      const missing = run.flatMap(({ text }) => namesIn(text)).filter((name) => !state.includes(`::${name}"`));
      expect(missing).toEqual([]);
      expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
    } finally {
      dispose();
      fs.rmSync(folder, { recursive: true, force: true });
      await gateway.close();
    }
  },
  TIMEOUT_MS,
);

/** Names of resources, and other texts that must be unique in a stack or account. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/new [\w.]+\(\s*"([^"]+)"/g)].map(([, name = ""]) => name);
}

function uniqueIn(text: string): string[] {
  const ids = [...text.matchAll(/\b(?:providerId|providerIdPrefix): "([^"]+)"/g)].map(([, id = ""]) => `id ${id}`);
  const gateways = /new AzureOpenAIGateway/.test(text) && !text.includes("providerIdPrefix") ? ["id azure"] : [];
  const settings = /new (ngrok\.)?GatewaySettings/.test(text) ? ["settings"] : [];
  const custom = /new (ngrok\.)?CustomProvider/.test(text) ? ids : ids.filter((id) => id === "id azure");
  return [...namesIn(text), ...custom, ...gateways, ...settings];
}

/** As few runs as the names allow: each program is added to the first run without any of its names. */
function packed(all: readonly CodeBlock[]): CodeBlock[][] {
  const runs: { readonly taken: Set<string>; readonly programs: CodeBlock[] }[] = [];
  for (const program of all) {
    const names = uniqueIn(program.text);
    let run = runs.find(({ taken }) => names.every((name) => !taken.has(name)));
    if (run === undefined) {
      run = { taken: new Set(), programs: [] };
      runs.push(run);
    }
    run.programs.push(program);
    for (const name of names) run.taken.add(name);
  }
  return runs.map((run) => run.programs);
}

/** A value for each key that a program reads. */
function configOf(run: readonly CodeBlock[], gateway: Started<typeof startGateway>) {
  const keys = run.flatMap(({ text }) =>
    [...text.matchAll(/config\.\w+(?:<[^>]*>)?\("(\w+)"\)/g)].map(([, key = ""]) => key),
  );
  const known: Readonly<Record<string, string>> = { resourceGroup: "seed", account: "contoso" };
  return Object.fromEntries(
    keys.map((key) => [key, { value: known[key] ?? configValue(key, gateway), secret: /key/i.test(key) }]),
  );
}

function configValue(key: string, { apiKey, controlUrl }: Started<typeof startGateway>): string {
  if (/apiUrl$/i.test(key)) return controlUrl;
  return /apiKey$/i.test(key) ? apiKey : `planted-value-of-${key}`;
}

/** A project that runs each program as a separate module. */
function writeProgram(run: readonly CodeBlock[]): string {
  const parent = path.join(root, ".local", "programs");
  fs.mkdirSync(parent, { recursive: true });
  const folder = fs.mkdtempSync(path.join(parent, "documentation-"));
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023, esModuleInterop: true };
  const write = (file: string, text: string) => fs.writeFileSync(path.join(folder, file), text);
  for (const [index, { text }] of run.entries()) {
    write(`program${index}.js`, ts.transpileModule(text, { compilerOptions }).outputText);
  }
  const load = ({ place }: CodeBlock, index: number) =>
    `try { require("./program${index}.js"); } catch (error) { error.message = ${JSON.stringify(`${place}: `)} + error.message; throw error; }`;
  write("index.js", `${run.map(load).join("\n")}\n`);
  write(
    "Pulumi.yaml",
    "name: documentation\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n",
  );
  write("package.json", '{ "type": "commonjs", "main": "index.js" }\n');
  return folder;
}
