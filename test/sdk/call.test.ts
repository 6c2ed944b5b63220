/**
 * One call to a local server with all kinds of network failures. Does not prove that the real API responds like this, or anything
 * about TLS.
 */
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import {
  GatewayClient,
  type GatewayClientOptions,
  GatewayConfigurationError,
  type GatewayError,
  GatewayNotFoundError,
  GatewayRejectedError,
  GatewayUnexpectedResponseError,
  GatewayUnreachableError,
} from "../../sdk";
import {
  errorBody,
  type Scripted,
  type ScriptedServer,
  startScriptedServer,
  steppedClock,
  storedProvider,
  storedProviderKey,
} from "./scriptedServer";

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function connect(script: Scripted[], options: Partial<GatewayClientOptions> = {}) {
  const server = await startScriptedServer(script);
  servers.push(server);
  const clock = steppedClock();
  const client = new GatewayClient({ apiUrl: server.url, apiKey: "key-of-the-account", clock, ...options });
  return { client, clock, requests: server.requests, server };
}

async function failureOf(call: Promise<unknown>): Promise<GatewayError> {
  const outcome = await call.then(
    () => undefined,
    (error: GatewayError) => error,
  );
  if (outcome === undefined) throw new Error("the call was expected to fail");
  return outcome;
}

const created = { status: 201, json: storedProviderKey("aigpk_1") };
const found = { status: 200, json: storedProvider("aigp_1") };
const unavailable = { status: 503, json: errorBody(503, "ERR_NGROK_27613", "upstream service error") };
const gone = { status: 404, json: errorBody(404, "ERR_NGROK_27611", "resource not found") };
const limited = (retryAfter: string) => ({
  status: 429,
  headers: { "retry-after": retryAfter },
  json: errorBody(429, "ERR_NGROK_1", "too many requests"),
});
const keyBody = { providerId: "openai", name: "openai-primary", value: "sk-proj-abcdefghijklmnopqrstuvwxyz" };
const subject = { kind: "ProviderKey", name: "openai-primary" };

test("a call sends the key, the JSON body and the accepted types, and returns the validated response", async () => {
  const { client, requests } = await connect([{ status: 201, json: { ...storedProviderKey("aigpk_1"), unknown: 1 } }]);
  expect(await client.createProviderKey(keyBody)).toEqual({ ...storedProviderKey("aigpk_1"), unknown: 1 });
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ method: "POST", target: "/provider-keys", body: JSON.stringify(keyBody) });
  expect(requests[0]?.headers).toMatchObject({
    authorization: "Bearer key-of-the-account",
    "content-type": "application/json",
    accept: "application/json",
  });
});

test("an undefined field of a request is not sent, a null field is", async () => {
  const { client, requests } = await connect([{ status: 200, json: storedProviderKey("aigpk_1") }]);
  await client.updateProviderKey("aigpk_1", { name: undefined, description: null });
  expect(requests[0]).toMatchObject({
    method: "PATCH",
    target: "/provider-keys/aigpk_1",
    body: '{"description":null}',
  });
});

test("an id is one segment of the path, for any text", async () => {
  const { client, requests } = await connect([found]);
  await client.getProvider("a/b?c=d#e%$&");
  expect(requests[0]?.target).toBe("/providers/a%2Fb%3Fc%3Dd%23e%25%24%26");
});

test.each(["", ".", ".."])("the id %j is refused and nothing is sent", async (id) => {
  const { client, requests } = await connect([{ status: 204 }]);
  const error = await failureOf(client.deleteProvider(id));
  expect(error).toBeInstanceOf(GatewayConfigurationError);
  expect(requests).toHaveLength(0);
});

test("a path in the base URL precedes the API's paths", async () => {
  const { server, requests } = await connect([found]);
  await new GatewayClient({ apiUrl: `${server.url}/proxy/`, apiKey: "k" }).getProvider("aigp_1");
  expect(requests[0]?.target).toBe("/proxy/providers/aigp_1");
});

