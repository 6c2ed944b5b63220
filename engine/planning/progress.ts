import type { ResourceState } from "../state/resourceState";
import type { Urn } from "../values/urn";

/** What happened to resources so far in a run, as far as later planning depends on it. */
export class Progress {
  /** Registered or read. */
  readonly seen = new Set<Urn>();
  /** Old URN → the URN its resource was registered under. */
  readonly aliased = new Map<Urn, Urn>();
  /** Failed or skipped: with continue-on-error their dependents are skipped too. */
  readonly unusable = new Set<Urn>();
  /** Kept, updated, replaced or read: not deleted at the end of the run. */
  readonly operated = new Set<Urn>();
  /** Replaced, or about to be. */
  readonly replaced = new Set<Urn>();
  /** Deleted, or about to be. */
  readonly deleted = new Set<Urn>();
  /** Old resources of earlier replacements that this run deletes with a new replacement; its end must not delete them again. */
  readonly disposed = new Set<ResourceState>();
  /** A preview found errors and continued in order to show everything; it fails at its end. */
  hasErrors = false;
}
