/**
 * Secrets that are sent through every kind of failure and searched for in everything that the client returns or prints. Does not
 * prove anything about Pulumi's state or the emulator's log.
 */
import { inspect } from "node:util";
import { GatewayClient, type GatewayError } from "../../sdk";
import { collectSecrets } from "../../sdk/secrets";
import { errorBody, type Scripted, startScriptedServer, steppedClock } from "./scriptedServer";

const API_KEY = "planted-api-key-7c1f";
const VALUE = "planted-value-93ab/+=";
const TOKEN = "planted-token-55de";

const echo = `${API_KEY} and ${VALUE} and ${encodeURIComponent(VALUE)}`;
const faults: [string, Scripted][] = [
  ["an error that repeats what it was sent", { status: 422, json: errorBody(422, echo, echo, { [echo]: echo }) }],
  ["a 401 that repeats the key", { status: 401, json: errorBody(401, "ERR_NGROK_1", echo) }],
  [
    "an error page that repeats it",
    { status: 502, headers: { "content-type": `text/html; x="${API_KEY}"` }, text: echo },
  ],
  ["a content type that is the key", { status: 502, headers: { "content-type": API_KEY }, text: echo }],
  ["a success of a wrong shape with a token in it", { status: 201, json: { token: TOKEN, [VALUE]: VALUE, id: 1 } }],
  ["a success that is not JSON", { status: 201, text: `{"token":"${TOKEN}"` }],
  ["a redirection with the key in its address", { status: 302, headers: { location: `/x?${API_KEY}` } }],
  ["a cut connection", "cut"],
  ["an incomplete response", "cut-in-body"],
  ["a response that is not HTTP", { status: 201, headers: { "content-length": "5" }, text: TOKEN }],
  ["no response in time", "hang"],
];

test.each(faults)("%s puts no secret into the error or the debug log", async (_case, fault) => {
  const printed = jest.spyOn(console, "error").mockImplementation(() => undefined);
  process.env.PULUMI_NGROK_AI_DEBUG = "1";
  const server = await startScriptedServer([fault]);
  const options = {
    apiUrl: server.url,
    apiKey: API_KEY,
    clock: steppedClock(),
    requestTimeoutMs: 50,
    retryBudgetMs: 500,
  };
  const client = new GatewayClient(options);
  const router = { rules: [{ steps: [{ type: "user" as const, keys: [{ name: "inline", value: VALUE }] }] }] };
  const calls = [
    () => client.createProviderKey({ providerId: "openai", name: "n", value: VALUE }),
    () => client.rotateProviderKey("aigpk_1", { name: "n", value: VALUE }),
    () => client.updateAccessKeyConfiguration("aigac_1", { router }),
  ];
  try {
    for (const call of calls) {
      const error = (await call().then(
        () => undefined,
        (thrown) => thrown,
      )) as GatewayError;
      expect(error).toBeInstanceOf(Error);
      expect(error.message.length).toBeGreaterThan(0);
      const shown = [
        error.message,
        error.stack,
        String(error),
        JSON.stringify(error),
        inspect(error, { depth: 9, showHidden: true }),
      ];
      expectNoSecret(shown.join("\n"));
      expectNoSecret(inspect(client, { depth: 9, showHidden: true }));
    }
    expect(printed.mock.calls.length).toBeGreaterThanOrEqual(calls.length);
    expectNoSecret(printed.mock.calls.flat().join("\n"));
  } finally {
    delete process.env.PULUMI_NGROK_AI_DEBUG;
    printed.mockRestore();
    await server.close();
  }
});

function expectNoSecret(text: string): void {
  for (const secret of [API_KEY, VALUE, TOKEN, encodeURIComponent(VALUE)]) expect(text).not.toContain(secret);
}

test("the debug log has one line per attempt: method, path, status, time, attempt", async () => {
  const printed = jest.spyOn(console, "error").mockImplementation(() => undefined);
  process.env.PULUMI_NGROK_AI_DEBUG = "1";
  const server = await startScriptedServer([{ status: 503 }, { status: 204 }]);
  try {
    await new GatewayClient({ apiUrl: server.url, apiKey: API_KEY, clock: steppedClock() }).deleteProvider("aigp_1");
    expect(printed.mock.calls).toEqual([
      ["pulumi-ngrok-ai: DELETE /providers/aigp_1 503 0 ms attempt 1"],
      ["pulumi-ngrok-ai: DELETE /providers/aigp_1 204 0 ms attempt 2"],
    ]);
  } finally {
    delete process.env.PULUMI_NGROK_AI_DEBUG;
    printed.mockRestore();
    await server.close();
  }
});

test("without PULUMI_NGROK_AI_DEBUG, no debug log is printed", async () => {
  const printed = jest.spyOn(console, "error").mockImplementation(() => undefined);
  const server = await startScriptedServer([{ status: 204 }]);
  try {
    await new GatewayClient({ apiUrl: server.url, apiKey: API_KEY }).deleteProvider("aigp_1");
    expect(printed).not.toHaveBeenCalled();
  } finally {
    printed.mockRestore();
    await server.close();
  }
});

test("secrets are found at any depth of a body, and no other values are", () => {
  const body = {
    name: "n",
    value: "a",
    router: { rules: [{ steps: [{ keys: [{ id: "i" }, { value: "b" }] }] }] },
    token: "c",
  };
  expect(collectSecrets(body)).toEqual(["a", "b", "c"]);
  expect(collectSecrets(undefined)).toEqual([]);
});
