/**
 * Arguments of the Azure components in every form that YAML config, plain JavaScript and Outputs produce: what is accepted, and
 * the one error for the rest. Does not prove bounds and consistency of arguments; plan.test.ts does.
 */
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { AzureOpenAIGateway, AzureOpenAIRegion } from "../../../provider/azure";
import { InvalidArgumentsError } from "../../../provider/azure/component";
import { planGatewayArguments, planRegionArguments } from "../../../provider/azure/planning";
import { run } from "./mocks";

const context = {
  stack: "acme/shop/dev",
  today: "2026-11-24",
  hash: (text: string) => text.length.toString(16).padStart(64, "0"),
};
const MINI = { model: "gpt-5-mini", version: "2025-08-07", capacity: 50 };
const valid = { regions: { eastus2: {} }, deployments: { "gpt-5-mini": MINI } };

const gateway = (args: unknown) => planGatewayArguments("ai", args, context);
const region = (args: unknown) => planRegionArguments("ai", args, context);
const problemsOf = ({ problems }: { problems: readonly { path: string; text: string }[] }) =>
  problems.map(({ path, text }) => `${path} ${text}`);

/** `{ path: text }` of a gateway's problems with these arguments added to valid ones. */
const refused = (args: object) =>
  Object.fromEntries(gateway({ ...valid, ...args }).problems.map(({ path, text }) => [path, text]));

describe("null means not given", () => {
  test("as a region", () => {
    const { plan, problems } = gateway({ ...valid, regions: { eastus2: null, swedencentral: { priority: 2 } } });
    expect(problems).toEqual([]);
    expect(plan).toEqual(gateway({ ...valid, regions: { eastus2: {}, swedencentral: { priority: 2 } } }).plan);
  });

  test("as any optional argument", () => {
    const nothing = {
      apiMode: null,
      tags: { team: null },
      keySlots: null,
      failover: { append: null },
      configuration: null,
      accessKey: null,
      verify: null,
      regions: {
        eastus2: { account: { kind: null, networkAcls: null }, priority: null, keys: null, deployments: null },
      },
    };
    expect(gateway({ ...valid, ...nothing })).toEqual(gateway(valid));
  });

  test("in a list of regions, which makes a location missing", () => {
    expect(problemsOf(gateway({ ...valid, regions: ["eastus2", null] }))).toEqual([
      'regions[1].location is missing: give the Azure region of the new account, such as "eastus2"',
    ]);
  });

  test("as a model, which is then missing", () => {
    expect(refused({ deployments: { m: { model: null } } })).toEqual({
      "deployments.m.model": 'is missing: give the model to deploy, such as "gpt-5-mini"',
    });
  });

  test("as a region's deployment, which removes it", () => {
    const deployments = { "gpt-5-mini": MINI, "gpt-5.1": { model: "gpt-5.1" } };
    const { plan } = gateway({ deployments, regions: { eastus2: { deployments: { "gpt-5.1": null } } } });
    expect(plan?.regions[0]?.deployments.map(({ key }) => key)).toEqual(["gpt-5-mini"]);
  });

  test.each([undefined, null])("as all arguments: %p", (args) => {
    expect(problemsOf(gateway(args))).toEqual(["regions is empty: give at least one, such as { eastus2: {} }"]);
    expect(problemsOf(region(args))).toEqual([
      'location is missing: give the Azure region of the new account, such as "eastus2"',
    ]);
  });
});

