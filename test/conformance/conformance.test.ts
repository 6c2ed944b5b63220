/**
 * One set of cases for any gateway: the emulator always; the real one where AI_GATEWAY_API_KEY and CONFORMANCE_REAL=1 are given
 * (AI_GATEWAY_API_URL and AI_GATEWAY_URL name another address). On the real one only objects whose names begin with the mark
 * of the run are made, and all of them are removed again; the account's settings are only read.
 * Does not prove: what a run without a key can't ask. The real service was not asked where the second half says skipped.
 */
import { randomBytes } from "node:crypto";
import { startGateway } from "../../emulator/gateway";
import { GatewayClient, type GatewayError, MAX_METADATA_CHARS, MAX_NAME_CHARS, redactionFits } from "../../sdk";

interface Place {
  readonly client: GatewayClient;
  readonly gatewayUrl: string;
  close(): Promise<void>;
}

async function openEmulator(): Promise<Place> {
  const { controlUrl, gatewayUrl, apiKey, close } = await startGateway();
  return { client: new GatewayClient({ apiUrl: controlUrl, apiKey }), gatewayUrl, close };
}

function openReal(apiKey: string): Place {
  const apiUrl = process.env.AI_GATEWAY_API_URL ?? "https://api.ngrok.ai";
  const gatewayUrl = process.env.AI_GATEWAY_URL ?? "https://gateway.ngrok.ai";
  return { client: new GatewayClient({ apiUrl, apiKey }), gatewayUrl, close: () => Promise.resolve() };
}

const MARK = `conformance-${randomBytes(4).toString("hex")}`;
const VALUE = `planted-${randomBytes(16).toString("hex")}`;

