/**
 * The package as npm packs it, in a new user's folder: the template in YAML with the plugin in the folder's own
 * `node_modules`, and with the plugin on PATH. Installs from the npm registry (or npm's cache).
 */
import fs from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { startAzure, startGateway } from "../../../emulator";
import { installedSdkVersion, installPacked } from "../../helpers/packedPackage";
import { repositoryRoot } from "../../helpers/providerProcess";
import { realChanges } from "../../helpers/stack";
import { YamlProgram } from "../../helpers/yamlProgram";

jest.setTimeout(600_000);

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
let azure: Started<typeof startAzure>;
let gateway: Started<typeof startGateway>;
const programs: YamlProgram[] = [];

beforeAll(async () => {
  const deployments = [{ name: "gpt-5-mini", model: "gpt-5-mini" }];
  azure = await startAzure({
    seed: { azure: [{ resource: "contoso", keys: ["planted-azure-key-1", "key-2"], deployments }] },
  });
  gateway = await startGateway({ azureUrl: azure.azureUrl });
});

afterAll(async () => {
  for (const program of programs) program.dispose();
  await gateway?.close();
  await azure?.close();
});

/** A stack in an empty folder. */
async function inEmptyFolder(name: string, env: Readonly<Record<string, string>> = {}): Promise<YamlProgram> {
  const program = await YamlProgram.create({ name, env: { AI_GATEWAY_API_URL: gateway.controlUrl, ...env } });
  programs.push(program);
  fs.rmSync(path.join(program.folder, "Pulumi.yaml"));
  return program;
}

const TEMPLATE = path.join(repositoryRoot, "examples", "yaml");

async function expectWholeLife({ stack }: YamlProgram): Promise<void> {
  const config = { endpoint: "https://contoso.openai.azure.com", deployment: "gpt-5-mini" };
  const secrets = { apiKey: "planted-azure-key-1", "ngrok-ai:apiKey": gateway.apiKey };
  for (const [key, value] of Object.entries(config)) await stack.setConfig(key, { value });
  for (const [key, value] of Object.entries(secrets)) await stack.setConfig(key, { value, secret: true });
  const up = await stack.up();
  expect(realChanges(up.summary.resourceChanges)).toEqual({ create: 5 });
  expect(up.outputs.token).toEqual({ value: expect.stringMatching(/^ng-/), secret: true });
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
  expect(realChanges((await stack.destroy()).summary.resourceChanges)).toEqual({ delete: 5 });
}

let installed: string;

test("the template works with the plugin in the project's node_modules, named in plugins.providers", async () => {
  const program = await inEmptyFolder("in-project");
  installPacked(program.folder, installedSdkVersion(), {});
  installed = path.join(program.folder, "node_modules");
  expect(fs.lstatSync(path.join(installed, "pulumi-ngrok-ai")).isSymbolicLink()).toBe(false);
  const options = ["--generate-only", "--force", "--yes", "--name", "in-project"];
  const { code, text } = await program.pulumi("new", TEMPLATE, ...options);
  expect([code, text]).toEqual([0, expect.stringContaining("Created project")]);
  await expectWholeLife(program);
});

test("the template works with the plugin on PATH, like a global installation", async () => {
  const executables = path.join(installed, ".bin");
  const program = await inEmptyFolder("on-path", { PATH: `${executables}${path.delimiter}${process.env.PATH}` });
  const text = fs.readFileSync(path.join(TEMPLATE, "Pulumi.yaml"), "utf8");
  const { plugins: _plugins, template: _template, ...project } = parse(text) as Record<string, unknown>;
  fs.writeFileSync(path.join(program.folder, "Pulumi.yaml"), stringify({ ...project, name: "on-path" }));
  await expectWholeLife(program);
});