describe("Retry", () => {
  test("a GET is sent again after a 503, with growing waits", async () => {
    const { client, clock, requests } = await connect([unavailable, unavailable, unavailable, found]);
    expect(await client.getProvider("aigp_1")).toEqual(storedProvider("aigp_1"));
    expect(requests).toHaveLength(4);
    expect(clock.sleepsMs).toEqual([375, 750, 1500]);
  });

  test.each(["cut", "cut-in-body"] as const)("a GET is sent again after a connection is %s", async (fault) => {
    const { client, requests } = await connect([fault, found]);
    expect(await client.getProvider("aigp_1")).toEqual(storedProvider("aigp_1"));
    expect(requests).toHaveLength(2);
  });

  test("a PATCH is sent again after a cut connection and after a 500", async () => {
    const { client, requests } = await connect(["cut", { status: 500 }, found]);
    await client.updateProvider("aigp_1", { name: "new" });
    expect(requests.map((request) => request.body)).toEqual(Array(3).fill('{"name":"new"}'));
  });

  test.each([408, 500, 502, 503, 504])(
    "a POST is not sent again after a %i, whose outcome is unknown",
    async (status) => {
      const { client, requests } = await connect([{ status, json: errorBody(status, "ERR_NGROK_1", "no") }]);
      const error = await failureOf(client.createProviderKey(keyBody));
      expect(error).toBeInstanceOf(GatewayRejectedError);
      expect(error).toMatchObject({ status, outcome: "unknown", isRetryable: false, attempts: 1 });
      expect(requests).toHaveLength(1);
    },
  );

  test("a POST is not sent again after a cut connection, whose outcome is unknown", async () => {
    const { client, requests } = await connect(["cut"]);
    const error = await failureOf(client.createProviderKey(keyBody, { subject }));
    expect(error).toBeInstanceOf(GatewayUnreachableError);
    expect(error).toMatchObject({ outcome: "unknown", isRetryable: false, attempts: 1, status: undefined });
    expect(error.message).toMatch(
      /^create ProviderKey "openai-primary" failed: POST \/provider-keys got no answer: the connection was (cut|closed) \(\w+\)\. .*the change may have been made\. \(attempt 1 of 1; a POST is not repeated\)$/,
    );
    expect(requests).toHaveLength(1);
  });

  test("a POST is sent again after a 429, which had no effect", async () => {
    const { client, clock, requests } = await connect([limited("7"), created]);
    await client.createProviderKey(keyBody);
    expect(requests).toHaveLength(2);
    expect(clock.sleepsMs).toEqual([7000]);
  });

  test("a POST is sent again after a refused connection, because nothing was sent", async () => {
    const port = await unusedPort();
    const clock = steppedClock();
    let server: ScriptedServer | undefined;
    const sleep = clock.sleep;
    clock.sleep = async (delayMs, signal) => {
      await sleep(delayMs, signal);
      server ??= await startScriptedServer([created], port);
      servers.push(server);
    };
    const client = new GatewayClient({ apiUrl: `http://127.0.0.1:${port}`, apiKey: "k", clock });
    expect(await client.createProviderKey(keyBody)).toMatchObject({ id: "aigpk_1" });
    expect(server?.requests).toHaveLength(1);
    expect(clock.sleepsMs).toEqual([375]);
  });

  test("a connection that is always refused ends as not sent when the budget is used up", async () => {
    const clock = steppedClock();
    const apiUrl = `http://127.0.0.1:${await unusedPort()}`;
    const client = new GatewayClient({ apiUrl, apiKey: "k", clock, retryBudgetMs: 2_000 });
    const error = await failureOf(client.createProviderKey(keyBody, { subject }));
    expect(error).toBeInstanceOf(GatewayUnreachableError);
    expect(error).toMatchObject({ outcome: "not-sent", code: "ECONNREFUSED", attempts: 3, isRetryable: true });
    expect(error.message).toBe(
      `create ProviderKey "openai-primary" failed: POST /provider-keys got no answer: the connection was refused (ECONNREFUSED). ` +
        `Check that the API is at ${apiUrl} and can be reached. (attempt 3 of 3; the retry budget of 2 s is used up)`,
    );
  });

  test("Retry-After as a date is respected in full", async () => {
    const { client, clock, requests } = await connect([limited("Thu, 01 Jan 2026 00:00:09 GMT"), found]);
    await client.getProvider("aigp_1");
    expect(clock.sleepsMs).toEqual([9000]);
    expect(requests).toHaveLength(2);
  });

  test("Retry-After beyond the budget ends the call immediately, and the error says so", async () => {
    const { client, clock, requests } = await connect([limited("121")]);
    const error = await failureOf(client.getProvider("aigp_1"));
    expect(error).toMatchObject({ status: 429, attempts: 1, isRetryable: true, outcome: "rejected" });
    expect(error.message).toContain("Retry-After asks for 121 s, the retry budget has 120 s left");
    expect(clock.sleepsMs).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  test("an error that is permanent is not sent again", async () => {
    const { client, requests } = await connect([{ status: 422, json: errorBody(422, "ERR_NGROK_27704", "no name") }]);
    const error = await failureOf(client.updateProvider("aigp_1", {}));
    expect(error).toMatchObject({ status: 422, code: "ERR_NGROK_27704", outcome: "rejected", isRetryable: false });
    expect(requests).toHaveLength(1);
  });

  test("an update whose first response was lost stays unknown if later attempts are refused", async () => {
    const { client } = await connect(["cut", limited("1")], { retryBudgetMs: 1_200 });
    const error = await failureOf(client.updateProvider("aigp_1", { name: "new" }));
    expect(error).toMatchObject({ status: 429, outcome: "unknown", attempts: 2 });
  });
});

describe("DELETE", () => {
  test("a 404 after an attempt whose response was lost means deleted", async () => {
    const { client, requests } = await connect(["cut", gone]);
    await expect(client.deleteProvider("aigp_1")).resolves.toBeUndefined();
    expect(requests).toHaveLength(2);
  });

  test("a 404 on the first attempt is an error", async () => {
    const { client, requests } = await connect([gone]);
    const error = await failureOf(client.deleteProvider("aigp_1"));
    expect(error).toBeInstanceOf(GatewayNotFoundError);
    expect(error).toMatchObject({ status: 404, code: "ERR_NGROK_27611", outcome: "rejected" });
    expect(requests).toHaveLength(1);
  });

  test("a 404 after an attempt that was certainly refused is an error", async () => {
    const { client } = await connect([limited("1"), gone]);
    expect(await failureOf(client.deleteProvider("aigp_1"))).toBeInstanceOf(GatewayNotFoundError);
  });
});

describe("Responses", () => {
  test("a 404 that is not the API's own does not mean that the object is deleted", async () => {
    const page = {
      status: 404,
      headers: { "content-type": "text/html; charset=utf-8" },
      text: "<h1>nothing here</h1>",
    };
    const { client, server } = await connect([page]);
    const error = await failureOf(client.getProvider("aigp_1"));
    expect(error).not.toBeInstanceOf(GatewayNotFoundError);
    expect(error.message).toBe(
      "getProvider failed: GET /providers/aigp_1 answered 404 with text/html, which is not the API's own error. " +
        `Check apiUrl (${server.url}) and any proxy on the way. (attempt 1 of 1)`,
    );
  });

  test("a response without required fields names the fields, not their values", async () => {
    const { client } = await connect([
      { status: 200, json: { ...storedProvider("aigp_1"), name: 98765432123, createdBy: { id: "usr_1" } } },
    ]);
    const error = await failureOf(client.getProvider("aigp_1"));
    expect(error).toBeInstanceOf(GatewayUnexpectedResponseError);
    expect(error).toMatchObject({ status: 200, outcome: "unknown", isRetryable: false });
    expect((error as GatewayUnexpectedResponseError).fieldPaths.toSorted()).toEqual(["createdBy.uri", "name"]);
    expect(error.message).toContain("createdBy.uri");
    expect(error.message).not.toContain("98765432123");
  });

  const page = { status: 200, headers: { "content-type": "text/html" }, text: "<h1>welcome</h1>" };
  const cutJson = { status: 200, headers: { "content-type": "application/json" }, text: '{"id":"aigp_1","provi' };

  test.each([
    ["a page", page],
    ["JSON that is cut", cutJson],
    ["an empty body", { ...cutJson, text: "" }],
  ])("a GET with the response %s is sent again", async (_case, unreadable) => {
    const { client, requests } = await connect([unreadable, unreadable, found]);
    expect(await client.getProvider("aigp_1")).toEqual(storedProvider("aigp_1"));
    expect(requests).toHaveLength(3);
  });

  test("a response that stays unreadable is reported by status and content type when the budget is used up", async () => {
    const { client, requests } = await connect([page], { retryBudgetMs: 1_000 });
    const error = await failureOf(client.getProvider("aigp_1"));
    expect(error).toBeInstanceOf(GatewayUnexpectedResponseError);
    expect(error).toMatchObject({ attempts: 2, isRetryable: true, outcome: "unknown" });
    expect(error.message).toContain("answered 200, but its body is not JSON (text/html)");
    expect(error.message).toContain("the retry budget of 1 s is used up");
    expect(error.message).not.toContain("welcome");
    expect(requests).toHaveLength(2);
  });

  test.each([200, 202, 206, 299])(
    "a DELETE with the response %i has not succeeded, and is sent again",
    async (status) => {
      const { client, requests } = await connect([{ ...page, status }, { status: 204 }]);
      await expect(client.deleteProvider("aigp_1")).resolves.toBeUndefined();
      expect(requests).toHaveLength(2);
    },
  );

  test("a DELETE that never gets a 204 fails with an unknown outcome", async () => {
    const { client } = await connect([page], { retryBudgetMs: 1_000 });
    const error = await failureOf(client.deleteProvider("aigp_1"));
    expect(error).toBeInstanceOf(GatewayUnexpectedResponseError);
    expect(error).toMatchObject({ status: 200, outcome: "unknown" });
    expect(error.message).toContain("answered 200, but the API answers this with 204 (text/html)");
    expect(error.message).toContain("the change may have been made");
  });

  test("a DELETE that took effect despite a page as its response ends with the API's own 404", async () => {
    const { client } = await connect([page, gone]);
    await expect(client.deleteProvider("aigp_1")).resolves.toBeUndefined();
  });

  test.each([
    ["a create with the response 200", { status: 200, json: storedProviderKey("aigpk_1") }],
    ["a create with a page as its response", { ...page, status: 201 }],
  ])("%s is not sent again, and its outcome is unknown", async (_case, answer) => {
    const { client, requests } = await connect([answer]);
    const error = await failureOf(client.createProviderKey(keyBody));
    expect(error).toBeInstanceOf(GatewayUnexpectedResponseError);
    expect(error).toMatchObject({ outcome: "unknown", isRetryable: false, attempts: 1 });
    expect(requests).toHaveLength(1);
  });

  test("an endless response is cut off and not requested again", async () => {
    let sent = 0;
    const endless = createHttpServer((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const piece = Buffer.alloc(1024 * 1024, 0x20);
      const write = () => {
        sent += 1;
        if (!response.destroyed) response.write(piece, write);
      };
      write();
    });
    await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
    const { port } = endless.address() as AddressInfo;
    const client = new GatewayClient({ apiUrl: `http://127.0.0.1:${port}`, apiKey: "k" });
    const error = await failureOf(client.getProvider("aigp_1"));
    expect(error).toBeInstanceOf(GatewayUnreachableError);
    expect(error).toMatchObject({ code: "ANSWER_TOO_LARGE", attempts: 1, isRetryable: false });
    expect(error.message).toContain("the answer is longer than 16 MiB");
    expect(sent).toBeLessThan(100);
    endless.closeAllConnections();
    await new Promise((resolve) => endless.close(resolve));
  });

  test("a redirection is not followed, so the key is sent to no other host", async () => {
    const elsewhere = await startScriptedServer([found]);
    servers.push(elsewhere);
    const { client } = await connect([{ status: 307, headers: { location: `${elsewhere.url}/providers/aigp_1` } }]);
    const error = await failureOf(client.getProvider("aigp_1"));
    expect(error).toBeInstanceOf(GatewayUnexpectedResponseError);
    expect(error.message).toContain("answered 307, but a redirection is not followed");
    expect(elsewhere.requests).toHaveLength(0);
  });

  test("null in an optional field of a response is read as absent", async () => {
    const { client } = await connect([{ status: 200, json: { ...storedProvider("aigp_1"), metadata: null } }]);
    expect((await client.getProvider("aigp_1")).metadata).toBeUndefined();
  });
});

describe("An API that does not respond", () => {
  test("is reported after the first attempt, with the time of the last attempt", async () => {
    const notices: unknown[] = [];
    const clock = steppedClock();
    const apiUrl = `http://127.0.0.1:${await unusedPort()}`;
    const options = { apiUrl, apiKey: "k", clock, retryBudgetMs: 2_000 };
    const startMs = clock.nowMs();
    const client = new GatewayClient({
      ...options,
      onUnreachable: (notice) => notices.push([notice, clock.sleepsMs.length]),
    });
    await failureOf(client.getProvider("aigp_1"));
    const problem = "the connection was refused (ECONNREFUSED)";
    expect(notices).toEqual([[{ apiOrigin: apiUrl, problem, untilMs: startMs + 2_000 }, 0]]);
  });

  test("is not reported for a refusal, or for a request that is not repeated", async () => {
    const onUnreachable = jest.fn();
    const { client } = await connect([unavailable, found, "cut"], { onUnreachable });
    await client.getProvider("aigp_1");
    await failureOf(client.createProviderKey(keyBody));
    expect(onUnreachable).not.toHaveBeenCalled();
  });
});

describe("Time and concurrency", () => {
  test("an attempt without a response ends at its timeout, and the next one is made", async () => {
    const { client, requests } = await connect(["hang", found], { requestTimeoutMs: 50 });
    expect(await client.getProvider("aigp_1")).toEqual(storedProvider("aigp_1"));
    expect(requests).toHaveLength(2);
  });

  test("a POST that timed out has an unknown outcome and is not sent again", async () => {
    const { client, requests } = await connect(["hang"], { requestTimeoutMs: 50 });
    const error = await failureOf(client.createProviderKey(keyBody));
    expect(error).toMatchObject({ code: "TIMEOUT", outcome: "unknown", attempts: 1 });
    expect(error.message).toContain("got no answer: none within 50 ms");
    expect(requests).toHaveLength(1);
  });

  test("canceling ends a request in flight, and a create then has an unknown outcome", async () => {
    const { client, server } = await connect(["hang"]);
    const controller = new AbortController();
    const failure = failureOf(client.createProviderKey(keyBody, { signal: controller.signal }));
    await server.seen(1);
    controller.abort();
    const error = await failure;
    expect(error).toBeInstanceOf(GatewayUnreachableError);
    expect(error).toMatchObject({ code: "ABORT_ERR", outcome: "unknown", isRetryable: false });
    expect(server.requests).toHaveLength(1);
  });

  test("canceling ends a wait, and no further attempt is made", async () => {
    const clock = steppedClock();
    const controller = new AbortController();
    clock.sleep = async () => controller.abort();
    const { client, requests } = await connect([limited("1")], { clock });
    const error = await failureOf(client.createProviderKey(keyBody, { signal: controller.signal, subject }));
    expect(error).toMatchObject({ code: "ABORT_ERR", attempts: 1, outcome: "rejected" });
    expect(error.message).toBe(
      'create ProviderKey "openai-primary" failed: POST /provider-keys got no answer: the caller canceled it. (attempt 1 of 1)',
    );
    expect(requests).toHaveLength(1);
  });

  test("a call that is canceled before it starts sends nothing", async () => {
    const { client, requests } = await connect([created]);
    const error = await failureOf(client.createProviderKey(keyBody, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: "ABORT_ERR", outcome: "not-sent" });
    expect(requests).toHaveLength(0);
  });

  test("no more requests than maxConcurrency are in flight, over all clients of the account", async () => {
    const { server } = await connect(["hang"]);
    const options = { apiUrl: server.url, apiKey: "one-account", maxConcurrency: 3 };
    const clients = [new GatewayClient(options), new GatewayClient(options)];
    const controller = new AbortController();
    const failures = Array.from({ length: 10 }, (_, index) =>
      failureOf((clients[index % 2] as GatewayClient).getProvider(`aigp_${index}`, { signal: controller.signal })),
    );
    await server.seen(3);
    const other = new GatewayClient({ ...options, apiKey: "another-account" });
    failures.push(failureOf(other.getProvider("aigp_other", { signal: controller.signal })));
    await server.seen(4);
    expect(server.requests.filter((request) => request.headers.authorization === "Bearer one-account")).toHaveLength(3);
    controller.abort();
    const errors = await Promise.all(failures);
    expect(errors.map((error) => error.code)).toEqual(Array(11).fill("ABORT_ERR"));
    expect(server.requests).toHaveLength(4);
  });

  test("the maxConcurrency of the client used last holds for the account", async () => {
    const { server } = await connect(["hang"]);
    const options = { apiUrl: server.url, apiKey: "resized" };
    const controller = new AbortController();
    const { signal } = controller;
    const failures = [1, 2].map((id) =>
      failureOf(new GatewayClient({ ...options, maxConcurrency: 1 }).getProvider(`aigp_${id}`, { signal })),
    );
    await server.seen(1);
    failures.push(failureOf(new GatewayClient({ ...options, maxConcurrency: 3 }).getProvider("aigp_3", { signal })));
    await server.seen(3);
    controller.abort();
    await Promise.all(failures);
    expect(server.requests).toHaveLength(3);
  });

  test("time in the queue uses no retry budget", async () => {
    const clock = steppedClock();
    const { client, server } = await connect(["hang", unavailable, found], {
      clock,
      apiKey: "late",
      maxConcurrency: 1,
    });
    const first = new AbortController();
    const running = failureOf(client.getProvider("aigp_1", { signal: first.signal }));
    await server.seen(1);
    const queued = client.getProvider("aigp_1");
    await new Promise((resolve) => setImmediate(resolve)); // the second call is in the queue from here on
    await clock.sleep(500_000, undefined);
    first.abort();
    await running;
    expect(await queued).toEqual(storedProvider("aigp_1"));
    expect(server.requests).toHaveLength(3);
  });

  test("a call that is canceled in the queue ends immediately and is not sent", async () => {
    const { server } = await connect(["hang"]);
    const client = new GatewayClient({ apiUrl: server.url, apiKey: "queue", maxConcurrency: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    const running = failureOf(client.getProvider("aigp_1", { signal: first.signal }));
    await server.seen(1);
    const queued = failureOf(client.createProviderKey(keyBody, { signal: second.signal }));
    second.abort();
    expect(await queued).toMatchObject({ code: "ABORT_ERR", outcome: "not-sent" });
    first.abort();
    await running;
    expect(server.requests).toHaveLength(1);
  });
});

describe("Proxy", () => {
  const saved = { HTTPS_PROXY: process.env.HTTPS_PROXY, HTTP_PROXY: process.env.HTTP_PROXY };
  const tunnels: string[] = [];
  const proxy = createHttpServer();
  proxy.on("connect", (request, socket) => {
    tunnels.push(request.url ?? "");
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const address = proxy.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    process.env.HTTPS_PROXY = `http://127.0.0.1:${address.port}`;
    process.env.HTTP_PROXY = process.env.HTTPS_PROXY;
  });
  afterAll(async () => {
    for (const [name, value] of Object.entries(saved)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await new Promise((resolve) => proxy.close(resolve));
  });

  test("https uses the proxy of HTTPS_PROXY; a call whose proxy opens no connection has sent nothing", async () => {
    const options = {
      apiUrl: "https://api.example.test",
      apiKey: "proxied",
      clock: steppedClock(),
      retryBudgetMs: 500,
    };
    const error = await failureOf(new GatewayClient(options).createProviderKey(keyBody));
    expect(tunnels).toEqual(["api.example.test:443", "api.example.test:443"]);
    expect(error).toBeInstanceOf(GatewayUnreachableError);
    expect(error).toMatchObject({ outcome: "not-sent", attempts: 2 });
    expect(error.message).toContain("the proxy opened no connection");
  });

  test("http, which is only allowed for nearby hosts, uses no proxy", async () => {
    tunnels.length = 0;
    const { client, requests } = await connect([found], { apiKey: "direct" });
    await client.getProvider("aigp_1");
    expect(requests).toHaveLength(1);
    expect(tunnels).toEqual([]);
  });
});

/** A port that was unused a moment ago. */
async function unusedPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
