/**
 * What Pulumi's provider process requires, as the text in each resource's state says:
 * `require("pulumi-ngrok-ai/dynamic").provider("<Kind>")`.
 *
 * Frozen for ever: this entry, the name `provider` and the kinds. State written today calls them years from now; a kind
 * that is renamed keeps its old name here as a forwarder. Loads a resource's file only when its kind is asked for.
 */

import type { AnyDefinition } from "../lifecycle/definition";
import type { DynamicAdapter } from "./adapter";

const definitions: Readonly<Record<string, () => AnyDefinition>> = {
  CustomProvider: () =>
    (require("../resources/customProvider") as typeof import("../resources/customProvider")).definition,
  ProviderKey: () => (require("../resources/providerKey") as typeof import("../resources/providerKey")).definition,
  AccessConfiguration: () =>
    (require("../resources/accessConfiguration") as typeof import("../resources/accessConfiguration")).definition,
  RoutingRule: () => (require("../resources/routingRule") as typeof import("../resources/routingRule")).definition,
  AccessKey: () => (require("../resources/accessKey") as typeof import("../resources/accessKey")).definition,
  ApiKey: () => (require("../resources/apiKey") as typeof import("../resources/apiKey")).definition,
  GatewaySettings: () =>
    (require("../resources/gatewaySettings") as typeof import("../resources/gatewaySettings")).definition,
  RouteCheck: () => (require("../resources/routeCheck") as typeof import("../resources/routeCheck")).definition,
};

/** The provider of one kind of resource, in the shape that Pulumi's provider process calls. */
export function provider(kind: string): DynamicAdapter {
  const define = Object.hasOwn(definitions, kind) ? definitions[kind] : undefined;
  if (define === undefined) {
    throw new Error(
      `This version of pulumi-ngrok-ai knows no resource of kind "${kind}". It was made by a later version: install that one.`,
    );
  }
  const { DynamicAdapter: Adapter } = require("./adapter") as typeof import("./adapter");
  return new Adapter(define());
}
