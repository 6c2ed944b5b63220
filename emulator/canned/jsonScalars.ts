/** Texts and numbers that satisfy a JSON Schema. A text is its property's name unless the schema requires otherwise. */
import type RandExp from "randexp";
import { numberAt, type Schema } from "./schemas";

const MAX_TRIES = 1_000;

/** @param index of the value in its list, so that equal schemas get different numbers. */
export function numberFor(schema: Schema, index: number): number {
  const isWhole = [schema.type].flat()[0] === "integer";
  const step = numberAt(schema, "multipleOf") ?? 1;
  const range = rangeOf(schema);
  const isFitting = (value: number) =>
    isWithin(value, range) && (!isWhole || Number.isInteger(value)) && Number.isInteger(value / step);
  const { low, high } = range;
  const [first, direction] = startOf(range, isFitting(step), step);
  const fitting: number[] = [];
  for (let number = 0; number < MAX_TRIES && fitting.length <= index; number++) {
    const value = (first + direction * number) * step;
    if (isFitting(value)) fitting.push(value);
  }
  // A range without a multiple in it is for numbers with any fraction.
  return fitting[index % fitting.length] ?? low + ((high - low) * (index + 1)) / (index + 2);
}

interface Range {
  readonly low: number;
  readonly high: number;
  readonly isLowOpen: boolean;
  readonly isHighOpen: boolean;
}

function rangeOf(schema: Schema): Range {
  const above = numberAt(schema, "exclusiveMinimum") ?? Number.NEGATIVE_INFINITY;
  const below = numberAt(schema, "exclusiveMaximum") ?? Number.POSITIVE_INFINITY;
  const from = numberAt(schema, "minimum") ?? Number.NEGATIVE_INFINITY;
  const to = numberAt(schema, "maximum") ?? Number.POSITIVE_INFINITY;
  return { low: Math.max(above, from), high: Math.min(below, to), isLowOpen: above >= from, isHighOpen: below <= to };
}

/** The first multiple of `step` to try, and the direction of the next ones. */
function startOf({ low, high }: Range, isStepFitting: boolean, step: number): [first: number, direction: 1 | -1] {
  if (isStepFitting) return [1, 1];
  if (Number.isFinite(low)) return [Math.ceil(low / step), 1];
  return Number.isFinite(high) ? [Math.floor(high / step), -1] : [1, 1];
}

function isWithin(value: number, { low, high, isLowOpen, isHighOpen }: Range): boolean {
  return (isLowOpen ? value > low : value >= low) && (isHighOpen ? value < high : value <= high);
}

/** @param index of the value in its list, so that equal schemas get different texts. */
export function stringFor(schema: Schema, name: string, index: number): string {
  const { pattern, format } = schema;
  if (typeof pattern === "string") return matchOf(pattern, schema, name, index);
  const sample = typeof format === "string" ? FORMATS[format] : undefined;
  if (sample !== undefined) return sample(index);
  const chars = [...(index === 0 ? name : `${name} ${index + 1}`)];
  const least = numberAt(schema, "minLength") ?? 0;
  const most = numberAt(schema, "maxLength") ?? Number.POSITIVE_INFINITY;
  const length = Math.min(most, Math.max(least, chars.length));
  return Array.from({ length }, (_, position) => chars[position % chars.length] ?? "x").join("");
}

function matchOf(pattern: string, schema: Schema, name: string, index: number): string {
  const isFitting = (text: string) => {
    const { length } = [...text];
    const isInBounds =
      length >= (numberAt(schema, "minLength") ?? 0) && length <= (numberAt(schema, "maxLength") ?? length);
    return isInBounds && new RegExp(pattern, "u").test(text);
  };
  try {
    for (let extra = index; extra < index + MAX_TRIES; extra++) {
      const text = generated(pattern, extra);
      if (isFitting(text)) return text;
    }
    // Syntax that the generator does not support, such as \p{L}.
    return [name, "a", "A", "1", "Aa1"].find(isFitting) ?? name;
  } catch (error) {
    // Invalid as a JavaScript pattern.
    if (error instanceof SyntaxError) return name;
    throw error;
  }
}

/** @param extra added to the smallest choice at each part of the pattern, for repetitions and characters. */
function generated(pattern: string, extra: number): string {
  // Loaded only if a schema has a pattern.
  const Generator = require("randexp") as typeof RandExp;
  const generator = new Generator(pattern);
  generator.max = extra;
  generator.randInt = (from: number, to: number) => Math.min(to, from + extra);
  return generator.gen();
}

const pad = (index: number, digits: number) => String(index + 1).padStart(digits, "0");

/** The formats of structured outputs, and other common ones. */
const FORMATS: Readonly<Record<string, (index: number) => string>> = {
  "date-time": (index) => `${dateFor(index)}T12:00:00Z`,
  date: dateFor,
  time: (index) => `12:00:${String(index % 60).padStart(2, "0")}Z`,
  duration: (index) => `PT${index + 1}H`,
  email: (index) => `user${index + 1}@example.com`,
  "idn-email": (index) => `user${index + 1}@example.com`,
  hostname: (index) => `host${index + 1}.example.com`,
  "idn-hostname": (index) => `host${index + 1}.example.com`,
  ipv4: (index) => `192.0.2.${(index % 254) + 1}`,
  ipv6: (index) => `2001:db8::${(index + 1).toString(16)}`,
  uuid: (index) => `00000000-0000-4000-8000-${pad(index, 12)}`,
  uri: (index) => `https://example.com/${index + 1}`,
  url: (index) => `https://example.com/${index + 1}`,
  iri: (index) => `https://example.com/${index + 1}`,
  "uri-reference": (index) => `/${index + 1}`,
  "json-pointer": (index) => `/${index}`,
  regex: () => "^.*$",
};

function dateFor(index: number): string {
  return new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, "2026-01-01".length);
}
