/** The desired state of one resource, as the program registers it. */
import type { OpType } from "../results";
import type { CustomTimeouts, ResourceState } from "../state/resourceState";
import type { Urn } from "../values/urn";
import type { PropertyMap, PropertyValue } from "../values/values";

/** A previous name of a resource. */
export type Alias =
  | { readonly urn: Urn }
  | {
      /** An empty member has the resource's own value. */
      readonly name: string;
      readonly type: string;
      readonly stack: string;
      readonly project: string;
      readonly parentUrn: Urn;
      readonly hasNoParent: boolean;
    };

export interface Goal {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly properties: PropertyMap;
  readonly parent: Urn | undefined;
  readonly protect: boolean | undefined;
  readonly dependencies: readonly Urn[];
  readonly propertyDependencies: Readonly<Record<string, readonly Urn[]>>;
  /** Reference; empty for components and for provider resources. */
  readonly provider: string;
  readonly deleteBeforeReplace: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly hideDiff: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly replacementTrigger: PropertyValue;
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly Alias[];
  /** Id of an existing resource to import; empty otherwise. */
  readonly importId: string;
  readonly customTimeouts: CustomTimeouts;
  readonly retainOnDelete: boolean | undefined;
  readonly deletedWith: Urn | undefined;
  readonly replaceWith: readonly Urn[];
  readonly hooks: Readonly<Record<string, readonly string[]>>;
  readonly sourcePosition: string;
}

/** A request to read a resource that this stack does not own. */
export interface ReadGoal {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly properties: PropertyMap;
  readonly parent: Urn | undefined;
  readonly dependencies: readonly Urn[];
  readonly provider: string;
  readonly additionalSecretOutputs: readonly string[];
  readonly sourcePosition: string;
}

/** The answer to a finished registration. */
export interface Registration {
  readonly urn: Urn;
  readonly state: ResourceState;
  /** `fail` and `skip` exist only with continue-on-error. */
  readonly result: "success" | "fail" | "skip";
  /** The resource was skipped and its outputs are unknown. */
  readonly isUnknown: boolean;
  /** The operation; absent when the registration was skipped. */
  readonly op?: OpType;
}
