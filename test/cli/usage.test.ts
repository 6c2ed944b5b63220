/**
 * `pulumi-ngrok-ai usage`, and usage in a picture. Runs the build against the local gateway. Does not prove the
 * service's prices: the local gateway has one price for all models.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { toStartTime } from "../../cli/account/since";
import { dollars, type UsageReport } from "../../cli/account/usageReport";
import { type UsageRow, UsageTally } from "../../cli/account/usageTally";
import { toCsv, toTable } from "../../cli/usage/write";
import type { UsageEvent } from "../../sdk";
import { runCommand } from "../helpers/commandLine";
import { startTestGateway, type TestGateway } from "../helpers/gateway";

interface Document {
  readonly by: string;
  readonly rows: readonly UsageRow[];
  readonly total: UsageRow;
  readonly creditBalanceUsd: number;
  readonly failOverUsd?: number;
  readonly isOver?: boolean;
}

let gateway: TestGateway;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  gateway = await startTestGateway();
  env = { AI_GATEWAY_API_KEY: gateway.apiKey, AI_GATEWAY_API_URL: gateway.controlUrl };
});
beforeEach(() => gateway.reset());
afterAll(() => gateway.close());

const usage = (...flags: string[]) => runCommand(["usage", ...flags], env);

async function usageJson(...flags: string[]): Promise<Document> {
  return JSON.parse((await usage("--json", ...flags)).stdout) as Document;
}

async function ask(token: string, model: string): Promise<void> {
  const answer = await fetch(`${gateway.gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
  });
  expect(answer.status).toBe(200);
}

/** Two access keys, of which the first asks twice and the second once. */
async function askThrice() {
  const { client } = gateway;
  const rules = [{ provider: "openai", steps: [{ type: "ngrok" as const }] }];
  const configuration = await client.createAccessKeyConfiguration({
    name: "team",
    access: { providers: { allow: ["openai"] } },
    router: { rules },
  });
  const first = await client.createAccessKey({ name: "first", accessKeyConfigurationId: configuration.id });
  const second = await client.createAccessKey({ name: "second" });
  for (const token of [first.token, first.token, second.token]) await ask(token ?? "", "openai:gpt-5-mini");
  return { configuration, first, second };
}

describe("the command usage", () => {
  test("reports that an account has no requests", async () => {
    expect(await usageJson()).toMatchObject({ by: "provider", rows: [], total: { requests: 0, costUsd: 0 } });
    const { code, stdout } = await usage();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^No requests from .* UTC\.\nCredit balance: \$\d+\.\d\d\n$/);
  });

  test("sums by provider with three calls, and by the requested grouping", async () => {
    const { configuration, first, second } = await askThrice();
    await gateway.requests();
    const byProvider = await usageJson();
    expect((await gateway.requests()).toSorted()).toEqual([
      "GET /credits/balance",
      "GET /usage",
      "GET /usage/overview",
    ]);
    const overview = await gateway.client.getUsageOverview({ startTime: "2020-01-01T00:00:00Z" });
    const counts = { requests: 3, errors: 0, retries: 0, inputTokens: 30 };
    expect(byProvider.rows).toMatchObject([{ id: "openai", name: "openai", ...counts }]);
    expect(byProvider.total).toMatchObject({ ...counts, costUsd: Number(overview.totals.cost) });
    const { balanceCents } = await gateway.client.getCreditBalance();
    expect(byProvider.creditBalanceUsd).toBe(balanceCents / 100);

    const rowsBy = async (by: string) =>
      (await usageJson("--by", by)).rows.map(({ id, name, requests }) => [id, name, requests]);
    expect(await rowsBy("model")).toEqual([["gpt-5-mini", "gpt-5-mini", 3]]);
    expect(await rowsBy("access-key")).toEqual([
      [first.id, "first", 2],
      [second.id, "second", 1],
    ]);
    expect(await rowsBy("configuration")).toEqual([
      [configuration.id, "team", 2],
      ["", "without configuration", 1],
    ]);
  });

  test("excludes requests before --since", async () => {
    await askThrice();
    expect((await usageJson("--since", "1m")).total.requests).toBe(3);
    const { code, stderr } = await usage("--since", "tomorrow");
    expect(code).toBe(1);
    expect(stderr).toContain("Give an age, as 90m, 24h, 7d or 4w");
  });

  test("with --fail-over exits with 2 above the amount and 0 at it, and always prints the report", async () => {
    await askThrice();
    const { total } = await usageJson();
    const limit = String(total.costUsd);
    const at = await usage("--fail-over", limit, "--json");
    expect([at.code, at.stderr, (JSON.parse(at.stdout) as Document).isOver]).toEqual([0, "", false]);
    const over = await usage("--fail-over", "0.00001", "--csv");
    expect(over.code).toBe(2);
    expect(over.stderr).toBe(`The cost of $${limit} is higher than --fail-over 0.00001.\n`);
    expect(over.stdout.split("\n")[1]).toMatch(/^openai,openai,3,0,0,\d+,\d+,0\.\d+$/);
    expect(await usageJson("--fail-over", "0.00001")).toMatchObject({ failOverUsd: 0.00001, isOver: true });
    const wrong = await usage("--fail-over", "much");
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("Give an amount of US dollars")]);
  });

  test("refuses --json together with --csv", async () => {
    const { code, stderr } = await usage("--json", "--csv");
    expect([code, stderr]).toEqual([1, expect.stringContaining("cannot be used with option '--csv'")]);
  });
});

