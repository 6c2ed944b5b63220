import * as pulumi from "@pulumi/pulumi";
import { CONFIG_NAMESPACE, EXPLICIT_MARKER } from "../../sdk/settings";

/** Arguments of an explicit provider: another account, or other limits. */
export interface ProviderArgs {
  /**
   * Key of the management API. Secret, even if given as plain text.
   * @default the environment variable `AI_GATEWAY_API_KEY`; an explicit provider does not read the stack config
   */
  apiKey?: pulumi.Input<string>;
  /**
   * Base URL of the management API. `https://`, or `http://` for loopback and `*.internal` hosts.
   * @default the environment variable `AI_GATEWAY_API_URL`, else `https://api.ngrok.ai`
   */
  apiUrl?: pulumi.Input<string>;
  /**
   * Base URL of the data plane; only `RouteCheck` calls it.
   * @default the environment variable `AI_GATEWAY_URL`, else `https://gateway.ngrok.ai`
   */
  gatewayUrl?: pulumi.Input<string>;
  /**
   * Longest time one HTTP attempt may take, in seconds.
   * @default 30
   */
  requestTimeoutSeconds?: pulumi.Input<number>;
  /**
   * Longest time all attempts of one operation may take, including waits, in seconds.
   * @default 120
   */
  retryBudgetSeconds?: pulumi.Input<number>;
  /**
   * Largest number of concurrent requests, per account.
   * @default 16
   */
  maxConcurrency?: pulumi.Input<number>;
  /**
   * Whether objects get the owner's mark as their metadata if the program gives none.
   * @default "on"
   */
  ownership?: pulumi.Input<"on" | "off">;
}

/**
 * An account of the ngrok AI Gateway. Pass it to resources and components as `{ provider }`; without it, they use the stack
 * config `ngrok-ai:apiKey` or the environment.
 * @example
 * import * as pulumi from "@pulumi/pulumi";
 * import * as ngrok from "pulumi-ngrok-ai";
 *
 * const config = new pulumi.Config();
 * const staging = new ngrok.Provider("staging", {
 *   apiKey: config.requireSecret("stagingApiKey"),
 *   apiUrl: config.get("stagingApiUrl"),
 * });
 *
 * new ngrok.AccessKey("staging-tests", {}, { provider: staging });
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    const inputs: pulumi.Inputs = { [EXPLICIT_MARKER]: "true" };
    for (const [key, value] of Object.entries(args)) {
      if (value === undefined || value === null) continue;
      // An Output may resolve to no value, which counts as a setting that is not given.
      const text = pulumi
        .output(value)
        .apply((given: unknown) => (given === undefined || given === null ? "" : String(given)));
      inputs[`${CONFIG_NAMESPACE}:${key}`] = key === "apiKey" ? pulumi.secret(text) : text;
    }
    super("pulumi-nodejs", name, inputs, opts);
  }
}
