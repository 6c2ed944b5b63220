import "../sdk/nodeVersion";

export { Provider, type ProviderArgs } from "./dynamic/provider";
export {
  AccessConfiguration,
  type AccessConfigurationArgs,
  type AccessScopeArgs,
  type AllowedModelsArgs,
  type AllowedProvidersArgs,
} from "./resources/accessConfiguration";
export { AccessKey, type AccessKeyArgs } from "./resources/accessKey";
export { ApiKey, type ApiKeyArgs } from "./resources/apiKey";
export {
  type ApiSurfaceArgs,
  CustomProvider,
  type CustomProviderArgs,
  type ProviderModelArgs,
} from "./resources/customProvider";
export { GatewaySettings, type GatewaySettingsArgs } from "./resources/gatewaySettings";
export { ProviderKey, type ProviderKeyArgs } from "./resources/providerKey";
export { RouteCheck, type RouteCheckArgs } from "./resources/routeCheck";
export { RoutingRule, type RoutingRuleArgs } from "./resources/routingRule";
export type { RoutingKeyArgs, RoutingRuleShape, RoutingStepArgs } from "./routing/rule";
