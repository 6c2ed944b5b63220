/**
 * Embeddings on both families of routes. Does not prove that the vectors have the meaning of a real model's vectors.
 */
import { ask, azureWith, closeAzures } from "../helpers";
import { askSeeded, ENDPOINT, invalid, KEY, SEED, V1 } from "./seeded";

afterEach(closeAzures);

const send = (change: object) =>
  askSeeded(`${V1}/embeddings`, { body: { model: "vectors", input: "Hello", ...change } });

const lengthOf = (vector: readonly number[]) => Math.hypot(...vector);
const nearness = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);

test("the embedding of a text is a vector of length 1, in Azure's format", async () => {
  const { status, body } = await send({});
  expect(status).toBe(200);
  expect(body).toEqual({
    object: "list",
    data: [{ object: "embedding", index: 0, embedding: expect.any(Array) }],
    model: "text-embedding-3-small",
    usage: { prompt_tokens: 2, total_tokens: 2 },
  });
  expect(body.data[0].embedding).toHaveLength(1_536);
  expect(lengthOf(body.data[0].embedding)).toBeCloseTo(1, 5);
});

test("the dated route returns the same embeddings", async () => {
  const azure = await azureWith({ seed: SEED });
  const dated = `${ENDPOINT}/openai/deployments/vectors/embeddings?api-version=2024-10-21`;
  const one = await ask(azure, dated, { headers: KEY, body: { input: "Hello" } });
  const other = await ask(azure, `${V1}/embeddings`, { headers: KEY, body: { model: "vectors", input: "Hello" } });
  expect(one.body).toEqual(other.body);
});

test("each of several texts has its own vector, and texts with common words have similar vectors", async () => {
  const { body } = await send({ input: ["red apples taste good", "green apples taste good", "a train is late"] });
  expect(body.data.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2]);
  const [red, green, train] = body.data.map(({ embedding }: { embedding: number[] }) => embedding);
  expect(nearness(red, green)).toBeGreaterThan(0.5);
  expect(Math.abs(nearness(red, train))).toBeLessThan(0.2);
});

test("base64 contains the same numbers", async () => {
  const [{ embedding: numbers }] = (await send({})).body.data;
  const [{ embedding: text }] = (await send({ encoding_format: "base64" })).body.data;
  const bytes = Buffer.from(text, "base64");
  const decoded = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
  expect(decoded).toEqual(numbers);
});

test.each([
  ["vectors", undefined, 1_536],
  ["vectors", 256, 256],
  ["large-vectors", undefined, 3_072],
  ["old-vectors", undefined, 1_536],
])("the deployment %s with the dimensions %p returns vectors with %i numbers", async (model, dimensions, expected) => {
  const { body } = await send({ model, ...(dimensions !== undefined && { dimensions }) });
  expect(body.data[0].embedding).toHaveLength(expected);
  expect(lengthOf(body.data[0].embedding)).toBeCloseTo(1, 5);
});

test.each([[[1, 2, 3]], [[[1, 2, 3], [4]]]])("tokens %j are accepted as input", async (input) => {
  expect((await send({ input })).status).toBe(200);
});

test.each<[object, string, string, string | null]>([
  [{ input: undefined }, "Missing required parameter: 'input'.", "input", "missing_required_parameter"],
  [
    { input: [] },
    "Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    "input",
    "empty_array",
  ],
  [
    { input: Array(2_049).fill("x") },
    "Invalid 'input': array too long. Expected an array with maximum length 2048, but got an array with length 2049 instead.",
    "input",
    "array_above_max_length",
  ],
  [
    { input: ["a", {}] },
    "Invalid type for 'input[1]': expected a string, but got an object instead.",
    "input[1]",
    "invalid_type",
  ],
  [
    { dimensions: 4_000 },
    "Invalid value for 'dimensions' = 4000. Must be less than or equal to 1536.",
    "dimensions",
    null,
  ],
  [{ model: "old-vectors", dimensions: 256 }, "This model does not support specifying dimensions.", "dimensions", null],
  [
    { encoding_format: "hex" },
    "Invalid value: 'hex'. Supported values are: 'float' and 'base64'.",
    "encoding_format",
    "invalid_value",
  ],
  [{ temperature: 1 }, "Unknown parameter: 'temperature'.", "temperature", "unknown_parameter"],
])("an embedding request with %j is refused", async (change, message, param, code) => {
  const { status, body } = await send(change);
  expect([status, body]).toEqual([400, invalid(message, param, code)]);
});
