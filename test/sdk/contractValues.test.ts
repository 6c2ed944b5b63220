/**
 * The pure parts of the contract: the redacted form of keys, and durations. Does not prove the service's form of a key shorter
 * than 20 characters, which is not documented.
 */
import fc from "fast-check";
import {
  creditTransactionSchema,
  parseGoDurationMs,
  providerCreateSchema,
  providerKeySchema,
  redactionFits,
  redactKey,
  routerRuleSchema,
  routerSchema,
  routerStepSchema,
  toRuleWrite,
} from "../../sdk";
import { storedProviderKey } from "./scriptedServer";

describe("redactKey", () => {
  test("shows the first ten and the last four characters of a long key", () => {
    expect(redactKey("sk-proj-0123456789abcdefwxyz")).toBe("sk-proj-01***wxyz");
  });

  test.each(["", "a", "short-secret", "nineteen-characters"])("shows nothing of the short value %j", (value) => {
    expect(redactKey(value)).toBe("***");
  });

  test("always hides at least six characters", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const shown = redactKey(value).length - "***".length;
        return shown === 0 || value.length - shown >= 6;
      }),
    );
  });

  test("always fits the value that it was created from", () => {
    fc.assert(fc.property(fc.string({ maxLength: 60 }), (value) => redactionFits(value, redactKey(value))));
  });

  test.each([
    ["another end", "sk-proj-01***wxyZ", false],
    ["a different start", "sk-prod-01***wxyz", false],
    ["a mask that shows less", "sk-***yz", true],
    ["a mask that shows nothing", "***", true],
    ["a display form without a mask", "hidden", true],
  ])("a key fits or does not fit %s", (_case, keyRedacted, fits) => {
    expect(redactionFits("sk-proj-0123456789abcdefwxyz", keyRedacted)).toBe(fits);
  });
});

describe("parseGoDurationMs", () => {
  test.each([
    ["30s", 30_000],
    ["2m", 120_000],
    ["1m30s", 90_000],
    ["1.5h", 5_400_000],
    [".5s", 500],
    ["5.s", 5_000],
    ["250ms", 250],
    ["10us", 0.01],
    ["10\u00b5s", 0.01],
    ["10\u03bcs", 0.01],
    ["+2s", 2_000],
    ["-2s", -2_000],
    ["0", 0],
    ["0s", 0],
    ["30s1h", 3_630_000],
  ])("reads %s", (text, milliseconds) => {
    expect(parseGoDurationMs(text)).toBeCloseTo(milliseconds, 9);
  });

  test.each([
    "",
    "30",
    "s",
    ".s",
    "1 m",
    " 1m",
    "1m ",
    "1d",
    "1M",
    "--1s",
    "1e3s",
    "+",
    "3000000h",
    "1s,5m",
    "\u0661s",
  ])("refuses %j like Go", (text) => {
    expect(parseGoDurationMs(text)).toBeUndefined();
  });

  test("refuses a very long text immediately", () => {
    expect(parseGoDurationMs(`${"1".repeat(2_000_000)}x`)).toBeUndefined();
    expect(parseGoDurationMs("1h".repeat(1_000_000))).toBeUndefined();
    expect(parseGoDurationMs("1ms".repeat(33))).toBe(33);
  });

  test("reads back what is written in hours, minutes, seconds and milliseconds", () => {
    const whole = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(whole(1000), whole(59), whole(59), whole(999), (h, m, s, ms) => {
        expect(parseGoDurationMs(`${h}h${m}m${s}s${ms}ms`)).toBe(((h * 60 + m) * 60 + s) * 1000 + ms);
      }),
    );
  });
});

describe("Schemas", () => {
  test("a request refuses a field that the API does not know", () => {
    const body = { providerId: "azure", name: "azure", baseUrl: "https://example.com", modles: [] };
    expect(providerCreateSchema.safeParse(body).error?.issues[0]).toMatchObject({
      code: "unrecognized_keys",
      keys: ["modles"],
    });
  });

  test("a response keeps fields that the client does not know, at any depth", () => {
    const rule = { provider: "openai", weight: 2, steps: [{ type: "user", keys: [], pool: "a" }] };
    const router = { rules: [rule], mode: "fast" };
    expect(routerSchema.parse(router)).toEqual(router);
  });

  test("a response may contain values that the document does not name", () => {
    const step = { type: "quota", keySelectionStrategy: "round-robin" };
    expect(routerStepSchema.parse(step)).toEqual(step);
    expect(routerStepSchema.safeParse({ type: 1 }).success).toBe(false);
  });

  test("a transaction of an unknown kind is kept, and one of a known kind is validated", () => {
    const unknown = { type: "refund", amountCents: 1 };
    expect(creditTransactionSchema.parse(unknown)).toEqual(unknown);
    expect(creditTransactionSchema.safeParse({ type: "credits", amountCents: 1 }).success).toBe(false);
    const invoice = { createdAt: "a", periodStart: "b", periodEnd: "c", totalCents: 1, appliedCreditsCents: 0 };
    const unpaid = { type: "usageInvoice", ...invoice, amountDueCents: 1, invoiceUrl: null };
    expect(creditTransactionSchema.parse(unpaid)).toEqual(unpaid);
  });

  test("the value of a provider key is dropped from a response that repeats it", () => {
    const echoed = { ...storedProviderKey("aigpk_1"), value: "sk-echoed" };
    expect(providerKeySchema.parse(echoed)).toEqual(storedProviderKey("aigpk_1"));
    const key = { id: "aigpk_1", name: "k", keyRedacted: "***" };
    const read = routerSchema.parse({ rules: [{ steps: [{ type: "user", keys: [{ ...key, value: "sk-echoed" }] }] }] });
    expect(read).toEqual({ rules: [{ steps: [{ type: "user", keys: [key] }] }] });
  });

  test("a rule that was read is written with all its fields, except those of its keys that only responses have", () => {
    const key = { id: "aigpk_1", name: "k", keyRedacted: "***", weight: 2 };
    const rule = {
      provider: "openai",
      priority: 1,
      steps: [
        { type: "quota", keys: [key] },
        { type: "ngrok", cap: 5 },
      ],
    };
    expect(toRuleWrite(routerRuleSchema.parse(rule))).toEqual({
      provider: "openai",
      priority: 1,
      steps: [
        { type: "quota", keys: [{ id: "aigpk_1", weight: 2 }] },
        { type: "ngrok", cap: 5 },
      ],
    });
  });

  test("a response without a required field is refused with its path", () => {
    const { keyRedacted: _absent, ...rest } = storedProviderKey("aigpk_1");
    expect(providerKeySchema.safeParse(rest).error?.issues.map((issue) => issue.path)).toEqual([["keyRedacted"]]);
  });

  test("null stays null where the document allows it, and is absent elsewhere", () => {
    const parsed = providerKeySchema.parse({ ...storedProviderKey("aigpk_1"), lastUsed: null, description: null });
    expect(parsed.lastUsed).toBeNull();
    expect(parsed.description).toBeUndefined();
  });
});
