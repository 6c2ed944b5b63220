/** What a program asks for: the desired state of one resource, as its registration says it. */
import type { OpType } from "../results";
import type { CustomTimeouts, ResourceState } from "../state/resourceState";
import type { Urn } from "../values/urn";
import type { PropertyMap, PropertyValue } from "../values/values";

/** Another name a resource may have had. */
export type Alias =
  | { readonly urn: Urn }
  | {
      /** Empty members are the resource's own. */
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

/** What a program asks to read: a resource that somebody else owns. */
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

/** What the program is told once its registration is done. */
export interface Registration {
  readonly urn: Urn;
  readonly state: ResourceState;
  /** `fail` and `skip` exist only with continue-on-error. */
  readonly result: "success" | "fail" | "skip";
  /** The resource was skipped and nothing about it is known. */
  readonly isUnknown: boolean;
  /** What was done; absent when it was skipped. */
  readonly op?: OpType;
}
