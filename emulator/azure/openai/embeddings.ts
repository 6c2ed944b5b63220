/**
 * `embeddings`, on the dated routes and on v1. A text's vector is the sum of its words' vectors, so texts with common words are near
 * each other; the vectors contain no other meaning.
 * @see https://learn.microsoft.com/azure/foundry/openai/how-to/embeddings
 */
import { createHash } from "node:crypto";
import { json } from "../http";
import type { ModelFacts } from "../models/modelFacts";
import { invalidRequest } from "./errors";
import { type Prompt, type Serving, tokensIn } from "./model";
import type { CallContext } from "./operation";
import { EMBEDDINGS_PARAMETERS } from "./parameters/tables";
import { checkParameters, emptyArray, missing, wrongType } from "./parameters/types";

const MAX_INPUTS = 2_048;

export interface EmbeddingsRequest extends Prompt {
  readonly isBase64: boolean;
  readonly dimensions: number;
}

/** @throws Refusal for the first problem. */
export function readEmbeddingsRequest({ body }: CallContext, facts: ModelFacts): EmbeddingsRequest {
  if (body.input === undefined || body.input === null) throw missing("input");
  checkParameters(body, EMBEDDINGS_PARAMETERS);
  return {
    texts: textsOf(body.input),
    maxTokens: 0,
    isBase64: body.encoding_format === "base64",
    dimensions: dimensionsOf(body.dimensions, facts),
  };
}

export function answerEmbeddings(
  { deployment }: Serving,
  { texts, dimensions, isBase64 }: EmbeddingsRequest,
  headers: Readonly<Record<string, string>>,
): Response {
  const data = texts.map((text, index) => {
    const vector = vectorOf(text, dimensions);
    return { object: "embedding", index, embedding: isBase64 ? toBase64(vector) : [...vector] };
  });
  const tokens = texts.reduce((sum, text) => sum + Math.max(1, tokensIn(text)), 0);
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return json(200, { object: "list", data, model: deployment.model.name, usage }, headers);
}

/** A text, several texts, a text as token numbers, or several of those. */
function textsOf(input: unknown): readonly string[] {
  if (typeof input === "string") return [input];
  if (!Array.isArray(input))
    throw wrongType("input", "one of a string, array of strings, or array of token arrays", input);
  if (input.length === 0) throw emptyArray("input");
  if (input.every(Number.isInteger)) return [input.join(" ")];
  if (input.length > MAX_INPUTS) {
    throw invalidRequest(
      `Invalid 'input': array too long. Expected an array with maximum length ${MAX_INPUTS}, but got an array with length ${input.length} instead.`,
      "input",
      "array_above_max_length",
    );
  }
  return input.map((entry: unknown, index) => {
    if (typeof entry === "string") return entry;
    if (Array.isArray(entry) && entry.every(Number.isInteger)) return entry.join(" ");
    throw wrongType(`input[${index}]`, "a string", entry);
  });
}

function dimensionsOf(wanted: unknown, { dimensions = 0, isDimensionsAllowed }: ModelFacts): number {
  if (typeof wanted !== "number") return dimensions;
  if (isDimensionsAllowed === false) {
    throw invalidRequest("This model does not support specifying dimensions.", "dimensions", null);
  }
  if (wanted <= dimensions) return wanted;
  const message = `Invalid value for 'dimensions' = ${wanted}. Must be less than or equal to ${dimensions}.`;
  throw invalidRequest(message, "dimensions", null);
}

/** Scales a vector to length 1. */
function vectorOf(text: string, dimensions: number): Float32Array {
  const sum = new Float64Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]) addWord(sum, word);
  const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
  return Float32Array.from(sum, (value) => value / length);
}

/** Numbers from -1 to 1 that depend only on the word. */
function addWord(sum: Float64Array, word: string): void {
  let state = createHash("sha256").update(word).digest().readUInt32LE(0) | 1;
  for (let index = 0; index < sum.length; index++) {
    // Xorshift: fast, and uniform enough here.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    sum[index] = (sum[index] ?? 0) + state / 0x80000000;
  }
}

function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}