function cases(open: () => Promise<Place> | Place): void {
  let place: Place;
  let client: GatewayClient;
  const undo: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    place = await open();
    client = place.client;
  });
  /** In reverse, as later objects refer to earlier ones; all of them, whatever one of them answers. */
  afterEach(async () => {
    const failures: unknown[] = [];
    for (const remove of undo.splice(0).reverse()) await remove().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, `objects named ${MARK}… are left`);
  });
  afterAll(() => place?.close());

  let serial = 0;
  const newName = () => `${MARK}-${++serial}`;
  const made = <T extends { id: string }>(object: T, remove: (id: string) => Promise<void>): T => {
    undo.push(() =>
      remove(object.id).catch((error: GatewayError) => (error.status === 404 ? undefined : Promise.reject(error))),
    );
    return object;
  };
  const provider = async (more: object = {}) => {
    const name = newName();
    const body = { providerId: name, name, baseUrl: "https://conformance.example.com/v1", ...more };
    return made(await client.createProvider(body), (id) => client.deleteProvider(id));
  };
  const providerKey = async (providerId: string) =>
    made(await client.createProviderKey({ providerId, name: newName(), value: VALUE }), (id) =>
      client.deleteProviderKey(id),
    );
  const configuration = async (body: object = {}) =>
    made(await client.createAccessKeyConfiguration({ name: newName(), ...body }), (id) =>
      client.deleteAccessKeyConfiguration(id),
    );
  const accessKey = async (body: object = {}) =>
    made(await client.createAccessKey({ name: newName(), ...body }), (id) => client.deleteAccessKey(id));
  const failure = (promise: Promise<unknown>): Promise<Partial<GatewayError>> =>
    promise.then(
      () => ({}),
      (error: GatewayError) => error,
    );

  test("a provider is read as it was written, changed field by field, and gone after its removal", async () => {
    const models = [{ modelId: "one" }, { modelId: "two" }];
    const { id, providerId } = await provider({ metadata: "m", models });
    expect(id).toMatch(/^aigp_/);
    expect((await client.getProvider(id)).models?.map(({ modelId }) => modelId)).toEqual(["one", "two"]);
    const renamed = await client.updateProvider(id, { name: "renamed", models: [{ modelId: "three" }] });
    expect(renamed).toMatchObject({ providerId, name: "renamed", metadata: "m" });
    expect(renamed.models?.map(({ modelId }) => modelId)).toEqual(["three"]);
    expect((await client.updateProvider(id, { metadata: null })).metadata).toBeUndefined();
    await client.deleteProvider(id);
    expect((await failure(client.getProvider(id))).status).toBe(404);
  });

  test("a provider's id is unique, and none of the built-in ones", async () => {
    const { providerId } = await provider();
    const again = { providerId, name: newName(), baseUrl: "https://conformance.example.com" };
    expect(await failure(client.createProvider(again))).toMatchObject({ status: 409, code: "ERR_NGROK_27712" });
    expect(await failure(client.createProvider({ ...again, providerId: "openai" }))).toMatchObject({
      code: "ERR_NGROK_27705",
    });
  });

  test.each([
    ["a name over its bound", { name: "n".repeat(MAX_NAME_CHARS + 1) }, "ERR_NGROK_27701"],
    ["metadata over its bound", { metadata: "m".repeat(MAX_METADATA_CHARS + 1) }, "ERR_NGROK_27702"],
    ["a model twice", { models: [{ modelId: "m" }, { modelId: "m" }] }, "ERR_NGROK_27711"],
    ["a public host over http", { baseUrl: "http://conformance.example.com" }, "ERR_NGROK_27718"],
    ["an unknown format", { supportedApiSurfaces: [{ format: "none" }] }, "ERR_NGROK_27707"],
  ])("a provider with %s is refused", async (_what, body, code) => {
    expect((await failure(provider(body))).code).toBe(code);
  });

  test("a provider key never shows its value, and rotates under its id", async () => {
    const { providerId } = await provider();
    const key = await providerKey(providerId);
    expect([key.id, redactionFits(VALUE, key.keyRedacted)]).toEqual([expect.stringMatching(/^aigpk_/), true]);
    expect(JSON.stringify([key, await client.getProviderKey(key.id)])).not.toContain(VALUE);
    const next = `next-${randomBytes(16).toString("hex")}`;
    const rotated = await client.rotateProviderKey(key.id, { value: next, name: key.name });
    expect([rotated.id, redactionFits(next, rotated.keyRedacted)]).toEqual([key.id, true]);
    expect(redactionFits(VALUE, rotated.keyRedacted)).toBe(false);
  });

  test("provider keys are listed by provider", async () => {
    const [one, two] = [await provider(), await provider()];
    const [first, second] = [await providerKey(one.providerId), await providerKey(one.providerId)];
    await providerKey(two.providerId);
    const ids = [];
    for await (const { id } of client.listProviderKeys({ provider: one.providerId })) ids.push(id);
    expect(ids).toEqual([second.id, first.id]);
  });

  test("what is referred to can't be removed: a provider, a key of a rule, a configuration in use", async () => {
    const { id, providerId } = await provider();
    const key = await providerKey(providerId);
    const rules = [{ provider: providerId, steps: [{ type: "user" as const, keys: [{ id: key.id }] }] }];
    const { id: configurationId } = await configuration({ router: { rules } });
    await accessKey({ accessKeyConfigurationId: configurationId });
    expect(await failure(client.deleteProvider(id))).toMatchObject({ status: 409, code: "ERR_NGROK_27710" });
    expect((await failure(client.deleteProviderKey(key.id))).code).toBe("ERR_NGROK_27511");
    expect((await failure(client.deleteAccessKeyConfiguration(configurationId))).code).toBe("ERR_NGROK_27615");
  });

  test("a configuration's router is replaced as a whole, and kept when it is left out", async () => {
    const { providerId } = await provider();
    const key = await providerKey(providerId);
    const rule = { provider: providerId, steps: [{ type: "user" as const, keys: [{ id: key.id }] }] };
    const ngrok = { provider: "openai", steps: [{ type: "ngrok" as const }] };
    const { id } = await configuration({ router: { rules: [rule] }, access: { providers: { allow: [] } } });
    const providersIn = async () =>
      (await client.getAccessKeyConfiguration(id)).router?.rules?.map((one) => one.provider);
    await client.updateAccessKeyConfiguration(id, { description: "d" });
    expect(await providersIn()).toEqual([providerId]);
    await client.updateAccessKeyConfiguration(id, { router: { rules: [ngrok] } });
    expect(await providersIn()).toEqual(["openai"]);
    expect((await client.getAccessKeyConfiguration(id)).access?.providers?.allow).toEqual([]);
  });

  test.each([
    ["no provider and no model", [{ steps: [{ type: "ngrok" as const }] }]],
    ["a step without keys", [{ provider: "openai", steps: [{ type: "user" as const }] }]],
    ["a provider that nobody knows", [{ provider: "conformance-none", steps: [{ type: "ngrok" as const }] }]],
  ])("a router with %s is refused", async (_what, rules) => {
    expect((await failure(configuration({ router: { rules } }))).code).toBe("ERR_NGROK_27605");
  });

  test("a key made on the spot in a rule is a provider key like any other", async () => {
    const { providerId } = await provider();
    const name = newName();
    const rules = [{ provider: providerId, steps: [{ type: "user" as const, keys: [{ name, value: VALUE }] }] }];
    // Removed before the provider, and after the configuration.
    let inlineId = "";
    undo.push(() => (inlineId === "" ? Promise.resolve() : client.deleteProviderKey(inlineId)));
    const { router } = await configuration({ router: { rules } });
    inlineId = router?.rules?.[0]?.steps[0]?.keys?.[0]?.id ?? "";
    expect(await client.getProviderKey(inlineId)).toMatchObject({ name, providerId });
  });

  test("an access key's token comes once, and its link can be changed and cut", async () => {
    const linked = await configuration();
    const key = await accessKey({ accessKeyConfigurationId: linked.id });
    expect(key.token).toMatch(/^ng-.+-g1-/);
    expect(key.accessKeyConfiguration).toMatchObject({ id: linked.id, name: linked.name });
    const read = await client.getAccessKey(key.id);
    expect([read.token, redactionFits(key.token ?? "", read.keyRedacted)]).toEqual([undefined, true]);
    const free = await client.updateAccessKey(key.id, { accessKeyConfigurationId: null });
    expect(free.accessKeyConfiguration).toBeNull();
  });

  test("lists are newest first, and a page can be as small as one", async () => {
    const ids = [(await accessKey()).id, (await accessKey()).id, (await accessKey()).id];
    const listed = [];
    for await (const { id } of client.listAccessKeys()) if (ids.includes(id)) listed.push(id);
    expect(listed).toEqual(ids.toReversed());
  });

  test("the account's settings, usage and credits can be read", async () => {
    const config = await client.getGatewayConfig();
    expect([config.totalTimeout, config.perRequestTimeout]).toEqual([
      expect.stringMatching(/\d/),
      expect.stringMatching(/\d/),
    ]);
    const { totals } = await client.getUsageOverview({ startTime: new Date(Date.now() - 60_000).toISOString() });
    expect(totals.requests).toBeGreaterThanOrEqual(0);
    expect(Number.isInteger((await client.getCreditBalance()).balanceCents)).toBe(true);
  });

  test.each([
    ["a wrong access key", "", {}, 401, "ERR_NGROK_27007"],
    ["a body that is no JSON", "{", {}, 400, "ERR_NGROK_3801"],
    ["a model that nobody knows", '{"model":"conformance-none","messages":[]}', {}, 422, undefined],
    [
      "a provider outside the scope",
      '{"model":"openai:gpt-5-mini","messages":[]}',
      { providers: { allow: [] } },
      403,
      undefined,
    ],
  ])("the data plane refuses %s", async (_what, body, access, status, code) => {
    const { id } = await configuration({ access });
    const { token } =
      body === "" ? { token: "ng-000000000000-g1-none" } : await accessKey({ accessKeyConfigurationId: id });
    const answer = await fetch(`${place.gatewayUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body,
    });
    const text = await answer.text();
    expect([answer.status, code === undefined || text.includes(code)]).toEqual([status, true]);
  });
}

describe("The emulator", () => cases(openEmulator));

const { AI_GATEWAY_API_KEY: realKey, CONFORMANCE_REAL } = process.env;
if (realKey && CONFORMANCE_REAL === "1") describe("The real gateway", () => cases(() => openReal(realKey)));
else test.skip("The real gateway (skipped: needs AI_GATEWAY_API_KEY and CONFORMANCE_REAL=1)", () => undefined);
