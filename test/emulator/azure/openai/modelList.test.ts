/** The list of base models, on both families of routes. Does not prove that Azure lists the same models. */
import { ask, azureWith, closeAzures, TestClock } from "../helpers";
import { ENDPOINT, invalid, KEY, SEED, V1 } from "./seeded";

afterEach(closeAzures);

const DATED = (path: string) => `${ENDPOINT}/openai/${path}?api-version=2024-10-21`;

async function show(url: string, options = {}) {
  const azure = await azureWith({ seed: SEED, clock: new TestClock().read, ...options });
  const { status, body } = await ask(azure, url, { headers: KEY });
  return { status, body };
}

test("the dated route lists models with their capabilities and their retirement", async () => {
  const { status, body } = await show(DATED("models"));
  expect([status, body.object]).toEqual([200, "list"]);
  const byId = Object.fromEntries(body.data.map((model: { id: string }) => [model.id, model]));
  expect(byId["gpt-5-mini-2025-08-07"]).toEqual({
    id: "gpt-5-mini-2025-08-07",
    object: "model",
    status: "succeeded",
    created_at: Date.parse("2025-08-07") / 1000,
    updated_at: Date.parse("2025-08-07") / 1000,
    lifecycle_status: "generally-available",
    deprecation: { inference: Date.parse("2027-02-06") / 1000 },
    capabilities: { fine_tune: false, inference: true, completion: false, chat_completion: true, embeddings: false },
  });
  expect(byId["text-embedding-3-large-1"].capabilities).toMatchObject({ chat_completion: false, embeddings: true });
  expect(byId["gpt-4o-2024-11-20"]).toMatchObject({
    lifecycle_status: "deprecated",
    capabilities: { inference: false },
  });
});

test("v1 lists the same models in the format of OpenAI's API", async () => {
  const [dated, v1] = [await show(DATED("models")), await show(`${V1}/models`)];
  const idsOf = ({ body }: typeof v1) => body.data.map(({ id }: { id: string }) => id);
  expect(idsOf(v1)).toEqual(idsOf(dated));
  expect(v1.body.data[0]).toMatchObject({ object: "model", created: expect.any(Number), owned_by: "system" });
  expect(v1.body.data[0]).not.toHaveProperty("created_at");
});

test("one model is returned by its id", async () => {
  for (const url of [DATED("models/gpt-5-mini-2025-08-07"), `${V1}/models/GPT-5-mini-2025-08-07`]) {
    const { status, body } = await show(url);
    expect([status, body.id]).toEqual([200, "gpt-5-mini-2025-08-07"]);
  }
  expect(await show(`${V1}/models/gpt-99`)).toEqual({
    status: 404,
    body: invalid("The model 'gpt-99' does not exist.", null, "model_not_found"),
  });
});

test("added models are listed", async () => {
  const { body } = await show(`${V1}/models`, { models: [{ name: "gpt-6", version: "2026-10-01" }] });
  expect(body.data.at(-1).id).toBe("gpt-6-2026-10-01");
});

test("the list requires a key", async () => {
  const azure = await azureWith({ seed: SEED });
  expect((await ask(azure, `${V1}/models`)).status).toBe(401);
});
