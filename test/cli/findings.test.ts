/**
 * The findings that `check` derives from an account, as a pure function. Does not prove which usage the API reports.
 */
import { FINDINGS, findingsOf, type Inspected } from "../../cli/account/findings";
import type { UsageEvent } from "../../sdk";

const CREATED = "2026-01-02T03:04:05Z";
const LATER = "2026-01-02T03:04:06Z";
const AZURE = "https://contoso.openai.azure.com/openai/v1";

const provider = (providerId: string, baseUrl = "https://llm.example.com/v1") => ({
  id: `aigp_${providerId}`,
  providerId,
  baseUrl,
});
const key = (name: string, providerId: string, lastUsed: string | null = null, createdAt = CREATED) => ({
  id: `aigpk_${name}`,
  name,
  providerId,
  createdAt,
  lastUsed,
});
const configuration = (...rules: { provider: string; keys: string[] }[]) => ({
  id: "aigac_team",
  name: "team",
  router: {
    rules: rules.map(({ provider, keys }) => ({
      provider,
      steps: [{ keys: keys.map((id) => ({ id: `aigpk_${id}` })) }],
    })),
  },
});
const accessKey = { id: "aigk_app", name: "app", createdAt: CREATED, lastUsed: CREATED };
const attached = { ...accessKey, accessKeyConfiguration: { id: "aigac_team" } };
const empty: Inspected = { providers: [], providerKeys: [], configurations: [], accessKeys: [], apiKeys: [] };

const found = (inventory: Partial<Inspected>, usage: readonly UsageEvent[] = []) =>
  findingsOf({ ...empty, ...inventory }, usage).map(({ finding, name }) => `${finding} ${name}`);

test("an empty account has no findings", () => {
  expect(found({})).toEqual([]);
});

test("the second key of an Azure provider is not reported as never used, with or without a rule that lists it", () => {
  const account = {
    providers: [provider("azure", AZURE)],
    providerKeys: [key("second", "azure", null, LATER), key("first", "azure", LATER)],
    accessKeys: [accessKey],
  };
  expect(found(account)).toEqual([]);
  const rules = configuration({ provider: "azure", keys: ["first", "second"] });
  expect(found({ ...account, configurations: [rules], accessKeys: [attached] })).toEqual([]);
});

test("if both keys of an Azure provider are unused, only the key that is tried first is reported", () => {
  const account = {
    providers: [provider("azure", AZURE)],
    providerKeys: [key("second", "azure", null, LATER), key("first", "azure")],
    accessKeys: [accessKey],
  };
  expect(found(account)).toEqual(["key-never-used first"]);
  const swapped = configuration({ provider: "azure", keys: ["second", "first"] });
  expect(found({ ...account, configurations: [swapped], accessKeys: [attached] })).toEqual(["key-never-used second"]);
});

test("the later key of an upstream other than Azure is reported, unless a rule lists it after another key of the provider", () => {
  const account = {
    providers: [provider("own")],
    providerKeys: [key("second", "own", null, LATER), key("first", "own", LATER)],
    accessKeys: [accessKey],
  };
  expect(found(account)).toEqual(["key-never-used second"]);
  const rules = configuration({ provider: "own", keys: ["first", "second"] });
  expect(found({ ...account, configurations: [rules], accessKeys: [attached] })).toEqual([]);
});

test("an unused key that one rule lists first is reported even if another rule lists it second", () => {
  const rules = configuration({ provider: "own", keys: ["first", "second"] }, { provider: "own", keys: ["second"] });
  const account = {
    providers: [provider("own")],
    providerKeys: [key("second", "own"), key("first", "own", LATER)],
    configurations: [rules],
    accessKeys: [attached],
  };
  expect(found(account)).toEqual(["key-never-used second"]);
});

test("a key that a rule lists after another provider's key is not a standby key", () => {
  const rules = configuration({ provider: "own", keys: ["other", "first"] });
  const account = {
    providers: [provider("own"), provider("second")],
    providerKeys: [key("first", "own"), key("other", "second", LATER)],
    configurations: [rules],
    accessKeys: [attached],
  };
  expect(found(account)).toEqual(["key-never-used first"]);
});

test("a finding contains the problem, its details and the solution", () => {
  const [first, ...others] = findingsOf({ ...empty, apiKeys: [key("pipeline", "")] });
  expect(others).toEqual([]);
  expect(first).toEqual({
    finding: "key-never-used",
    kind: "ApiKey",
    id: "aigpk_pipeline",
    name: "pipeline",
    detail: `created ${CREATED}`,
    reason: `The key has never been used (created ${CREATED}). Delete it, or find out which application should use it.`,
  });
});

test("requests billed to credits are summed by access key and provider, if the account has its own key for the provider", () => {
  const event = (providerId: string, keySource: string, totalCost: string) =>
    ({ provider: providerId, keySource, totalCost, accessKeyId: "aigk_app" }) as UsageEvent;
  const usage = [
    event("openai", "ngrok", "0.10"),
    event("openai", "ngrok", "0.25"),
    event("openai", "user", "9.00"),
    event("groq", "ngrok", "9.00"),
  ];
  const findings = findingsOf(
    { ...empty, providerKeys: [key("own", "openai", LATER)], accessKeys: [accessKey] },
    usage,
  );
  expect(findings.map(({ finding, name, detail }) => [finding, name, detail])).toEqual([
    ["billed-to-credits", "app", "2 requests to openai, 0.35 USD"],
  ]);
});

test("every finding has a readable id, complete sentences and a kind", () => {
  for (const [id, { concerns, message, advice }] of Object.entries(FINDINGS)) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect([message, advice].every((text) => /^[A-Z].*\.$/.test(text))).toBe(true);
    expect(concerns.length).toBeGreaterThan(0);
  }
});
