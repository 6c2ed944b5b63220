/**
 * What a resource file declares, and all that the lifecycle knows of a kind. Nothing here knows how Pulumi calls: a handler takes
 * plain values and returns plain values.
 */
import type { z } from "zod";
import type { GatewayClient } from "../../sdk/client";
import type { Clock } from "../../sdk/clock";
import { GatewayError, GatewayNotFoundError } from "../../sdk/errors";
import { isSame, type PlainObject, type UnknownPaths } from "./values";

/** What a change of a field does. `never` marks inputs that only steer the resource and are no part of the object. */
export type Change = "replace" | "patch" | "rotate" | "never";

export interface Field {
  readonly change: Change;
  /** The value is encrypted in state and named nowhere. */
  readonly secret?: true;
  /** What the field is when it is left out, in words, for the reference. */
  readonly default?: string;
  /** How two values are compared where plain equality would see a difference that the gateway does not. */
  readonly isSame?: (left: unknown, right: unknown) => boolean;
  /**
   * A PATCH replaces all of it, so somebody else's part of it would go unseen: what stands at the gateway is looked at before, and
   * a change that the state does not know of stops the update.
   */
  readonly isWholeSet?: true;
  /** What taking the field out of the program does: clear it at the gateway (the default) or leave it as it is. */
  readonly whenRemoved?: "clear" | "keep";
  /**
   * For a value that the gateway never returns: whether it fits what the gateway shows of the one that it has. An imported object does
   * without the value, and the first one that the program gives is no change where it fits.
   */
  readonly fitsShown?: (value: unknown, state: PlainObject) => boolean;
}

export type FieldTable<Inputs> = { readonly [Name in keyof Inputs]-?: Field };

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** What every call of a handler gets. */
export interface CallContext {
  readonly client: GatewayClient;
  /** Address of the data plane, without `/v1`. */
  readonly gatewayUrl: string;
  readonly clock: Clock;
  /** Which account the client's key belongs to; asked for once. */
  accountId(): Promise<string>;
  /** Passed to each client call: what an error message names, what cancels the call, and how long its attempts may take. */
  readonly call: {
    readonly signal: AbortSignal;
    readonly retryBudgetMs?: number;
    readonly subject: { kind: string; name: string; operation: string };
  };
}

/** Object as the gateway has it, and its id. */
export interface Found<State> {
  readonly id: string;
  readonly state: State;
  /** When it was made, where the gateway tells. */
  readonly createdAt?: string;
}

export interface UpdateRequest<Inputs, State> {
  readonly id: string;
  readonly olds: State;
  readonly news: Inputs;
  /** Names of the fields that differ; the update may rely on it, and does nothing for the others. */
  readonly changed: ReadonlySet<string>;
}

/** What tells one object of a kind from the others, for `adopt` and for messages. */
export interface ObjectKey<State> {
  /** Follows the kind in a message: `with providerId "azure-openai"`. */
  readonly words: string;
  /** Input of which a second object needs another value; absent where there can be no second one. */
  readonly input?: string;
  /** There can be only one object with this key. */
  readonly isUnique: boolean;
  matches(state: State): boolean;
}

/** Inputs as they are stored: one of them may be missing there, as a key whose value was changed elsewhere. */
export type Stored<Inputs> = { readonly [Name in keyof Inputs]?: Inputs[Name] | undefined };

/** One step from the form in which an earlier version stored the outputs to that of a later one. */
export interface Migration<Next extends object = PlainObject> {
  /** Schema of the state that it leads to. */
  readonly to: number;
  migrate(state: PlainObject): Next;
}

/** What every kind of resource has. */
interface Described<Inputs extends object, State extends Stored<Inputs>> {
  readonly kind: string;
  readonly schema: () => z.ZodType<Inputs>;
  readonly fields: FieldTable<Inputs>;
  /** Outputs that are no inputs, in the order of the reference. */
  readonly outputs: readonly Exclude<keyof State & string, keyof Inputs>[];
  /** Those of them that are secret. */
  readonly secretOutputs?: readonly string[];
  /** Ways from the states of earlier versions to today's, in ascending order. */
  readonly migrations?: readonly [...Migration[], Migration<State>];
  /** The one form in which inputs are kept, of the several in which they may be written. Must not touch unknown values. */
  normalise?(inputs: PlainObject): PlainObject;
  /** Rules across fields. Never calls the network; leaves out what depends on an unknown value. */
  verify?(inputs: Inputs, unknown: UnknownPaths): Failure[];
  /** What may be intended but rarely is, such as an id that no list of ours knows. It is shown and stops nothing. */
  advise?(inputs: Inputs, unknown: UnknownPaths): Failure[];
}

