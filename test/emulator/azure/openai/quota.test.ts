/**
 * Tokens and requests per minute of a deployment. Does not prove that Azure's minute starts and ends at the same time.
 */
import { ask, azureWith, closeAzures, TestClock } from "../helpers";
import { chatUrl, HELLO, SEED } from "./seeded";

afterEach(closeAzures);

const SMALL = chatUrl("small");
/** Counts 600 tokens: 6 for the prompt and what the answer may use. */
const BIG = { ...HELLO, max_completion_tokens: 594 };

test("a deployment with capacity 1 accepts requests until 1,000 tokens are counted, and again after a minute", async () => {
  const clock = new TestClock();
  const azure = await azureWith({ seed: SEED, clock: clock.read });
  const options = { headers: { "api-key": "key-one" }, body: BIG };

  const first = await ask(azure, SMALL, options);
  expect(first.status).toBe(200);
  expect(first.headers).toMatchObject({
    "x-ratelimit-limit-tokens": "1000",
    "x-ratelimit-remaining-tokens": "400",
    "x-ratelimit-limit-requests": "6",
    "x-ratelimit-remaining-requests": "5",
  });

  clock.advance(15_500);
  const second = await ask(azure, SMALL, options);
  expect(second.status).toBe(200);
  expect(second.headers["x-ratelimit-remaining-tokens"]).toBe("0");

  const third = await ask(azure, SMALL, options);
  expect(third.status).toBe(429);
  expect(third.body).toEqual({
    error: {
      code: "429",
      message:
        "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 45 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.",
    },
  });
  expect(third.headers).toMatchObject({
    "retry-after": "45",
    "retry-after-ms": "44500",
    "x-ratelimit-remaining-tokens": "0",
    "x-ratelimit-reset-tokens": "45",
    "x-ms-region": "Sweden Central",
  });
  expect(third.headers["apim-request-id"]).toMatch(/^[0-9a-f-]{36}$/);

  clock.advance(44_499);
  expect((await ask(azure, SMALL, options)).status).toBe(429);
  clock.advance(1);
  expect((await ask(azure, SMALL, options)).status).toBe(200);
});

test("both keys of an account share the token quota", async () => {
  const azure = await azureWith({ seed: SEED, clock: new TestClock().read });
  for (const key of ["key-one", "key-two"]) {
    expect((await ask(azure, SMALL, { headers: { "api-key": key }, body: BIG })).status).toBe(200);
  }
  for (const key of ["key-one", "key-two"]) {
    expect((await ask(azure, SMALL, { headers: { "api-key": key }, body: BIG })).status).toBe(429);
  }
});

test("small requests exhaust the request quota before the token quota", async () => {
  const azure = await azureWith({ seed: SEED, clock: new TestClock().read });
  const options = { headers: { "api-key": "key-one" }, body: { ...HELLO, max_completion_tokens: 1 } };
  for (let count = 0; count < 6; count++) expect((await ask(azure, SMALL, options)).status).toBe(200);
  const { status, body } = await ask(azure, SMALL, options);
  expect(status).toBe(429);
  expect(body.error.message).toContain("have exceeded call rate limit");
});

test("a seeded deployment without capacity has no quota limit", async () => {
  const azure = await azureWith({ seed: SEED, clock: new TestClock().read });
  const options = { headers: { "api-key": "key-one" }, body: { ...HELLO, max_completion_tokens: 10_000_000 } };
  for (let count = 0; count < 3; count++) expect((await ask(azure, chatUrl(), options)).status).toBe(200);
});
