/**
 * The stand-in's "model": it says who it is, so that a caller sees which region and deployment served the request.
 * The same request always gets the same answer.
 */
import { createHash } from "node:crypto";
import { displayNameOf } from "../locations";
import type { Account, Deployment } from "../state";

/** A message that contains this is refused by the content filter. */
export const CONTENT_FILTER_MARKER = "[[content-filter]]";

const CHARS_PER_TOKEN = 4;
/** Tokens a message costs beside its text. */
const MESSAGE_TOKENS = 4;

export interface Serving {
  readonly account: Account;
  readonly deployment: Deployment;
}

export interface Completion {
  readonly text: string;
  readonly isCutOff: boolean;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** @param maxTokens where the answer is cut off, in tokens; undefined: nowhere. */
export function complete(serving: Serving, prompts: readonly string[], maxTokens: number | undefined): Completion {
  const whole = answerText(serving);
  const isCutOff = maxTokens !== undefined && tokensIn(whole) > maxTokens;
  const text = isCutOff ? whole.slice(0, maxTokens * CHARS_PER_TOKEN) : whole;
  return { text, isCutOff, promptTokens: promptTokens(prompts), completionTokens: tokensIn(text) };
}

function answerText({ account, deployment }: Serving): string {
  const resource = account.subdomain ?? account.name;
  return (
    `This is deployment ${deployment.name} of the Azure OpenAI resource ${resource} in ${account.location} ` +
    `(${displayNameOf(account.location)}), model ${modelId(deployment)}.`
  );
}

/** The tokens a request counts with when it comes in: its prompts, and what its answer may use. */
export function estimatedTokens(serving: Serving, prompts: readonly string[], maxTokens: number | undefined): number {
  return promptTokens(prompts) + (maxTokens ?? tokensIn(answerText(serving)));
}

/** As Azure names a model in its answers. */
export function modelId({ model }: Deployment): string {
  return `${model.name}-${model.version}`;
}

/** The pieces in which an answer is streamed: words with the space before them. */
export function piecesOf(text: string): readonly string[] {
  return text.match(/\s*\S+\s*$|\s*\S+/g) ?? [];
}

/** An id that the same request to the same deployment always gets. */
export function stableId(serving: Serving, request: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify([serving.account.name, serving.deployment.name, request]))
    .digest("hex")
    .slice(0, 32);
}

function promptTokens(prompts: readonly string[]): number {
  return prompts.reduce((sum, prompt) => sum + MESSAGE_TOKENS + tokensIn(prompt), 0);
}

function tokensIn(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN);
}
