/**
 * Separation of accounts: each API key accesses only the objects, usage and settings of its own account. Does not prove
 * how the service assigns keys to accounts; here each key given at the start has its own account.
 */
import { type Gateway, startGateway } from "../../../emulator/gateway";
import { GatewayClient } from "../../../sdk";

let gateway: Gateway;
let one: GatewayClient;
let two: GatewayClient;
beforeAll(async () => {
  gateway = await startGateway({ apiKey: "key-one", otherApiKeys: ["key-two"] });
  [one, two] = ["key-one", "key-two"].map((apiKey) => new GatewayClient({ apiUrl: gateway.controlUrl, apiKey })) as [
    GatewayClient,
    GatewayClient,
  ];
});
afterAll(() => gateway.close());

const names = async (client: GatewayClient) => {
  const found = [];
  for await (const { name } of client.listProviders()) found.push(name);
  return found;
};

test("two accounts may have the same providerId, and neither can read the other's object", async () => {
  const body = { providerId: "same", baseUrl: "https://same.example/v1" };
  const { id } = await one.createProvider({ ...body, name: "of one" });
  await two.createProvider({ ...body, name: "of two" });
  expect([await names(one), await names(two)]).toEqual([["of one"], ["of two"]]);
  await expect(two.getProvider(id)).rejects.toMatchObject({ status: 404 });
  await expect(two.deleteProvider(id)).rejects.toMatchObject({ status: 404 });
});

test("each account has its own settings and credits", async () => {
  await one.updateGatewayConfig({ maxInputTokens: 7 });
  await fetch((await one.createCheckoutSession({ amount: 100 })).sessionUrl);
  const [mine, other] = [await one.getGatewayConfig(), await two.getGatewayConfig()];
  expect([mine.maxInputTokens, other.maxInputTokens]).toEqual([7, null]);
  expect(mine.accountId).not.toBe(other.accountId);
  expect([(await one.getCreditBalance()).balanceCents, (await two.getCreditBalance()).balanceCents]).toEqual([
    600, 500,
  ]);
});

test("an access key uses the providers of its own account, and its usage is recorded only there", async () => {
  await two.createProvider({ providerId: "only-two", name: "only two", baseUrl: "https://two.example/v1" });
  const { token, id } = await one.createAccessKey({ name: "k" });
  const ask = (model: string) =>
    fetch(`${gateway.gatewayUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ model, messages: [] }),
    });
  expect([(await ask("only-two:x")).status, (await ask("openai:gpt-5")).status]).toEqual([422, 200]);
  const used = async (client: GatewayClient) => {
    const keys = [];
    for await (const { accessKeyId } of client.listUsage({ startTime: "2020-01-01T00:00:00Z" })) keys.push(accessKeyId);
    return keys;
  };
  expect([await used(one), await used(two)]).toEqual([[id], []]);
});

test("an API key created in an account manages that account until its deletion, and has the time of its last use", async () => {
  const { id, token = "", lastUsed } = await two.createApiKey({ name: "made" });
  expect(lastUsed).toBeNull();
  const made = new GatewayClient({ apiUrl: gateway.controlUrl, apiKey: token });
  expect(await names(made)).toEqual(await names(two));
  expect(Date.parse((await two.getApiKey(id)).lastUsed ?? "")).toBeGreaterThan(0);
  await two.deleteApiKey(id);
  await expect(names(made)).rejects.toMatchObject({ status: 401 });
});

test("without credits, every request is refused until credits are bought, even with the account's own provider key", async () => {
  const poor = await startGateway({ creditCents: 0 });
  const client = new GatewayClient({ apiUrl: poor.controlUrl, apiKey: poor.apiKey });
  const { token } = await client.createAccessKey({ name: "k" });
  await client.createProviderKey({ providerId: "openai", name: "own", value: "an-own-key-0123456789" });
  const ask = async () => {
    const answer = await fetch(`${poor.gatewayUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: '{"model":"openai:gpt-5","messages":[]}',
    });
    const { errorCode } = (await answer.json()) as { errorCode?: string };
    return [answer.status, errorCode];
  };
  expect(await ask()).toEqual([403, "ERR_NGROK_6033"]);
  const purchase = { details: { reason: "metronome_not_provisioned" }, status: 400 };
  await expect(client.createCreditPurchase({ amount: 1 }, "k0")).rejects.toMatchObject(purchase);
  await fetch((await client.createCheckoutSession({ amount: 1 })).sessionUrl);
  expect(await ask()).toEqual([200, undefined]);
  // Each request costs the processing fee, so that one cent is used up.
  expect(await ask()).toEqual([403, "ERR_NGROK_4026"]);
  const { id, status } = await client.createCreditPurchase({ amount: 1 }, "k1");
  expect([status, await ask()]).toEqual(["pending", [403, "ERR_NGROK_4026"]]);
  expect((await client.getCreditPurchase(id)).status).toBe("succeeded");
  expect(await ask()).toEqual([200, undefined]);
  await poor.close();
});
