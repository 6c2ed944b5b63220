/**
 * Changed tags of the Azure components: a preview shows only updates, because azure-native keeps the names and locations that
 * other resources depend on. Does not prove that a preview of the Pulumi CLI shows the same unless it runs on it.
 */
import { startAzure, startGateway } from "../../emulator";
import { gatewayConfig } from "../helpers/gateway";
import { inlineProgram } from "../helpers/inlineProgram";
import { createTestStack, realChanges } from "../helpers/stack";

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
let azure: Started<typeof startAzure>;
let gateway: Started<typeof startGateway>;
const disposables: { dispose(): void }[] = [];

beforeAll(async () => {
  azure = await startAzure({});
  gateway = await startGateway({ azureUrl: azure.azureUrl });
});
afterAll(async () => {
  for (const each of disposables) each.dispose();
  await gateway?.close();
  await azure?.close();
});

const programWith = (tags: Readonly<Record<string, string>>) => `
const { AzureOpenAIGateway } = require("pulumi-ngrok-ai/azure");
const gateway = new AzureOpenAIGateway("ai", {
  regions: { eastus2: {}, swedencentral: {} },
  deployments: { "gpt-5-mini": { model: "gpt-5-mini", version: "2025-08-07", capacity: 10 } },
  tags: ${JSON.stringify(tags)},
});
exports.models = gateway.models;
`;

test("changed tags are previewed as updates, and up makes the same changes", async () => {
  const program = inlineProgram("azure-tags", programWith({ team: "a" }));
  disposables.push(program);
  const underTest = await createTestStack({
    workDir: program.folder,
    env: { AZURE_EMULATOR_URL: azure.azureUrl },
    config: {
      ...gatewayConfig(gateway),
      "ngrok-ai:gatewayUrl": { value: gateway.gatewayUrl },
    },
  });
  disposables.push(underTest);
  const { stack } = underTest;
  const created = await stack.up();
  program.write(programWith({ team: "b" }));
  const previewed = realChanges((await stack.preview()).changeSummary);
  expect(previewed).toEqual({ update: 5 });
  const changed = await stack.up();
  expect(realChanges(changed.summary.resourceChanges)).toEqual(previewed);
  expect(changed.outputs.models).toEqual(created.outputs.models);
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
});
