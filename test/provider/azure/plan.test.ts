/**
 * The plan of the Azure components: names, addresses, order and every check of the arguments, as pure functions. Does not prove
 * that Azure has the same bounds; they are taken from its documentation.
 */
import { toSentence } from "../../../provider/azure/component";
import type { Planned } from "../../../provider/azure/plan";
import type { PlanContext } from "../../../provider/azure/plan/inputs";
import { planGatewayArguments, planRegionArguments } from "../../../provider/azure/planning";

const context: PlanContext = {
  stack: "acme/shop/dev",
  today: "2026-11-24",
  // Any function that distinguishes texts suffices; the real one is SHA-256.
  hash: (text) =>
    [...text]
      .reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 0xffffff, 7)
      .toString(16)
      .padStart(64, "0")
      .split("")
      .reverse()
      .join(""),
};
const GPT_5_MINI = { model: "gpt-5-mini", version: "2025-08-07", capacity: 50 };
const valid = {
  regions: { eastus2: {}, swedencentral: { priority: 2 } },
  deployments: { "gpt-5-mini": GPT_5_MINI },
};

const gateway = (args: object) => written(planGatewayArguments("ai", { ...valid, ...args }, context));
const region = (args: object) => {
  const validRegion = { location: "eastus2", deployments: { "gpt-5-mini": GPT_5_MINI } };
  return written(planRegionArguments("ai", { ...validRegion, ...args }, context));
};

/** Findings as sentences, and the plan, which must exist if a test reads it. */
function written<Plan>({ plan, problems, warnings }: Planned<Plan>) {
  const sentences = {
    problems: problems.map((problem) => toSentence("ai", problem)),
    warnings: warnings.map((warning) => toSentence("ai", warning)),
  };
  return {
    ...sentences,
    get plan(): Plan {
      if (plan === undefined) throw new Error(sentences.problems.join("\n"));
      return plan;
    },
  };
}

test("a failover entry without a provider is one problem, without a second one about its credential", () => {
  expect(gateway({ failover: { append: ["gpt-5-mini"] } }).problems).toEqual([
    'ai.failover.append[0] is "gpt-5-mini", but must be written as <provider>:<model>, such as "openai:gpt-5-mini": correct it',
  ]);
});

test("an invalid location is one problem, without a second one about its region key", () => {
  expect(gateway({ regions: ["eastus2", "West?Europe"] }).problems).toEqual([
    'ai.regions[1].location is "West?Europe", but Azure\'s regions are written as "eastus2" or "East US 2": correct it',
  ]);
  expect(gateway({ regions: [{}] }).problems).toEqual([
    'ai.regions[0].location is missing: give the Azure region of the new account, such as "eastus2"',
  ]);
});

test("a valid program has neither problems nor warnings", () => {
  expect(gateway({})).toMatchObject({ problems: [], warnings: [] });
  expect(region({})).toMatchObject({ problems: [], warnings: [] });
});

