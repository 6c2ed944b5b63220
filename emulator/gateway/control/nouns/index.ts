import { configurations } from "./configurations";
import { accessKeys, apiKeys } from "./keys";
import type { Noun } from "./noun";
import { providerKeys } from "./providerKeys";
import { providers } from "./providers";

export type { Noun } from "./noun";

export const nouns: readonly Noun[] = [providers, providerKeys, configurations, accessKeys, apiKeys];