describe("each argument with a wrong form is reported with its form and the required one", () => {
  test.each<[args: object, path: string, text: string]>([
    [
      { regions: "eastus2,westus3" },
      "regions",
      'is "eastus2,westus3", but must be regions by key, such as { eastus2: {} }, or a list of them: correct it',
    ],
    [
      { regions: { eastus2: "yes" } },
      "regions.eastus2",
      `is "yes", but must be an object of a region's arguments: correct it`,
    ],
    [
      { regions: { eastus2: { priority: "high" } } },
      "regions.eastus2.priority",
      'is "high", but must be a number, low ones first: correct it',
    ],
    [
      { regions: { eastus2: { account: "x" } } },
      "regions.eastus2.account",
      'is "x", but must be an object that describes a new account, or { existing: { resourceGroupName, name } }: correct it',
    ],
    [
      { regions: { eastus2: { account: { name: 12345 } } } },
      "regions.eastus2.account.name",
      "is 12345, but must be text: correct it",
    ],
    [
      { regions: { eastus2: { account: { restore: "maybe" } } } },
      "regions.eastus2.account.restore",
      'is "maybe", but must be true, false, or "ifDeleted": correct it',
    ],
    [{ regions: [7] }, "regions[0]", "is 7, but must be an object of a region's arguments: correct it"],
    [{ deployments: 5 }, "deployments", "is 5, but must be deployments by model id, or a list of them: correct it"],
    [{ deployments: { m: { model: 5 } } }, "deployments.m.model", "is 5, but must be a model's name: correct it"],
    [
      { deployments: { m: { model: { name: 5 } } } },
      "deployments.m.model.name",
      "is 5, but must be a model's name: correct it",
    ],
    [
      { deployments: { m: { ...MINI, capacity: "50" } } },
      "deployments.m.capacity",
      'is "50", but must be a number: correct it',
    ],
    [
      { deployments: { m: { ...MINI, versionUpgrade: "soon" } } },
      "deployments.m.versionUpgrade",
      'is "soon", but must be "onNewDefault" or "onExpiry" or "never": correct it',
    ],
    [{ keySlots: "key1" }, "keySlots", 'is "key1", but must be a list of "key1" and "key2": correct it'],
    [{ keySlots: ["key3"] }, "keySlots[0]", 'is "key3", but must be "key1" or "key2": correct it'],
    [
      { surfaces: ["messages"] },
      "surfaces[0]",
      'is "messages", but must be "chat-completions" or "responses": correct it',
    ],
    [
      { failover: ["openai:gpt-5-mini"] },
      "failover",
      "is a list, but must be an object with order, append or perModel: correct it",
    ],
    [
      { failover: { append: "openai:gpt-5-mini" } },
      "failover.append",
      'is "openai:gpt-5-mini", but must be a list of models, such as ["openai:gpt-5-mini"]: correct it',
    ],
    [{ apiMode: "dated" }, "apiMode", 'is "dated", but must be "v1" or "deployment": correct it'],
    [{ cloud: "moon" }, "cloud", 'is "moon", but must be "public" or "usgovernment" or "china": correct it'],
    [{ tags: "team" }, "tags", 'is "team", but must be an object of tags: correct it'],
    [{ verify: "yes" }, "verify", 'is "yes", but must be true, false, or an object with failover or token: correct it'],
    [{ accessKey: "team-a" }, "accessKey", 'is "team-a", but must be true, false, or an object: correct it'],
    [
      { resourceGroup: "group" },
      "resourceGroup",
      'is "group", but must be an object that describes a new group, or { existing: name }: correct it',
    ],
    [{ explainErrors: "true" }, "explainErrors", 'is "true", but must be true or false: correct it'],
  ])("the argument %j is refused", (args, path, text) => {
    expect(refused(args)).toEqual({ [path]: text });
  });

  test("an argument that does not exist is refused with the nearest existing one", () => {
    expect(refused({ regons: {}, regions: { eastus2: { prioritty: 1, zebra: 2 } } })).toEqual({
      regons: "is not an argument: did you mean regions?",
      "regions.eastus2.prioritty": "is not an argument: did you mean priority?",
      "regions.eastus2.zebra":
        "is not an argument: there are location, account, existingDeployments, keys, resourceGroup, key, priority, keySlots, provider, baseUrlOverride, deployments",
    });
  });

  test("a key of an account is refused without its value", () => {
    const text = JSON.stringify(refused({ regions: { eastus2: { keys: "planted-key" } } }));
    expect(text).toContain("is text, but must be an object with key1, key2 or both");
    expect(text).not.toContain("planted");
  });

  test("a long value is shortened", () => {
    expect(refused({ apiMode: "x".repeat(100_000) }).apiMode).toBe(
      `is "${"x".repeat(59)}…, but must be "v1" or "deployment": correct it`,
    );
  });
});

