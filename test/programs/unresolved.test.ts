/**
 * Creations with lost responses and failing look-ups, on an engine with Pulumi's own provider process: the state records them
 * under a placeholder id; refresh replaces the placeholder by the object's id, and the next up settles the rest.
 * `test/provider/lifecycle/creation.test.ts` covers every kind.
 */
import fs from "node:fs";
import path from "node:path";
import { startTestGateway, type TestGateway } from "../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../helpers/inlineProgram";
import { createTestStack, realChanges, type StackUnderTest } from "../helpers/stack";

/** Each run starts several processes. */
jest.setTimeout(240_000);

const VALUE = "planted-value-0123456789abcdef";
const PROGRAM = `
new ngrok.ProviderKey("key", { providerId: "openai", value: ${JSON.stringify(VALUE)} });
module.exports.token = new ngrok.AccessKey("application").token;
`;
const PATHS = ["/provider-keys", "/access-keys"];

let gateway: TestGateway;
let program: InlineProgram;
let underTest: StackUnderTest;

beforeAll(async () => {
  gateway = await startTestGateway();
  program = inlineProgram("unresolved", PROGRAM);
});
beforeEach(async () => {
  await gateway.reset();
  const env = { AI_GATEWAY_API_KEY: gateway.apiKey, AI_GATEWAY_API_URL: gateway.controlUrl };
  const config = { "ngrok-ai:retryBudgetSeconds": { value: "2" } };
  underTest = await createTestStack({ workDir: program.folder, stackName: "dev", env, config });
});
afterEach(() => underTest?.dispose());
afterAll(async () => {
  program?.dispose();
  await gateway?.close();
});

interface Entry {
  readonly type: string;
  readonly id?: string;
  readonly delete?: boolean;
}

async function stateIds(): Promise<Record<string, string>> {
  const { resources = [] } = (await underTest.stack.exportStack()).deployment as { resources?: Entry[] };
  const ours = resources.filter(({ type }) => type.includes("/ngrok-ai:"));
  expect(ours.filter((entry) => entry.delete)).toEqual([]);
  return Object.fromEntries(ours.map(({ type, id = "" }) => [type.split(":").at(-1), id]));
}

async function idsAtGateway(): Promise<{ ProviderKey: string[]; AccessKey: string[] }> {
  const [providerKeys, accessKeys]: [string[], string[]] = [[], []];
  for await (const { id } of gateway.client.listProviderKeys()) providerKeys.push(id);
  for await (const { id } of gateway.client.listAccessKeys()) accessKeys.push(id);
  return { ProviderKey: providerKeys, AccessKey: accessKeys };
}

async function loseOutcomes(): Promise<void> {
  for (const path of PATHS) {
    await gateway.fault({ match: { method: "POST", path }, action: { drop: "after" } });
    await gateway.fault({ match: { method: "GET", path }, times: 1_000, action: { status: 503 } });
  }
  const message = await underTest.stack.up().then(
    () => "",
    (error: Error) => error.message,
  );
  expect(message).toContain("may exist at the gateway: its creation was not answered");
  expect(message).not.toContain(VALUE);
  await gateway.clearFaults();
}

test("unresolved creations are recorded, refresh finds their ids, and the next up leaves one object each", async () => {
  await loseOutcomes();
  const placeholders = await stateIds();
  // The engine may not have started the second one after the first failed.
  for (const id of Object.values(placeholders)) expect(id).toMatch(/^unresolved:[0-9a-f]{16}$/);
  expect(Object.keys(placeholders).length).toBeGreaterThan(0);
  const { stateFolder } = underTest;
  const files = fs.readdirSync(stateFolder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(fs.readFileSync(path.join(file.parentPath, file.name), "utf8")).not.toContain(VALUE);

  await underTest.stack.refresh();
  const [made, refreshed] = [await idsAtGateway(), await stateIds()];
  if (placeholders.ProviderKey !== undefined) expect(refreshed.ProviderKey).toBe(made.ProviderKey[0]);
  if (placeholders.AccessKey !== undefined) expect(refreshed.AccessKey).toBe(placeholders.AccessKey);

  const { outputs } = await underTest.stack.up();
  expect(outputs.token).toMatchObject({ value: expect.stringMatching(/^ng-/), secret: true });
  const now = await idsAtGateway();
  expect(await stateIds()).toEqual({ ProviderKey: now.ProviderKey[0], AccessKey: now.AccessKey[0] });
  expect([now.ProviderKey.length, now.AccessKey.length]).toEqual([1, 1]);
  expect(realChanges((await underTest.stack.preview()).changeSummary)).toEqual({});
});

test("the next up settles unresolved creations without a refresh, and destroy deletes their objects", async () => {
  await loseOutcomes();
  await underTest.stack.up();
  const now = await idsAtGateway();
  expect(await stateIds()).toEqual({ ProviderKey: now.ProviderKey[0], AccessKey: now.AccessKey[0] });
  expect([now.ProviderKey.length, now.AccessKey.length]).toEqual([1, 1]);
  expect(realChanges((await underTest.stack.preview()).changeSummary)).toEqual({});
  await underTest.stack.destroy();
  expect(await idsAtGateway()).toEqual({ ProviderKey: [], AccessKey: [] });
});

test("destroy deletes the objects of unresolved creations", async () => {
  await loseOutcomes();
  await underTest.stack.destroy();
  expect(await idsAtGateway()).toEqual({ ProviderKey: [], AccessKey: [] });
  expect(await stateIds()).toEqual({});
});