/** A kind of object that the gateway stores. */
export interface ObjectDefinition<Inputs extends object, State extends Stored<Inputs>>
  extends Described<Inputs, State> {
  /** The object can carry the mark of its owner in `metadata`. */
  readonly isMarkable: boolean;
  /** Every account has exactly one, so a request finds one whichever account the key is of. */
  readonly isOnePerAccount?: true;
  /** The key of the object that these inputs mean. An unknown input makes it unknown too. */
  identify(inputs: Inputs): ObjectKey<State>;
  create(inputs: Inputs, context: CallContext): Promise<Found<State>>;
  /** `undefined`: the object is gone. `previous` holds what the gateway does not return (secrets). */
  read(id: string, previous: Partial<State>, context: CallContext): Promise<State | undefined>;
  update(request: UpdateRequest<Inputs, State>, context: CallContext): Promise<State>;
  /** An object that is already gone counts as deleted. */
  delete(id: string, state: State, context: CallContext): Promise<void>;
  /**
   * Undoes what this resource changed, except for the fields that another resource of the program manages by now. Left out where
   * leaving the object alone is all there is to do.
   */
  release?(state: State, managedByOther: ReadonlySet<string>, context: CallContext): Promise<void>;
  /** What an import reads the object with, in place of a former state. @default {} */
  readonly importWith?: Partial<State>;
  /** All objects of the kind that `inputs` could mean, newest first; used for adopting and after a lost answer. */
  list(inputs: Inputs, context: CallContext): AsyncIterable<Found<State>>;
}

/** A kind of resource that stores nothing at the gateway: it does something when it is created and when an input changes. */
export interface ActionDefinition<Inputs extends object, State extends Stored<Inputs>>
  extends Described<Inputs, State> {
  run(inputs: Inputs, context: CallContext): Promise<State>;
}

/** Definitions whatever their types, as the lifecycle holds them. */
export type AnyObject = ObjectDefinition<PlainObject, PlainObject>;
export type AnyAction = ActionDefinition<PlainObject, PlainObject>;
export type AnyDefinition = AnyObject | AnyAction;

/** Declares a kind of object; the types are checked here and forgotten after. */
export function defineResource<Inputs extends object, State extends Stored<Inputs>>(
  definition: ObjectDefinition<Inputs, State>,
): AnyObject {
  return definition as unknown as AnyObject;
}

/** Declares an action; the types are checked here and forgotten after. */
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

/** The key of the object that was to be made belongs to an object that exists. */
export class KeyTakenError extends Error {
  override readonly name = "KeyTakenError";
}

/** The change was made in part: what is true now, for the state, and why the rest was not done. */
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

/** Whether a change may have been made although the call failed. A read that failed changed nothing. */
export function isUnanswered(error: unknown): boolean {
  return GatewayError.isInstance(error) && error.outcome === "unknown" && error.method !== "GET";
}

/** The PATCH body for the fields that changed: a value to set, or null to clear. */
export function patchBody<Body extends object>(
  fields: Readonly<Record<string, Field>>,
  changed: ReadonlySet<string>,
  news: Body,
): { [Name in keyof Body]?: Body[Name] | (undefined extends Body[Name] ? null : never) } {
  const names = Object.keys(fields).filter((name) => fields[name]?.change === "patch" && changed.has(name));
  return Object.fromEntries(names.map((name) => [name, Reflect.get(news, name) ?? null])) as never;
}

/** A body in which a name of no characters is none: null clears it in an update, undefined leaves it out of a create. */
export function withoutEmptyName<Body extends { name?: string | null }, None extends null | undefined>(
  { name, ...rest }: Body,
  none: None,
): Omit<Body, "name"> & { name?: string | Exclude<None, undefined> } {
  if (name === undefined) return rest;
  const named = name === "" || name === null ? none : name;
  return { ...rest, ...(named === undefined ? {} : { name: named as string | Exclude<None, undefined> }) };
}

/** What the request finds, or `undefined` where the gateway has no such object. */
export async function ifFound<Wire>(request: Promise<Wire>): Promise<Wire | undefined> {
  try {
    return await request;
  } catch (error) {
    if (GatewayNotFoundError.isInstance(error)) return undefined;
    throw error;
  }
}
