/**
 * The declarations of a resource file: everything that the lifecycle knows about a kind. Nothing here depends on how Pulumi calls
 * the provider: a handler takes plain values and returns plain values.
 */
import type { z } from "zod";
import type { GatewayClient } from "../../sdk/client";
import type { Clock } from "../../sdk/clock";
import { GatewayError, GatewayNotFoundError } from "../../sdk/errors";
import { isSame, type PlainObject, type UnknownPaths } from "./values";

/** The effect of a change of a field. `never` marks inputs that only control the resource and are not part of the object. */
export type Change = "replace" | "patch" | "rotate" | "never";

export interface Field {
  readonly change: Change;
  /** The state stores the value encrypted, and no message contains it. */
  readonly secret?: true;
  /** The value if the field is left out, in words, for the reference. */
  readonly default?: string;
  /** Compares two values, for fields where plain equality finds a difference that the gateway ignores. */
  readonly isSame?: (left: unknown, right: unknown) => boolean;
  /**
   * A PATCH replaces the whole value and would undo others' changes unseen. The update therefore reads the stored value first and
   * fails if it differs from the state.
   */
  readonly isWholeSet?: true;
  /** The effect of removing the field from the program: clear it at the gateway (the default) or keep the stored value. */
  readonly whenRemoved?: "clear" | "keep";
  /**
   * For a value that the gateway never returns: whether it fits what the gateway shows of the stored value. An imported object
   * has no value, and the program's first value is no change if it fits.
   */
  readonly fitsShown?: (value: unknown, state: PlainObject) => boolean;
}

export type FieldTable<Inputs> = { readonly [Name in keyof Inputs]-?: Field };

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** Passed to every call of a handler. */
export interface CallContext {
  readonly client: GatewayClient;
  /** Base URL of the data plane, without `/v1`. */
  readonly gatewayUrl: string;
  readonly clock: Clock;
  /** Id of the account that the client's key belongs to; requested once. */
  accountId(): Promise<string>;
  /** Passed to each client call: the subject for error messages, the cancellation, and the time limit of the attempts. */
  readonly call: {
    readonly signal: AbortSignal;
    readonly retryBudgetMs?: number;
    readonly subject: { kind: string; name: string; operation: string };
  };
}

/** An object as the gateway stores it, and its id. */
export interface Found<State> {
  readonly id: string;
  readonly state: State;
  /** When the object was created, if the gateway returns it. */
  readonly createdAt?: string;
}

export interface UpdateRequest<Inputs, State> {
  readonly id: string;
  readonly olds: State;
  readonly news: Inputs;
  /** Names of the fields that differ. The update writes only these. */
  readonly changed: ReadonlySet<string>;
}

/** The key that identifies an object among those of its kind, for `adopt` and for messages. */
export interface ObjectKey<State> {
  /** Follows the kind in a message: `with providerId "azure-openai"`. */
  readonly words: string;
  /** Input that a second object must set differently; absent if there can be no second object. */
  readonly input?: string;
  /** Only one object can have this key. */
  readonly isUnique: boolean;
  matches(state: State): boolean;
}

/** Inputs as the state stores them. An input may be missing, for example a key's value that was changed outside Pulumi. */
export type Stored<Inputs> = { readonly [Name in keyof Inputs]?: Inputs[Name] | undefined };

/** One step from the state format of an earlier version to that of a later one. */
export interface Migration<Next extends object = PlainObject> {
  /** Schema version of the resulting state. */
  readonly to: number;
  migrate(state: PlainObject): Next;
}

/** Properties that every kind of resource has. */
interface Described<Inputs extends object, State extends Stored<Inputs>> {
  readonly kind: string;
  readonly schema: () => z.ZodType<Inputs>;
  readonly fields: FieldTable<Inputs>;
  /** Outputs that are not inputs, in the order of the reference. */
  readonly outputs: readonly Exclude<keyof State & string, keyof Inputs>[];
  /** The secret ones among the outputs. */
  readonly secretOutputs?: readonly string[];
  /** Migrations from the states of earlier versions to the current format, in ascending order. */
  readonly migrations?: readonly [...Migration[], Migration<State>];
  /** Converts the several accepted forms of the inputs to the stored form. Must not change unknown values. */
  normalize?(inputs: PlainObject): PlainObject;
  /** Checks rules across fields. Makes no network call; skips rules that depend on an unknown value. */
  verify?(inputs: Inputs, unknown: UnknownPaths): Failure[];
  /** Warnings about inputs that are allowed but rarely intended, for example an id that no known list contains. */
  advise?(inputs: Inputs, unknown: UnknownPaths): Failure[];
}

