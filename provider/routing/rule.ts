/** A routing rule: the form in programs and the form in states. */
import type * as pulumi from "@pulumi/pulumi";

/** A stored provider key: the resource itself, its id, or `{ id }`. */
export type RoutingKeyArgs =
  | pulumi.Input<string>
  | pulumi.CustomResource
  | {
      /** The key's id, or the key itself. */
      id: pulumi.Input<string> | pulumi.CustomResource;
    };

/** One step of a rule: the account's own keys, tried in order, or the gateway's credits. */
export interface RoutingStepArgs {
  /**
   * `user`: the given keys. `ngrok`: the gateway's credits, only for built-in providers, and only for those of their models that
   * the service pays for.
   */
  type: pulumi.Input<"user" | "ngrok">;
  /** Provider keys of a `user` step, tried in this order. */
  keys?: pulumi.Input<RoutingKeyArgs[]>;
}

/** A routing rule: the requests that it applies to, and their credentials. */
export interface RoutingRuleShape {
  /** Applies to requests to this provider: its `providerId`, or the `CustomProvider` itself. */
  provider?: pulumi.Input<string> | pulumi.CustomResource;
  /** Applies to requests for this model, in the form `<providerId>:<model>`; takes precedence over a provider's rule. */
  model?: pulumi.Input<string>;
  /** Steps that are tried in order until one answers; at least one. */
  steps?: pulumi.Input<RoutingStepArgs[]>;
  /** Short form for one `user` step with these keys. */
  keys?: pulumi.Input<RoutingKeyArgs[]>;
}

/** The normal form of a rule: `keys` are converted to a step, and a key is `{ id }`. */
export interface Rule {
  provider?: string | undefined;
  model?: string | undefined;
  steps: { type: "user" | "ngrok"; keys?: { id: string }[] | undefined }[];
}
