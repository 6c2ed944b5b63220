/** Routing rules of programs: their normal form, their checks, and the conversion to and from the API's form. */
import type { z } from "zod";
import type { Router, RouterRule, RouterRuleWrite, RouterStepWrite } from "../../sdk/contract/accessKeyConfigurations";
import { isBuiltInProvider } from "../../sdk/contract/builtInProviders";
import { toRuleWrite } from "../../sdk/contract/toWrite";
import { known } from "../lifecycle/check";
import type { Failure } from "../lifecycle/definition";
import type { Zod } from "../lifecycle/schemas";
import {
  isPlainObject,
  isSame,
  type Path,
  type PlainObject,
  pathText,
  UNKNOWN,
  type UnknownPaths,
} from "../lifecycle/values";
import type { Rule } from "./rule";

export const ruleShape = (z: Zod) => ({
  provider: z.string().min(1).optional(),
  model: z.string().min(1).optional(),
  steps: z
    .array(
      z.strictObject({
        type: z.enum(["user", "ngrok"]),
        keys: z.array(z.strictObject({ id: z.string().min(1) })).optional(),
      }),
    )
    .min(1),
});
export const ruleSchema = (z: Zod): z.ZodType<Rule> => z.strictObject(ruleShape(z));

/** The normal form of a rule: `keys` become a step, and a key becomes `{ id }`. */
export function normalizeRule(rule: unknown): unknown {
  if (!isPlainObject(rule)) return rule;
  const { keys, ...rest } = rule;
  const steps = rest.steps ?? (keys === undefined ? undefined : [{ type: "user", keys }]);
  return {
    ...rest,
    ...(steps === undefined ? {} : { steps: Array.isArray(steps) ? steps.map(normalizeStep) : steps }),
  };
}

function normalizeStep(step: unknown): unknown {
  if (!isPlainObject(step) || !Array.isArray(step.keys)) return step;
  return { ...step, keys: step.keys.map((key) => (typeof key === "string" ? { id: key } : key)) };
}

/** Identifies a rule within its configuration. */
export function selectorOf(rule: { provider?: string | undefined; model?: string | undefined }): string {
  const parts = [rule.provider && `provider=${rule.provider}`, rule.model && `model=${rule.model}`];
  return parts.filter(Boolean).join(",");
}

/** The provider that a rule applies to, if it is known: a model names its provider before the colon. */
export function providerOf(rule: Rule): string | undefined {
  if (rule.provider !== undefined) return known(rule.provider);
  const model = known(rule.model);
  return model?.includes(":") ? model.slice(0, model.indexOf(":")) : undefined;
}

/** Whether a rule uses one of the account's own keys. */
export function hasKey(rule: Rule): boolean {
  // An unknown value may be a key.
  if (!Array.isArray(rule.steps)) return true;
  return rule.steps.some(
    (step: unknown) =>
      !isPlainObject(step) ||
      step.type === UNKNOWN ||
      (step.type === "user" && (!Array.isArray(step.keys) || step.keys.length > 0)),
  );
}

/** The errors of a single rule. `at` is its path in the inputs. */
export function checkRule(rule: Rule, at: Path, unknown: UnknownPaths): Failure[] {
  if (unknown.covers(at)) return [];
  const failures: Failure[] = [];
  const fail = (path: Path, reason: string) => failures.push({ property: pathText([...at, ...path]), reason });
  if (rule.provider === undefined && rule.model === undefined) {
    fail([], "names neither provider nor model: give at least one of them");
  }
  if (!Array.isArray(rule.steps)) return failures;
  for (const [index, step] of rule.steps.entries()) {
    const path = ["steps", index];
    if (step.type === "user" && !step.keys?.length && !unknown.touches([...at, ...path, "keys"])) {
      fail(path, 'is of type "user" without keys: give at least one ProviderKey in keys');
    }
    if (step.type === "ngrok" && step.keys !== undefined)
      fail(path, 'is of type "ngrok" and takes no keys: remove them, or make it "user"');
  }
  return failures;
}

/**
 * The warnings about one rule: only a built-in provider works without a key, and there may be more of them than this version
 * knows.
 */
export function adviseRule(rule: Rule, at: Path): Failure[] {
  const provider = providerOf(rule);
  if (provider === undefined || isBuiltInProvider(provider) || !Array.isArray(rule.steps)) return [];
  return rule.steps.flatMap((step, index) =>
    isPlainObject(step) && step.type === "ngrok"
      ? [
          {
            property: pathText([...at, "steps", index]),
            reason: `is of type "ngrok", which only built-in providers can use, and "${provider}" is not a known one: make it a "user" step with keys if it is a custom provider`,
          },
        ]
      : [],
  );
}

