/**
 * Reads arguments of any origin into the form that the plan expects, and reports every malformed one. Unreadable arguments are left
 * out, so that the plan still checks the rest and one error reports everything.
 */
import type { z } from "zod";
import { nearest } from "../../../sdk/nearest";
import { at, type Finding, Findings } from "../plan/findings";
import { isLater } from "./combinators";

export interface Read<Inputs> {
  readonly inputs: Inputs;
  /** Contains the problems of form at first. */
  readonly findings: Findings;
}

type Path = readonly PropertyKey[];

/** Longest value in an error, in characters. */
const MAX_SHOWN_CHARS = 60;

export function readArguments<Inputs>(schema: z.ZodType<Inputs>, args: unknown): Read<Inputs> {
  let readable = args ?? {};
  const problems: Finding[] = [];
  const removed: string[] = [];
  for (;;) {
    const parsed = schema.safeParse(readable);
    if (parsed.success) return { inputs: parsed.data, findings: new Findings(problems, removed) };
    const { issues } = parsed.error;
    if (problems.length === 0) problems.push(...issues.flatMap((issue) => toFindings(args, issue)));
    for (const path of issues.flatMap(pathsOf)) {
      const place = presentPart(readable, path);
      removed.push(at("", ...place));
      readable = without(readable, place) ?? {};
    }
  }
}

function pathsOf(issue: z.core.$ZodIssue): Path[] {
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
}

function toFindings(args: unknown, issue: z.core.$ZodIssue): Finding[] {
  const path = at("", ...issue.path);
  if (issue.code !== "unrecognized_keys") return [{ path, text: toText(valueAt(args, issue.path), issue) }];
  const known = issue.message.split(" ");
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    const advice = meant === undefined ? `there are ${known.join(", ")}` : `did you mean ${meant}?`;
    return { path: at(path, key), text: `is not an argument: ${advice}` };
  });
}

/** Says what an argument is and what it must be. */
function toText(value: unknown, { path, message }: z.core.$ZodIssue): string {
  if (value === undefined || value === null) return `is missing: give ${message}`;
  if (isLater(value)) {
    return `is an Output, which only an up knows, but must be ${message} that is known at preview: take it from config or write it in the program`;
  }
  return `is ${shown(value, path)}, but must be ${message}: correct it`;
}

function shown(value: unknown, path: Path): string {
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  // An account's keys.
  if (path.includes("keys")) return typeof value === "string" ? "text" : `a ${typeof value}`;
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length <= MAX_SHOWN_CHARS ? text : `${text.slice(0, MAX_SHOWN_CHARS)}…`;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((current, member) => memberOf(current, member), value);
}

function memberOf(value: unknown, member: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, member) : undefined;
}

/** The part of a path that exists; the rest may be missing because an unreadable value was removed. */
function presentPart(value: unknown, path: Path): Path {
  const length = path.findLastIndex((_member, index) => valueAt(value, path.slice(0, index + 1)) !== undefined) + 1;
  return path.slice(0, length);
}

/** A copy without the value at the path; an entry of a list becomes `undefined`, so that the others keep their positions. */
function without(value: unknown, [member, ...rest]: Path): unknown {
  if (member === undefined) return undefined;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  const inner = without(memberOf(value, member), rest);
  if (inner === undefined && !Array.isArray(copy)) Reflect.deleteProperty(copy, member);
  else Reflect.set(copy, member, inner);
  return copy;
}