describe("the command graph", () => {
  test("shows usage in its panel and in the details of objects, and findings about usage", async () => {
    const { first } = await askThrice();
    await gateway.client.createProviderKey({ providerId: "openai", name: "own", value: "planted-0123456789" });
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "usage-"));
    const file = path.join(folder, "gateway.html");
    expect((await runCommand(["graph", "--usage", "1d", "-o", file], env)).code).toBe(0);
    const page = fs.readFileSync(file, "utf8");
    const panel = /<section id="usage">.*?<\/section>/s.exec(page)?.[0];
    expect(panel).toMatch(/<section id="usage">.*<td>openai<\/td><td>3<\/td><td>0<\/td><td>\$0\.\d+<\/td>/s);
    const { stdout } = await runCommand(["graph", "--usage", "1d", "--json"], env);
    const { nodes, usage: shown } = JSON.parse(stdout) as {
      nodes: { title: string; facts: string[][]; marks: { finding: string }[] }[];
      usage: { total: UsageRow; providers: UsageRow[] };
    };
    expect(shown.total.requests).toBe(3);
    const node = nodes.find(({ title }) => title === first.name);
    expect(node?.facts.at(-1)?.[1]).toMatch(/^2 requests, 0 errors, \$0\.\d+$/);
    expect(node?.marks.map(({ finding }) => finding)).toContain("billed-to-credits");
    fs.rmSync(folder, { recursive: true });
  });

  test("requests usage only with its option, and never for a state", async () => {
    await askThrice();
    await gateway.requests();
    const { stdout } = await runCommand(["graph", "--json"], env);
    expect(JSON.parse(stdout)).not.toHaveProperty("usage");
    expect((await gateway.requests()).filter((request) => /usage|credits/.test(request))).toEqual([]);
    const { code, stderr } = await runCommand(["graph", "--usage", "1d", "--state", "package.json"], env);
    expect([code, stderr]).toEqual([1, expect.stringContaining("cannot be used with option '--state <file>'")]);
  });
});

const event = (fields: Partial<UsageEvent>): UsageEvent =>
  ({
    provider: "azure",
    providerDisplayName: "Azure",
    model: "gpt-5-mini",
    modelDisplayName: "GPT-5 mini",
    accessKeyId: "aigk_1",
    isFinalAttempt: true,
    isError: false,
    usageEstimated: false,
    inputTokens: 100,
    outputTokens: 10,
    inputTokensEstimate: 7,
    outputTokensEstimate: 3,
    totalCost: "0.10000",
    ...fields,
  }) as UsageEvent;

function tallied(...events: Partial<UsageEvent>[]): UsageTally {
  const tally = new UsageTally();
  for (const fields of events) tally.add(event(fields));
  return tally;
}

const NO_NAMES = { accessKeys: [], configurations: [] };

