/**
 * Each resource's whole life at the local gateway, through the runtime but without Pulumi: create, drift, repair, gone,
 * adopt, delete twice, and what happens when requests go wrong. Does not prove anything of the provider process.
 */
import { definition as accessConfiguration } from "../../../provider/resources/accessConfiguration";
import { definition as accessKey } from "../../../provider/resources/accessKey";
import { definition as customProvider } from "../../../provider/resources/customProvider";
import { definition as providerKey } from "../../../provider/resources/providerKey";
import { definition as routingRule } from "../../../provider/resources/routingRule";
import { checkInputs } from "../../../provider/runtime/check";
import type { AnyDefinition, CallContext } from "../../../provider/runtime/definition";
import * as lifecycle from "../../../provider/runtime/lifecycle";
import type { PlainObject } from "../../../provider/runtime/values";
import { systemClock } from "../../../sdk/clock";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
beforeEach(() => gateway.reset());
afterAll(() => gateway.close());

const AZURE_URL = "https://contoso.openai.azure.com/openai/deployments/gpt-5-mini?api-version=2024-10-21";
const KEY_VALUE = "planted-azure-key-0123456789abcdef";

/** A resource as a stack would hold it. */
class Life {
  id = "";
  /** Which account the key in use belongs to. */
  account = "acc_one";
  resource: lifecycle.Resource = { state: {}, memory: { schema: lifecycle.STATE_SCHEMA, managed: [] } };
  constructor(
    readonly definition: AnyDefinition,
    readonly name: string,
    readonly ownership: "on" | "off" = "on",
  ) {}

  get options(): lifecycle.LifecycleOptions {
    return { ownership: this.ownership, owner: { stack: "org/project/dev", resource: this.name } };
  }
  context(operation: string): CallContext {
    const subject = { kind: this.definition.kind, name: this.name, operation };
    return {
      client: gateway.client,
      gatewayUrl: gateway.gatewayUrl,
      clock: systemClock,
      accountId: async () => this.account,
      call: { signal: new AbortController().signal, subject },
    };
  }
  checked(inputs: PlainObject): PlainObject {
    const result = checkInputs(this.definition, inputs);
    expect(result.failures).toEqual([]);
    return result.inputs;
  }
  async create(inputs: PlainObject): Promise<this> {
    const made = await lifecycle.create(this.definition, this.checked(inputs), this.context("create"), this.options);
    this.id = made.id;
    this.resource = made;
    return this;
  }
  diff(inputs: PlainObject) {
    return lifecycle.diff(this.definition, this.resource, this.checked(inputs), this.options);
  }
  async update(inputs: PlainObject): Promise<void> {
    this.resource = await lifecycle.update(
      this.definition,
      this.id,
      this.resource,
      this.checked(inputs),
      this.context("update"),
      this.options,
    );
  }
  /** The inputs after a refresh; `undefined` when the object is gone. */
  async refresh(): Promise<PlainObject | undefined> {
    const found = await lifecycle.read(this.definition, this.id, this.resource, this.context("read"));
    if (found === undefined) return undefined;
    this.resource = found;
    return found.inputs;
  }
  delete(): Promise<void> {
    return lifecycle.remove(this.definition, this.id, this.resource, this.context("delete"));
  }
}

const providerInputs = {
  providerId: "azure-openai",
  baseUrl: AZURE_URL,
  name: "Azure",
  models: ["gpt-5-mini", "gpt-5"],
};
const makeProvider = () => new Life(customProvider, "azure").create(providerInputs);
const makeKey = async () => {
  await makeProvider();
  return new Life(providerKey, "key").create({ providerId: "azure-openai", value: KEY_VALUE, name: "key" });
};

