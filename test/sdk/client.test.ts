/**
 * The client over all its operations: the request of each method, lists over many pages, and its options. Does not prove that the
 * responses of the real API fit the schemas.
 */
import { GatewayClient, GatewayConfigurationError, GatewayUnexpectedResponseError, operations } from "../../sdk";
import {
  type ScriptedServer,
  startScriptedServer,
  storedAccessKey,
  storedProvider,
  storedProviderKey,
} from "./scriptedServer";

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(...script: Parameters<typeof startScriptedServer>) {
  const server = await startScriptedServer(...script);
  servers.push(server);
  return { server, client: new GatewayClient({ apiUrl: server.url, apiKey: "k" }) };
}

async function collect<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of list) items.push(item);
  return items;
}

/** A list with this number of providers in pages of 100, newest first, as the API returns it. */
function pagedProviders(count: number, nextPageUri: (id: string) => string) {
  const ids = Array.from({ length: count }, (_, index) => `aigp_${String(count - index).padStart(4, "0")}`);
  return ({ target }: { target: string }) => {
    const beforeId = new URL(target, "http://host").searchParams.get("beforeId");
    const start = beforeId === null ? 0 : ids.indexOf(beforeId) + 1;
    const page = ids.slice(start, start + 100);
    const isLast = start + 100 >= ids.length;
    const json = {
      uri: "https://api.ngrok.ai/providers",
      nextPageUri: isLast ? null : nextPageUri(page.at(-1) ?? ""),
      aiGatewayProviders: page.map(storedProvider),
    };
    return { status: 200, json };
  };
}

describe("Lists", () => {
  test("250 items are three pages, and each item is returned once, newest first", async () => {
    const { client, server } = await serve(
      pagedProviders(250, (id) => `https://api.ngrok.ai/providers?beforeId=${id}`),
    );
    const providers = await collect(client.listProviders());
    expect(providers.map((provider) => provider.id)).toEqual(
      Array.from({ length: 250 }, (_, index) => `aigp_${String(250 - index).padStart(4, "0")}`),
    );
    expect(server.requests.map((request) => request.target)).toEqual([
      "/providers",
      "/providers?beforeId=aigp_0151",
      "/providers?beforeId=aigp_0051",
    ]);
  });

  test("pages are requested when they are needed", async () => {
    const { client, server } = await serve(pagedProviders(250, () => "https://api.ngrok.ai/next"));
    for await (const provider of client.listProviders()) {
      expect(provider.id).toBe("aigp_0250");
      break;
    }
    expect(server.requests).toHaveLength(1);
  });

  test("the URL of the next page is never requested, so the key is sent to no other host", async () => {
    const foreign = await serve([{ status: 200, json: {} }]);
    const { client, server } = await serve(pagedProviders(150, () => `${foreign.server.url}/providers?beforeId=x`));
    expect(await collect(client.listProviders())).toHaveLength(150);
    expect(server.requests).toHaveLength(2);
    expect(foreign.server.requests).toHaveLength(0);
  });

  test.each([
    ["an empty page that announces another one", []],
    ["a server that repeats a page", [storedProvider("aigp_1")]],
  ])("%s ends in an error, not in an incomplete or endless result", async (_case, aiGatewayProviders) => {
    const { client } = await serve([{ status: 200, json: { uri: "/", nextPageUri: "/next", aiGatewayProviders } }]);
    await expect(collect(client.listProviders())).rejects.toBeInstanceOf(GatewayUnexpectedResponseError);
  });

  test("provider keys are filtered by provider on every page", async () => {
    const page = (id: string, nextPageUri: string | null) => ({
      status: 200,
      json: { uri: "/", nextPageUri, aiGatewayProviderKeys: [storedProviderKey(id)] },
    });
    const { client, server } = await serve([page("aigpk_2", "/next"), page("aigpk_1", null)]);
    await collect(client.listProviderKeys({ provider: "azure east" }));
    expect(server.requests.map((request) => request.target)).toEqual([
      "/provider-keys?provider=azure+east",
      "/provider-keys?provider=azure+east&beforeId=aigpk_2",
    ]);
  });

  test("access keys are filtered by configuration on every page", async () => {
    const page = (id: string, nextPageUri: string | null) => ({
      status: 200,
      json: { uri: "/", nextPageUri, aiGatewayAccessKeys: [storedAccessKey(id)] },
    });
    const { client, server } = await serve([page("aigk_2", "/next"), page("aigk_1", null)]);
    await collect(client.listAccessKeys({ accessKeyConfigurationId: "aigac_1" }));
    expect(server.requests.map((request) => request.target)).toEqual([
      "/access-keys?accessKeyConfigurationId=aigac_1",
      "/access-keys?accessKeyConfigurationId=aigac_1&beforeId=aigk_2",
    ]);
  });

  test("usage is paged by the cursor of the previous page", async () => {
    const page = (nextPageUri: string | null) => ({ status: 200, json: { uri: "/", nextPageUri, aiGatewayUsage: [] } });
    const { client, server } = await serve([page("https://elsewhere/usage?startTime=a&cursor=c%2F1"), page(null)]);
    await collect(client.listUsage({ startTime: "2026-01-01T00:00:00Z", includeRetries: true }));
    expect(server.requests.map((request) => request.target)).toEqual([
      "/usage?startTime=2026-01-01T00%3A00%3A00Z&includeRetries=true",
      "/usage?startTime=2026-01-01T00%3A00%3A00Z&includeRetries=true&cursor=c%2F1",
    ]);
  });
});