/** A kind of object that the gateway stores. */
export interface ObjectDefinition<Inputs extends object, State extends Stored<Inputs>>
  extends Described<Inputs, State> {
  /** The object can carry its owner's mark in `metadata`. */
  readonly isMarkable: boolean;
  /** Every account has exactly one object, so a request finds one in any account. */
  readonly isOnePerAccount?: true;
  /** The key of the object that the inputs describe. An unknown input makes the key unknown. */
  identify(inputs: Inputs): ObjectKey<State>;
  create(inputs: Inputs, context: CallContext): Promise<Found<State>>;
  /** Returns `undefined` if the object no longer exists. `previous` holds values that the gateway does not return (secrets). */
  read(id: string, previous: Partial<State>, context: CallContext): Promise<State | undefined>;
  update(request: UpdateRequest<Inputs, State>, context: CallContext): Promise<State>;
  /** An object that no longer exists counts as deleted. */
  delete(id: string, state: State, context: CallContext): Promise<void>;
  /**
   * Undoes this resource's changes, except for the fields that another resource of the program now manages. Left out if keeping
   * the object as it is suffices.
   */
  release?(state: State, managedByOther: ReadonlySet<string>, context: CallContext): Promise<void>;
  /** Replaces the previous state when an import reads the object. @default {} */
  readonly importWith?: Partial<State>;
  /** All objects of the kind that `inputs` may describe, newest first; used for adoption and after a lost response. */
  list(inputs: Inputs, context: CallContext): AsyncIterable<Found<State>>;
}

/** A kind of resource that stores nothing at the gateway: it runs when it is created and when an input changes. */
export interface ActionDefinition<Inputs extends object, State extends Stored<Inputs>>
  extends Described<Inputs, State> {
  run(inputs: Inputs, context: CallContext): Promise<State>;
}

/** A definition of any type, as the lifecycle holds it. */
export type AnyObject = ObjectDefinition<PlainObject, PlainObject>;
export type AnyAction = ActionDefinition<PlainObject, PlainObject>;
export type AnyDefinition = AnyObject | AnyAction;

/** Declares a kind of object. Checks the types here and erases them in the result. */
export function defineResource<Inputs extends object, State extends Stored<Inputs>>(
  definition: ObjectDefinition<Inputs, State>,
): AnyObject {
  return definition as unknown as AnyObject;
}

/** Declares an action. Checks the types here and erases them in the result. */
export function defineAction<Inputs extends object, State extends Stored<Inputs>>(
  definition: ActionDefinition<Inputs, State>,
): AnyAction {
  return definition as unknown as AnyAction;
}

export function isAction(definition: AnyDefinition): definition is AnyAction {
  return "run" in definition;
}

/** The key of kinds whose names need not be unique. */
export function nameKey({ name }: { readonly name?: unknown }): ObjectKey<{ readonly name?: unknown }> {
  const matches = (state: { readonly name?: unknown }) => isSame(state.name, name);
  return { words: `with name "${String(name)}"`, input: "name", isUnique: false, matches };
}

/** An existing object already has the key of the object to create. */
export class KeyTakenError extends Error {
  override readonly name = "KeyTakenError";
}

/** The change was made in part. Contains the resulting state and the reason why the rest failed. */
export class HalfDoneError extends Error {
  constructor(
    readonly state: PlainObject,
    override readonly cause: unknown,
    readonly id?: string,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.name = "HalfDoneError";
  }
}

/** Whether a failed call may have made its change. A failed read changed nothing. */
export function isUnanswered(error: unknown): boolean {
  return GatewayError.isInstance(error) && error.outcome === "unknown" && error.method !== "GET";
}

/** The PATCH body for the changed fields: a value to set, or null to clear. */
export function patchBody<Body extends object>(
  fields: Readonly<Record<string, Field>>,
  changed: ReadonlySet<string>,
  news: Body,
): { [Name in keyof Body]?: Body[Name] | (undefined extends Body[Name] ? null : never) } {
  const names = Object.keys(fields).filter((name) => fields[name]?.change === "patch" && changed.has(name));
  return Object.fromEntries(names.map((name) => [name, Reflect.get(news, name) ?? null])) as never;
}

/** The body with an empty name replaced: null clears the name in an update, undefined leaves it out of a create. */
export function withoutEmptyName<Body extends { name?: string | null }, None extends null | undefined>(
  { name, ...rest }: Body,
  none: None,
): Omit<Body, "name"> & { name?: string | Exclude<None, undefined> } {
  if (name === undefined) return rest;
  const named = name === "" || name === null ? none : name;
  return { ...rest, ...(named === undefined ? {} : { name: named as string | Exclude<None, undefined> }) };
}

/** The request's result, or `undefined` if the object does not exist at the gateway. */
export async function ifFound<Wire>(request: Promise<Wire>): Promise<Wire | undefined> {
  try {
    return await request;
  } catch (error) {
    if (GatewayNotFoundError.isInstance(error)) return undefined;
    throw error;
  }
}