/** The errors across the rules of one configuration. */
export function checkRules(rules: readonly Rule[], at: Path, unknown: UnknownPaths): Failure[] {
  const failures = rules.flatMap((rule, index) => checkRule(rule, [...at, index], unknown));
  const seen = new Map<string, number>();
  for (const [index, rule] of rules.entries()) {
    const selector = selectorOf(rule);
    if (selector === "" || selector.includes(UNKNOWN)) continue;
    const first = seen.get(selector);
    seen.set(selector, first ?? index);
    if (first === undefined) continue;
    const what =
      rule.model === undefined
        ? `is the second provider rule for "${rule.provider}"`
        : `is the second rule for ${selector}`;
    failures.push({
      property: pathText([...at, index]),
      reason: `${what} (the first is ${pathText([...at, first])}): merge their steps into one`,
    });
  }
  return failures;
}

/**
 * Rules in the API's form for a write. `now` is the stored router: its values that a program cannot set (fields and strategies
 * that are newer than this client) are sent back for each rule that is kept.
 */
export function toWireRules(rules: readonly Rule[], now?: Router): RouterRuleWrite[] {
  const stored = new Map((now?.rules ?? []).map((rule) => [selectorOf(rule), toRuleWrite(rule)]));
  return rules.map((rule) => mergedRule(toWireRule(rule), stored.get(selectorOf(rule))));
}

function toWireRule({ provider, model, steps }: Rule): RouterRuleWrite {
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    steps: steps.map((step) =>
      step.type === "ngrok"
        ? { type: step.type }
        : {
            type: step.type,
            keys: (step.keys ?? []).map(({ id }) => ({ id })),
            keySelectionStrategy: "ordered",
          },
    ),
  };
}

function mergedRule(rule: RouterRuleWrite, stored: RouterRuleWrite | undefined): RouterRuleWrite {
  if (stored === undefined) return rule;
  return { ...stored, ...rule, steps: rule.steps.map((step, index) => mergedStep(step, stored.steps[index])) };
}

function mergedStep(step: RouterStepWrite, stored: RouterStepWrite | undefined): RouterStepWrite {
  if (stored === undefined || stored.type !== step.type) return step;
  const { keys: storedKeys = [], keySelectionStrategy = step.keySelectionStrategy, ...rest } = stored;
  const keys = step.keys?.map((key) => ({ ...storedKeys.find(({ id }) => id === key.id), ...key }));
  return { ...rest, ...step, ...(keys && { keys }), ...(keySelectionStrategy && { keySelectionStrategy }) };
}

/** The rules in the API's form. This rule replaces the one with the same selector. */
export function withRule(rules: readonly RouterRuleWrite[], rule: Rule): readonly RouterRuleWrite[] {
  const selector = selectorOf(rule);
  const stored = rules.find((candidate) => selectorOf(candidate) === selector);
  if (stored !== undefined && isSame(fromWireRule(stored), rule)) return rules;
  return [...withoutRule(rules, selector), mergedRule(toWireRule(rule), stored)];
}

/** The rules without the one with this selector; the same array if there is none. */
export function withoutRule(rules: readonly RouterRuleWrite[], selector: string): readonly RouterRuleWrite[] {
  const left = rules.filter((candidate) => selectorOf(candidate) !== selector);
  return left.length === rules.length ? rules : left;
}

/** The API's rules in the program's form. */
export function fromWireRules(router: Router | null | undefined): Rule[] {
  return (router?.rules ?? []).map(fromWireRule);
}

function fromWireRule({ provider, model, steps }: RouterRule | RouterRuleWrite): Rule {
  return {
    ...(provider ? { provider } : {}),
    ...(model ? { model } : {}),
    steps: steps.map((step) =>
      step.type === "ngrok"
        ? { type: "ngrok" as const }
        : { type: step.type as "user", keys: (step.keys ?? []).map(({ id = "" }) => ({ id })) },
    ),
  };
}

/** Whether the gateway treats the rules as equal: a selector identifies a rule, and the order has no effect. */
export function isSameRules(left: unknown, right: unknown): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return isSame(left, right);
  const bySelector = (rules: PlainObject[]) => Object.fromEntries(rules.map((rule) => [selectorOf(rule), rule]));
  return left.length === right.length && isSame(bySelector(left), bySelector(right));
}