describe("a set that a PATCH replaces as a whole", () => {
  test("is not overwritten where somebody else changed it unseen, and is after a refresh", async () => {
    const life = await makeProvider();
    const theirs = [...providerInputs.models, "by-hand"].map((modelId) => ({ modelId }));
    await gateway.client.updateProvider(life.id, { models: theirs });
    const wanted = { ...providerInputs, models: ["gpt-5"] };
    await gateway.requests();
    await expect(life.update(wanted)).rejects.toThrow(/was changed by somebody else.*models is now .*by-hand/s);
    expect(await gateway.requests()).toEqual([`GET /providers/${life.id}`]);
    await life.refresh();
    await life.update(wanted);
    expect((await gateway.client.getProvider(life.id)).models).toMatchObject([{ modelId: "gpt-5" }]);
  });

  test("is looked at anew, whatever a refresh of the same process read before", async () => {
    const life = await makeProvider();
    const others = [0, 1, 2, 3].map((index) =>
      gateway.client.createProvider({ providerId: `p-${index}`, name: "p", baseUrl: "https://example.com" }),
    );
    const ids = [life.id, ...(await Promise.all(others)).map(({ id }) => id)];
    await Promise.all(ids.map((id) => customProvider.read(id, {}, life.context("read")))); // read from a list, which is kept
    await gateway.client.updateProvider(life.id, { models: [{ modelId: "by-hand" }] });
    await expect(life.update({ ...providerInputs, models: ["gpt-5"] })).rejects.toThrow("models is now");
  });

  test("is written where somebody else made the very change that is wanted", async () => {
    const life = await makeProvider();
    await gateway.client.updateProvider(life.id, { models: [{ modelId: "gpt-5" }] });
    await life.update({ ...providerInputs, models: ["gpt-5"] });
    expect((await gateway.client.getProvider(life.id)).models).toMatchObject([{ modelId: "gpt-5" }]);
  });

  test("of a configuration: neither access nor rules go unseen", async () => {
    await makeKey();
    const inputs = { name: "team", access: { providers: { allow: ["openai"] } }, rules: [] };
    const life = await new Life(accessConfiguration, "team").create(inputs);
    await gateway.client.updateAccessKeyConfiguration(life.id, {
      access: { providers: { allow: ["openai", "anthropic"] } },
      router: { rules: [{ provider: "anthropic", steps: [{ type: "ngrok" }] }] },
    });
    const rules = [{ provider: "openai", steps: [{ type: "ngrok" }] }];
    const wanted = { ...inputs, access: { providers: { allow: [] } } };
    await expect(life.update(wanted)).rejects.toThrow("access is now");
    await expect(life.update({ ...inputs, rules })).rejects.toThrow("rules is now");
  });

  test("other fields are changed without a look at it", async () => {
    const life = await makeProvider();
    await gateway.requests();
    await life.update({ ...providerInputs, name: "Other" });
    expect(await gateway.requests()).toEqual([`PATCH /providers/${life.id}`]);
  });
});

describe("an object that is not there while the key is another account's", () => {
  const elsewhere = async () => {
    const life = await makeProvider();
    await gateway.client.deleteProvider(life.id);
    life.account = "acc_two";
    return life;
  };
  const message =
    /CustomProvider aigp_\w+ was made in the account acc_one, but the API key in use now is of the account acc_two/;

  test("is not forgotten by refresh", async () => {
    await expect((await elsewhere()).refresh()).rejects.toThrow(message);
  });
  test("is not counted as deleted", async () => {
    await expect((await elsewhere()).delete()).rejects.toThrow(message);
  });
  test("is told as such by update", async () => {
    await expect((await elsewhere()).update({ ...providerInputs, name: "Other" })).rejects.toThrow(message);
  });
  test("is gone where the account is the same", async () => {
    const life = await elsewhere();
    life.account = "acc_one";
    expect(await life.refresh()).toBeUndefined();
  });
});