describe("every problem names the argument and the solution", () => {
  test.each<[what: string, args: object, problem: RegExp]>([
    ["no regions", { regions: {} }, /^ai\.regions is empty: give at least one/],
    ["no deployments", { deployments: {} }, /^ai\.regions\.eastus2\.deployments leaves the region without any/],
    ["a region twice", { regions: ["eastus2", "East US 2"] }, /^ai\.regions\[1\] has the key "eastus2", as has/],
    ["a key with a colon", { regions: { "east:us": { location: "eastus2" } } }, /has the key "east:us"/],
    [
      "a priority that is not a number",
      { regions: { eastus2: { priority: "high" } } },
      /regions\.eastus2\.priority is "high"/,
    ],
    [
      "a batch sku",
      { deployments: { m: { ...GPT_5_MINI, sku: "GlobalBatch" } } },
      /\.sku is "GlobalBatch", which serves no chat/,
    ],
    ["a capacity of 0", { deployments: { m: { ...GPT_5_MINI, capacity: 0 } } }, /capacity is 0/],
    ["a fractional capacity", { deployments: { m: { ...GPT_5_MINI, capacity: 1.5 } } }, /capacity is 1\.5/],
    [
      "a spillover to a missing deployment",
      { deployments: { m: { ...GPT_5_MINI, sku: "ProvisionedManaged", capacity: 50, spilloverTo: "x" } } },
      /spilloverTo is "x"/,
    ],
    [
      "a retired api-version",
      { apiMode: "deployment", apiVersion: "2023-07-01-preview" },
      /^ai\.apiVersion is "2023-07-01-preview", but Azure has retired it: use "2024-10-21"/,
    ],
    ["an invalid api-version", { apiMode: "deployment", apiVersion: "latest" }, /^ai\.apiVersion/],
    [
      "a dated version in v1 mode",
      { apiMode: "v1", apiVersion: "2024-10-21" },
      /^ai\.apiVersion .*takes no dated version: remove it/,
    ],
    ["an unknown mode", { apiMode: "dated" }, /^ai\.apiMode is "dated".*"v1" or "deployment"/],
    ["an unknown cloud", { cloud: "moon" }, /^ai\.cloud is "moon"/],
    [
      "responses behind a dated URL",
      { apiMode: "deployment", surfaces: ["responses"] },
      /^ai\.surfaces has "responses".*apiMode "v1"/,
    ],
    [
      "an account without public network access",
      { regions: { eastus2: { account: { publicNetworkAccess: false } } } },
      /publicNetworkAccess is false/,
    ],
    [
      "an account whose network rules deny every address",
      { regions: { eastus2: { account: { networkAcls: { defaultAction: "Deny" } } } } },
      /networkAcls lets no address in/,
    ],
    ["an account without keys", { regions: { eastus2: { account: { disableLocalAuth: true } } } }, /disableLocalAuth/],
    ["a name that Azure refuses", { regions: { eastus2: { account: { name: "-no" } } } }, /account\.name is "-no"/],
    [
      "a subdomain that Azure refuses",
      { regions: { eastus2: { account: { subdomain: "a_b" } } } },
      /account\.subdomain is "a_b"/,
    ],
    [
      "one subdomain in two regions",
      { regions: { eastus2: { account: { subdomain: "same" } }, westus3: { account: { subdomain: "same" } } } },
      /account\.subdomain is "same", as is regions\.eastus2/,
    ],
    [
      "arguments that an existing account does not accept",
      {
        regions: {
          e: { location: "eastus2", account: { existing: { resourceGroupName: "g", name: "a" }, kind: "OpenAI" } },
        },
      },
      /account/,
    ],
    ["a prefix in capitals", { providerIdPrefix: "Azure" }, /^ai\.providerIdPrefix is "Azure"/],
    ["no key slots", { keySlots: [] }, /^ai\.keySlots is empty/],
    ["a key slot twice", { keySlots: ["key1", "key1"] }, /^ai\.keySlots\[1\] is "key1" a second time/],
    [
      "failover to a missing region",
      { failover: { order: ["mars"] } },
      /^ai\.failover\.order\[0\] is "mars", which is no region/,
    ],
    [
      "failover to a bare model",
      { failover: { append: ["gpt-5-mini"] } },
      /^ai\.failover\.append\[0\].*<provider>:<model>/,
    ],
    [
      "failover of a model without a deployment",
      { failover: { perModel: { "gpt-9": ["eastus2"] } } },
      /gpt-9.*is for no model/,
    ],
    [
      "an access key without restrictions",
      { configuration: false, accessKey: true },
      /^ai\.accessKey would have no configuration/,
    ],
    ["checks without a key", { accessKey: false, verify: true }, /^ai\.verify needs the access key/],
  ])("problem: %s", (_what, args, problem) => {
    const { problems } = gateway(args);
    expect(problems.find((text) => problem.test(text)) ?? problems).toMatch(problem);
  });
});