describe("Every operation", () => {
  const labels = { name: "n" };
  const calls: Record<string, (client: GatewayClient) => Promise<unknown>> = {
    listProviders: (client) => collect(client.listProviders()),
    createProvider: (client) => client.createProvider({ providerId: "p", name: "n", baseUrl: "https://e.com" }),
    getProvider: (client) => client.getProvider("i"),
    updateProvider: (client) => client.updateProvider("i", labels),
    deleteProvider: (client) => client.deleteProvider("i"),
    listProviderKeys: (client) => collect(client.listProviderKeys()),
    createProviderKey: (client) => client.createProviderKey({ providerId: "p", name: "n", value: "v" }),
    getProviderKey: (client) => client.getProviderKey("i"),
    updateProviderKey: (client) => client.updateProviderKey("i", labels),
    rotateProviderKey: (client) => client.rotateProviderKey("i", { name: "n", value: "v" }),
    deleteProviderKey: (client) => client.deleteProviderKey("i"),
    listAccessKeyConfigurations: (client) => collect(client.listAccessKeyConfigurations()),
    createAccessKeyConfiguration: (client) => client.createAccessKeyConfiguration(labels),
    getAccessKeyConfiguration: (client) => client.getAccessKeyConfiguration("i"),
    updateAccessKeyConfiguration: (client) => client.updateAccessKeyConfiguration("i", { router: null }),
    deleteAccessKeyConfiguration: (client) => client.deleteAccessKeyConfiguration("i"),
    listAccessKeys: (client) => collect(client.listAccessKeys()),
    createAccessKey: (client) => client.createAccessKey(labels),
    getAccessKey: (client) => client.getAccessKey("i"),
    updateAccessKey: (client) => client.updateAccessKey("i", { accessKeyConfigurationId: null }),
    deleteAccessKey: (client) => client.deleteAccessKey("i"),
    listApiKeys: (client) => collect(client.listApiKeys()),
    createApiKey: (client) => client.createApiKey(labels),
    getApiKey: (client) => client.getApiKey("i"),
    updateApiKey: (client) => client.updateApiKey("i", labels),
    deleteApiKey: (client) => client.deleteApiKey("i"),
    getGatewayConfig: (client) => client.getGatewayConfig(),
    updateGatewayConfig: (client) => client.updateGatewayConfig({ totalTimeout: "1m" }),
    listUsage: (client) => collect(client.listUsage({ startTime: "t" })),
    listModels: (client) => client.listModels(),
    getRequestAttempts: (client) => client.getRequestAttempts("i"),
    createCreditPurchase: (client) => client.createCreditPurchase({ amount: 500 }, "k"),
    getCreditPurchase: (client) => client.getCreditPurchase("i"),
    getUsageOverview: (client) => client.getUsageOverview({ startTime: "t" }),
    listCreditTransactions: (client) => client.listCreditTransactions(),
    getCreditBalance: (client) => client.getCreditBalance(),
    createCheckoutSession: (client) => client.createCheckoutSession({ amount: 500 }),
  };

  test("except HEAD has a method with its name", () => {
    const withoutHead = Object.entries(operations).filter(([, operation]) => operation.method !== "HEAD");
    expect(Object.keys(calls).toSorted()).toEqual(withoutHead.map(([key]) => key).toSorted());
  });

  test.each(Object.entries(calls))("%s sends its method, its path, and its body if it has one", async (key, call) => {
    const operation = operations[key as keyof typeof operations];
    const { client, server } = await serve([{ status: 418, json: { statusCode: 418, msg: "teapot", details: {} } }]);
    await expect(call(client)).rejects.toMatchObject({ status: 418, operation: key });
    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request?.method).toBe(operation.method);
    expect(request?.target.split("?")[0]).toBe(operation.path.replace(/\{\w+\}/, "i"));
    expect(request?.body !== "").toBe("request" in operation);
  });
});

