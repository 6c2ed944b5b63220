import type { Goal } from "../program/goal";
import type { ResourceProvider } from "../providers/resourceProvider";
import type { ResourceState } from "../state/resourceState";
import type { Urn } from "../values/urn";

/** Everything known about one registration while it is planned. */
export interface Subject {
  readonly urn: Urn;
  readonly goal: Goal;
  readonly old: ResourceState | undefined;
  /** An error about it was reported: the run stops when its inputs have been checked too. */
  readonly isInvalid: boolean;
  readonly state: ResourceState;
  readonly provider: ResourceProvider | undefined;
  readonly randomSeed: Uint8Array;
}
