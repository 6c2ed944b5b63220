/** The registry of kinds. Loads the definition of a resource on first use. */
import type { AnyDefinition } from "./lifecycle/definition";

const definitions: Readonly<Record<string, () => AnyDefinition>> = {
  CustomProvider: () =>
    (require("./resources/customProvider") as typeof import("./resources/customProvider")).definition,
  ProviderKey: () => (require("./resources/providerKey") as typeof import("./resources/providerKey")).definition,
  AccessConfiguration: () =>
    (require("./resources/accessConfiguration") as typeof import("./resources/accessConfiguration")).definition,
  RoutingRule: () => (require("./resources/routingRule") as typeof import("./resources/routingRule")).definition,
  AccessKey: () => (require("./resources/accessKey") as typeof import("./resources/accessKey")).definition,
  ApiKey: () => (require("./resources/apiKey") as typeof import("./resources/apiKey")).definition,
  GatewaySettings: () =>
    (require("./resources/gatewaySettings") as typeof import("./resources/gatewaySettings")).definition,
  RouteCheck: () => (require("./resources/routeCheck") as typeof import("./resources/routeCheck")).definition,
};

/** Loads one resource's file. Returns `undefined` if this version has no such kind. */
export function definitionOf(kind: string): AnyDefinition | undefined {
  return Object.hasOwn(definitions, kind) ? definitions[kind]?.() : undefined;
}
