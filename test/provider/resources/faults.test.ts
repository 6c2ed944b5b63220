/**
 * Faults at the local gateway, over both adapters: lost responses, other writers' changes, another account's key. Does not prove
 * anything about Pulumi's engine and processes.
 */

import { definition as accessConfiguration } from "../../../provider/resources/accessConfiguration";
import { definition as accessKey } from "../../../provider/resources/accessKey";
import { definition as customProvider } from "../../../provider/resources/customProvider";
import { definition as gatewaySettings } from "../../../provider/resources/gatewaySettings";
import { GatewayClient } from "../../../sdk";
import { startTestGateway } from "../../helpers/gateway";
import { ADAPTERS } from "../../helpers/miniEngine/adapters";
import { PartlyDone } from "../../helpers/miniEngine/process";
import { patientClock } from "../../helpers/patientClock";
import { KEY_VALUE, makeAzureKey, makeAzureProvider, providerInputs } from "./azureLives";
import { Life, type LifeGateway } from "./life";

describe.each(ADAPTERS)("over the %s adapter", (adapter) => {
  let gateway: LifeGateway;
  beforeAll(async () => {
    const started = await startTestGateway();
    const { controlUrl: apiUrl, apiKey } = started;
    // Stops at once if every response is lost, on a loaded machine too.
    const client = new GatewayClient({ apiUrl, apiKey, retryBudgetMs: 30_000, clock: patientClock() });
    gateway = { ...started, adapter, client };
  });
  beforeEach(() => gateway.reset());
  afterAll(() => gateway.close());

  const makeProvider = () => makeAzureProvider(gateway);
  const makeKey = () => makeAzureKey(gateway);

  describe("a set that a PATCH replaces as a whole", () => {
    test("is not overwritten if it was changed outside Pulumi unseen, and is after a refresh", async () => {
      const life = await makeProvider();
      const theirs = [...providerInputs.models, "by-hand"].map((modelId) => ({ modelId }));
      await gateway.client.updateProvider(life.id, { models: theirs });
      const wanted = { ...providerInputs, models: ["gpt-5"] };
      await gateway.requests();
      await expect(life.update(wanted)).rejects.toThrow(/was changed outside Pulumi.*models is now .*by-hand/s);
      expect(await gateway.requests()).toEqual([`GET /providers/${life.id}`]);
      await life.refresh();
      await life.update(wanted);
      expect((await gateway.client.getProvider(life.id)).models).toMatchObject([{ modelId: "gpt-5" }]);
    });

    test("is read again even if a refresh of the same process read it before", async () => {
      const life = await makeProvider();
      const others = [0, 1, 2, 3].map((index) =>
        new Life(gateway, customProvider, `p-${index}`).create({ ...providerInputs, providerId: `p-${index}` }),
      );
      const lives = [life, ...(await Promise.all(others))];
      await Promise.all(lives.map((each) => each.refresh())); // from a cached list
      await gateway.client.updateProvider(life.id, { models: [{ modelId: "by-hand" }] });
      await expect(life.update({ ...providerInputs, models: ["gpt-5"] })).rejects.toThrow("models is now");
    });

    test("is written if the change outside Pulumi is the wanted one", async () => {
      const life = await makeProvider();
      await gateway.client.updateProvider(life.id, { models: [{ modelId: "gpt-5" }] });
      await life.update({ ...providerInputs, models: ["gpt-5"] });
      expect((await gateway.client.getProvider(life.id)).models).toMatchObject([{ modelId: "gpt-5" }]);
    });

    test("of a configuration is not overwritten unseen: neither access nor rules", async () => {
      await makeKey();
      const inputs = { name: "team", access: { providers: { allow: ["openai"] } }, rules: [] };
      const life = await new Life(gateway, accessConfiguration, "team").create(inputs);
      await gateway.client.updateAccessKeyConfiguration(life.id, {
        access: { providers: { allow: ["openai", "anthropic"] } },
        router: { rules: [{ provider: "anthropic", steps: [{ type: "ngrok" }] }] },
      });
      const rules = [{ provider: "openai", steps: [{ type: "ngrok" }] }];
      const wanted = { ...inputs, access: { providers: { allow: [] } } };
      await expect(life.update(wanted)).rejects.toThrow("access is now");
      await expect(life.update({ ...inputs, rules })).rejects.toThrow("rules is now");
    });

    test("is not read for a change of other fields", async () => {
      const life = await makeProvider();
      await gateway.requests();
      await life.update({ ...providerInputs, name: "Other" });
      expect(await gateway.requests()).toEqual([`PATCH /providers/${life.id}`]);
    });
  });

  describe("a missing object while the key is another account's", () => {
    const elsewhere = async () => {
      const life = await makeProvider();
      await gateway.client.deleteProvider(life.id);
      life.useKeyOf("acc_two");
      return life;
    };
    const message =
      /CustomProvider aigp_\w+ was made in the account acc_[0-9a-f]+, but the API key in use now is of the account acc_two/;

    test("is kept in the state by refresh", async () => {
      await expect((await elsewhere()).refresh()).rejects.toThrow(message);
    });
    test("does not count as deleted", async () => {
      await expect((await elsewhere()).delete()).rejects.toThrow(message);
    });
    test("is reported with both accounts by update", async () => {
      await expect((await elsewhere()).update({ ...providerInputs, name: "Other" })).rejects.toThrow(message);
    });
    test("counts as deleted if the account is the same", async () => {
      const life = await elsewhere();
      life.useKeyOf(undefined);
      expect(await life.refresh()).toBeUndefined();
    });
  });

  describe("a lost response", () => {
    test("ends with exactly one object, which has this resource's mark", async () => {
      await gateway.fault({ match: { method: "POST", path: "/providers" }, action: { drop: "after" } });
      const life = await makeProvider();
      const all = [];
      for await (const provider of gateway.client.listProviders()) all.push(provider.id);
      expect(all).toEqual([life.id]);
      expect((await gateway.requests()).filter((request) => request.startsWith("POST"))).toEqual(["POST /providers"]);
    });

    test("is followed by a second request if the first had no effect", async () => {
      await gateway.fault({ match: { method: "POST", path: "/providers" }, action: { drop: "before" } });
      const life = await makeProvider();
      expect(await life.refresh()).toEqual(providerInputs);
    });

    test("with the token of a key deletes the unusable key and creates another one", async () => {
      await gateway.fault({ match: { method: "POST", path: "/access-keys" }, action: { drop: "after" } });
      const life = await new Life(gateway, accessKey, "application").create({ name: "application" });
      const all = [];
      for await (const key of gateway.client.listAccessKeys()) all.push(key.id);
      expect(all).toEqual([life.id]);
      expect(life.resource.state.token).toMatch(/^ng-/);
    });

    test("of a key, repeatedly, ends in an error and leaves no key behind", async () => {
      await gateway.fault({ match: { method: "POST", path: "/access-keys" }, times: 3, action: { drop: "after" } });
      await expect(new Life(gateway, accessKey, "application").create({ name: "application" })).rejects.toThrow(
        "access-keys",
      );
      const all = [];
      for await (const key of gateway.client.listAccessKeys()) all.push(key.id);
      expect(all).toEqual([]);
      const requests = await gateway.requests();
      expect(requests.filter((request) => request.startsWith("POST"))).toHaveLength(3);
      expect(requests.filter((request) => request.startsWith("DELETE"))).toHaveLength(3);
    });

    test("with ownership off is resolved by a look-up of the content", async () => {
      await gateway.fault({ match: { method: "POST", path: "/access-key-configurations" }, action: { drop: "after" } });
      const life = await new Life(gateway, accessConfiguration, "c", "off").create({
        name: "c",
        description: "only one like it",
      });
      const all = [];
      for await (const configuration of gateway.client.listAccessKeyConfigurations()) all.push(configuration.id);
      expect(all).toEqual([life.id]);
    });
  });

  describe("an update whose response is lost", () => {
    const lose = (method: string, path: string) =>
      gateway.fault({ match: { method, path }, times: 100, action: { drop: "after" } });
    const clear = () => fetch(`${gateway.controlUrl}/_emulator/faults`, { method: "DELETE" });

    test("is repeated, even if the program again equals the state", async () => {
      const life = await makeProvider();
      await lose("PATCH", "/providers");
      await life.updateInPart({ ...providerInputs, name: "Other", models: ["gpt-5"] });
      await clear();
      expect((await gateway.client.getProvider(life.id)).name).toBe("Other");
      expect(await life.diff(providerInputs)).toEqual({ changes: true, replaces: [] });
      await life.update(providerInputs);
      expect(await gateway.client.getProvider(life.id)).toMatchObject({
        name: "Azure",
        models: [{ modelId: "gpt-5-mini" }, { modelId: "gpt-5" }],
      });
      expect(await life.diff(providerInputs)).toEqual({ changes: false, replaces: [] });
    });

    test("does not mistake its own possible write for another writer's change, but detects another writer's", async () => {
      const life = await makeProvider();
      await lose("PATCH", "/providers");
      await life.updateInPart({ ...providerInputs, models: ["gpt-5"] });
      await clear();
      await gateway.client.updateProvider(life.id, { models: [{ modelId: "by-hand" }] });
      await expect(life.update({ ...providerInputs, models: ["o3"] })).rejects.toThrow("models is now");
      await gateway.client.updateProvider(life.id, { models: [{ modelId: "gpt-5" }] });
      await life.update({ ...providerInputs, models: ["o3"] });
      expect((await gateway.client.getProvider(life.id)).models).toMatchObject([{ modelId: "o3" }]);
    });

    test("of a rotation rotates once more, to the program's current value", async () => {
      const life = await makeKey();
      const inputs = { providerId: "azure-openai", value: KEY_VALUE, name: "key" };
      await lose("POST", "/provider-keys");
      await life.updateInPart({ ...inputs, value: "another-azure-key-0123456789abcdef" });
      await clear();
      expect((await gateway.client.getProviderKey(life.id)).keyRedacted).toBe("another-az***cdef");
      expect(await life.diff(inputs)).toEqual({ changes: true, replaces: [] });
      await life.update(inputs);
      expect((await gateway.client.getProviderKey(life.id)).keyRedacted).toBe("planted-az***cdef");
      expect(await life.diff(inputs)).toEqual({ changes: false, replaces: [] });
    });

    test("of a rotation contains neither value in its error or its record", async () => {
      const life = await makeKey();
      await lose("POST", "/provider-keys");
      const value = "another-azure-key-0123456789abcdef";
      const { message } = await life.updateInPart({ providerId: "azure-openai", value, name: "key" });
      expect(JSON.stringify([message, life.resource.memory])).not.toMatch(/another-azure|planted-azure/);
    });

    test("is settled by a refresh", async () => {
      const life = await makeProvider();
      await lose("PATCH", "/providers");
      const wanted = { ...providerInputs, name: "Other" };
      await life.updateInPart(wanted);
      await clear();
      expect(await life.refresh()).toEqual(wanted);
      expect(await life.diff(wanted)).toEqual({ changes: false, replaces: [] });
    });

    test("of the account's settings, on create, still knows the values before", async () => {
      await gateway.client.updateGatewayConfig({ totalTimeout: "80s" });
      await lose("PATCH", "/gateway-config");
      const life = new Life(gateway, gatewaySettings, "settings");
      await expect(life.create({ totalTimeout: "90s" })).rejects.toBeInstanceOf(PartlyDone);
      await clear();
      await life.update({ totalTimeout: "90s" });
      expect((await gateway.client.getGatewayConfig()).totalTimeout).toBe("90s");
      await life.delete();
      expect((await gateway.client.getGatewayConfig()).totalTimeout).toBe("80s");
    });
  });

  test("the settings of another account are neither read nor written", async () => {
    const life = await new Life(gateway, gatewaySettings, "settings").create({ totalTimeout: "90s" });
    life.useKeyOf("acc_two");
    life.takeWrites();
    const message = /was made in the account acc_[0-9a-f]+, but the API key in use now is of the account acc_two/;
    await expect(life.refresh()).rejects.toThrow(message);
    await expect(life.update({ totalTimeout: "70s" })).rejects.toThrow(message);
    await expect(life.delete()).rejects.toThrow(message);
    expect(life.takeWrites()).toEqual([]);
  });

  describe("a change that fails at a read", () => {
    const failReads = (path: string) =>
      gateway.fault({ match: { method: "GET", path }, times: 1_000, action: { status: 503 } });

    test("of the account's settings is no partial change: settings that were never written are not restored", async () => {
      await gateway.client.updateGatewayConfig({ totalTimeout: "80s" });
      const life = await new Life(gateway, gatewaySettings, "settings").create({ maxInputTokens: 10 });
      await failReads("/gateway-config");
      const failure: unknown = await life
        .update({ maxInputTokens: 10, totalTimeout: "90s" })
        .catch((error: unknown) => error);
      expect(failure).not.toBeInstanceOf(PartlyDone);
      await gateway.clearFaults();
      life.takeWrites();
      await life.update({ maxInputTokens: 20 });
      expect(life.takeWrites()).toEqual([["updateGatewayConfig", { maxInputTokens: 20 }]]);
      expect((await gateway.client.getGatewayConfig()).totalTimeout).toBe("80s");
    });

    test("of an adopted object does not record it in the state", async () => {
      const { id } = await gateway.client.createProvider({
        providerId: "azure-openai",
        name: "x",
        baseUrl: "https://example.com",
      });
      await gateway.fault({
        match: { method: "GET", path: `/providers/${id}` },
        times: 1_000,
        after: 1,
        action: { status: 503 },
      });
      const life = new Life(gateway, customProvider, "azure");
      const failure: unknown = await life.create({ ...providerInputs, adopt: id }).catch((error: unknown) => error);
      expect(failure).not.toBeInstanceOf(PartlyDone);
      expect(String(failure)).toContain("503");
    });
  });
});