describe("an Output whose value may be unknown until up", () => {
  const later = pulumi.output("later");

  test.each<[args: object]>([
    [{ tags: { team: later } }],
    [{ tags: { team: Promise.resolve("a") } }],
    [{ deployments: { m: { ...MINI, capacity: pulumi.output(5), raiPolicyName: later } } }],
    [{ regions: { eastus2: { keys: { key1: pulumi.secret("planted") }, baseUrlOverride: later } } }],
    [
      {
        regions: {
          e: {
            account: { existing: { resourceGroupName: later, name: later, endpoint: later } },
            existingDeployments: ["m"],
          },
        },
      },
    ],
    [{ configuration: { name: later, extraProviders: [later] }, accessKey: { name: later, rotationTrigger: later } }],
  ])("is accepted in case %#", (args) => {
    expect(refused(args)).toEqual({});
  });

  test.each<[what: string, args: object, path: string, must: string]>([
    [
      "all regions",
      { regions: pulumi.output({ eastus2: {} }) },
      "regions",
      "regions by key, such as { eastus2: {} }, or a list of them",
    ],
    ["a region", { regions: { eastus2: pulumi.output({}) } }, "regions.eastus2", "an object of a region's arguments"],
    ["a location", { regions: { e: { location: later } } }, "regions.e.location", "an Azure region"],
    ["a name", { regions: { eastus2: { account: { name: later } } } }, "regions.eastus2.account.name", "text"],
    [
      "a model",
      { deployments: { m: { model: later } } },
      "deployments.m.model",
      "a model's name, or an object with its name",
    ],
    [
      "a promise of a model",
      { deployments: { m: { model: Promise.resolve("m") } } },
      "deployments.m.model",
      "a model's name, or an object with its name",
    ],
    ["a prefix", { providerIdPrefix: later }, "providerIdPrefix", "text"],
    ["a flag", { verify: pulumi.output(true) }, "verify", "true, false, or an object with failover or token"],
  ])("is refused in case %s", (_what, args, path, must) => {
    expect(refused(args)).toEqual({
      [path]: `is an Output, which only an up knows, but must be ${must} that is known at preview: take it from config or write it in the program`,
    });
  });
});

test("arguments with a wrong form, missing ones and inconsistent ones are in one error", () => {
  const { plan, problems } = gateway({
    regions: { eastus2: { priority: "high", account: { name: "-no" } }, "West?Europe": null },
    deployments: { "gpt-5-mini": { model: null }, batch: { model: "gpt-5-mini", sku: "GlobalBatch" } },
    apiMode: "deployment",
    apiVersion: "2023-07-01-preview",
    failover: { order: "eastus2", append: ["gpt-5-mini"] },
    keySlots: ["key1", 2],
  });
  expect(plan).toBeUndefined();
  expect(problems.map(({ path }) => path).sort()).toEqual([
    "apiVersion",
    "deployments.batch.sku",
    'deployments["gpt-5-mini"].model',
    "failover.append[0]",
    "failover.order",
    "keySlots[1]",
    "regions.eastus2.account.name",
    "regions.eastus2.priority",
    'regions["West?Europe"]',
  ]);
});

test("no further problem is derived from an argument that cannot be read", () => {
  expect(refused({ regions: "eastus2", failover: { order: ["eastus2"] } })).toEqual({ regions: expect.any(String) });
  expect(refused({ deployments: "gpt-5-mini", failover: { perModel: { m: ["eastus2"] } } })).toEqual({
    deployments: expect.any(String),
  });
});

test("a wrong region key is one problem in either form", () => {
  const wrong =
    'has the key "West?Europe", but a region\'s key, or else its location, has letters, digits, "-", "_", "." and spaces: give one';
  expect(refused({ regions: { "West?Europe": {} } })).toEqual({ 'regions["West?Europe"]': wrong });
  expect(refused({ regions: [{ key: "West?Europe" }] })).toEqual({ "regions[0]": wrong });
  expect(refused({ regions: { "main-1": {} } })).toEqual({
    'regions["main-1"].location':
      'is missing, and the region\'s key "main-1" is not a location: give one such as "eastus2"',
  });
});

describe("deployments as a list", () => {
  test("have the names of their models as ids, or their own names", () => {
    const { plan, problems } = gateway({ ...valid, deployments: [MINI, { ...MINI, name: "second" }] });
    expect(problems).toEqual([]);
    expect(Object.keys(plan?.models ?? {})).toEqual(["gpt-5-mini", "second"]);
  });

  test("can be changed by a region in either form", () => {
    for (const deployments of [{ "gpt-5-mini": { capacity: 7 } }, [{ model: "gpt-5-mini", capacity: 7 }]]) {
      const { plan } = gateway({ regions: { eastus2: { deployments } }, deployments: [MINI] });
      expect(plan?.regions[0]?.deployments.map(({ name, capacity, model }) => [name, capacity, model.version])).toEqual(
        [["gpt-5-mini", 7, "2025-08-07"]],
      );
    }
  });

  test("must differ", () => {
    expect(refused({ deployments: [MINI, MINI] })).toEqual({
      "deployments[1]": 'has the model id "gpt-5-mini", as has deployments[0]: give one of them another name',
    });
    expect(problemsOf(region({ location: "eastus2", deployments: [MINI, MINI] }))).toEqual([
      'deployments[1] has the model id "gpt-5-mini", as has deployments[0], and case makes no difference: change or remove one',
    ]);
  });

  test("need a model", () => {
    expect(refused({ deployments: [{}] })).toEqual({
      "deployments[0].model": 'is missing: give the model to deploy, such as "gpt-5-mini"',
    });
  });
});

