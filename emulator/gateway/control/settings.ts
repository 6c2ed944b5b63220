/** The account's settings: one object that always exists. */
import { errorCodes } from "../../../sdk/contract/errorCodes";
import { type GatewayConfig, gatewayConfigUpdateSchema, parseGoDurationMs } from "../../../sdk/contract/gatewayConfig";
import { ApiError } from "../apiError";
import { parseBody } from "../body";
import type { Store } from "../store/store";

export function settingsOf(store: Store, baseUrl: string): GatewayConfig {
  const { metadata = null, maxInputTokens = null, maxOutputTokens = null, ...timeouts } = store.settings;
  return {
    accountId: store.accountId,
    uri: `${baseUrl}/gateway-config`,
    ...timeouts,
    maxInputTokens,
    maxOutputTokens,
    metadata,
  };
}

export function changeSettings(store: Store, body: unknown, baseUrl: string): GatewayConfig {
  const change = parseBody("configuration", gatewayConfigUpdateSchema, body);
  for (const field of ["totalTimeout", "perRequestTimeout"] as const) {
    const text = change[field];
    const ms = text === undefined ? undefined : parseGoDurationMs(text);
    if (text !== undefined && (ms === undefined || ms <= 0))
      throw new ApiError(errorCodes.badRequest, `The configuration is not valid: ${field}: not a duration above 0.`);
  }
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  store.settings = { ...store.settings, ...given };
  return settingsOf(store, baseUrl);
}
