/**
 * Schemas for arguments as programs, plain JavaScript and config files give them. An argument that is `null` is not given. A value that
 * only an `up` knows (an Output or a promise) passes where a schema says so. The error of each schema is what the argument must be.
 */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Zod } from "../../lifecycle/schemas";
import { definedOnly } from "../plan/values";

type Schema<T> = z.ZodType<T>;

export type Combinators = ReturnType<typeof combinators>;

/** Whether only an `up` knows the value. */
export function isLater(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

export function combinators(zod: Zod) {
  /** Refuses values that only an `up` knows before a schema looks inside: every property of an Output is an Output. */
  const known = <T>(what: string, schema: Schema<T>): Schema<T> =>
    zod
      .any()
      .refine((value) => !isLater(value), { error: what, abort: true })
      .pipe(schema);

  const optional = <T>(schema: Schema<T>) => zod.preprocess((value) => value ?? undefined, schema.optional());

  /** `null` in place of an object without members. */
  const emptyIfNull = <T>(schema: Schema<T>) => zod.preprocess((value) => value ?? {}, schema);

  /** An object; each of its members may be left out. */
  const object = <Members extends Readonly<Record<string, z.ZodType>>>(what: string, members: Members) => {
    const names = Object.keys(members);
    const shape = Object.fromEntries(Object.entries(members).map(([name, member]) => [name, optional(member)]));
    // The error for a member that does not exist is the list of those that do.
    const error = ({ code }: { readonly code?: string }) => (code === "unrecognized_keys" ? names.join(" ") : what);
    type Output = { [Name in keyof Members]?: z.output<Members[Name]> | undefined };
    return known(what, zod.strictObject(shape, { error }) as unknown as Schema<Output>);
  };

  /** Objects by name. */
  const record = <T>(what: string, member: Schema<T>) =>
    known(what, zod.record(zod.string(), emptyIfNull(member), { error: what }));

  /** The same, where `null` has a meaning of its own. */
  const recordOrNull = <T>(what: string, member: Schema<T>) =>
    known(what, zod.record(zod.string(), member.nullable(), { error: what }));

  const list = <T>(what: string, entry: Schema<T>) => known(what, zod.array(entry, { error: what }));

  const listOfObjects = <T>(what: string, entry: Schema<T>) => list(what, emptyIfNull(entry));

  /** One of two forms, chosen by the value, so that the errors are those of the chosen form alone. */
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
  const flag = () => zod.boolean({ error: "true or false" });
  const oneOf = <const Choice extends string>(...choices: readonly Choice[]) =>
    zod.enum(choices, { error: choices.map((choice) => JSON.stringify(choice)).join(" or ") });

  /** May be known only during an `up`. */
  const later = <T>(what: string, schema: Schema<T>) =>
    zod.union([zod.custom<pulumi.Input<T>>(isLater), schema], { error: what });
  const laterText = (what = "text") => later(what, zod.string());
  /** Texts by name; one that is `null` is left out. */
  const laterTexts = (what: string) =>
    known(what, zod.record(zod.string(), optional(laterText()), { error: what })).transform(
      (texts): Record<string, pulumi.Input<string>> => definedOnly(texts),
    );

  /** A value that is passed on as it is. */
  const opaque = <T>(what: string, isOne: (value: unknown) => boolean) => zod.custom<T>(isOne, { error: what });

  return {
    ...{ object, record, recordOrNull, list, listOfObjects, either },
    ...{ text, number, flag, oneOf, later, laterText, laterTexts, opaque },
  };
}
