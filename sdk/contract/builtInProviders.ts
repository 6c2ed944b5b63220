/**
 * Providers of ngrok's own catalog, as far as their ids are published. The list grows without notice: it advises, and
 * the service decides.
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
 * Built-in providers of which at least some models can be used without a provider key of one's own (router step type
 * `ngrok`). Which models, depends on the model; a custom provider never can.
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