test("all problems are reported together", () => {
  const { problems } = gateway({
    apiMode: "deployment",
    apiVersion: "2023-07-01-preview",
    providerIdPrefix: "Azure",
    keySlots: [],
    regions: { eastus2: { account: { name: "-no" } } },
  });
  expect(problems.map((text) => text.split(" ")[0])).toEqual(
    expect.arrayContaining(["ai.regions.eastus2.account.name", "ai.apiVersion", "ai.providerIdPrefix", "ai.keySlots"]),
  );
});

describe("an unlikely but possible argument is a warning", () => {
  test.each<[what: string, args: object, warning: RegExp]>([
    ["a retired model", { deployments: { m: { model: "gpt-4o", version: "2024-08-06" } } }, /gpt-4o.*2026-10-01/],
    [
      "a capacity in tokens instead of thousands of tokens",
      { deployments: { m: { ...GPT_5_MINI, capacity: 50_000 } } },
      /capacity/,
    ],
    [
      "a model version as apiVersion",
      { apiMode: "deployment", apiVersion: "2024-11-20" },
      /^ai\.apiVersion.*version of a model/,
    ],
    ["an old api-version", { apiMode: "deployment", apiVersion: "2024-02-01" }, /^ai\.apiVersion.*older/],
    ["v1 in a sovereign cloud", { apiMode: "v1", cloud: "usgovernment" }, /^ai\.apiMode/],
    [
      "a deployment that stops at retirement",
      { deployments: { m: { ...GPT_5_MINI, versionUpgrade: "never" } } },
      /versionUpgrade/,
    ],
    [
      "an unknown sku",
      { deployments: { m: { ...GPT_5_MINI, sku: "Global-Standard" } } },
      /sku is "Global-Standard".*did you mean "GlobalStandard"/,
    ],
    [
      "a further model of an unknown provider",
      { failover: { append: ["mistral:large"] } },
      /append\[0\] is "mistral:large", which will be requested on the gateway's credits/,
    ],
  ])("warning: %s", (_what, args, warning) => {
    const { problems, warnings } = gateway(args);
    expect(problems).toEqual([]);
    expect(warnings.find((text) => warning.test(text)) ?? warnings).toMatch(warning);
  });
});

const baseUrlOf = ({ regions: [first], providers: [provider] }: ReturnType<typeof gateway>["plan"]) =>
  `${first?.endpoint}${provider?.urlPath}`;

describe("names and addresses", () => {
  test("are the same for the same stack, and different for another one", () => {
    const namesOf = (stack: string) =>
      written(planGatewayArguments("ai", valid, { ...context, stack })).plan.regions.map(
        ({ account }) => "name" in account && account.name,
      );
    expect(namesOf("acme/shop/dev")).toEqual(namesOf("acme/shop/dev"));
    expect(namesOf("acme/shop/dev")).not.toEqual(namesOf("acme/shop/prod"));
    expect(namesOf("acme/shop/dev")[0]).toMatch(/^ai-eastus2-[0-9a-f]{6}$/);
  });

  test("are known before anything is created", () => {
    const { plan } = gateway({ apiMode: "deployment" });
    expect(plan.providers.map(({ providerId }) => providerId)).toEqual([
      "azure-eastus2-gpt-5-mini",
      "azure-swedencentral-gpt-5-mini",
    ]);
    expect(baseUrlOf(plan)).toMatch(
      /^https:\/\/ai-eastus2-[0-9a-f]{6}\.openai\.azure\.com\/openai\/deployments\/gpt-5-mini\?api-version=2024-10-21$/,
    );
  });

  test("v1 mode has one provider per account, without a version", () => {
    const { plan } = gateway({
      deployments: { "gpt-5-mini": GPT_5_MINI, "gpt-5.1": { model: "gpt-5.1" } },
    });
    const idsOf = (models: readonly { readonly modelId: string }[]) => models.map(({ modelId }) => modelId);
    expect(plan.providers.map(({ providerId, models }) => [providerId, idsOf(models)])).toEqual([
      ["azure-eastus2", ["gpt-5-mini", "gpt-5.1"]],
      ["azure-swedencentral", ["gpt-5-mini", "gpt-5.1"]],
    ]);
    expect(baseUrlOf(plan)).toMatch(/\.openai\.azure\.com\/openai\/v1$/);
    expect(plan.providers[0]?.surfaces.map(({ surface }) => surface)).toEqual(["chat-completions", "responses"]);
  });

  test("a sovereign cloud has its own domain", () => {
    const { plan } = gateway({ cloud: "usgovernment", regions: { usgovvirginia: {} } });
    expect(baseUrlOf(plan)).toContain(".openai.azure.us/");
  });
});

