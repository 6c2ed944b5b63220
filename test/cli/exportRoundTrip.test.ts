/**
 * An account created by hand is exported, and the generated project adopts it on an empty stack: only the owner's marks
 * are written at the gateway. Runs the build. Does not prove responses of the hosted gateway that differ from the local
 * one's.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { runCommand } from "../helpers/commandLine";
import { gatewayConfig, startTestGateway, type TestGateway } from "../helpers/gateway";
import { type HandMadeAccount, makeAccountByHand, PLANTED } from "../helpers/handMadeAccount";
import { createTestStack, realChanges, type StackUnderTest } from "../helpers/stack";

/** The machine may be busy with much else. */
jest.setTimeout(300_000);
const root = path.resolve(__dirname, "..", "..");
const programs = path.join(root, ".local", "programs");

let gateway: TestGateway;
let account: HandMadeAccount;
let folder: string;
let env: NodeJS.ProcessEnv;
let program: string;
const stacks: StackUnderTest[] = [];

beforeAll(async () => {
  fs.mkdirSync(programs, { recursive: true });
  folder = fs.mkdtempSync(path.join(programs, "export-"));
  gateway = await startTestGateway();
  env = { AI_GATEWAY_API_KEY: gateway.apiKey, AI_GATEWAY_API_URL: gateway.controlUrl };
  account = await makeAccountByHand(gateway.client);
  await gateway.requests();
});

afterAll(async () => {
  for (const { dispose } of stacks) dispose();
  await gateway?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const secretsOf = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`gateway:${key}`, { value, secret: true }]));
const SECRETS = secretsOf({
  azureValue: PLANTED.azure,
  azureKeyValue: PLANTED.second,
  openAIProductionValue: PLANTED.openai,
  密钥Value: PLANTED.short,
});

async function emptyStack(ownership: "on" | "off", secrets = SECRETS) {
  const underTest = await createTestStack({
    workDir: folder,
    stackName: `export-${ownership}`,
    config: {
      ...gatewayConfig(gateway),
      "ngrok-ai:ownership": { value: ownership },
      ...secrets,
    },
  });
  stacks.push(underTest);
  return underTest.stack;
}

async function writes(): Promise<string[]> {
  return (await gateway.requests()).filter((request) => !request.startsWith("GET "));
}

function edit(from: string, to: string): void {
  const file = path.join(folder, "index.ts");
  const text = fs.readFileSync(file, "utf8");
  expect(text.split(from)).toHaveLength(2);
  fs.writeFileSync(
    file,
    text.replace(from, () => to),
  );
}

test("export only reads the account, and writes a project with every object", async () => {
  const { code, stdout, stderr } = await runCommand(["export", "--out", folder, "--project", "gateway", "--json"], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const written = JSON.parse(stdout) as { resources: { kind: string }[]; notExpressed: unknown[]; owned: unknown[] };
  expect([written.notExpressed, written.owned]).toEqual([[], []]);
  // One of its resources per object, and two rules that could not stand in their configuration.
  expect(written.resources).toHaveLength(account.objectCount + 2);
  expect(await writes()).toEqual([]);
  program = fs.readFileSync(path.join(folder, "index.ts"), "utf8");
  expect(fs.readdirSync(folder).sort()).toEqual(
    [".gitignore", "Pulumi.yaml", "README.md", "index.ts", "package.json", "tsconfig.json"].sort(),
  );
});

test("the exported program type-checks without edits", () => {
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});

test("no exported file contains a planted value", () => {
  for (const name of fs.readdirSync(folder)) {
    const text = fs.readFileSync(path.join(folder, name), "utf8");
    for (const value of Object.values(PLANTED)) expect(text).not.toContain(value);
  }
});

test("with ownership off, up adopts all objects without a write, and a preview shows no change", async () => {
  const stack = await emptyStack("off");
  const up = await stack.up();
  expect(realChanges(up.summary.resourceChanges)).toEqual({ create: account.objectCount + 2 + 1 });
  expect(await writes()).toEqual([]);
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
  expect(realChanges((await stack.refresh()).summary.resourceChanges)).toEqual({});
  expect(await writes()).toEqual([]);
});

test("the import file has each resource as its adoption stores it, without provider keys", async () => {
  const { stack } = stacks[0]!;
  const file = path.join(folder, "import.json");
  const flags = ["--out", folder, "--force", "--project", "gateway", "--import-file", file];
  const ended = await runCommand(["export", ...flags, "--stack", "organization/gateway/export-off"], env);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  const { resources } = JSON.parse(fs.readFileSync(file, "utf8")) as { resources: Imported[] };
  const { deployment } = (await stack.exportStack()) as { deployment: { resources: (Imported & { urn: string })[] } };
  const adopted = deployment.resources
    .filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/") && !type.endsWith(":ProviderKey"))
    .map(({ urn, type, id, inputs, outputs: { __gateway: memory, ...outputs } }) => {
      const { create: _, ...remembered } = memory as Record<string, unknown>;
      return { type, name: urn.split("::")[3], id, inputs, outputs: { ...outputs, __gateway: remembered } };
    });
  expect(resources).toHaveLength(account.objectCount + 2 - 4);
  expect(resources.toSorted(byId)).toEqual(adopted.toSorted(byId));
  fs.rmSync(file);
});

test("export of an import file without --stack fails and names the missing option", async () => {
  const { code, stderr } = await runCommand(["export", "--import-file", path.join(folder, "import.json")], env);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining("--import-file needs --stack organization/project/stack"),
  ]);
});

