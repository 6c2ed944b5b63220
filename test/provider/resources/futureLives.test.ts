/**
 * The life of each kind of resource over both adapters, at a later version of the service: unknown fields and values are read
 * without drift, and a write that replaces a set sends them back. Does not prove RoutingRule, whose rules share a router with
 * others'; test/provider/random covers it, and test/provider/routing covers its writes.
 */
import { forgetReads } from "../../../provider/lifecycle/gatheredReads";
import { type FutureGateway, startFutureGateway } from "../../helpers/futureGateway";
import { ADAPTERS } from "../../helpers/miniEngine/adapters";
import { Life, type LifeGateway } from "./life";
import { prepare, type Subject, subjects } from "./subjects";

const kinds = Object.keys(subjects({ keys: ["", ""], configurations: ["", ""] })).filter(
  (kind) => kind !== "RoutingRule",
);

describe.each(ADAPTERS)("over the %s adapter", (adapter) => {
  let gateway: FutureGateway & LifeGateway;
  let current: Record<string, Subject>;
  beforeAll(async () => {
    gateway = { ...(await startFutureGateway()), adapter };
  });
  beforeEach(async () => {
    await gateway.reset();
    forgetReads();
    current = subjects(await prepare(gateway.client));
  });
  afterAll(() => gateway.close());

  test.each(kinds)("%s is created, changed in each field, refreshed and deleted, and nothing is lost", async (kind) => {
    const { definition, inputs, fields } = current[kind]!;
    const life = await new Life(gateway, definition, "one").create(inputs);
    const expectNoDrift = async (wanted: Subject["inputs"]) => {
      expect(await life.diff(wanted)).toEqual({ changes: false, replaces: [] });
      forgetReads(); // like in another process
      expect(await life.refresh()).toEqual(await life.checked(wanted));
      expect(await life.diff(wanted)).toEqual({ changes: false, replaces: [] });
    };
    await expectNoDrift(inputs);
    for (const [field, { to, writes, cleared }] of Object.entries(fields)) {
      if (writes === undefined) continue;
      await life.update({ ...inputs, [field]: to });
      await expectNoDrift({ ...inputs, [field]: to });
      await life.update(inputs);
      if (cleared === undefined) continue;
      const { [field]: _, ...rest } = inputs;
      await life.update(rest);
      await expectNoDrift(rest);
      await life.update(inputs);
    }
    expect(gateway.lost()).toEqual([]);
    await life.delete();
    await expect(life.delete()).resolves.toBeUndefined();
  });

  test("the helper records additions that a write does not send back", async () => {
    const { client } = gateway;
    const provider = { providerId: "p", name: "p", baseUrl: "https://example.com" };
    const models = [{ modelId: "m" }];
    const { id } = await client.createProvider({ ...provider, models, supportedApiSurfaces: [{ format: "openai" }] });
    await client.updateProvider(id, { models, supportedApiSurfaces: [{ format: "openai" }] });
    const configuration = await client.createAccessKeyConfiguration({ name: "c" });
    expect(configuration.router?.rules).toEqual([
      { futureSelector: "tag:beta", steps: [expect.objectContaining({ type: "quota-pool" })], futureField: "kept" },
    ]);
    const rules = [{ provider: "openai", steps: [{ type: "ngrok" as const }] }];
    await client.updateAccessKeyConfiguration(configuration.id, { router: { rules } });
    await client.updateAccessKeyConfiguration(configuration.id, { router: { rules } });
    expect(gateway.lost().map((line) => line.replace(/\/[a-z_0-9]+:/, ":"))).toEqual([
      'PATCH /providers: futureField of model ["m"]',
      'PATCH /providers: futureField of surface ["openai",null]',
      "PATCH /access-key-configurations: the rule of a kind that nobody knows",
      'PATCH /access-key-configurations: futureField of rule ["openai",null]',
      'PATCH /access-key-configurations: futureField of step 0 of rule ["openai",null]',
    ]);
  });
});
