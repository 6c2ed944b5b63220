/**
 * The content filter for prompts. A prompt with the marker below counts as hate of medium severity. The deployment's `raiPolicyName`
 * decides whether it is blocked; without one, Azure's default filter applies.
 * @see https://learn.microsoft.com/azure/foundry/openai/concepts/content-filter-severity-levels
 *
 * Not emulated: any other harm, filters for answers, and the asynchronous filter.
 */
import { isObject, textOf } from "../http";
import { type JsonObject, keyOf } from "../state";
import { contentFiltered } from "./errors";
import type { Serving } from "./model";

/** A prompt with this text counts as hate of medium severity. */
export const CONTENT_FILTER_MARKER = "[[content-filter]]";

const SAFE = { filtered: false, severity: "safe" };
export const SAFE_RESULTS = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE };

export type PromptResults = readonly JsonObject[];

/**
 * The filter's results for the prompts, as answers report them.
 * @throws Refusal when the filter blocks them.
 */
export function filterPrompts(serving: Serving, texts: readonly string[]): PromptResults {
  const isHateful = texts.some((text) => text.includes(CONTENT_FILTER_MARKER));
  if (isHateful && blocksMediumHate(serving)) throw contentFiltered();
  const hate = isHateful ? { filtered: false, severity: "medium" } : SAFE;
  const results = { ...SAFE_RESULTS, hate, jailbreak: { filtered: false, detected: false } };
  return [{ prompt_index: 0, content_filter_results: results }];
}

function blocksMediumHate({ account, deployment }: Serving): boolean {
  const policy = account.raiPolicies.get(keyOf(textOf(deployment.settings.raiPolicyName) ?? ""));
  const filters = Array.isArray(policy?.properties.contentFilters) ? policy.properties.contentFilters : [];
  const own = filters.find(
    (filter) => isObject(filter) && /^hate$/i.test(String(filter.name)) && filter.source === "Prompt",
  ) as JsonObject | undefined;
  if (own === undefined) return true;
  return own.enabled !== false && own.blocking !== false && own.severityThreshold !== "High";
}