describe("CustomProvider", () => {
  test("is made by one request and read back without drift", async () => {
    const life = await makeProvider();
    expect(await gateway.requests()).toEqual(["POST /providers"]);
    expect(await life.refresh()).toEqual(providerInputs);
    expect(life.diff(providerInputs)).toEqual({ changes: false, replaces: [] });
  });

  test("carries the mark of its owner where the program gives no metadata", async () => {
    const life = await makeProvider();
    const { metadata } = await gateway.client.getProvider(life.id);
    expect(JSON.parse(metadata ?? "")).toEqual({
      managedBy: "pulumi",
      stack: "org/project/dev",
      resource: "azure",
      create: life.resource.memory.create,
    });
  });

  test("carries no mark with ownership off", async () => {
    const life = await new Life(customProvider, "azure", "off").create(providerInputs);
    expect((await gateway.client.getProvider(life.id)).metadata).toBeUndefined();
  });

  test.each([
    ["name", { name: "Other" }],
    ["baseUrl", { baseUrl: AZURE_URL.replace("contoso", "fabrikam") }],
    ["metadata", { metadata: "ours" }],
    ["models", { models: ["gpt-5-mini"] }],
    ["supportedApiSurfaces", { supportedApiSurfaces: [{ format: "openai", surface: "chat-completions" }] }],
  ])("changes %s in place by one PATCH, and has no drift after", async (_, change) => {
    const life = await makeProvider();
    const inputs = { ...providerInputs, ...change };
    expect(life.diff(inputs)).toEqual({ changes: undefined, replaces: [] });
    await gateway.requests();
    await life.update(inputs);
    // A whole set is looked at before it is replaced.
    const looks = "models" in change ? [`GET /providers/${life.id}`] : [];
    expect(await gateway.requests()).toEqual([...looks, `PATCH /providers/${life.id}`]);
    expect(await life.refresh()).toEqual(inputs);
    expect(life.diff(inputs)).toEqual({ changes: false, replaces: [] });
  });

  test.each([
    ["name", { name: "by hand" }],
    ["baseUrl", { baseUrl: "https://elsewhere.example.com" }],
    ["models", { models: [{ modelId: "by-hand" }] }],
  ])("sees %s changed elsewhere and puts it right", async (field, change) => {
    const life = await makeProvider();
    await gateway.client.updateProvider(life.id, change);
    expect(Object.keys(await drift(life, providerInputs))).toEqual([field]);
    await life.update(providerInputs);
    expect(await life.refresh()).toEqual(providerInputs);
  });

  test("does not take models in another order for drift", async () => {
    const life = await makeProvider();
    await gateway.client.updateProvider(life.id, { models: [{ modelId: "gpt-5" }, { modelId: "gpt-5-mini" }] });
    expect(await life.refresh()).toEqual(providerInputs);
  });

  test("puts its mark right when somebody else changed it", async () => {
    const life = await makeProvider();
    const mark = life.resource.state.metadata;
    await gateway.client.updateProvider(life.id, { metadata: "mine now" });
    expect(await life.refresh()).toEqual(providerInputs);
    expect(life.diff(providerInputs)).toEqual({ changes: true, replaces: [] });
    await life.update(providerInputs);
    expect((await gateway.client.getProvider(life.id)).metadata).toBe(mark);
  });

  test("is seen as gone after somebody else deleted it, and can be deleted twice", async () => {
    const life = await makeProvider();
    await gateway.client.deleteProvider(life.id);
    expect(await life.refresh()).toBeUndefined();
    await life.delete();
    await life.delete();
  });

  test("a taken providerId is an error that names the object and the way on", async () => {
    const other = await new Life(customProvider, "other", "off").create(providerInputs);
    await expect(makeProvider()).rejects.toThrow(
      `CustomProvider with providerId "azure-openai" exists already as ${other.id}. Take it over with adopt: "ifExists" (or adopt: "${other.id}"), or choose another providerId.`,
    );
  });

  test("an object that carries this very resource's mark is not taken over, but named as such", async () => {
    const left = await makeProvider();
    await expect(makeProvider()).rejects.toThrow(
      `exists already as ${left.id}. It carries this very resource's mark, perhaps from a run that was killed`,
    );
  });

  test.each(["ifExists", "required", "id"])(
    "adopts by %s and brings the object to what the program says",
    async (adopt) => {
      const made = await gateway.client.createProvider({
        providerId: "azure-openai",
        baseUrl: "https://old.example.com",
        name: "old",
      });
      const life = await new Life(customProvider, "azure").create({
        ...providerInputs,
        adopt: adopt === "id" ? made.id : adopt,
      });
      expect(life.id).toBe(made.id);
      expect(await gateway.client.getProvider(made.id)).toMatchObject({ name: "Azure", baseUrl: AZURE_URL });
      expect(life.diff(providerInputs)).toEqual({ changes: false, replaces: [] });
    },
  );

  test("adopting what fits already writes nothing with ownership off", async () => {
    await gateway.client.createProvider({
      providerId: "azure-openai",
      baseUrl: AZURE_URL,
      name: "Azure",
      models: [{ modelId: "gpt-5" }, { modelId: "gpt-5-mini" }],
    });
    await gateway.requests();
    await new Life(customProvider, "azure", "off").create({ ...providerInputs, adopt: "required" });
    expect((await gateway.requests()).filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  test("adopt: required without an object is an error that makes none", async () => {
    const life = new Life(customProvider, "azure");
    await expect(life.create({ ...providerInputs, adopt: "required" })).rejects.toThrow(
      'adopt: "required", but there is no CustomProvider with providerId "azure-openai": make it first, or leave adopt out.',
    );
    expect(await gateway.requests()).toEqual(["GET /providers"]);
  });

  test("another stack's object is not adopted by name", async () => {
    const foreign = new Life(customProvider, "azure");
    Object.defineProperty(foreign, "options", {
      value: { ownership: "on", owner: { stack: "org/other/prod", resource: "azure" } },
    });
    await foreign.create(providerInputs);
    await expect(new Life(customProvider, "azure").create({ ...providerInputs, adopt: "ifExists" })).rejects.toThrow(
      `adopt: CustomProvider ${foreign.id} belongs to the stack org/other/prod.`,
    );
  });
});

/** Fields whose value after a refresh is not what the program says. */
async function drift(life: Life, inputs: PlainObject): Promise<PlainObject> {
  const seen = (await life.refresh()) ?? {};
  return Object.fromEntries(
    Object.entries(seen).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(inputs[name])),
  );
}

describe("a lost answer", () => {
  test("ends with exactly one object, ours", async () => {
    await gateway.fault({ match: { method: "POST", path: "/providers" }, action: { drop: "after" } });
    const life = await makeProvider();
    const all = [];
    for await (const provider of gateway.client.listProviders()) all.push(provider.id);
    expect(all).toEqual([life.id]);
    expect((await gateway.requests()).filter((request) => request.startsWith("POST"))).toEqual(["POST /providers"]);
  });

  test("is sent again when the request had done nothing", async () => {
    await gateway.fault({ match: { method: "POST", path: "/providers" }, action: { drop: "before" } });
    const life = await makeProvider();
    expect(await life.refresh()).toEqual(providerInputs);
  });

  test("of a key whose token was in it removes the useless key and makes one more", async () => {
    await gateway.fault({ match: { method: "POST", path: "/access-keys" }, action: { drop: "after" } });
    const life = await new Life(accessKey, "application").create({ name: "application" });
    const all = [];
    for await (const key of gateway.client.listAccessKeys()) all.push(key.id);
    expect(all).toEqual([life.id]);
    expect(life.resource.state.token).toMatch(/^ng-/);
  });

  test("of a key, time and again, is given up without leaving one behind", async () => {
    await gateway.fault({ match: { method: "POST", path: "/access-keys" }, times: 3, action: { drop: "after" } });
    await expect(new Life(accessKey, "application").create({ name: "application" })).rejects.toThrow("access-keys");
    const all = [];
    for await (const key of gateway.client.listAccessKeys()) all.push(key.id);
    expect(all).toEqual([]);
    const requests = await gateway.requests();
    expect(requests.filter((request) => request.startsWith("POST"))).toHaveLength(3);
    expect(requests.filter((request) => request.startsWith("DELETE"))).toHaveLength(3);
  });

  test("with ownership off is found by its content", async () => {
    await gateway.fault({ match: { method: "POST", path: "/access-key-configurations" }, action: { drop: "after" } });
    const life = await new Life(accessConfiguration, "c", "off").create({ name: "c", description: "only one like it" });
    const all = [];
    for await (const configuration of gateway.client.listAccessKeyConfigurations()) all.push(configuration.id);
    expect(all).toEqual([life.id]);
  });
});

describe("ProviderKey", () => {
  const inputs = { providerId: "azure-openai", value: KEY_VALUE, name: "key" };

  test("has no drift, and rotates its value in place by one request", async () => {
    const life = await makeKey();
    expect(await life.refresh()).toEqual(inputs);
    const { id } = life;
    await gateway.requests();
    await life.update({ ...inputs, value: "another-azure-key-0123456789abcdef" });
    expect(await gateway.requests()).toEqual([`POST /provider-keys/${id}/rotate`]);
    expect(life.resource.state.keyRedacted).toBe("another-az***cdef");
  });

  test("sees a value that somebody else rotated, by its mask, and puts it right", async () => {
    const life = await makeKey();
    await gateway.client.rotateProviderKey(life.id, { value: "by-hand-key-0123456789", name: "key" });
    expect(await life.refresh()).toEqual({ providerId: "azure-openai", name: "key" });
    expect(life.diff(inputs)).toEqual({ changes: undefined, replaces: [] });
    await life.update(inputs);
    expect((await gateway.client.getProviderKey(life.id)).keyRedacted).toBe("planted-az***cdef");
  });

  test("keeps the new value in state when only the rest of an update failed, and goes on from there", async () => {
    const life = await makeKey();
    await gateway.fault({ match: { method: "PATCH", path: "/provider-keys" }, times: 50, action: { status: 400 } });
    const next = { ...inputs, value: "another-azure-key-0123456789abcdef", description: "new" };
    const failure = await life.update(next).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(lifecycle.PartialFailure);
    life.resource = (failure as lifecycle.PartialFailure).resource;
    await fetch(`${gateway.controlUrl}/_emulator/faults`, { method: "DELETE" });
    await gateway.requests();
    await life.update(next);
    expect(await gateway.requests()).toEqual([`PATCH /provider-keys/${life.id}`]);
  });

  test("keys of one name do not stand in each other's way", async () => {
    const first = await makeKey();
    const second = await new Life(providerKey, "second").create(inputs);
    expect(second.id).not.toBe(first.id);
  });
});

describe("AccessConfiguration", () => {
  test("owns the router when rules are given, whatever their order", async () => {
    const key = await makeKey();
    const rules = [
      { provider: "azure-openai", keys: [key.id] },
      { provider: "openai", steps: [{ type: "ngrok" }] },
    ];
    const inputs = { name: "c", access: { providers: { allow: ["azure-openai", "openai"] } }, rules };
    const life = await new Life(accessConfiguration, "c").create(inputs);
    expect(life.diff(inputs)).toEqual({ changes: false, replaces: [] });
    await gateway.client.updateAccessKeyConfiguration(life.id, { router: { rules: [] } });
    expect(await life.refresh()).toMatchObject({ rules: [] });
    expect(life.diff(inputs)).toEqual({ changes: undefined, replaces: [] });
    await life.update(inputs);
    expect((await gateway.client.getAccessKeyConfiguration(life.id)).router?.rules).toHaveLength(2);
  });

  test("leaves a router alone that it was not given", async () => {
    const life = await new Life(accessConfiguration, "c").create({ name: "c" });
    await gateway.client.updateAccessKeyConfiguration(life.id, {
      router: { rules: [{ provider: "openai", steps: [{ type: "ngrok" }] }] },
    });
    expect(await life.refresh()).toEqual({ name: "c" });
    await life.update({ name: "c", description: "new" });
    expect((await gateway.client.getAccessKeyConfiguration(life.id)).router?.rules).toHaveLength(1);
  });

  test("clears what the program no longer gives", async () => {
    const life = await new Life(accessConfiguration, "c").create({
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
  const makeConfiguration = () => new Life(accessConfiguration, "c").create({ name: "c" });

  test("rules of one configuration that come together are written once", async () => {
    const key = await makeKey();
    const configuration = await makeConfiguration();
    await gateway.requests();
    const models = Array.from({ length: 10 }, (_, index) => `azure-openai:model-${index}`);
    const lives = await Promise.all(
      models.map((model) =>
        new Life(routingRule, model).create({ configurationId: configuration.id, model, keys: [key.id] }),
      ),
    );
    expect((await gateway.requests()).filter((request) => request.startsWith("PATCH"))).toHaveLength(1);
    expect(lives.map(({ id }) => id)).toEqual(models.map((model) => `${configuration.id}/model=${model}`));
    for (const life of lives) expect(await life.refresh()).toEqual(life.checked({ ...life.resource.state }));
  });

  test("rules that nobody declared survive", async () => {
    const key = await makeKey();
    const configuration = await makeConfiguration();
    const foreign = { provider: "openai", steps: [{ type: "ngrok" as const }] };
    await gateway.client.updateAccessKeyConfiguration(configuration.id, { router: { rules: [foreign] } });
    const life = await new Life(routingRule, "rule").create({
      configurationId: configuration.id,
      provider: "azure-openai",
      keys: [key.id],
    });
    await life.delete();
    await life.delete();
    const { router } = await gateway.client.getAccessKeyConfiguration(configuration.id);
    expect(router?.rules).toEqual([foreign]);
  });

  test("two rules with one selector are an error", async () => {
    const key = await makeKey();
    const configuration = await makeConfiguration();
    const inputs = { configurationId: configuration.id, provider: "azure-openai", keys: [key.id] };
    const results = await Promise.allSettled([
      new Life(routingRule, "first").create(inputs),
      new Life(routingRule, "second").create(inputs),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    await expect(new Life(routingRule, "third").create(inputs)).rejects.toThrow(
      `Access key configuration ${configuration.id} has a rule for provider=azure-openai already.`,
    );
  });

  test("is gone when its configuration is, and drift of its steps is seen", async () => {
    const key = await makeKey();
    const configuration = await makeConfiguration();
    const inputs = { configurationId: configuration.id, provider: "azure-openai", keys: [key.id] };
    const life = await new Life(routingRule, "rule").create(inputs);
    const other = await new Life(providerKey, "other").create({
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
  test("tells its token once and keeps it over refresh and update", async () => {
    const configuration = await new Life(accessConfiguration, "c").create({ name: "c" });
    const life = await new Life(accessKey, "application").create({ name: "application" });
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
