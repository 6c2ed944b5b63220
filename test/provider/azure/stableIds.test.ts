/**
 * Provider ids, model ids and Pulumi names of a gateway, for random sets of regions and deployments: adding one changes no other.
 * Does not prove that the gateway keeps an id.
 */
import fc from "fast-check";
import { planGatewayArguments } from "../../../provider/azure/planning";

const context = {
  stack: "acme/shop/dev",
  today: "2026-11-24",
  hash: (text: string) => text.length.toString(16).padStart(64, "0"),
};

const regionKeys = ["eastus2", "swedencentral", "westus3", "japaneast", "uksouth"];
const modelIds = ["gpt-5-mini", "gpt-5.1", "gpt-5", "text-embedding-3-large", "team-a"];

interface Wanted {
  readonly regions: readonly string[];
  readonly models: readonly string[];
  readonly named: readonly string[];
  readonly apiMode: "v1" | "deployment";
  readonly inList: boolean;
}

function planOf({ regions, models, named, apiMode, inList }: Wanted) {
  const deployments = models.map(
    (id) => [id, { model: "gpt-5-mini", ...(named.includes(id) ? { name: `${id}-own` } : {}) }] as const,
  );
  const { plan, problems } = planGatewayArguments(
    "ai",
    {
      regions: inList ? regions : Object.fromEntries(regions.map((key) => [key, {}])),
      deployments: Object.fromEntries(deployments),
      apiMode,
      verify: { failover: true },
    },
    context,
  );
  if (plan === undefined) throw new Error(problems.map(({ path, text }) => `${path} ${text}`).join("\n"));
  return plan;
}

/** All names by which another program, or the state, refers to a part of the gateway. */
function identities(wanted: Wanted): string[] {
  const { regions, providers, checks, models } = planOf(wanted);
  return [
    ...regions.flatMap(({ name, account, deployments }) => [
      `region ${name}`,
      `account ${account.kind === "new" ? account.name : ""}`,
      ...deployments.map((each) => `deployment ${each.resourceName} ${each.name}`),
    ]),
    ...providers.flatMap(({ resourceName, providerId, keys, models: served }) => [
      `provider ${resourceName} ${providerId}`,
      ...keys.map((key) => `key ${key.resourceName}`),
      ...served.map(({ modelId, providerModelId }) => `model ${providerId}:${modelId} ${providerModelId}`),
    ]),
    ...checks.map(({ resourceName }) => `check ${resourceName}`),
    ...Object.entries(models).flatMap(([model, list]) => list.map((entry) => `request ${model} ${entry}`)),
  ];
}

const wanted = fc.record({
  regions: fc.uniqueArray(fc.constantFrom(...regionKeys), { minLength: 1, maxLength: 4 }),
  models: fc.uniqueArray(fc.constantFrom(...modelIds), { minLength: 1, maxLength: 4 }),
  named: fc.uniqueArray(fc.constantFrom(...modelIds)),
  apiMode: fc.constantFrom("v1" as const, "deployment" as const),
  inList: fc.boolean(),
});

const added = <Item>(items: readonly Item[], item: Item, at: number) =>
  items.includes(item) ? items : items.toSpliced(at % (items.length + 1), 0, item);

test("adding a region or a deployment changes no identity of the others", () => {
  fc.assert(
    fc.property(
      wanted,
      fc.constantFrom(...regionKeys),
      fc.constantFrom(...modelIds),
      fc.nat(9),
      (before, region, model, at) => {
        const after = {
          ...before,
          regions: added(before.regions, region, at),
          models: added(before.models, model, at),
        };
        const kept = new Set(identities(after));
        expect(identities(before).filter((identity) => !kept.has(identity))).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

test("ids consist only of prefix, region and, in deployment mode, deployment", () => {
  fc.assert(
    fc.property(wanted, (given) => {
      const expected = given.regions.flatMap((region) =>
        given.apiMode === "v1"
          ? [`azure-${region}`]
          : given.models.map((model) => `azure-${region}-${model.replaceAll(".", "-")}`),
      );
      expect(planOf(given).providers.map(({ providerId }) => providerId)).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});

test("two names that produce one id are refused, and no id is changed instead", () => {
  const args = {
    regions: { eastus2: {} },
    deployments: { "gpt-5.1": { model: "gpt-5.1" }, "gpt-5-1": { model: "gpt-5.1" } },
  };
  const { problems } = planGatewayArguments("ai", { ...args, apiMode: "deployment" }, context);
  expect(problems.map(({ path, text }) => `${path} ${text}`)).toEqual([
    'regions.eastus2 leads to the provider id "azure-eastus2-gpt-5-1" for "gpt-5-1", as does regions.eastus2: change the region\'s key or the model\'s',
  ]);
  expect(planGatewayArguments("ai", args, context).problems).toEqual([]);
});
