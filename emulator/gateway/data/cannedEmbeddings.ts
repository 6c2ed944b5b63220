/** Embeddings of the gateway's built-in providers: the same text always has the same vector, of length 1. */
import { createHash } from "node:crypto";
import { errorCodes } from "../../../sdk/contract/errorCodes";
import { ApiError } from "../apiError";
import type { ModelRequest } from "./requestBody";
import { estimateTokens } from "./tokens";

const DEFAULT_DIMENSIONS = 1_536;
const MAX_DIMENSIONS = 4_096;

/** @throws ApiError when the request cannot be answered */
export function cannedEmbeddings(model: string, { members }: ModelRequest): object {
  const { input, dimensions = DEFAULT_DIMENSIONS, encoding_format: format = "float" } = members;
  if (!Number.isInteger(dimensions) || (dimensions as number) < 1 || (dimensions as number) > MAX_DIMENSIONS)
    throw new ApiError(errorCodes.upstreamBadRequest, `dimensions must be a whole number from 1 to ${MAX_DIMENSIONS}.`);
  if (format !== "float" && format !== "base64")
    throw new ApiError(errorCodes.embeddingsEncodingUnsupported, "encoding_format must be float or base64.");
  const texts = inputsOf(input);
  if (texts.length === 0)
    throw new ApiError(errorCodes.upstreamBadRequest, "input must be a text, or a list of texts.");
  const data = texts.map((text, index) => {
    const vector = vectorOf(text, dimensions as number);
    const embedding = format === "float" ? [...vector] : Buffer.from(vector.buffer).toString("base64");
    return { object: "embedding", index, embedding };
  });
  const tokens = estimateTokens(texts);
  return { object: "list", data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

/** A text, texts, tokens, or lists of tokens. */
function inputsOf(input: unknown): string[] {
  if (typeof input === "string") return [input];
  if (!Array.isArray(input)) return [];
  if (input.every((entry) => typeof entry === "number")) return input.length === 0 ? [] : [input.join(" ")];
  return input.flatMap((entry) => (typeof entry === "string" ? entry : Array.isArray(entry) ? entry.join(" ") : []));
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (let block = 0; block * 8 < dimensions; block++) {
    const digest = createHash("sha256").update(`${block} ${text}`).digest();
    for (let part = 0; part < 8 && block * 8 + part < dimensions; part++) {
      vector[block * 8 + part] = digest.readInt32BE(part * 4) / 2 ** 31;
    }
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
