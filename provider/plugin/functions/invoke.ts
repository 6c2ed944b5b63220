/** What the provider's functions do. They write nothing. */
import type { UsageOverviewQuery } from "../../../sdk/contract/usage";
import { nearest } from "../../../sdk/nearest";
import type { CallContext, Failure } from "../../lifecycle/definition";
import { readForImport } from "../../lifecycle/importing";
import { isPlainObject, type PlainObject } from "../../lifecycle/values";
import { definitionOf } from "../../registry";
import { FUNCTIONS, type FunctionArgument, type FunctionName } from "./table";

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_DAYS = 7;
const MAX_DAYS = 366;

/** What is wrong with the arguments of a call. */
export function checkArguments(name: FunctionName, args: PlainObject): Failure[] {
  const declared: Readonly<Record<string, FunctionArgument>> = FUNCTIONS[name].args;
  const names = Object.keys(declared);
  const unknown = Object.keys(args).filter((given) => !names.includes(given));
  const failures = unknown.map((given) => {
    const meant = nearest(given, names);
    return {
      property: given,
      reason: `is no argument of ${name}: ${meant === undefined ? `there are ${names.join(", ")}` : `did you mean ${meant}?`}`,
    };
  });
  for (const [property, { type, isRequired }] of Object.entries(declared)) {
    const value = args[property];
    const isRight = type === "string" ? typeof value === "string" && value !== "" : Number.isInteger(value);
    if (value === undefined || value === null) {
      if (isRequired) failures.push({ property, reason: "is missing: give it" });
    } else if (!isRight) {
      failures.push({
        property,
        reason: `must be ${type === "string" ? "text that is not empty" : "a whole number"}: correct it`,
      });
    }
  }
  return failures.length > 0 ? failures : checkTogether(name, args);
}

function checkTogether(name: FunctionName, { id, name: label, days, startTime, groupBy }: PlainObject): Failure[] {
  const isGiven = (value: unknown) => value !== undefined && value !== null;
  switch (name) {
    case "getProviderKey":
    case "getAccessConfiguration":
    case "getAccessKey":
      return isGiven(id) === isGiven(label) ? [{ property: "name", reason: "or id must be given, and not both" }] : [];
    case "getUsage":
      return [
        ...(isGiven(days) && isGiven(startTime)
          ? [{ property: "days", reason: "can't be given together with startTime: leave one out" }]
          : []),
        ...(isGiven(days) && (Number(days) < 1 || Number(days) > MAX_DAYS)
          ? [{ property: "days", reason: `must be from 1 to ${MAX_DAYS}: correct it` }]
          : []),
        ...(isGiven(groupBy) && !isGrouping(groupBy)
          ? [{ property: "groupBy", reason: 'must be "provider" or "accessKey": correct it' }]
          : []),
      ];
    case "getCustomProvider":
    case "getModels":
      return [];
  }
}

/** @throws Error where there is no such object, or several */
export async function invokeFunction(
  name: FunctionName,
  args: PlainObject,
  context: CallContext,
): Promise<PlainObject> {
  const { client, call } = context;
  switch (name) {
    case "getCustomProvider": {
      const providerId = String(args.providerId);
      const found = await matching(client.listProviders(call), (each) => each.providerId === providerId);
      return lookedUp(name, only("custom provider", "providerId", providerId, found), context);
    }
    case "getProviderKey":
      return lookedUp(name, await idOf("provider key", args, client.listProviderKeys(call)), context);
    case "getAccessConfiguration":
      return lookedUp(
        name,
        await idOf("access configuration", args, client.listAccessKeyConfigurations(call)),
        context,
      );
    case "getAccessKey":
      return lookedUp(name, await idOf("access key", args, client.listAccessKeys(call)), context);
    case "getModels": {
      const models = await client.listModels(call);
      const { provider } = args;
      const used =
        typeof provider === "string"
          ? models.filter(({ providers }) => providers.some(({ id }) => id === provider))
          : models;
      return { models: used.map(inCamelCase) };
    }
    case "getUsage": {
      const { startTime, endTime, groupBy, days } = args;
      const start = startTime ?? new Date(context.clock.nowMs() - Number(days ?? DEFAULT_DAYS) * DAY_MS).toISOString();
      const query = {
        startTime: String(start),
        ...(typeof endTime === "string" && { endTime }),
        ...(isGrouping(groupBy) && { groupBy }),
      };
      const { buckets, totals } = await client.getUsageOverview(query, call);
      return { startTime: query.startTime, buckets, totals };
    }
  }
}

type Grouping = NonNullable<UsageOverviewQuery["groupBy"]>;

function isGrouping(value: unknown): value is Grouping {
  return value === "provider" || value === "accessKey";
}

interface Named {
  readonly id: string;
  readonly name?: string | undefined;
}

async function idOf(what: string, { id, name }: PlainObject, list: AsyncIterable<Named>): Promise<string> {
  if (typeof id === "string") return id;
  return only(what, "name", String(name), await matching(list, (each) => each.name === name));
}

async function matching<T extends Named>(list: AsyncIterable<T>, fits: (each: T) => boolean): Promise<T[]> {
  const found: T[] = [];
  for await (const each of list) if (fits(each)) found.push(each);
  return found;
}

function only(what: string, property: string, value: string, found: readonly Named[]): string {
  const [first, second] = found;
  if (first === undefined)
    throw new Error(`There is no ${what} with the ${property} ${JSON.stringify(value)} in this account: correct it.`);
  if (second === undefined) return first.id;
  throw new Error(
    `${found.length} objects have the ${property} ${JSON.stringify(value)}: ${found.map(({ id }) => id).join(", ")}. Give the id of one of them instead.`,
  );
}

/** The object as a resource of its kind has it. */
async function lookedUp(name: FunctionName, id: string, context: CallContext): Promise<PlainObject> {
  const called = FUNCTIONS[name];
  const definition = "kind" in called ? definitionOf(called.kind) : undefined;
  if (definition === undefined) throw new Error(`${name} returns no object of a kind`);
  const found = await readForImport(definition, id, context);
  if (found === undefined) throw new Error(`There is no ${definition.kind} ${id} in this account: correct the id.`);
  return { id, ...found.state };
}

/** The API shapes its list of models like OpenAI's, with underscores. */
function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [toCamelCase(key), inCamelCase(inner)]));
}

export function toCamelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
