export { Provider, type ProviderArgs } from "./provider";
export { AccessConfiguration, type AccessConfigurationArgs } from "./resources/accessConfiguration";
export { AccessKey, type AccessKeyArgs } from "./resources/accessKey";
export { type ApiSurfaceArgs, CustomProvider, type CustomProviderArgs } from "./resources/customProvider";
export { ProviderKey, type ProviderKeyArgs } from "./resources/providerKey";
export { RoutingRule, type RoutingRuleArgs } from "./resources/routingRule";
export type { RoutingKeyArgs, RoutingRuleShape, RoutingStepArgs } from "./runtime/routingRules";
