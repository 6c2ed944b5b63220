import type { ResourceState } from "../state/resourceState";
import type { Urn } from "../values/urn";

/** What became of resources so far in a run, as far as what is planned later depends on it. */
export class Progress {
  /** Registered or read. */
  readonly seen = new Set<Urn>();
  /** Old URN → the URN its resource was registered under. */
  readonly aliased = new Map<Urn, Urn>();
  /** Failed or skipped: with continue-on-error what depends on them is skipped too. */
  readonly unusable = new Set<Urn>();
  /** Kept, updated, replaced or read: not to be deleted at the end. */
  readonly operated = new Set<Urn>();
  /** Replaced, or about to be. */
  readonly replaced = new Set<Urn>();
  /** Deleted, or about to be. */
  readonly deleted = new Set<Urn>();
  /** Old halves of earlier replacements that are deleted with a replacement of this run: not once more at its end. */
  readonly disposed = new Set<ResourceState>();
  /** Errors a preview went on after, so that all is shown: it fails at its end. */
  hasErrors = false;
}
