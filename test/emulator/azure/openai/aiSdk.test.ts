/**
 * The AI SDK (`ai` with `@ai-sdk/azure`) against the local Azure, with its default Responses API and with chat
 * completions, on v1 and on deployment URLs. Does not prove that Azure responds the same.
 */
import { createAzure } from "@ai-sdk/azure";
import { embedMany, generateText, Output, stepCountIs, streamText } from "ai";
import type { Azure } from "../../../../emulator/azure/startAzure";
import { CITY_SCHEMA, weatherTool } from "../../weatherTool";
import { azureWith, closeAzures } from "../helpers";
import { ANSWER_TEXT, SEED } from "./seeded";

let azure: Azure;
beforeAll(async () => {
  azure = await azureWith({ seed: SEED });
});
afterAll(closeAzures);

const v1 = () => createAzure({ baseURL: `${azure.endpoint("contoso")}/openai/v1`, apiKey: "key-one" });
const deployments = () =>
  createAzure({
    baseURL: `${azure.endpoint("contoso")}/openai`,
    apiKey: "key-one",
    useDeploymentBasedUrls: true,
    apiVersion: "2025-04-01-preview",
  });

const models: [string, () => Parameters<typeof generateText>[0]["model"]][] = [
  ["responses on v1, the default", () => v1()("chat")],
  ["chat completions on v1", () => v1().chat("chat")],
  ["chat completions on deployment URLs", () => deployments().chat("chat")],
];

describe.each(models)("%s", (_name, model) => {
  test("generate a text, plain and streamed", async () => {
    expect((await generateText({ model: model(), prompt: "Hello" })).text).toBe(ANSWER_TEXT);
    expect(await streamText({ model: model(), prompt: "Hello" }).text).toBe(ANSWER_TEXT);
  });

  test("run a tool to the end, plain and streamed", async () => {
    const { inputs, weather } = weatherTool();
    const options = { prompt: "Hello", tools: { weather }, stopWhen: stepCountIs(3) };
    expect((await generateText({ model: model(), ...options })).text).toBe(ANSWER_TEXT);
    expect(await streamText({ model: model(), ...options }).text).toBe(ANSWER_TEXT);
    expect(inputs).toEqual([{ city: "city" }, { city: "city" }]);
  });

  test("generate an object of a schema", async () => {
    const { output } = await generateText({
      model: model(),
      prompt: "Hello",
      output: Output.object({ schema: CITY_SCHEMA }),
    });
    expect(output).toEqual({ city: "city" });
  });
});

test("embeddings are generated on v1 and on deployment URLs", async () => {
  const values = ["red apples", "green apples"];
  const one = await embedMany({ model: v1().embedding("vectors"), values });
  const other = await embedMany({ model: deployments().embedding("vectors"), values });
  expect(one.embeddings.map((vector) => vector.length)).toEqual([1_536, 1_536]);
  expect(other.embeddings).toEqual(one.embeddings);
});

test("a refusal is an error with Azure's message", async () => {
  const refused = generateText({ model: v1()("missing"), prompt: "Hello", maxRetries: 0 });
  await expect(refused).rejects.toThrow("The API deployment for this resource does not exist.");
});
