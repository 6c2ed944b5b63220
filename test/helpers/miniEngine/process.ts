/**
 * A provider process as an engine sees it, whichever adapter serves it: what a mini engine runs programs on. A process can be killed at
 * any of its HTTP requests: what was sent may be done, and nothing that it would have done after happens.
 */
import type { PlainObject } from "../../../provider/lifecycle/values";

/** A resource as an engine names it to a provider. */
export interface ResourceName {
  readonly kind: string;
  readonly name: string;
  /** Types around the resource, as a URN has them. */
  readonly parent?: string | undefined;
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

/** Thrown by create and update where something was done: what the engine records all the same. */
export class PartlyDone extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly outs: PlainObject,
  ) {
    super(message);
  }
}

/** The process ended before the call did: nothing of it is known. */
export class Killed extends Error {}

export interface ProviderUnderTest {
  /** `olds` are none for a resource that is new or made anew. */
  check(resource: ResourceName, olds: PlainObject | undefined, news: PlainObject): Promise<CheckAnswer>;
  diff(resource: ResourceName, id: string, olds: PlainObject, news: PlainObject): Promise<DiffAnswer>;
  create(resource: ResourceName, inputs: PlainObject): Promise<{ readonly id: string; readonly outs: PlainObject }>;
  /** `undefined`: the object is gone. */
  read(
    resource: ResourceName,
    id: string,
    outs: PlainObject,
  ): Promise<{ readonly id: string; readonly outs: PlainObject; readonly inputs: PlainObject } | undefined>;
  update(resource: ResourceName, id: string, olds: PlainObject, news: PlainObject): Promise<PlainObject>;
  delete(resource: ResourceName, id: string, outs: PlainObject): Promise<void>;
  /** Lines for the person who runs Pulumi. */
  readonly lines: readonly string[];
  readonly isDead: boolean;
  /** The run is over. */
  close(): void;
  /** Ends the process at a later request: before it is sent, or after it was done and before its answer. */
  killAt(requests: number, when: "before" | "after"): void;
}

/** How a run gets its provider processes. */
export type StartProcess = () => ProviderUnderTest;