describe("the sum of usage", () => {
  test("counts an attempt followed by another backend as a retry with tokens and cost, and not as a request", () => {
    const tally = tallied(
      { provider: "a", isFinalAttempt: false, isError: true, totalCost: "0.00100" },
      { provider: "b" },
    );
    const [b, a] = tally.rowsBy("provider", NO_NAMES);
    expect([b, a]).toMatchObject([
      { id: "b", requests: 1, errors: 0, retries: 0, costUsd: 0.1 },
      { id: "a", requests: 0, errors: 0, retries: 1, inputTokens: 100, costUsd: 0.001 },
    ]);
    expect(tally.total()).toEqual({
      requests: 1,
      errors: 0,
      retries: 1,
      inputTokens: 200,
      outputTokens: 20,
      costUsd: 0.101,
    });
  });

  test("counts a failed last attempt as an error, and uses estimates if the provider reported no tokens", () => {
    expect(tallied({ isError: true, usageEstimated: true }).total()).toMatchObject({
      errors: 1,
      inputTokens: 7,
      outputTokens: 3,
    });
  });

  test("of ten times ten cents is one dollar", () => {
    expect(tallied(...Array.from({ length: 10 }, () => ({}))).total().costUsd).toBe(1);
  });

  test("includes usage of a deleted access key, which is marked as deleted", () => {
    const tally = tallied({ accessKeyId: "gone" });
    expect(tally.rowsBy("access-key", NO_NAMES).map(({ name }) => name)).toEqual(["gone (deleted)"]);
    expect(tally.rowsBy("configuration", NO_NAMES)).toMatchObject([{ name: "deleted access keys", requests: 1 }]);
  });
});

function reportOf(tally: UsageTally): UsageReport {
  return {
    startTime: "2026-01-01T00:00:00.000Z",
    endTime: "2026-01-08T12:30:00.000Z",
    total: tally.total(),
    creditBalanceUsd: 4.5,
    rowsBy: (grouping) => tally.rowsBy(grouping, NO_NAMES),
  };
}

describe("the usage report", () => {
  test("is a table with right-aligned numbers", () => {
    const report = reportOf(
      tallied({ inputTokens: 1_234_567 }, { provider: "openai", providerDisplayName: "", totalCost: "0" }),
    );
    expect(toTable(report, "provider").split("\n")).toEqual([
      "2026-01-01 00:00 to 2026-01-08 12:30 UTC",
      "",
      "Provider  Requests  Errors  Retries  Input tokens  Output tokens   Cost",
      "Azure            1       0        0     1,234,567             10  $0.10",
      "openai           1       0        0           100             10  $0.00",
      "Total            2       0        0     1,234,667             20  $0.10",
      "",
      "Credit balance: $4.50",
    ]);
  });

  test("neutralizes names that move a cursor, separate values or start a formula", () => {
    const report = reportOf(
      tallied({ providerDisplayName: 'a,"b"\u202e' }, { provider: "x", providerDisplayName: "=1+1" }),
    );
    expect(toTable(report, "provider")).toContain('a,"b"\\u202e');
    expect(toCsv(report, "provider").split("\n")).toEqual([
      "id,name,requests,errors,retries,inputTokens,outputTokens,costUsd",
      "x,'=1+1,1,0,0,100,10,0.1",
      'azure,"a,""b""\\u202e",1,0,0,100,10,0.1',
    ]);
  });

  test.each([
    [0, "$0.00"],
    [0.00004, "$0.00004"],
    [12.345, "$12.35"],
    [1234.5, "$1,234.50"],
    [-3, "-$3.00"],
  ])("shows %d dollars as %s", (usd, text) => {
    expect(dollars(usd)).toBe(text);
  });
});

describe("the option --since", () => {
  const now = Date.parse("2026-01-31T12:00:00Z");
  test.each([
    ["90m", "2026-01-31T10:30:00.000Z"],
    ["24h", "2026-01-30T12:00:00.000Z"],
    ["7d", "2026-01-24T12:00:00.000Z"],
    ["4w", "2026-01-03T12:00:00.000Z"],
    ["2026-01-01", "2026-01-01T00:00:00.000Z"],
    ["2026-01-01T08:00+02:00", "2026-01-01T06:00:00.000Z"],
  ])("accepts %s", (since, startTime) => {
    expect(toStartTime(since, now)).toBe(startTime);
  });

  test.each([["7"], ["7 d"], ["-7d"], ["2026-02-30T"], ["2026-13-01"], ["2027-01-01"], ["0d"]])(
    "refuses %j",
    (since) => {
      expect(() => toStartTime(since, now)).toThrow(/Give an age|in the past/);
    },
  );
});
