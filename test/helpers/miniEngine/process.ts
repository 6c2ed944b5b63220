/**
 * A provider process from the engine's view, for either adapter: the mini engine runs programs on it. A process can be killed at
 * any of its HTTP requests: the request may take effect, and no later action of the process happens.
 */
import type { PlainObject } from "../../../provider/lifecycle/values";

/** A resource as the engine names it to a provider. */
export interface ResourceName {
  readonly kind: string;
  readonly name: string;
  /** Types of the resource's ancestors, as in a URN. */
  readonly parent?: string | undefined;
}

/** The stack that a process serves. */
export interface StackOptions {
  /** `<organization>/<project>/<stack>` */
  readonly stack: string;
  readonly ownership?: "on" | "off" | undefined;
}

/** A resource in a state. */
export interface Stored {
  readonly id: string;
  readonly inputs: PlainObject;
  readonly outs: PlainObject;
}

export interface CheckAnswer {
  readonly inputs: PlainObject;
  readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

export interface DiffAnswer {
  readonly changes?: boolean | undefined;
  readonly replaces?: readonly string[] | undefined;
  readonly deleteBeforeReplace?: boolean | undefined;
}

/** Thrown by create and update after a partial change: the result that the engine still records. */
export class PartlyDone extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly outs: PlainObject,
  ) {
    super(message);
  }
}

/** The process ended before the call did: its result is unknown. */
export class Killed extends Error {}

/** The calls of an engine to a provider process. */
export interface ProviderCalls {
  /** `olds` is undefined for a resource that is new or being replaced. */
  check(resource: ResourceName, olds: PlainObject | undefined, news: PlainObject): Promise<CheckAnswer>;
  diff(resource: ResourceName, old: Stored, news: PlainObject): Promise<DiffAnswer>;
  create(resource: ResourceName, inputs: PlainObject): Promise<Pick<Stored, "id" | "outs">>;
  /** Returns `undefined` if the object no longer exists. */
  read(resource: ResourceName, old: Stored): Promise<Stored | undefined>;
  update(resource: ResourceName, old: Stored, news: PlainObject): Promise<PlainObject>;
  delete(resource: ResourceName, old: Stored): Promise<void>;
}

export interface ProviderUnderTest extends ProviderCalls {
  /** Lines that the provider reported to the user. */
  readonly lines: readonly string[];
  readonly isDead: boolean;
  /** Ends the run. */
  close(): void;
  /** Kills the process at a later request. */
  killAt(requests: number, when: KillTime): void;
}

/** When a process is killed: before one of its requests is sent, or after the request's effect and before its response. */
export type KillTime = "before" | "after";

/** Starts the provider processes of a run. */
export type StartProcess = () => ProviderUnderTest;
