/**
 * Schemas for arguments from programs, plain JavaScript and configuration files. A `null` argument counts as missing. A schema says
 * whether a value may be an Output or a promise, known only during an `up`. The error of each schema says what the argument must be.
 */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Zod } from "../../lifecycle/schemas";

type Schema<T> = z.ZodType<T>;

export type Combinators = ReturnType<typeof combinators>;

/** Whether the value is known only during an `up`. */
export function isLater(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

export function combinators(zod: Zod) {
  /** Rejects an Output before a schema reads its members: every property of an Output is an Output. */
  const known = <T>(what: string, schema: Schema<T>): Schema<T> =>
    zod
      .any()
      .refine((value) => !isLater(value), { error: what, abort: true })
      .pipe(schema);

  /** An object with optional members. */
  const object = <Members extends Readonly<Record<string, z.ZodType>>>(what: string, members: Members) => {
    const names = Object.keys(members);
    const shape = Object.fromEntries(Object.entries(members).map(([name, member]) => [name, member.nullish()]));
    // The error for an unknown member lists the known ones.
    const error = ({ code }: { readonly code?: string }) => (code === "unrecognized_keys" ? names.join(" ") : what);
    type Output = { [Name in keyof Members]?: z.output<Members[Name]> | undefined };
    return known(
      what,
      zod.strictObject(shape, { error }).transform((given) => givenOnly(given) as Output),
    );
  };

  /** Objects by name; `null` counts as an object without members. */
  const record = <T>(what: string, member: Schema<T>) =>
    recordOrNull(what, member).transform((given) => {
      const entries = Object.entries(given).map(([name, value]) => [name, value ?? ({} as T)] as const);
      return Object.fromEntries(entries);
    });

  /** Objects by name; `null` has its own meaning. */
  const recordOrNull = <T>(what: string, member: Schema<T>) =>
    known(what, zod.record(zod.string(), member.nullable(), { error: what }));

  const list = <T>(what: string, entry: Schema<T>) => known(what, zod.array(entry, { error: what }));

  const listOfObjects = <T>(what: string, entry: Schema<T>) =>
    list(what, entry.nullish()).transform((given) => given.map((value) => value ?? ({} as T)));

  /** One of two forms, chosen by the value, so that errors concern only the chosen form. */
  const either = <One, Other>(
    what: string,
    isOne: (value: unknown) => boolean,
    one: Schema<One>,
    other: Schema<Other>,
  ): Schema<One | Other> =>
    known(
      what,
      zod.unknown().transform((value, context): One | Other => {
        const parsed = isOne(value) ? one.safeParse(value) : other.safeParse(value);
        if (parsed.success) return parsed.data;
        for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: undefined });
        return zod.NEVER;
      }),
    );

  const text = (what = "text") => zod.string({ error: what });
  const number = (what: string) => zod.number({ error: what });
  const no = (what: string) => zod.literal(false, { error: what });
  const flag = () => zod.boolean({ error: "true or false" });
  const oneOf = <const Choice extends string>(choices: readonly Choice[], what = quoted(choices)) =>
    zod.enum(choices, { error: what });

  /** May be known only during an `up`. */
  const later = <T>(what: string, schema: Schema<T>) =>
    zod.union([zod.custom<pulumi.Input<T>>(isLater), schema], { error: what });
  const laterText = (what = "text") => later(what, zod.string());
  /** Texts by name; `null` members are left out. */
  const laterTexts = (what: string) =>
    known(what, zod.record(zod.string(), laterText().nullish(), { error: what })).transform(
      (given) => givenOnly(given) as Record<string, pulumi.Input<string>>,
    );

  /** A value that is passed on unchanged. */
  const opaque = <T>(what: string, isOne: (value: unknown) => boolean) => zod.custom<T>(isOne, { error: what });

  return {
    ...{ object, record, recordOrNull, list, listOfObjects, either },
    ...{ text, number, flag, no, oneOf, later, laterText, laterTexts, opaque },
  };
}

function quoted(choices: readonly string[]): string {
  return choices.map((choice) => JSON.stringify(choice)).join(" or ");
}

function givenOnly(given: object): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null));
}
