/**
 * The templates in YAML: `pulumi new` creates a project from each in an empty folder; with its dependencies it deploys,
 * shows no later change, and is destroyed.
 */
import fs from "node:fs";
import path from "node:path";
import { startAzure, startGateway } from "../../../emulator";
import { repositoryRoot } from "../../helpers/providerProcess";
import { realChanges } from "../../helpers/stack";
import { YamlProgram } from "../../helpers/yamlProgram";

jest.setTimeout(600_000);

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
let azure: Started<typeof startAzure>;
let gateway: Started<typeof startGateway>;
let program: YamlProgram | undefined;

beforeEach(async () => {
  const deployments = [{ name: "gpt-5-mini", model: "gpt-5-mini" }];
  azure = await startAzure({
    seed: { azure: [{ resource: "contoso", keys: ["planted-azure-key-1", "key-2"], deployments }] },
  });
  gateway = await startGateway({ azureUrl: azure.azureUrl });
});

afterEach(async () => {
  program?.dispose();
  program = undefined;
  await gateway?.close();
  await azure?.close();
});

/** A project in an empty folder. */
async function emptyProject(name: string): Promise<YamlProgram> {
  const env = {
    AZURE_EMULATOR_URL: azure.azureUrl,
    AI_GATEWAY_API_URL: gateway.controlUrl,
    AI_GATEWAY_URL: gateway.gatewayUrl,
  };
  program = await YamlProgram.create({ name, env });
  return program;
}

test.each([
  [
    "yaml",
    { endpoint: "https://contoso.openai.azure.com", apiKey: "planted-azure-key-1", deployment: "gpt-5-mini" },
    5,
  ],
  ["yaml-multi-region", { "azure-native:subscriptionId": "00000000-0000-0000-0000-000000000000" }, 32],
])("%s: deploys, shows no later difference, and is destroyed", async (name, answers, creates) => {
  const made = await emptyProject(`my-${name}`);
  const { stack } = made;
  fs.rmSync(path.join(made.folder, "Pulumi.yaml"));
  // In place of `npm install`.
  const modules = path.join(made.folder, "node_modules");
  fs.mkdirSync(modules);
  fs.symlinkSync(repositoryRoot, path.join(modules, "pulumi-ngrok-ai"), "junction");
  const template = path.join(repositoryRoot, "examples", name);
  const { code, text } = await made.pulumi(
    "new",
    template,
    "--generate-only",
    "--force",
    "--yes",
    "--name",
    `my-${name}`,
  );
  expect([code, text]).toEqual([0, expect.stringContaining("Created project")]);
  for (const [key, value] of Object.entries({ ...answers, "ngrok-ai:apiKey": gateway.apiKey })) {
    await stack.setConfig(key, { value, secret: /apiKey/.test(key) });
  }
  const up = await stack.up();
  expect(realChanges(up.summary.resourceChanges)).toEqual({ create: creates });
  expect(up.outputs.token).toEqual({ value: expect.stringMatching(/^ng-/), secret: true });
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
  await stack.destroy();
});
