/**
 * The result of `GET /usage/requests/{id}` for a model request. Does not prove which durations the hosted gateway
 * measures.
 */
import { hang, json, startUpstream, type Upstream, VALUE } from "./upstream";

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => upstream.reset(2));
afterAll(() => upstream.close());

const completion = {
  choices: [{ index: 0, message: { role: "assistant", content: "Yes" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
};

async function ask(body: object): Promise<string> {
  const token = await upstream.token();
  const answer = await fetch(`${upstream.gateway.gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ messages: [{ role: "user", content: "Are you there?" }], ...body }),
  });
  await answer.text();
  for await (const { requestId } of upstream.gateway.client.listUsage({ startTime: "2020-01-01T00:00:00Z" }))
    return requestId;
  throw new Error("no usage");
}

async function attemptsOf(requestId: string) {
  const { attempts, ...request } = await upstream.gateway.client.getRequestAttempts(requestId);
  expect(request).toEqual({ requestId, uri: `${upstream.gateway.controlUrl}/usage/requests/${requestId}` });
  return attempts;
}

test("the attempts of a request are in order, with the reason for each failover and the served attempt", async () => {
  upstream.answer(json(429, {}), json(500, {}), json(200, completion));
  const attempts = await attemptsOf(await ask({ model: "up:Big", models: ["openai:gpt-5"] }));
  const rows = attempts.map(({ event, served, retryAction, completion: how }) => {
    return [event.attemptNumber, event.provider, event.statusCode, event.isFinalAttempt, served, retryAction, how];
  });
  expect(rows).toEqual([
    [1, "up", 429, false, false, "next_key", "failed"],
    [2, "up", 500, false, false, "next_backend", "failed"],
    [3, "openai", 200, true, true, "succeeded", "succeeded"],
  ]);
});

test("an attempt has the tokens that the upstream reported, and the estimates", async () => {
  upstream.answer(json(200, completion));
  const [attempt] = await attemptsOf(await ask({ model: "up:Big" }));
  expect(attempt?.event).toMatchObject({
    inputTokens: 3,
    outputTokens: 4,
    inputTokensEstimate: 5,
    usageEstimated: false,
    stopReason: "stop",
    keySource: "user",
    providerKeyDisplayName: `${VALUE.slice(0, 10)}***${`${VALUE}-1`.slice(-4)}`,
  });
  expect(attempt?.timeToFirstTokenMs).toBeNull();
  expect(attempt?.requestDurationMs).toBeGreaterThanOrEqual(attempt?.upstreamDurationMs ?? 0);
});

test("a response without usage is billed by the estimates", async () => {
  upstream.answer(json(200, { choices: completion.choices }));
  const [attempt] = await attemptsOf(await ask({ model: "up:Big" }));
  expect(attempt?.event).toMatchObject({
    inputTokens: 0,
    outputTokens: 0,
    inputTokensEstimate: 5,
    outputTokensEstimate: 4,
    usageEstimated: true,
  });
});

test("a timed-out attempt and the last attempt of a failed request are marked as such", async () => {
  await upstream.gateway.client.updateGatewayConfig({ perRequestTimeout: "50ms" });
  upstream.answer(hang, json(503, {}));
  const attempts = await attemptsOf(await ask({ model: "up:Big" }));
  expect(attempts.map(({ retryAction, completion: how, served }) => [retryAction, how, served])).toEqual([
    ["next_key", "timed_out", false],
    ["exhausted", "failed", false],
  ]);
});

test("an upstream's rejection is returned, and no other attempt is made", async () => {
  upstream.answer(json(400, { error: { message: "no such parameter" } }));
  const attempts = await attemptsOf(await ask({ model: "up:Big", models: ["openai:gpt-5"] }));
  expect(attempts.map(({ retryAction, served, completion: how }) => [retryAction, served, how])).toEqual([
    ["fail_fast", true, "failed"],
  ]);
});

test.each(["aigr_00000000-0000-4000-8000-000000000000", "nothing", "aigr_"])(
  "the request %s is not found",
  async (id) => {
    await expect(upstream.gateway.client.getRequestAttempts(id)).rejects.toMatchObject({
      status: 404,
      code: "ERR_NGROK_27611",
    });
  },
);
