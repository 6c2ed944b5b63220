/**
 * Hooks of the components, which run in the plugin's process, and the component of one region: in YAML on the Pulumi
 * CLI, with the local Azure. ../deletedAccounts.test.ts and ../azureModes.test.ts prove the effects of each hook.
 */
import { startAzure, startGateway } from "../../../emulator";
import { FaultList } from "../../../emulator/faults";
import { ask } from "../../emulator/azure/helpers";
import { realChanges } from "../../helpers/stack";
import { YamlProgram } from "../../helpers/yamlProgram";

jest.setTimeout(600_000);

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
const faults = new FaultList();
let azure: Started<typeof startAzure>;
let gateway: Started<typeof startGateway>;
let program: YamlProgram | undefined;

beforeAll(async () => {
  azure = await startAzure({ faults });
  gateway = await startGateway({ azureUrl: azure.azureUrl });
});

afterEach(() => {
  faults.clear();
  program?.dispose();
  program = undefined;
});

afterAll(async () => {
  await gateway?.close();
  await azure?.close();
});

const MINI = { model: "gpt-5-mini", version: "2025-08-07", sku: "GlobalStandard", capacity: 10 };
const DEPLOYMENTS = { "gpt-5-mini": MINI };

async function programOf(name: string): Promise<YamlProgram> {
  program = await YamlProgram.create({
    name,
    env: {
      AZURE_EMULATOR_URL: azure.azureUrl,
      AI_GATEWAY_API_KEY: gateway.apiKey,
      AI_GATEWAY_API_URL: gateway.controlUrl,
    },
  });
  return program;
}

const componentOf = (properties: object) => ({
  resources: { ai: { type: "ngrok-ai:azure:AzureOpenAIGateway", properties } },
});

async function listed(collection: "accounts" | "deletedAccounts"): Promise<string[]> {
  const provider = "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.CognitiveServices";
  const url = `https://management.azure.com${provider}/${collection}?api-version=2025-06-01`;
  const { body } = await ask(azure, url, { headers: { authorization: "Bearer somebody" } });
  return (body.value as { name: string }[]).map(({ name }) => name);
}

test("purgeOnDelete purges the account of a removed region, and with --run-program all accounts of a destroy", async () => {
  const { stack, pulumi, write } = bound(await programOf("purged"));
  const region = { account: { purgeOnDelete: true } };
  write(componentOf({ regions: { eastus2: region, westus3: region }, deployments: DEPLOYMENTS }));
  await stack.up();
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
  expect(await listed("accounts")).toHaveLength(2);

  write(componentOf({ regions: { westus3: region }, deployments: DEPLOYMENTS }));
  await stack.up();
  expect(await listed("accounts")).toEqual([expect.stringMatching(/^ai-westus3-/)]);
  expect(await listed("deletedAccounts")).toEqual([]);

  const refused = await pulumi("destroy", "--yes");
  expect(refused.code).not.toBe(0);
  expect(refused.text).toContain('run "pulumi destroy --run-program"');
  const destroyed = await pulumi("destroy", "--yes", "--run-program");
  expect(destroyed).toMatchObject({ code: 0 });
  expect([await listed("accounts"), await listed("deletedAccounts")]).toEqual([[], []]);
});

test("explainErrors adds advice to a refusal of Azure, and retries after another writer's operation", async () => {
  const { stack, pulumi, write } = bound(await programOf("explained"));
  const argumentsFor = (capacity: number) => ({
    regions: { swedencentral: {} },
    deployments: { "gpt-5-mini": { ...MINI, capacity } },
    explainErrors: true,
  });
  write(componentOf(argumentsFor(100_000)));
  const { code, text } = await pulumi("up", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(text).toContain("InsufficientQuota");
  expect(text).toContain("ai-swedencentral-deploy-gpt-5-mini: The quota of this model and deployment type is used up");

  write(componentOf(argumentsFor(10)));
  faults.add({
    plane: "azure",
    match: { method: "PUT", path: "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/" },
    action: {
      status: 409,
      body: { error: { code: "RequestConflict", message: "Another operation is being performed" } },
    },
  });
  const repeated = await pulumi("up", "--yes", "--skip-preview");
  expect(repeated.text).toContain(
    "ai-swedencentral-deploy-gpt-5-mini: another operation is changing the account; retrying in 2 s",
  );
  expect(repeated.code).toBe(0);
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
  expect(await pulumi("destroy", "--yes", "--run-program")).toMatchObject({ code: 0 });
});

test("AzureOpenAIRegion creates an account for the program's own resources, and its keys remain secret", async () => {
  const { stack, write } = bound(await programOf("region"));
  write({
    resources: {
      ai: { type: "ngrok-ai:azure:AzureOpenAIRegion", properties: { location: "eastus2", deployments: DEPLOYMENTS } },
      azure: {
        type: "ngrok-ai:CustomProvider",
        properties: { providerId: "azure", baseUrl: "$" + "{ai.openaiBaseUrl}", models: ["gpt-5-mini"] },
      },
      key: { type: "ngrok-ai:ProviderKey", properties: { providerId: "$" + "{azure}", value: "$" + "{ai.key1}" } },
    },
    outputs: {
      endpoint: "$" + "{ai.endpoint}",
      deployment: "$" + '{ai.deployments["gpt-5-mini"].name}',
      isReady: "$" + "{ai.ready}",
      key1: "$" + "{ai.key1}",
      redacted: "$" + "{key.keyRedacted}",
    },
  });
  const { outputs } = await stack.up();
  expect(outputs).toMatchObject({
    endpoint: { value: expect.stringMatching(/^https:\/\/ai-\w+.*\.openai\.azure\.com$/), secret: false },
    deployment: { value: "gpt-5-mini", secret: false },
    isReady: { value: true, secret: false },
    key1: { secret: true },
  });
  const key1 = String(outputs.key1?.value);
  expect(outputs.redacted?.value).toBe(`${key1.slice(0, 10)}***${key1.slice(-4)}`);
  expect(program?.storedTexts().filter((text) => text.includes(key1))).toEqual([]);
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
  expect(realChanges((await stack.refresh()).summary.resourceChanges)).toEqual({});
  await stack.destroy();
  expect(await listed("accounts")).toEqual([]);
});

function bound(made: YamlProgram) {
  return {
    stack: made.stack,
    pulumi: made.pulumi.bind(made),
    write: made.write.bind(made),
  };
}