describe("keys of an existing account", () => {
  const existing = (more: object) => ({
    account: { existing: { resourceGroupName: "g", name: "a", subdomain: "a" } },
    existingDeployments: ["gpt-5-mini"],
    ...more,
  });
  const slotsOf = (regions: object, more: object = {}) => {
    const { plan, problems } = gateway({ regions, ...more });
    return problemsOf({ problems }).concat(
      (plan?.providers ?? []).map(
        ({ providerId, keys }) => `${providerId}: ${keys.map(({ slot }) => slot).join(", ")}`,
      ),
    );
  };

  test("may be only one, and the other regions keep both", () => {
    expect(
      slotsOf({
        one: existing({ keys: { key1: "k" } }),
        two: existing({ account: { existing: { resourceGroupName: "g", name: "b" } } }),
      }),
    ).toEqual(["azure-one: key1", "azure-two: key1, key2"]);
  });

  test("may be only the second", () => {
    expect(slotsOf({ one: existing({ keys: { key2: "k" } }) })).toEqual(["azure-one: key2"]);
  });

  test("are chosen per region by keySlots", () => {
    expect(slotsOf({ one: existing({ keySlots: ["key2"] }) }, { keySlots: ["key1"] })).toEqual(["azure-one: key2"]);
  });

  test("must be those that keySlots names", () => {
    const missing = "is missing, but keySlots names it: give it, or leave it out of keySlots";
    expect(slotsOf({ one: existing({ keys: { key1: "k" }, keySlots: ["key1", "key2"] }) })).toEqual([
      `regions.one.keys.key2 ${missing}`,
    ]);
    expect(slotsOf({ one: existing({ keys: { key1: "k" } }) }, { keySlots: ["key2"] })).toEqual([
      `regions.one.keys.key2 ${missing}`,
    ]);
  });

  test("must be at least one", () => {
    expect(slotsOf({ one: existing({ keys: {} }) })).toEqual([
      "regions.one.keys is empty: give key1, key2 or both, or remove it to read them from Azure",
    ]);
  });
});

describe("Azure's and the gateway's own lists only cause warnings", () => {
  test.each<[what: string, args: object, path: string]>([
    ["a deployment type", { deployments: { m: { ...MINI, sku: "PlanetStandard" } } }, "deployments.m.sku"],
    ["a provider", { failover: { append: ["mistral:large"] } }, "failover.append[0]"],
    ["a built-in provider's id", { providerIdPrefix: "z", regions: { ai: { location: "eastus2" } } }, "regions.ai"],
  ])("%s", (_what, args, path) => {
    const { problems, warnings } = gateway({ ...valid, ...args });
    expect([problems, warnings.map((warning) => warning.path)]).toEqual([[], [path]]);
  });

  test.each<[what: string, args: object]>([
    ["a model", { deployments: { m: { model: "gpt-9-ultra" } } }],
    ["a region", { regions: { atlantis: {} } }],
    ["a kind of account", { regions: { eastus2: { account: { kind: "SuperAI" } } } }],
  ])("%s with an unknown value causes no warning", (_what, args) => {
    expect(gateway({ ...valid, ...args })).toMatchObject({ problems: [], warnings: [] });
  });

  test("a further model of an unknown provider uses the gateway's credits and causes a warning", () => {
    const { plan } = gateway({ ...valid, failover: { append: ["mistral:large"] } });
    expect(plan?.configuration).toMatchObject({
      creditProviderIds: ["mistral"],
      allowedProviders: ["azure-eastus2", "mistral"],
    });
  });

  test("a further model causes no warning if a rule may apply to it", () => {
    const rules = [
      { provider: "mistral", keys: ["aigpk_1"] },
      { model: "mistral:large", keys: ["aigpk_1"] },
      { provider: pulumi.output("later"), keys: ["aigpk_1"] },
    ];
    for (const rule of rules) {
      const { plan, warnings } = gateway({
        ...valid,
        failover: { append: ["mistral:large"] },
        configuration: { extraRules: [rule] },
      });
      expect([plan?.configuration?.creditProviderIds, warnings]).toEqual([[], []]);
    }
  });
});

