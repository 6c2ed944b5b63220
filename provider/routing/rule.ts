/** A routing rule: as a program writes it, and as it is stored in a state. */
import type * as pulumi from "@pulumi/pulumi";

/** A stored provider key: the resource itself, its id, or `{ id }`. */
export type RoutingKeyArgs =
  | pulumi.Input<string>
  | pulumi.CustomResource
  | {
      /** The key's id, or the key itself. */
      id: pulumi.Input<string> | pulumi.CustomResource;
    };

/** One step of a rule: the account's own keys, tried in order, or the gateway's own credits. */
export interface RoutingStepArgs {
  /** `user`: the keys given. `ngrok`: the gateway's credits; for built-in providers only, and of those for the models that the service pays for. */
  type: pulumi.Input<"user" | "ngrok">;
  /** Provider keys of a `user` step, tried in this order. */
  keys?: pulumi.Input<RoutingKeyArgs[]>;
}

/** A routing rule: for which requests, and with which credentials. */
export interface RoutingRuleShape {
  /** Requests to this provider: its `providerId`, or the `CustomProvider` itself. */
  provider?: pulumi.Input<string> | pulumi.CustomResource;
  /** Requests for this model, as `<providerId>:<model>`; wins over a provider's rule. */
  model?: pulumi.Input<string>;
  /** Tried in order until one answers; at least one. */
  steps?: pulumi.Input<RoutingStepArgs[]>;
  /** Short for one `user` step with these keys. */
  keys?: pulumi.Input<RoutingKeyArgs[]>;
}

/** The one form of a rule, which inputs are converted to: `keys` have become a step, and a key is `{ id }`. */
export interface Rule {
  provider?: string | undefined;
  model?: string | undefined;
  steps: { type: "user" | "ngrok"; keys?: { id: string }[] | undefined }[];
}
