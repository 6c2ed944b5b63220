/**
 * Behavior that is particular to each resource, at the local gateway, over both adapters; `cells.test.ts` covers what all fields
 * share. Does not prove anything about Pulumi's engine and processes.
 */

import { definition as accessConfiguration } from "../../../provider/resources/accessConfiguration";
import { definition as accessKey } from "../../../provider/resources/accessKey";
import { definition as customProvider } from "../../../provider/resources/customProvider";
import { definition as providerKey } from "../../../provider/resources/providerKey";
import { definition as routingRule } from "../../../provider/resources/routingRule";
import { startTestGateway } from "../../helpers/gateway";
import { ADAPTERS } from "../../helpers/miniEngine/adapters";
import { AZURE_URL, KEY_VALUE, makeAzureKey, makeAzureProvider, providerInputs } from "./azureLives";
import { Life, type LifeGateway } from "./life";

describe.each(ADAPTERS)("over the %s adapter", (adapter) => {
  let gateway: LifeGateway;
  beforeAll(async () => {
    gateway = { ...(await startTestGateway()), adapter };
  });
  beforeEach(() => gateway.reset());
  afterAll(() => gateway.close());

  const makeProvider = () => makeAzureProvider(gateway);
  const makeKey = () => makeAzureKey(gateway);

  describe("CustomProvider", () => {
    test("carries its owner's mark if the program gives no metadata", async () => {
      const life = await makeProvider();
      const { metadata } = await gateway.client.getProvider(life.id);
      expect(JSON.parse(metadata ?? "")).toEqual({
        managedBy: "pulumi",
        stack: life.markedStack,
        resource: "azure",
        create: life.resource.memory.create,
      });
    });

    test("carries no mark with ownership off", async () => {
      const life = await new Life(gateway, customProvider, "azure", "off").create(providerInputs);
      expect((await gateway.client.getProvider(life.id)).metadata).toBeUndefined();
    });

    test("does not report models in another order as drift", async () => {
      const life = await makeProvider();
      await gateway.client.updateProvider(life.id, { models: [{ modelId: "gpt-5" }, { modelId: "gpt-5-mini" }] });
      expect(await life.refresh()).toEqual(providerInputs);
    });

    test("restores its mark after a change outside Pulumi", async () => {
      const life = await makeProvider();
      const mark = life.resource.state.metadata;
      await gateway.client.updateProvider(life.id, { metadata: "mine now" });
      expect(await life.refresh()).toEqual(providerInputs);
      expect(await life.diff(providerInputs)).toEqual({ changes: true, replaces: [] });
      await life.update(providerInputs);
      expect((await gateway.client.getProvider(life.id)).metadata).toBe(mark);
    });

    test("fails for a providerId in use and names the object and the solution", async () => {
      const other = await new Life(gateway, customProvider, "other", "off").create(providerInputs);
      await expect(makeProvider()).rejects.toThrow(
        `CustomProvider with providerId "azure-openai" exists already as ${other.id}. Adopt it with adopt: "ifExists" (or adopt: "${other.id}"), or choose another providerId.`,
      );
    });

    test("does not adopt an object that carries this resource's mark; the error names it and both solutions", async () => {
      const left = await makeProvider();
      await expect(makeProvider()).rejects.toThrow(
        `CustomProvider with providerId "azure-openai" exists already as ${left.id}. It carries this very resource's mark. ` +
          "In a replacement (--replace, a trigger), it can't exist twice, so a new one can't be created before the old one is deleted. " +
          'Set the resource option deleteBeforeReplace: true on "azure" to replace it, or change its arguments to update it in place. ' +
          'If a run that was killed left it, remove it with `pulumi-ngrok-ai recover` or adopt it with adopt: "ifExists".',
      );
    });

    test("writes nothing when it adopts an object that already fits, with ownership off", async () => {
      await gateway.client.createProvider({
        providerId: "azure-openai",
        baseUrl: AZURE_URL,
        name: "Azure",
        models: [{ modelId: "gpt-5" }, { modelId: "gpt-5-mini" }],
      });
      await gateway.requests();
      await new Life(gateway, customProvider, "azure", "off").create({ ...providerInputs, adopt: "required" });
      expect((await gateway.requests()).filter((request) => !request.startsWith("GET"))).toEqual([]);
    });

    test("does not adopt another stack's object by name", async () => {
      const foreign = await new Life(gateway, customProvider, "azure", "on", "org/other/prod").create(providerInputs);
      await expect(
        new Life(gateway, customProvider, "azure").create({ ...providerInputs, adopt: "ifExists" }),
      ).rejects.toThrow(`adopt: CustomProvider ${foreign.id} belongs to the stack ${foreign.markedStack}.`);
    });
  });

  describe("ProviderKey", () => {
    const inputs = { providerId: "azure-openai", value: KEY_VALUE, name: "key" };

    test("has no drift, and rotates its value in place with one request", async () => {
      const life = await makeKey();
      expect(await life.refresh()).toEqual(inputs);
      const { id } = life;
      await gateway.requests();
      await life.update({ ...inputs, value: "another-azure-key-0123456789abcdef" });
      expect(await gateway.requests()).toEqual([`POST /provider-keys/${id}/rotate`]);
      expect(life.resource.state.keyRedacted).toBe("another-az***cdef");
    });

    test("detects a value that was rotated outside Pulumi by its mask, and restores it", async () => {
      const life = await makeKey();
      await gateway.client.rotateProviderKey(life.id, { value: "by-hand-key-0123456789", name: "key" });
      expect(await life.refresh()).toEqual({ providerId: "azure-openai", name: "key" });
      expect(await life.diff(inputs)).toEqual({ changes: true, replaces: [] });
      await life.update(inputs);
      expect((await gateway.client.getProviderKey(life.id)).keyRedacted).toBe("planted-az***cdef");
    });

    test("keeps the new value in state if only the rest of an update failed, and continues from there", async () => {
      const life = await makeKey();
      await gateway.fault({ match: { method: "PATCH", path: "/provider-keys" }, times: 50, action: { status: 400 } });
      const next = { ...inputs, value: "another-azure-key-0123456789abcdef", description: "new" };
      await life.updateInPart(next);
      await fetch(`${gateway.controlUrl}/_emulator/faults`, { method: "DELETE" });
      await gateway.requests();
      await life.update(next);
      expect(await gateway.requests()).toEqual([`PATCH /provider-keys/${life.id}`]);
    });

    test("creates keys with equal names without a conflict", async () => {
      const first = await makeKey();
      const second = await new Life(gateway, providerKey, "second").create(inputs);
      expect(second.id).not.toBe(first.id);
    });
  });

  describe("AccessConfiguration", () => {
    test("owns the router if rules are given, in any order", async () => {
      const key = await makeKey();
      const rules = [
        { provider: "azure-openai", keys: [key.id] },
        { provider: "openai", steps: [{ type: "ngrok" }] },
      ];
      const inputs = { name: "c", access: { providers: { allow: ["azure-openai", "openai"] } }, rules };
      const life = await new Life(gateway, accessConfiguration, "c").create(inputs);
      expect(await life.diff(inputs)).toEqual({ changes: false, replaces: [] });
      await gateway.client.updateAccessKeyConfiguration(life.id, { router: { rules: [] } });
      expect(await life.refresh()).toMatchObject({ rules: [] });
      expect(await life.diff(inputs)).toEqual({ changes: true, replaces: [] });
      await life.update(inputs);
      expect((await gateway.client.getAccessKeyConfiguration(life.id)).router?.rules).toHaveLength(2);
    });

    test("leaves the router unchanged if no rules are given", async () => {
      const life = await new Life(gateway, accessConfiguration, "c").create({ name: "c" });
      await gateway.client.updateAccessKeyConfiguration(life.id, {
        router: { rules: [{ provider: "openai", steps: [{ type: "ngrok" }] }] },
      });
      expect(await life.refresh()).toEqual({ name: "c" });
      await life.update({ name: "c", description: "new" });
      expect((await gateway.client.getAccessKeyConfiguration(life.id)).router?.rules).toHaveLength(1);
    });

    test("clears fields that the program no longer gives", async () => {
      const life = await new Life(gateway, accessConfiguration, "c").create({
        name: "c",
        description: "old",
        access: { models: { allow: [] } },
      });
      await life.update({ name: "c" });
      const wire = await gateway.client.getAccessKeyConfiguration(life.id);
      expect([wire.description ?? "", wire.access]).toEqual(["", undefined]);
    });
  });

  describe("RoutingRule", () => {
    const makeConfiguration = () => new Life(gateway, accessConfiguration, "c").create({ name: "c" });

    test("writes rules of one configuration that arrive together once", async () => {
      const key = await makeKey();
      const configuration = await makeConfiguration();
      await gateway.requests();
      const models = Array.from({ length: 10 }, (_, index) => `azure-openai:model-${index}`);
      const lives = await Promise.all(
        models.map((model) =>
          new Life(gateway, routingRule, model).create({ configurationId: configuration.id, model, keys: [key.id] }),
        ),
      );
      expect((await gateway.requests()).filter((request) => request.startsWith("PATCH"))).toHaveLength(1);
      expect(lives.map(({ id }) => id)).toEqual(models.map((model) => `${configuration.id}/model=${model}`));
      for (const life of lives) expect(await life.refresh()).toEqual(await life.checked({ ...life.resource.state }));
    });

    test("keeps rules that no resource declares", async () => {
      const key = await makeKey();
      const configuration = await makeConfiguration();
      const foreign = { provider: "openai", steps: [{ type: "ngrok" as const }] };
      await gateway.client.updateAccessKeyConfiguration(configuration.id, { router: { rules: [foreign] } });
      const life = await new Life(gateway, routingRule, "rule").create({
        configurationId: configuration.id,
        provider: "azure-openai",
        keys: [key.id],
      });
      await life.delete();
      await life.delete();
      const { router } = await gateway.client.getAccessKeyConfiguration(configuration.id);
      expect(router?.rules).toEqual([foreign]);
    });

    test("refuses two rules with one selector", async () => {
      const key = await makeKey();
      const configuration = await makeConfiguration();
      const inputs = { configurationId: configuration.id, provider: "azure-openai", keys: [key.id] };
      const results = await Promise.allSettled([
        new Life(gateway, routingRule, "first").create(inputs),
        new Life(gateway, routingRule, "second").create(inputs),
      ]);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
      await expect(new Life(gateway, routingRule, "third").create(inputs)).rejects.toThrow(
        `RoutingRule for provider=azure-openai in configuration ${configuration.id} exists already as ${configuration.id}/provider=azure-openai. ` +
          `Adopt it with adopt: "ifExists" (or adopt: "${configuration.id}/provider=azure-openai"), or choose another provider.`,
      );
    });

    test("no longer exists if its configuration is deleted, and detects drift of its steps", async () => {
      const key = await makeKey();
      const configuration = await makeConfiguration();
      const inputs = { configurationId: configuration.id, provider: "azure-openai", keys: [key.id] };
      const life = await new Life(gateway, routingRule, "rule").create(inputs);
      const other = await new Life(gateway, providerKey, "other").create({
        providerId: "azure-openai",
        value: KEY_VALUE,
        name: "other",
      });
      await gateway.client.updateAccessKeyConfiguration(configuration.id, {
        router: { rules: [{ provider: "azure-openai", steps: [{ type: "user", keys: [{ id: other.id }] }] }] },
      });
      expect(await life.refresh()).toMatchObject({ steps: [{ type: "user", keys: [{ id: other.id }] }] });
      await life.update(inputs);
      await life.delete();
      await configuration.delete();
      expect(await life.refresh()).toBeUndefined();
    });
  });

  describe("AccessKey", () => {
    test("returns its token once and keeps it over refresh and update", async () => {
      const configuration = await new Life(gateway, accessConfiguration, "c").create({ name: "c" });
      const life = await new Life(gateway, accessKey, "application").create({ name: "application" });
      const { token } = life.resource.state;
      expect(token).toMatch(/^ng-.*-g1-/);
      const inputs = { name: "renamed", configurationId: configuration.id };
      await life.update(inputs);
      expect(await life.refresh()).toEqual(inputs);
      expect(life.resource.state.token).toBe(token);
      await life.update({ name: "renamed" });
      expect((await gateway.client.getAccessKey(life.id)).accessKeyConfiguration ?? null).toBeNull();
    });
  });
});
