/**
 * Models and API surfaces of a custom provider, over both adapters: fields that a program leaves out of an entry keep their stored
 * values. Does not prove that the hosted gateway stores an entry that is sent back unchanged as it was.
 */
import { forgetReads } from "../../../provider/lifecycle/gatheredReads";
import { definition as accessConfiguration } from "../../../provider/resources/accessConfiguration";
import { definition as customProvider } from "../../../provider/resources/customProvider";
import { startTestGateway } from "../../helpers/gateway";
import { ADAPTERS } from "../../helpers/miniEngine/adapters";
import { Life, type LifeGateway } from "./life";

const FULL = { modelId: "full", providerModelId: "deployment", unsupportedParams: ["temperature", "top_p"] };
const base = { providerId: "p-one", name: "one", baseUrl: "https://example.com/v1" };

describe.each(ADAPTERS)("over the %s adapter", (adapter) => {
  let gateway: LifeGateway;
  beforeAll(async () => {
    gateway = { ...(await startTestGateway()), adapter };
  });
  beforeEach(() => gateway.reset());
  afterAll(() => gateway.close());

  const make = (inputs: Record<string, unknown>) =>
    new Life(gateway, customProvider, "one").create({ ...base, ...inputs });
  const storedModels = async (life: Life) =>
    (await gateway.client.getProvider(life.id)).models?.map(({ id: _, ...model }) => model);

  test("models are created with their provider's id and unsupported parameters, and read without drift", async () => {
    const life = await make({ models: [FULL, "plain"] });
    expect(await storedModels(life)).toEqual([FULL, { modelId: "plain", unsupportedParams: [] }]);
    expect((await life.refresh())?.models).toEqual([FULL, "plain"]);
    expect((await life.diff({ ...base, models: ["plain", FULL] })).changes).toBe(false);
  });

  test("a change of models keeps others' fields in the remaining entries", async () => {
    const life = await make({ models: ["one", "two"] });
    await gateway.client.updateProvider(life.id, { models: [{ ...FULL, modelId: "one" }, { modelId: "two" }] });
    await life.update({ ...base, models: ["one", { modelId: "three", unsupportedParams: ["seed"] }] });
    expect(await storedModels(life)).toEqual([
      { ...FULL, modelId: "one" },
      { modelId: "three", unsupportedParams: ["seed"] },
    ]);
    expect(life.resource.state.models).toEqual(["one", { modelId: "three", unsupportedParams: ["seed"] }]);
  });

  test("a changed field is drift if the program gives it, and no drift if the program leaves it out", async () => {
    const models = [{ modelId: "m", providerModelId: "deployment" }];
    const life = await make({ models });
    const edit = async (entry: object) => {
      await gateway.client.updateProvider(life.id, { models: [{ modelId: "m", ...entry }] });
      forgetReads(); // like in another process
    };
    await edit({ providerModelId: "deployment", unsupportedParams: ["seed"] });
    expect((await life.refresh())?.models).toEqual(models);
    await edit({ unsupportedParams: ["seed"] });
    expect((await life.refresh())?.models).toEqual([{ modelId: "m", unsupportedParams: ["seed"] }]);
    expect((await life.diff({ ...base, models })).changes).toBe(true);
    await life.update({ ...base, models });
    expect(await storedModels(life)).toEqual([{ ...models[0], unsupportedParams: ["seed"] }]);
  });

  test("an empty list clears the unsupported parameters, and providerModelId equal to modelId clears it", async () => {
    const life = await make({ models: [FULL] });
    await life.update({ ...base, models: [{ modelId: "full", providerModelId: "full", unsupportedParams: [] }] });
    expect(await storedModels(life)).toEqual([{ modelId: "full", providerModelId: "full", unsupportedParams: [] }]);
    await gateway.client.updateProvider(life.id, { models: [{ modelId: "full" }] });
    // No drift: without an id of its own, the provider receives the model's.
    expect((await life.refresh())?.models).toEqual([
      { modelId: "full", providerModelId: "full", unsupportedParams: [] },
    ]);
  });

  test("a surface has its own base URL, and a base URL that others set is kept", async () => {
    const chat = { format: "openai", surface: "chat-completions", baseUrl: "https://chat.example.com/v1" };
    const responses = { format: "openai", surface: "responses" };
    const life = await make({ supportedApiSurfaces: [chat, responses] });
    const stored = async () => (await gateway.client.getProvider(life.id)).supportedApiSurfaces;
    expect(await stored()).toEqual([chat, responses]);
    const theirs = { ...responses, baseUrl: "https://theirs.example.com/v1", supportedParams: [{ name: "seed" }] };
    await gateway.client.updateProvider(life.id, { supportedApiSurfaces: [chat, theirs] });
    expect((await life.refresh())?.supportedApiSurfaces).toEqual([chat, responses]);
    const changed = { ...chat, baseUrl: "https://new.example.com/v1" };
    await life.update({ ...base, supportedApiSurfaces: [changed, responses] });
    expect(await stored()).toEqual([changed, theirs]);
  });

  test("a set is read once before it is written", async () => {
    const life = await make({ models: ["one"], supportedApiSurfaces: [{ format: "openai" }] });
    await gateway.requests();
    await life.update({ ...base, models: ["two"], supportedApiSurfaces: [{ format: "anthropic" }] });
    expect(await gateway.requests()).toEqual([`GET /providers/${life.id}`, `PATCH /providers/${life.id}`]);
  });

  test.each([
    [{ supportedApiSurfaces: [{ format: "openai", baseUrl: "ftp://x" }] }, "supportedApiSurfaces[0].baseUrl", /https/],
    [{ models: [{ modelId: "m", unsupportedParams: ["a", "a"] }] }, "models[0].unsupportedParams", /lists "a" twice/],
    [{ models: [{ modelId: "m", providerModelId: "" }] }, "models[0].providerModelId", /must not be empty/],
  ])("%j is refused at %s", async (inputs, property, reason) => {
    const life = new Life(gateway, customProvider, "one");
    const { failures } = await life.check({ ...base, ...inputs });
    expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });

  test("a configuration outputs its number of access keys", async () => {
    const life = await new Life(gateway, accessConfiguration, "team").create({ name: "team" });
    expect(life.resource.state.accessKeyCount).toBe(0);
    await gateway.client.createAccessKey({ accessKeyConfigurationId: life.id });
    await gateway.client.createAccessKey({});
    expect(await life.refresh()).toMatchObject({ name: "team" });
    expect(life.resource.state.accessKeyCount).toBe(1);
    expect((await life.diff({ name: "team" })).changes).toBe(false);
  });
});