describe("provisioned capacity", () => {
  test.each([
    ["GlobalProvisionedManaged", "gpt-5-mini", 15, undefined],
    ["GlobalProvisionedManaged", "gpt-5-mini", 14, 15],
    ["DataZoneProvisionedManaged", "gpt-5", 17, 20],
    ["ProvisionedManaged", "gpt-5", 50, undefined],
    ["ProvisionedManaged", "gpt-5", 1, 50],
    ["ProvisionedManaged", "gpt-5", 75, 100],
    ["ProvisionedManaged", "gpt-5-mini", 25, undefined],
    ["ProvisionedManaged", "gpt-5-mini", 30, 50],
  ])("%s of %s: %d", (sku, model, capacity, instead) => {
    const problems = problemsOf(region({ location: "eastus2", deployments: { m: { model, sku, capacity } } }));
    expect(problems).toEqual(
      instead === undefined
        ? []
        : [expect.stringMatching(new RegExp(`^deployments\\.m\\.capacity is ${capacity}, .*: give ${instead}$`))],
    );
  });

  test("of an unknown model only causes a warning", () => {
    const { problems, warnings } = region({
      location: "eastus2",
      deployments: { m: { model: "gpt-9", sku: "GlobalProvisionedManaged", capacity: 1 } },
    });
    expect([problems, warnings.map(({ path }) => path)]).toEqual([[], ["deployments.m.capacity"]]);
  });

  test("spills over only to the Standard type of its level", () => {
    const deployments = (sku: string) => ({
      reserved: { model: "gpt-5", sku: "DataZoneProvisionedManaged", capacity: 15, spilloverTo: "overflow" },
      overflow: { model: "gpt-5", sku },
    });
    expect(problemsOf(region({ location: "eastus2", deployments: deployments("DataZoneStandard") }))).toEqual([]);
    expect(problemsOf(region({ location: "eastus2", deployments: deployments("GlobalStandard") }))).toEqual([
      'deployments.reserved.spilloverTo is "overflow" of type "GlobalStandard", but DataZoneProvisionedManaged spills over to DataZoneStandard only: choose or add one of that type',
    ]);
  });
});

test("arguments of any kind cause no other error than the one about arguments", () => {
  const members = [
    "regions",
    "deployments",
    "account",
    "existing",
    "name",
    "model",
    "keys",
    "eastus2",
    "location",
    "failover",
    "order",
  ];
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(
        null,
        undefined,
        0,
        -1,
        1.5,
        true,
        "",
        "x",
        "eastus2",
        "key1",
        pulumi.output("x"),
        Promise.resolve("x"),
        () => "x",
        Symbol("x"),
        10n,
      ),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...members), tie("any"), { maxKeys: 4 }),
    ),
  })).any;
  fc.assert(
    fc.property(value, (args) => {
      for (const planned of [gateway(args), region(args)]) {
        expect(planned.plan === undefined).toBe(planned.problems.length > 0);
        const texts = problemsOf(planned);
        expect(new Set(texts).size).toBe(texts.length);
      }
    }),
    { numRuns: 300 },
  );
});

describe("the components", () => {
  test("refuse wrong arguments with an error that lists them with their paths", async () => {
    const failure = await run(() => new AzureOpenAIRegion("ai", { location: 5 } as never)).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(InvalidArgumentsError);
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect((failure as InvalidArgumentsError).problems).toEqual([
      { path: "location", text: "is 5, but must be an Azure region: correct it" },
    ]);
    expect((failure as Error).message).toBe(
      'AzureOpenAIRegion "ai" has a problem in its arguments; nothing of it was created:\n  - ai.location is 5, but must be an Azure region: correct it',
    );
  });

  test("accept regions in the form of stack config", async () => {
    const regions = JSON.parse('{ "eastus2": null, "swedencentral": { "priority": 2 } }');
    const { result } = await run(() => new AzureOpenAIGateway("ai", { ...valid, regions }));
    expect(Object.keys(result.regions)).toEqual(["eastus2", "swedencentral"]);
  });
});
