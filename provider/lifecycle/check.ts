/** Checks inputs without network access: shape and bounds by the resource's schema, then rules across fields. */
import type { z } from "zod";
import { credentialProblem } from "../../sdk/credentials";
import type { AnyDefinition, Failure } from "./definition";
import { type PlainObject, pathText, UNKNOWN, UnknownPaths, valueAt, withoutEmpty } from "./values";

export interface CheckedInputs {
  readonly inputs: PlainObject;
  readonly failures: Failure[];
  readonly warnings: readonly Failure[];
}

/** @param olds the previous inputs; undefined if the resource is new or is being replaced */
export function checkInputs(definition: AnyDefinition, news: PlainObject, olds?: PlainObject): CheckedInputs {
  const given = withoutPlaceholders(definition, withoutEmpty(news), olds);
  const inputs = definition.normalize?.(given) ?? given;
  const unknown = UnknownPaths.of(inputs);
  const parsed = definition.schema().safeParse(inputs);
  const failures = parsed.success
    ? []
    : parsed.error.issues
        .filter((issue) => !isUndecided(issue, unknown) && !isKept(definition, issue, inputs, olds))
        .map((issue) => toFailure(definition, inputs, issue));
  if (failures.length > 0) return { inputs, failures, warnings: [] };
  return {
    inputs,
    failures: definition.verify?.(inputs, unknown) ?? [],
    warnings: definition.advise?.(inputs, unknown) ?? [],
  };
}

/** Whether the issue may disappear when the unknown values are known. */
function isUndecided(issue: z.core.$ZodIssue, unknown: UnknownPaths): boolean {
  if (unknown.covers(issue.path)) return true;
  const judgesTheWhole = issue.code === "invalid_union" || issue.code === "custom";
  return judgesTheWhole && unknown.touches(issue.path);
}

/** Whether an imported object keeps its value: the gateway never returns the value, and the program gives none. */
function isKept(
  { fields }: AnyDefinition,
  { path }: z.core.$ZodIssue,
  inputs: PlainObject,
  olds: PlainObject | undefined,
): boolean {
  const [name] = path;
  if (olds === undefined || typeof name !== "string" || fields[name]?.fitsShown === undefined) return false;
  return inputs[name] === undefined && olds[name] === undefined;
}

/** Removes the empty text that `pulumi import` writes for each required value that it cannot read. */
function withoutPlaceholders({ fields }: AnyDefinition, news: PlainObject, olds: PlainObject | undefined): PlainObject {
  if (olds === undefined) return news;
  const isPlaceholder = (name: string) => news[name] === "" && olds[name] === undefined && fields[name]?.fitsShown;
  return Object.fromEntries(Object.entries(news).filter(([name]) => !isPlaceholder(name)));
}

function toFailure(definition: AnyDefinition, inputs: PlainObject, issue: z.core.$ZodIssue): Failure {
  const value = valueAt(inputs, issue.path);
  return { property: pathText(issue.path), reason: toReason(definition, issue, value) };
}

/** The problem and its fix, without the value itself, which may be a secret. */
function toReason(definition: AnyDefinition, issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return value === undefined
        ? `is required: give ${withArticle(issue.expected)}`
        : issue.expected === "int" && typeof value === "number"
          ? "must be a whole number"
          : `must be ${withArticle(issue.expected)}, not ${nameOfType(value)}`;
    case "too_big":
      return issue.origin === "string"
        ? `is ${String(value).length} characters long; at most ${issue.maximum} are allowed: shorten it`
        : `is too large; at most ${issue.maximum} ${issue.origin === "array" ? "entries are" : "is"} allowed`;
    case "too_small":
      if (issue.origin === "string") return "must not be empty";
      return issue.origin === "array"
        ? `needs at least ${issue.minimum} ${Number(issue.minimum) === 1 ? "entry" : "entries"}`
        : `must be at least ${issue.minimum}`;
    case "invalid_value":
      return `must be one of ${issue.values.map((allowed) => JSON.stringify(allowed)).join(", ")}`;
    case "unrecognized_keys": {
      const known =
        issue.path.length === 0 ? `; ${definition.kind} takes ${Object.keys(definition.fields).join(", ")}` : "";
      return `has no field ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}: remove it or correct its spelling${known}`;
    }
    case "invalid_union":
      return issue.errors.flat()[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
}

function withArticle(type: string): string {
  if (type === "int") return "a whole number";
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function nameOfType(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return withArticle(typeof value);
}

/** The value if all of it is known, for rules across fields. */
export function known(value: unknown): string | undefined {
  return typeof value === "string" && value !== UNKNOWN ? value : undefined;
}

/** The reason why the input is no credential. Never contains the value itself. */
export function checkCredential(property: string, value: string | undefined, unknown: UnknownPaths): Failure[] {
  const reason = value === undefined || unknown.covers([property]) ? undefined : credentialProblem(value);
  return reason === undefined ? [] : [{ property, reason }];
}
