/** The account's settings: one object that always exists. */
import { type GatewayConfig, gatewayConfigUpdateSchema, parseGoDurationMs } from "../../../sdk/contract/gatewayConfig";
import { ApiError } from "../apiError";
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
  const parsed = gatewayConfigUpdateSchema.safeParse(body);
  if (!parsed.success)
    throw new ApiError(
      400,
      "ERR_NGROK_27606",
      `The configuration is not valid: ${parsed.error.issues[0]?.path.join(".")}.`,
    );
  for (const field of ["totalTimeout", "perRequestTimeout"] as const) {
    const text = parsed.data[field];
    const ms = text === undefined ? undefined : parseGoDurationMs(text);
    if (text !== undefined && (ms === undefined || ms <= 0))
      throw new ApiError(400, "ERR_NGROK_27606", `${field} is not a duration above 0.`);
  }
  const given = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
  store.settings = { ...store.settings, ...given };
  return settingsOf(store, baseUrl);
}