test("a purchase of credits carries its idempotency key, and is not sent twice", async () => {
  const { client, server } = await serve([{ status: 500, json: { statusCode: 500, msg: "no", details: {} } }]);
  await expect(client.createCreditPurchase({ amount: 500 }, "key-1")).rejects.toMatchObject({ outcome: "unknown" });
  expect(server.requests.map(({ headers, body }) => [headers["idempotency-key"], body])).toEqual([
    ["key-1", '{"amount":500}'],
  ]);
});

describe("Options", () => {
  test.each([
    "https://api.ngrok.ai",
    "https://api.ngrok.ai/",
    "http://localhost:4000",
    "http://127.0.0.1:4000",
    "http://[::1]:4000",
    "http://gateway.internal",
  ])("%s is accepted", (apiUrl) => {
    expect(() => new GatewayClient({ apiUrl, apiKey: "k" })).not.toThrow();
  });

  test.each([
    "http://api.ngrok.ai",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "http://internal",
    "http://notinternal.com",
    "ftp://api.ngrok.ai",
    "api.ngrok.ai",
    "",
    "https://user:hunter2@api.ngrok.ai",
    "https://api.ngrok.ai?key=hunter2",
  ])("%j is refused before anything is sent, and the error repeats no secret", (apiUrl) => {
    let error: unknown;
    try {
      new GatewayClient({ apiUrl, apiKey: "k" });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(GatewayConfigurationError);
    expect(String(error)).not.toContain("hunter2");
  });

  test.each([
    ["", "apiKey is empty: give the key"],
    ["key\n", "apiKey ends with a line break: remove it (in a shell, use printf or echo -n)"],
    ["two words", "apiKey has a space or a line break, which no key has: was it copied with its surroundings?"],
    ["schl\u00fcssel", "apiKey has a character that no key has: was it copied with its surroundings?"],
  ])("the key %j is refused and not repeated", (apiKey, message) => {
    const create = () => new GatewayClient({ apiUrl: "https://api.ngrok.ai", apiKey });
    expect(create).toThrow(GatewayConfigurationError);
    expect(create).toThrow(new Error(message));
  });

  test.each([
    { requestTimeoutMs: 0 },
    { retryBudgetMs: -1 },
    { maxConcurrency: 1.5 },
    { requestTimeoutMs: Number.NaN },
  ])("%j is refused", (options) => {
    const [option = ""] = Object.keys(options);
    expect(() => new GatewayClient({ apiUrl: "https://api.ngrok.ai", apiKey: "k", ...options })).toThrow(option);
  });
});
