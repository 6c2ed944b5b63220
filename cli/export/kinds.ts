/** What an account can be exported as, and how the provider itself checks it. */
import type { AnyDefinition } from "../../provider/lifecycle/definition";

/** Kinds that can be chosen. A routing rule is part of its configuration, and comes with it. */
export const EXPORTED_KINDS = [
  "CustomProvider",
  "ProviderKey",
  "AccessConfiguration",
  "AccessKey",
  "ApiKey",
  "GatewaySettings",
] as const;
export type ExportedKind = (typeof EXPORTED_KINDS)[number];

export type Definitions = Readonly<Record<string, AnyDefinition>>;

/** Loads the provider, and Pulumi's SDK with it: worth doing while requests are on their way. */
export function loadDefinitions(): Definitions {
  const modules = [
    require("../../provider/resources/customProvider") as typeof import("../../provider/resources/customProvider"),
    require("../../provider/resources/providerKey") as typeof import("../../provider/resources/providerKey"),
    require("../../provider/resources/accessConfiguration") as typeof import("../../provider/resources/accessConfiguration"),
    require("../../provider/resources/routingRule") as typeof import("../../provider/resources/routingRule"),
    require("../../provider/resources/accessKey") as typeof import("../../provider/resources/accessKey"),
    require("../../provider/resources/apiKey") as typeof import("../../provider/resources/apiKey"),
    require("../../provider/resources/gatewaySettings") as typeof import("../../provider/resources/gatewaySettings"),
  ];
  return Object.fromEntries(modules.map(({ definition }) => [definition.kind, definition]));
}
