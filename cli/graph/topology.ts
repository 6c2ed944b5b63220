/** The input of a picture, read from an account, a stack's state or a preview. Contains no secret. */
import type { Finding, Inspected } from "../account/findings";
import type { UsageReport } from "../account/usageReport";
import type { ListOf, StandaloneKind } from "../kinds";

/** The planned change of an object in a preview. */
export type Change = "create" | "update" | "replace" | "delete";

export interface DrawnRule {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly steps: readonly {
    readonly type: string;
    readonly keys?: readonly { readonly id: string; readonly name?: string }[] | undefined;
  }[];
  /** The keys do not exist yet, and a preview does not contain their order. */
  readonly isKeyOrderUnknown?: boolean;
}

interface Labels {
  readonly id: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata?: string | undefined;
  readonly createdAt?: string | undefined;
}

/** The parts of the gateway's objects that are drawn. An inventory has this shape; a state is converted to it. */
export interface DrawnObjects extends Omit<Inspected, keyof StandaloneObjects>, StandaloneObjects {
  readonly providers: readonly (Labels & {
    readonly providerId: string;
    readonly baseUrl: string;
    readonly models?: readonly { readonly modelId: string }[] | undefined;
  })[];
  readonly providerKeys: readonly (Labels & {
    readonly name: string;
    readonly providerId: string;
    readonly createdAt: string;
    readonly lastUsed?: string | null | undefined;
  })[];
  readonly configurations: readonly (Labels & {
    readonly name: string;
    readonly access?:
      | {
          readonly providers?: { readonly allow?: readonly string[] | undefined } | undefined;
          readonly models?: { readonly allow?: readonly string[] | undefined } | undefined;
        }
      | undefined;
    readonly router?: { readonly rules?: readonly DrawnRule[] | undefined } | undefined;
  })[];
  readonly accessKeys: readonly (Labels & {
    readonly createdAt: string;
    readonly lastUsed?: string | null | undefined;
    readonly accessKeyConfiguration?: { readonly id: string; readonly name?: string } | null | undefined;
  })[];
}

/** Fields of every object that the API stores. */
export interface StoredObject extends Labels {
  readonly createdAt: string;
  readonly lastUsed?: string | null | undefined;
}

type StandaloneObjects = { readonly [K in StandaloneKind as ListOf<K>]: readonly StoredObject[] };

/** An Azure OpenAI account that a stack manages. */
export interface AzureAccount {
  readonly id: string;
  readonly name: string;
  /** The first part of its host name. */
  readonly subdomain: string;
  /** Such as `eastus2`. */
  readonly location: string | undefined;
  readonly resourceGroup: string | undefined;
  readonly deployments: readonly { readonly name: string; readonly details: string }[];
}

/** The order of providers in a request for a model. */
export interface Failover {
  readonly model: string;
  /** `<providerId>:<model>` */
  readonly targets: readonly string[];
}

export interface Topology {
  /** `Stack organization/shop/dev` */
  readonly title: string;
  readonly objects: DrawnObjects;
  readonly azureAccounts: readonly AzureAccount[];
  readonly failover: readonly Failover[];
  readonly findings: readonly Finding[];
  /** By the object's id. Empty except for previews. */
  readonly changes: ReadonlyMap<string, Change>;
  /** Messages about parts that the picture cannot show. */
  readonly notes: readonly string[];
  /** Fields and values that this version does not know, by the object's id. Absent except for accounts. */
  readonly unknownParts?: ReadonlyMap<string, readonly string[]>;
  /** Present if requested. */
  readonly usage?: UsageReport;
}