test("without --force, export overwrites no existing file and writes nothing", async () => {
  const { code, stderr } = await runCommand(["export", "--out", folder], env);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining("nothing was written: give another folder as --out, or --force"),
  ]);
  expect(fs.readFileSync(path.join(folder, "index.ts"), "utf8")).toBe(program);
});

test("an edit of the program changes only the edited field", async () => {
  const { stack } = stacks[0]!;
  edit('"Azure first,\\r\\nthen OpenAI"', '"Azure only"');
  const up = await stack.up();
  expect(realChanges(up.summary.resourceChanges)).toEqual({ update: 1 });
  expect(await writes()).toEqual([`PATCH /access-key-configurations/${account.configurationIds.team}`]);
  fs.writeFileSync(path.join(folder, "index.ts"), program);
  await stack.up();
  expect(await writes()).toEqual([`PATCH /access-key-configurations/${account.configurationIds.team}`]);
});

test("removing the adopt lines after the first up changes nothing", async () => {
  const { stack } = stacks[0]!;
  const withoutAdopt = program.replaceAll(/^ {2}adopt: .*\n/gm, "");
  expect(withoutAdopt).not.toBe(program);
  fs.writeFileSync(path.join(folder, "index.ts"), withoutAdopt);
  expect((await stack.up()).summary.result).toBe("succeeded");
  expect(await writes()).toEqual([]);
  fs.writeFileSync(path.join(folder, "index.ts"), program);
});

test("a key value with a different end than the stored one fails the preview with the config key and without the value", async () => {
  const wrong = "planted-wrong-value-0123456789-dddd";
  const stack = await emptyStack("off", { ...SECRETS, ...secretsOf({ openAIProductionValue: wrong }) });
  const message = await stack.preview().then(
    () => "",
    (error: Error) => error.message,
  );
  expect(message).toContain(
    'openAIProductionValue in the stack config is not the value at the gateway, which ends in "cccc"',
  );
  expect(message).not.toContain(wrong);
  expect(await writes()).toEqual([]);
});

test("destroy is refused because all resources are protected", async () => {
  const { stack } = stacks[0]!;
  await expect(stack.destroy()).rejects.toThrow(/protect/);
  expect(await writes()).toEqual([]);
});

test("with ownership on, up writes only metadata, and only to objects without any", async () => {
  const before = await metadataById();
  const stack = await emptyStack("on");
  await stack.up();
  const written = await writes();
  const without = Object.entries(before).filter(([, metadata]) => metadata === undefined);
  expect(written.toSorted()).toEqual(without.map(([path]) => `PATCH ${path}`).toSorted());
  const after = await metadataById();
  for (const [path, metadata] of Object.entries(before)) {
    if (metadata === undefined) expect(after[path]).toContain('"stack":"organization/gateway/export-on"');
    else expect(after[path]).toBe(metadata);
  }
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
});

test("objects that a stack owns are listed and not exported, unless the export is for that stack", async () => {
  const { stdout } = await runCommand(["export", "--json"], env);
  const { owned, resources, program: text } = JSON.parse(stdout) as Exported;
  const marked = Object.values(await metadataById()).filter((metadata) => metadata?.startsWith('{"managedBy"')).length;
  expect(owned).toHaveLength(marked);
  expect(new Set(owned.map(({ stack }) => stack))).toEqual(new Set(["organization/gateway/export-on"]));
  expect(resources.map(({ kind }) => kind).toSorted()).toEqual(["CustomProvider", "GatewaySettings", "ProviderKey"]);
  expect(text).toContain(`// Left out, because other stacks manage them: ${marked} of organization/gateway/export-on.`);
  const own = await runCommand(["export", "--json", "--stack", "organization/gateway/export-on"], env);
  expect((JSON.parse(own.stdout) as Exported).owned).toEqual([]);
});

interface Imported {
  readonly type: string;
  readonly id: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
}

function byId(left: { id: string }, right: { id: string }): number {
  return left.id < right.id ? -1 : 1;
}

interface Exported {
  readonly owned: { stack: string }[];
  readonly resources: { kind: string }[];
  readonly program: string;
}

async function metadataById(): Promise<Record<string, string | undefined>> {
  const { client } = gateway;
  const lists = {
    providers: client.listProviders(),
    "provider-keys": client.listProviderKeys(),
    "access-key-configurations": client.listAccessKeyConfigurations(),
    "access-keys": client.listAccessKeys(),
    "api-keys": client.listApiKeys(),
  };
  const found: Record<string, string | undefined> = {};
  for (const [noun, list] of Object.entries(lists)) {
    for await (const { id, metadata } of list) found[`/${noun}/${id}`] = metadata;
  }
  await gateway.requests();
  return found;
}
