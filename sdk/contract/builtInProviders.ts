/**
 * Providers in ngrok's own catalog whose ids are published. The list grows without notice, so it only produces warnings, and the
 * service decides.
 */

/** Ids of the built-in providers. A custom provider cannot take one of them. */
export const BUILT_IN_PROVIDER_IDS = [
  "openai",
  "anthropic",
  "google",
  "deepseek",
  "groq",
  "moonshotai",
  "z-ai",
  "openrouter",
  "hyperbolic",
  "inceptionlabs",
  "inference-net",
  "minimax",
  "qwencloud",
  "xai",
] as const;

/**
 * Built-in providers with some models that need no provider key of the account (router step type `ngrok`). This depends on the
 * model; a custom provider always needs a key.
 */
export const NGROK_STEP_PROVIDER_IDS = [
  "openai",
  "anthropic",
  "google",
  "deepseek",
  "xai",
  "moonshotai",
  "z-ai",
  "minimax",
  "qwencloud",
] as const;

/** Whether the id is one of the known built-in providers. */
export function isBuiltInProvider(providerId: string): boolean {
  return (BUILT_IN_PROVIDER_IDS as readonly string[]).includes(providerId);
}
