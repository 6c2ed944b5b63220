/**
 * The canned model behind every deployment. Its answers name the deployment and the region, call tools, and satisfy structured
 * outputs (`emulator/canned/reply.ts`). The same request always gets the same answer.
 *
 * Not emulated: reasoning uses no tokens, so it never uses up `max_completion_tokens`; images are not counted.
 */
import { createHash } from "node:crypto";
import { replyTo, type SurfaceName } from "../../canned/reply";
import { displayNameOf } from "../locations";
import type { Account, Deployment } from "../state";

const CHARS_PER_TOKEN = 4;
/** Tokens of a message besides its text. */
const MESSAGE_TOKENS = 4;

export interface Serving {
  readonly account: Account;
  readonly deployment: Deployment;
}

/** The part of a request that determines its number of tokens. */
export interface Prompt {
  /** The text of each message. */
  readonly texts: readonly string[];
  /** Largest number of tokens in the answer; undefined: no limit. */
  readonly maxTokens: number | undefined;
}

/** A request that the model answers with a text or a call. */
export interface TextPrompt extends Prompt {
  readonly surface: SurfaceName;
  readonly body: Record<string, unknown>;
  /** The answer ends before any of these texts. */
  readonly stops: readonly string[];
}

export interface Completion {
  readonly kind: "text" | "functionCall" | "customCall";
  /** Name of the called tool; empty for a text. */
  readonly name: string;
  /** The text, a function's arguments as JSON, or a custom tool's input. */
  readonly content: string;
  readonly isCutOff: boolean;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export function complete(serving: Serving, prompt: TextPrompt): Completion {
  const { surface, body, texts, maxTokens, stops } = prompt;
  const reply = replyTo(surface, body, answerText(serving));
  const name = reply.kind === "text" ? "" : reply.name;
  const whole = beforeStop(contentOf(reply), reply.kind === "text" ? stops : []);
  const isCutOff = maxTokens !== undefined && tokensIn(whole) > maxTokens;
  const content = isCutOff ? whole.slice(0, maxTokens * CHARS_PER_TOKEN) : whole;
  return {
    kind: reply.kind,
    name,
    content,
    isCutOff,
    promptTokens: promptTokens(texts),
    completionTokens: tokensIn(content),
  };
}

/** The tokens of a request on arrival: its prompts, and the largest answer that it allows. */
export function estimatedTokens(serving: Serving, { texts, maxTokens }: Prompt): number {
  return promptTokens(texts) + (maxTokens ?? tokensIn(answerText(serving)));
}

export function promptTokens(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + MESSAGE_TOKENS + tokensIn(text), 0);
}

export function tokensIn(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN);
}

/** Azure's name of the model in answers. */
export function modelId({ model }: Deployment): string {
  return `${model.name}-${model.version}`;
}

/** The pieces of a streamed answer: words, each with the preceding space. */
export function piecesOf(text: string): readonly string[] {
  return text.match(/\s*\S+\s*$|\s*\S+/g) ?? [];
}

/** An id that is always the same for the same request to the same deployment. */
export function stableId({ account, deployment }: Serving, body: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify([account.name, deployment.name, body]))
    .digest("hex")
    .slice(0, 32);
}

function answerText({ account, deployment }: Serving): string {
  const resource = account.subdomain ?? account.name;
  return (
    `This is deployment ${deployment.name} of the Azure OpenAI resource ${resource} in ${account.location} ` +
    `(${displayNameOf(account.location)}), model ${modelId(deployment)}.`
  );
}

function contentOf(reply: ReturnType<typeof replyTo>): string {
  if (reply.kind === "text") return reply.text;
  return reply.kind === "customCall" ? reply.input : JSON.stringify(reply.arguments);
}

function beforeStop(text: string, stops: readonly string[]): string {
  const ends = stops.map((stop) => text.indexOf(stop)).filter((end) => end >= 0);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}
