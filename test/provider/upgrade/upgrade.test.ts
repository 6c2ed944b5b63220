/**
 * States of earlier versions, refreshed, updated and destroyed by the current code: one file per state format, written by the
 * version that introduced it. `RECORD_STATE=1` writes the file of the current format if it is missing. Does not prove anything
 * about states that the Pulumi CLI wrote.
 */
import fs from "node:fs";
import path from "node:path";
import { STATE_SCHEMA } from "../../../provider/lifecycle/memory";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../../helpers/inlineProgram";
import { createTestStack, realChanges, type StackUnderTest } from "../../helpers/stack";

/** Each run starts several processes. */
jest.setTimeout(180_000);

const VALUE = "planted-value-0123456789abcdef";
const fixtureOf = (schema: number) => path.join(__dirname, "fixtures", `schema${schema}.json`);

const programOf = (description: string, totalTimeout: string) => `
const description = ${JSON.stringify(description)};
const provider = new ngrok.CustomProvider("provider", { providerId: "p-one", baseUrl: "https://example.com/v1", name: description, models: ["m1"] });
const key = new ngrok.ProviderKey("key", { providerId: provider, value: ${JSON.stringify(VALUE)}, description });
const rules = [{ provider, keys: [key] }];
const access = { providers: { allow: [provider] } };
new ngrok.AccessConfiguration("whole", { description, access, rules });
const open = new ngrok.AccessConfiguration("open", { description });
new ngrok.RoutingRule("rule", { configurationId: open, provider, steps: [{ type: "user", keys: description === "first" ? [key] : [key, key] }] });
new ngrok.AccessKey("application", { description, configurationId: open, rotationTrigger: "1" });
new ngrok.ApiKey("pipeline", { description });
new ngrok.GatewaySettings("settings", { totalTimeout: ${JSON.stringify(totalTimeout)} });
`;
const RESOURCES = 8;

let gateway: TestGateway;
let program: InlineProgram;
let underTest: StackUnderTest;
const stateFile = () => path.join(underTest.stateFolder, "state.json");

beforeEach(async () => {
  gateway = await startTestGateway();
  program = inlineProgram("upgrade", programOf("first", "90s"));
  const env = { AI_GATEWAY_API_KEY: gateway.apiKey, AI_GATEWAY_API_URL: gateway.controlUrl };
  underTest = await createTestStack({ workDir: program.folder, stackName: "dev", env, config: {} });
});

afterEach(async () => {
  underTest?.dispose();
  program?.dispose();
  await gateway?.close();
});

interface Entry {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/**
 * Creates the objects of a state. Their ids differ from the recorded ones and replace them in the state's text, like the ids of
 * the account and the addresses.
 */
async function restore(text: string): Promise<string> {
  const { deployment } = JSON.parse(text) as { deployment: { resources: Entry[] } };
  const entryOf = (name: string) => {
    const entry = deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`));
    if (entry?.id === undefined) throw new Error(`the state has no ${name}`);
    return { id: entry.id, metadata: String(entry.outputs?.metadata), outputs: entry.outputs };
  };
  const { client } = gateway;
  let restored = text;
  const put = (recorded: string, now: string) => {
    restored = restored.replaceAll(recorded, now);
  };
  const description = "first";
  const [provider, key, whole, open] = ["provider", "key", "whole", "open"].map(entryOf);
  const [application, pipeline, settings] = ["application", "pipeline", "settings"].map(entryOf);
  if (!provider || !key || !whole || !open || !application || !pipeline || !settings) throw new Error("unreachable");

  await client.updateGatewayConfig({ totalTimeout: "90s" });
  put(settings.id, (await client.getGatewayConfig()).accountId);
  const { id: providerId } = await client.createProvider({
    providerId: "p-one",
    baseUrl: "https://example.com/v1",
    name: description,
    models: [{ modelId: "m1" }],
    metadata: provider.metadata,
  });
  put(provider.id, providerId);
  const { id: keyId } = await client.createProviderKey({
    providerId: "p-one",
    value: VALUE,
    name: "key",
    description,
    metadata: key.metadata,
  });
  put(key.id, keyId);
  const router = { rules: [{ provider: "p-one", steps: [{ type: "user" as const, keys: [{ id: keyId }] }] }] };
  const access = { providers: { allow: ["p-one"] } };
  const labels = { description, router };
  put(
    whole.id,
    (await client.createAccessKeyConfiguration({ name: "whole", ...labels, access, metadata: whole.metadata })).id,
  );
  const opened = await client.createAccessKeyConfiguration({ name: "open", ...labels, metadata: open.metadata });
  put(open.id, opened.id);
  const accessKey = { name: "application", description, accessKeyConfigurationId: opened.id };
  put(application.id, (await client.createAccessKey({ ...accessKey, metadata: application.metadata })).id);
  put(pipeline.id, (await client.createApiKey({ name: "pipeline", description, metadata: pipeline.metadata })).id);
  return restored;
}

async function isEmpty(): Promise<boolean> {
  const { client } = gateway;
  for (const list of [
    client.listProviders(),
    client.listProviderKeys(),
    client.listAccessKeyConfigurations(),
    client.listAccessKeys(),
    client.listApiKeys(),
  ]) {
    for await (const _ of list) return false;
  }
  return true;
}

test.each(Array.from({ length: STATE_SCHEMA }, (_, index) => index + 1))(
  "a state of schema %d is refreshed without drift, updated in place, and destroyed",
  async (schema) => {
    if (process.env.RECORD_STATE && schema === STATE_SCHEMA && !fs.existsSync(fixtureOf(schema))) {
      await underTest.stack.up();
      fs.copyFileSync(stateFile(), fixtureOf(schema));
      await underTest.stack.destroy();
    }
    const recorded = fs.readFileSync(fixtureOf(schema), "utf8");
    expect(recorded).toContain(`"schema": ${schema}`);
    expect(recorded).not.toContain(VALUE);
    fs.writeFileSync(stateFile(), await restore(recorded));

    await underTest.stack.refresh();
    expect(realChanges((await underTest.stack.preview()).changeSummary)).toEqual({});
    program.write(programOf("second", "100s"));
    expect(realChanges((await underTest.stack.up()).summary.resourceChanges)).toEqual({ update: RESOURCES });
    expect(realChanges((await underTest.stack.preview()).changeSummary)).toEqual({});
    await underTest.stack.destroy();
    expect(await isEmpty()).toBe(true);
    expect((await gateway.client.getGatewayConfig()).totalTimeout).toBe("120s");
  },
);
