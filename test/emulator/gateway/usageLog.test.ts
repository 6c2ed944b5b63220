/**
 * Usage beyond the stored number of events: the last 50,000 events, and the cost of all events. Does not prove the
 * writing of a file; persistence.test.ts does.
 */

import { type Change, Store } from "../../../emulator/gateway/store/store";
import type { NewUsageEvent } from "../../../emulator/gateway/store/usage";
import type { UsageList } from "../../../sdk/contract/usage";

const KEPT = 50_000;
const RECORDED = 60_000;
const ALL = { startTime: "2020-01-01T00:00:00Z" };

const requestId = (index: number) => `aigr_${index.toString(16).padStart(8, "0")}-0000-4fff-8000-ffffffff0000`;
const event = (index: number): NewUsageEvent => ({
  requestId: requestId(index),
  accessKeyId: `aigk_${index % 3}`,
  provider: "openai",
  model: "gpt-5",
  attemptNumber: 1,
  isFinalAttempt: true,
  statusCode: index % 10 === 0 ? 429 : 200,
  timedOut: false,
  isStreaming: index % 2 === 0,
  stopReason: "stop",
  keySource: "ngrok",
  providerKeyId: undefined,
  providerKeyDisplayName: undefined,
  served: index % 10 !== 0,
  retryAction: index % 10 === 0 ? "exhausted" : "succeeded",
  completion: index % 10 === 0 ? "failed" : "succeeded",
  tokens: tokens(index),
  inputTokensEstimate: index,
  outputTokensEstimate: 3,
  requestDurationMs: 20,
  upstreamDurationMs: 10,
  timeToFirstTokenMs: index % 2 === 0 ? 5 : null,
});
const tokens = (index: number) => ({
  inputTokens: 2 + (index % 5),
  outputTokens: 1,
  cacheReadTokens: 1,
  cacheWriteTokens: 5,
  cacheWrite5mTokens: 2,
  cacheWrite1hTokens: 3,
  reasoningTokens: index % 7,
});
/** 5 tokens each on average, at 0.000002 US dollars, and the fee of 0.00000005. */
const COST_CENTS = Math.ceil(RECORDED * 5 * (0.0002 + 0.000005));
const CREDIT_CENTS = 500;

let store: Store;
beforeAll(() => {
  store = new Store();
  store.addCredit({
    type: "credits",
    createdAt: "2026-01-01T00:00:00Z",
    category: "promotional",
    amountCents: CREDIT_CENTS,
    expiresAt: null,
  });
  for (let index = 0; index < RECORDED; index++) store.usage.record(event(index));
});

function allListed(usage: Store["usage"]) {
  const found = [];
  let query: Record<string, string> | undefined = ALL;
  while (query !== undefined) {
    const { aiGatewayUsage, nextPageUri }: UsageList = usage.list(query, "http://x");
    found.push(...aiGatewayUsage);
    query = nextPageUri ? Object.fromEntries(new URL(nextPageUri).searchParams) : undefined;
  }
  return found;
}

test("the last 50,000 events are listed unchanged, newest first", () => {
  const found = allListed(store.usage);
  expect(found.map((one) => one.requestId)).toEqual(
    Array.from({ length: KEPT }, (_, index) => requestId(RECORDED - 1 - index)),
  );
  const index = RECORDED - 2;
  const { tokens: _, served: __, retryAction: ___, completion: ____, ...recorded } = event(index);
  const { requestDurationMs: _____, upstreamDurationMs: ______, timeToFirstTokenMs: _______, ...shown } = recorded;
  expect(found[1]).toEqual({
    ...shown,
    ...tokens(index),
    id: `aigu_${(RECORDED - 1).toString(36).padStart(10, "0")}`,
    eventTime: expect.stringMatching(/^20\d\d-.*Z$/),
    providerDisplayName: "openai",
    modelDisplayName: "gpt-5",
    isError: false,
    usageEstimated: false,
    totalCost: "0.00001",
    inputTokenCost: "0.00001",
    outputTokenCost: "0.00000",
    ngrokProcessingFee: "0.00000",
    cacheReadCost: "0.00000",
    cacheWriteCost: "0.00000",
    cacheWrite5mCost: "0.00000",
    cacheWrite1hCost: "0.00000",
  });
  expect(new Set(found.map(({ id }) => id)).size).toBe(KEPT);
});

test("the overview sums the stored events", () => {
  expect(store.usage.overview(ALL, "http://x").totals).toEqual({
    cost: "0.51250",
    requests: KEPT,
    errors: KEPT / 10,
  });
});

test("credits used by removed events remain used, even if the account is created again", () => {
  const again = new Store();
  const changes = [...store.everything()];
  // As a file keeps them.
  for (const change of JSON.parse(JSON.stringify(changes)) as Change[]) again.apply(change);
  expect(changes.filter(({ kind }) => kind === "usage").length).toBe(KEPT);
  expect([store.balanceCents(), again.balanceCents()]).toEqual([CREDIT_CENTS - COST_CENTS, CREDIT_CENTS - COST_CENTS]);
  // As text, as comparing so many objects takes long.
  expect(JSON.stringify(allListed(again.usage)) === JSON.stringify(allListed(store.usage))).toBe(true);
  again.usage.record(event(0));
  expect(again.usage.list(ALL, "http://x").aiGatewayUsage[0]?.id).toBe(
    `aigu_${(RECORDED + 1).toString(36).padStart(10, "0")}`,
  );
});
