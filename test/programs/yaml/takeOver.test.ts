/**
 * Existing objects in a YAML program without a change to them: an account created by hand, and a stack of the dynamic
 * classes, which moves to the plugin and back.
 */
import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { runCommand } from "../../helpers/commandLine";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { makeAccountByHand, PLANTED } from "../../helpers/handMadeAccount";
import { inlineProgram } from "../../helpers/inlineProgram";
import { createTestStack, PLUGIN_FOLDER, realChanges } from "../../helpers/stack";
import { YamlProgram } from "../../helpers/yamlProgram";

jest.setTimeout(600_000);

let gateway: TestGateway;
let env: Record<string, string>;
let program: YamlProgram | undefined;

beforeEach(async () => {
  gateway = await startTestGateway();
  env = {
    AI_GATEWAY_API_KEY: gateway.apiKey,
    AI_GATEWAY_API_URL: gateway.controlUrl,
    PATH: `${PLUGIN_FOLDER}${path.delimiter}${process.env.PATH}`,
  };
});

afterEach(async () => {
  program?.dispose();
  program = undefined;
  await gateway?.close();
});

const writes = async () => (await gateway.requests()).filter((request) => !request.startsWith("GET"));

/** Exports the account into the program's folder. */
async function exported(into: YamlProgram, ...flags: string[]): Promise<void> {
  const args = ["export", "--language", "yaml", "--out", into.folder, "--force", "--project", "gateway", ...flags];
  const { code, stderr } = await runCommand(args, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}

async function imported(into: YamlProgram): Promise<void> {
  const { code, text } = await into.pulumi(
    "import",
    "--file",
    "import.json",
    "--generate-code=false",
    "--yes",
    "--skip-preview",
  );
  expect([code, text]).toEqual([0, expect.anything()]);
}

test("an account created by hand is exported and imported without a write, and the preview shows no change", async () => {
  await makeAccountByHand(gateway.client);
  await gateway.requests();
  program = await YamlProgram.create({ name: "gateway", env });
  await exported(program);
  const { config } = parse(fs.readFileSync(path.join(program.folder, "Pulumi.yaml"), "utf8")) as { config: object };
  const values = [PLANTED.azure, PLANTED.second, PLANTED.openai, PLANTED.short];
  for (const [index, name] of Object.keys(config).entries()) {
    await program.stack.setConfig(name, { value: values[index] as string, secret: true });
  }
  await imported(program);
  expect(realChanges((await program.stack.preview()).changeSummary)).toEqual({});
  expect(realChanges((await program.stack.up()).summary.resourceChanges)).toEqual({});
  expect(await writes()).toEqual([]);
  for (const value of Object.values(PLANTED)) {
    for (const text of program.storedTexts()) expect(text).not.toContain(value);
  }
});

const DYNAMIC = `
const provider = new ngrok.CustomProvider("contoso", { providerId: "contoso", baseUrl: "https://contoso.example.com" });
const key = new ngrok.ProviderKey("key", { providerId: provider, value: "planted-value-0123456789" });
const access = new ngrok.AccessConfiguration("team", { rules: [{ provider, keys: [key] }] });
new ngrok.AccessKey("app", { configurationId: access });
`;

test("a stack of the dynamic classes moves to the plugin, back, and to the plugin again, without a write", async () => {
  const node = inlineProgram("dynamic", DYNAMIC);
  const old = await createTestStack({ workDir: node.folder, stackName: "dev", env, config: {} });
  try {
    await old.stack.up();
    await gateway.requests();
    program = await YamlProgram.create({ name: "gateway", env });
    await exported(
      program,
      "--stack",
      "organization/dynamic/dev",
      "--only",
      "CustomProvider,ProviderKey,AccessConfiguration,AccessKey",
    );
    const { config } = parse(fs.readFileSync(path.join(program.folder, "Pulumi.yaml"), "utf8")) as { config: object };
    for (const name of Object.keys(config))
      await program.stack.setConfig(name, { value: "planted-value-0123456789", secret: true });
    await imported(program);
    expect(realChanges((await program.stack.preview()).changeSummary)).toEqual({});

    // Back: the new stack forgets what it has imported, and the old one finds nothing to do.
    expect((await program.pulumi("state", "unprotect", "--all", "--yes")).code).toBe(0);
    expect((await program.pulumi("stack", "rm", "--force", "--yes", "--preserve-config")).code).toBe(0);
    expect(realChanges((await old.stack.preview()).changeSummary)).toEqual({});

    // And on: imported anew; the old stack forgets.
    expect((await program.pulumi("stack", "init", "--secrets-provider", "passphrase")).code).toBe(0);
    await imported(program);
    expect(realChanges((await program.stack.preview()).changeSummary)).toEqual({});
    expect(await writes()).toEqual([]);

    // The first change writes the new owner's mark.
    const file = path.join(program.folder, "Pulumi.yaml");
    const text = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, text.replace("https://contoso.example.com", "https://other.example.com"));
    expect(realChanges((await program.stack.up()).summary.resourceChanges)).toEqual({ update: 1 });
    const [provider] = await listed(gateway.client.listProviders());
    expect(provider).toMatchObject({
      baseUrl: "https://other.example.com",
      metadata: expect.stringContaining('"gateway/dev"'),
    });
    expect(realChanges((await program.stack.preview()).changeSummary)).toEqual({});
  } finally {
    old.dispose();
    node.dispose();
  }
});

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
