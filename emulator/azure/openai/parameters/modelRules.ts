/**
 * Parameters that a family of models rejects: one table for chat completions and responses.
 * @see https://learn.microsoft.com/azure/foundry/openai/how-to/reasoning#not-supported
 * @see https://platform.openai.com/docs/guides/latest-model for the parameters that are accepted without reasoning
 */
import type { Refusal } from "../../http";
import { invalidRequest } from "../errors";
import { listed } from "./types";

interface Family {
  readonly names: RegExp;
  /** Accepted efforts; undefined: the model does not reason, and rejects nothing. */
  readonly efforts?: readonly string[];
  /** Behavior without an effort in the request. @default it reasons */
  readonly isReasoningByDefault?: boolean;
  /** Parameters that it rejects even with their default values. */
  readonly refusedAlways?: readonly string[];
}

const LOW_TO_HIGH = ["low", "medium", "high"];
const NONE_TO_XHIGH = ["none", ...LOW_TO_HIGH, "xhigh"];

/** A model belongs to the first family whose pattern matches. */
const FAMILIES: readonly Family[] = [
  { names: /^(o1|o3-mini)/, efforts: LOW_TO_HIGH, refusedAlways: ["temperature", "parallel_tool_calls"] },
  { names: /^(o\d|codex-mini)/, efforts: LOW_TO_HIGH, refusedAlways: ["parallel_tool_calls"] },
  { names: /^gpt-5-chat/ },
  { names: /^gpt-(5\.\d|chat).*(chat|latest)/, efforts: ["medium"] },
  { names: /^gpt-5(\.\d+)?-pro/, efforts: ["medium", "high", "xhigh"] },
  { names: /^gpt-5-codex/, efforts: LOW_TO_HIGH },
  { names: /^gpt-5(-mini|-nano)?$/, efforts: ["minimal", ...LOW_TO_HIGH] },
  { names: /^gpt-5\.[1-4]/, efforts: NONE_TO_XHIGH, isReasoningByDefault: false },
  { names: /^gpt-([5-9]|\d\d)/, efforts: NONE_TO_XHIGH },
];

/** Rejected by every model that can reason. */
const NEVER: Readonly<Record<string, string>> = { max_tokens: " Use 'max_completion_tokens' instead." };
/** Rejected while the model reasons, except with their default values. */
const WHILE_REASONING: Readonly<Record<string, unknown>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  logprobs: false,
  top_logprobs: undefined,
  logit_bias: undefined,
  stop: undefined,
};

/**
 * @param effort the request's effort, and the path of the parameter that sets it.
 * @throws Refusal for the first rejected parameter.
 */
export function checkModelRules(
  model: string,
  body: Record<string, unknown>,
  effort: { readonly path: string; readonly value: unknown },
): void {
  const family = FAMILIES.find(({ names }) => names.test(model));
  if (family?.efforts === undefined) return;
  const { efforts, isReasoningByDefault = true, refusedAlways = [] } = family;
  const isGiven = (name: string) => body[name] !== undefined && body[name] !== null;
  for (const [name, advice] of Object.entries(NEVER)) if (isGiven(name)) throw unsupportedParameter(name, advice);
  for (const name of refusedAlways) if (isGiven(name)) throw unsupportedParameter(name);
  if (typeof effort.value === "string" && !efforts.includes(effort.value)) {
    throw unsupportedValue(effort.path, `'${effort.value}'`, `Supported values are: ${listed(efforts, "and")}.`);
  }
  const isReasoning = typeof effort.value === "string" ? effort.value !== "none" : isReasoningByDefault;
  if (!isReasoning) return;
  for (const [name, defaultValue] of Object.entries(WHILE_REASONING)) {
    if (!isGiven(name) || body[name] === defaultValue) continue;
    if (name === "temperature") {
      throw unsupportedValue(name, String(body[name]), `Only the default (${defaultValue}) value is supported.`);
    }
    throw unsupportedParameter(name);
  }
}

function unsupportedParameter(name: string, advice = ""): Refusal {
  const message = `Unsupported parameter: '${name}' is not supported with this model.${advice}`;
  return invalidRequest(message, name, "unsupported_parameter");
}

function unsupportedValue(path: string, value: string, advice: string): Refusal {
  const message = `Unsupported value: '${path}' does not support ${value} with this model. ${advice}`;
  return invalidRequest(message, path, "unsupported_value");
}
