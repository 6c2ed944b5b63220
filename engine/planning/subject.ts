import type { Goal } from "../program/goal";
import type { ResourceProvider } from "../providers/resourceProvider";
import type { ResourceState } from "../state/resourceState";
import type { Urn } from "../values/urn";

/** Data of one registration during its planning. */
export interface Subject {
  readonly urn: Urn;
  readonly goal: Goal;
  readonly old: ResourceState | undefined;
  /** An error was reported for it: the run stops after its inputs are checked. */
  readonly isInvalid: boolean;
  readonly state: ResourceState;
  readonly provider: ResourceProvider | undefined;
  readonly randomSeed: Uint8Array;
}