test("failover follows priority, then the order of declaration, then the appended entries", () => {
  const { plan } = gateway({
    regions: { westus3: { priority: 3 }, eastus2: {}, swedencentral: {} },
    failover: { append: ["openai:gpt-5-mini"] },
  });
  expect(plan.models).toEqual({
    "gpt-5-mini": [
      "azure-eastus2:gpt-5-mini",
      "azure-swedencentral:gpt-5-mini",
      "azure-westus3:gpt-5-mini",
      "openai:gpt-5-mini",
    ],
  });
  expect(plan.configuration?.creditProviderIds).toEqual(["openai"]);
  expect(plan.configuration?.allowedProviders).toContain("openai");
});

test("a region overrides fields, adds deployments and leaves others out", () => {
  const { plan, problems } = gateway({
    deployments: { "gpt-5-mini": GPT_5_MINI, "gpt-5.1": { model: "gpt-5.1", version: "2025-11-13" } },
    regions: {
      eastus2: { deployments: { "gpt-5-mini": { capacity: 7 }, "gpt-5.1": null } },
      swedencentral: { deployments: { "gpt-5-nano": { model: "gpt-5-nano" } } },
    },
  });
  expect(problems).toEqual([]);
  expect(plan.regions.map(({ deployments }) => deployments.map(({ key, capacity }) => [key, capacity]))).toEqual([
    [["gpt-5-mini", 7]],
    [
      ["gpt-5-mini", 50],
      ["gpt-5.1", 10],
      ["gpt-5-nano", 10],
    ],
  ]);
});

test("each deployment waits for all earlier ones of its account", () => {
  const deployments = { a: { model: "gpt-5-mini" }, b: { model: "gpt-5-nano" }, c: { model: "gpt-5.1" } };
  const { plan } = region({ deployments });
  expect(plan.deployments.map(({ key, dependsOn }) => [key, dependsOn])).toEqual([
    ["a", []],
    ["b", ["a"]],
    ["c", ["a", "b"]],
  ]);
});

test("the target of a spillover precedes the deployments that spill over to it", () => {
  const { plan, problems } = region({
    deployments: {
      reserved: { model: "gpt-5-mini", sku: "GlobalProvisionedManaged", capacity: 15, spilloverTo: "overflow" },
      overflow: { model: "gpt-5-mini" },
    },
  });
  expect(problems).toEqual([]);
  expect(plan.deployments.map(({ key }) => key)).toEqual(["overflow", "reserved"]);
});

test("a failover proof requests each entry of the lists alone, and each list in order", () => {
  const { plan } = gateway({ verify: { failover: true }, failover: { append: ["openai:gpt-5-mini"] } });
  expect(plan.checks.map(({ model, models, expectProvider }) => [model, models?.length, expectProvider])).toEqual([
    ["azure-eastus2:gpt-5-mini", undefined, "azure-eastus2"],
    ["azure-swedencentral:gpt-5-mini", undefined, "azure-swedencentral"],
    ["openai:gpt-5-mini", undefined, "openai"],
    ["azure-eastus2:gpt-5-mini", 3, undefined],
  ]);
});
