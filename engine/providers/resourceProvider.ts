/** The engine's interface to every provider: a plugin process, the built-in package or the provider registry. */
import type { PropertyDifference } from "../results";
import type { Urn } from "../values/urn";
import type { PropertyMap } from "../values/values";

export interface CheckFailure {
  /** Empty when the failure concerns the resource as a whole. */
  readonly property: string;
  readonly reason: string;
}

export interface CheckResult {
  readonly inputs: PropertyMap;
  readonly failures: readonly CheckFailure[];
}

export interface DiffResult {
  /** `unknown`: the provider does not compare, so the engine compares inputs. */
  readonly changes: "none" | "some" | "unknown";
  /** Properties whose change forces a replacement. */
  readonly replaceKeys: readonly string[];
  readonly changedKeys: readonly string[];
  readonly detailedDiff: Readonly<Record<string, PropertyDifference>> | undefined;
  readonly deleteBeforeReplace: boolean;
}

export const NO_DIFF: DiffResult = {
  changes: "none",
  replaceKeys: [],
  changedKeys: [],
  detailedDiff: undefined,
  deleteBeforeReplace: false,
};

export function isReplacement(diff: DiffResult): boolean {
  return (
    diff.replaceKeys.length > 0 ||
    Object.values(diff.detailedDiff ?? {}).some((difference) => difference.kind.endsWith("-replace"))
  );
}

export interface CheckRequest {
  readonly urn: Urn;
  /** Old *inputs*; empty for a resource that is new or created again. */
  readonly olds: PropertyMap;
  readonly news: PropertyMap;
  /** Whether unknowns are sent; only in previews. */
  readonly allowUnknowns: boolean;
  readonly randomSeed: Uint8Array;
}

export interface DiffRequest {
  readonly urn: Urn;
  readonly id: string;
  readonly oldInputs: PropertyMap;
  readonly oldOutputs: PropertyMap;
  readonly newInputs: PropertyMap;
  readonly ignoreChanges: readonly string[];
  readonly allowUnknowns: boolean;
}

export interface CreateRequest {
  readonly urn: Urn;
  readonly inputs: PropertyMap;
  readonly timeoutSeconds: number;
  readonly isPreview: boolean;
}

export interface UpdateRequest {
  readonly urn: Urn;
  readonly id: string;
  readonly oldInputs: PropertyMap;
  readonly oldOutputs: PropertyMap;
  readonly newInputs: PropertyMap;
  readonly ignoreChanges: readonly string[];
  readonly timeoutSeconds: number;
  readonly isPreview: boolean;
}

export interface DeleteRequest {
  readonly urn: Urn;
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
  readonly timeoutSeconds: number;
}

export interface ReadRequest {
  readonly urn: Urn;
  readonly id: string;
  /** Undefined in an import. */
  readonly inputs: PropertyMap | undefined;
  readonly state: PropertyMap | undefined;
  readonly timeoutSeconds: number;
}

export interface ReadResult {
  /** Empty: the resource does not exist. */
  readonly id: string;
  readonly inputs: PropertyMap | undefined;
  readonly outputs: PropertyMap | undefined;
  /** Reasons why the resource exists but is incomplete. */
  readonly initErrors: readonly string[];
}

export interface InvokeResult {
  readonly outputs: PropertyMap;
  readonly failures: readonly CheckFailure[];
}

export interface ResourceProvider {
  check(request: CheckRequest): Promise<CheckResult>;
  diff(request: DiffRequest): Promise<DiffResult>;
  /** @throws InitFailedError when the resource exists but is incomplete. */
  create(request: CreateRequest): Promise<{ id: string; outputs: PropertyMap }>;
  update(request: UpdateRequest): Promise<PropertyMap>;
  delete(request: DeleteRequest): Promise<void>;
  read(request: ReadRequest): Promise<ReadResult>;
  invoke(token: string, args: PropertyMap, isPreview: boolean): Promise<InvokeResult>;
}

/** The provider rejected a request; its message is meant for the user. */
export class ProviderError extends Error {
  override readonly name: string = "ProviderError";
}

/** The provider cannot compare because its configuration is not known yet. */
export class DiffUnavailableError extends ProviderError {
  override readonly name = "DiffUnavailableError";
}

/** A create or update was done in part: the resource exists as described and is incomplete. */
export class InitFailedError extends ProviderError {
  override readonly name = "InitFailedError";

  constructor(
    readonly id: string,
    readonly outputs: PropertyMap,
    readonly inputs: PropertyMap | undefined,
    readonly reasons: readonly string[],
  ) {
    super(reasons.length === 0 ? "resource init failed" : reasons.join("\n"));
  }
}
