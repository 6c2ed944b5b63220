/**
 * Azure OpenAI's text and embeddings models, with their retirement days.
 * Not included: models for audio, images and video, and those of other publishers.
 * @see https://learn.microsoft.com/azure/foundry/openai/concepts/model-retirement-schedule as of 2026-08-26
 */
import { type ModelFacts, WITH_STANDARD, WITHOUT_PROVISIONED } from "./modelFacts";

/** A model version of the list, with its differences from `factsFromName`. */
export interface KnownModel extends Partial<ModelFacts> {
  readonly name: string;
  readonly version: string;
  /** First day on which no deployment of it can be created, such as `2026-10-01`. Undefined: no date is published. */
  readonly retiresOn?: string;
}

/** A model whose version has a later day may be newer than this list. */
export const LISTED_UNTIL = "2026-08-26";

/** Longer prompts need deployments of other types. */
const SHORT_CONTEXT = { maxProvisionedPromptTokens: 128_000 };

export const KNOWN_MODELS: readonly KnownModel[] = [
  {
    name: "gpt-4o",
    version: "2024-05-13",
    retiresOn: "2026-10-01",
    skus: WITH_STANDARD,
    tokensPerProvisionedUnit: 2_500,
  },
  {
    name: "gpt-4o",
    version: "2024-08-06",
    retiresOn: "2026-10-01",
    skus: WITH_STANDARD,
    tokensPerProvisionedUnit: 2_500,
  },
  {
    name: "gpt-4o",
    version: "2024-11-20",
    retiresOn: "2026-10-01",
    skus: WITH_STANDARD,
    tokensPerProvisionedUnit: 2_500,
  },
  {
    name: "gpt-4o-mini",
    version: "2024-07-18",
    retiresOn: "2026-10-01",
    skus: WITH_STANDARD,
    tokensPerProvisionedUnit: 37_000,
  },
  { name: "gpt-4.1", version: "2025-04-14", retiresOn: "2026-10-14", skus: WITH_STANDARD, ...SHORT_CONTEXT },
  {
    name: "gpt-4.1-mini",
    version: "2025-04-14",
    retiresOn: "2026-10-14",
    tokensPerProvisionedUnit: 14_900,
    ...SHORT_CONTEXT,
  },
  {
    name: "gpt-4.1-nano",
    version: "2025-04-14",
    retiresOn: "2026-10-14",
    tokensPerProvisionedUnit: 59_400,
    ...SHORT_CONTEXT,
  },
  { name: "gpt-5", version: "2025-08-07", retiresOn: "2027-02-06", tokensPerProvisionedUnit: 4_750 },
  { name: "gpt-5-mini", version: "2025-08-07", retiresOn: "2027-02-06", tokensPerProvisionedUnit: 23_750 },
  { name: "gpt-5-nano", version: "2025-08-07", retiresOn: "2027-02-06", skus: WITHOUT_PROVISIONED },
  { name: "gpt-5-chat", version: "2025-08-07", retiresOn: "2026-06-29", skus: WITHOUT_PROVISIONED },
  { name: "gpt-5-chat", version: "2025-10-03", retiresOn: "2026-05-13", skus: WITHOUT_PROVISIONED },
  { name: "gpt-5-codex", version: "2025-09-15", retiresOn: "2027-03-17", skus: WITHOUT_PROVISIONED },
  { name: "gpt-5-pro", version: "2025-10-06", retiresOn: "2027-04-07", skus: WITHOUT_PROVISIONED },
  {
    name: "gpt-5.1",
    version: "2025-11-13",
    retiresOn: "2027-05-15",
    skus: WITH_STANDARD,
    tokensPerProvisionedUnit: 4_750,
  },
  { name: "gpt-5.1-chat", version: "2025-11-13", retiresOn: "2026-06-29", skus: WITHOUT_PROVISIONED },
  { name: "gpt-5.1-codex", version: "2025-11-13", retiresOn: "2027-05-15", tokensPerProvisionedUnit: 4_750 },
  { name: "gpt-5.1-codex-max", version: "2025-12-04", retiresOn: "2026-12-05", skus: WITHOUT_PROVISIONED },
  { name: "gpt-5.1-codex-mini", version: "2025-11-13", retiresOn: "2027-05-15", skus: WITHOUT_PROVISIONED },
  { name: "gpt-5.2", version: "2025-12-11", retiresOn: "2026-12-12", tokensPerProvisionedUnit: 3_400 },
  { name: "gpt-5.2-chat", version: "2025-12-11", retiresOn: "2026-05-13", skus: WITHOUT_PROVISIONED },
  { name: "gpt-5.2-chat", version: "2026-02-10", retiresOn: "2026-06-29", skus: WITHOUT_PROVISIONED },
  { name: "gpt-5.2-codex", version: "2026-01-14", retiresOn: "2027-01-14", tokensPerProvisionedUnit: 3_400 },
  { name: "gpt-5.3-chat", version: "2026-03-03", retiresOn: "2026-06-29", skus: WITHOUT_PROVISIONED },
  { name: "gpt-5.3-codex", version: "2026-02-24", retiresOn: "2027-02-25", tokensPerProvisionedUnit: 3_400 },
  {
    name: "gpt-5.4",
    version: "2026-03-05",
    retiresOn: "2027-03-05",
    tokensPerProvisionedUnit: 2_400,
    ...SHORT_CONTEXT,
  },
  { name: "gpt-5.4-mini", version: "2026-03-17", retiresOn: "2027-03-18" },
  { name: "gpt-5.4-nano", version: "2026-03-17", retiresOn: "2027-03-18", skus: WITHOUT_PROVISIONED },
  { name: "gpt-5.4-pro", version: "2026-03-05", retiresOn: "2027-03-06", skus: WITHOUT_PROVISIONED },
  { name: "gpt-5.5", version: "2026-04-24", retiresOn: "2027-04-23", tokensPerProvisionedUnit: 1_200 },
  { name: "gpt-chat-latest", version: "2026-05-05", retiresOn: "2026-11-05", skus: WITHOUT_PROVISIONED },
  { name: "codex-mini", version: "2025-05-16", retiresOn: "2026-11-15", skus: WITHOUT_PROVISIONED },
  {
    name: "o1",
    version: "2024-12-17",
    retiresOn: "2026-09-16",
    tokensPerUnit: 6_000,
    ...regional(25, 50),
    tokensPerProvisionedUnit: 230,
  },
  { name: "o1-pro", version: "2025-03-19", retiresOn: "2026-09-18", skus: WITHOUT_PROVISIONED },
  { name: "o3", version: "2025-04-16", retiresOn: "2026-10-16" },
  { name: "o3-deep-research", version: "2025-06-26", retiresOn: "2026-12-26", skus: WITHOUT_PROVISIONED },
  {
    name: "o3-mini",
    version: "2025-01-31",
    retiresOn: "2026-10-01",
    tokensPerUnit: 10_000,
    tokensPerProvisionedUnit: 2_500,
  },
  { name: "o3-pro", version: "2025-06-10", retiresOn: "2026-12-10", skus: WITHOUT_PROVISIONED },
  { name: "o4-mini", version: "2025-04-16", retiresOn: "2026-10-16", tokensPerProvisionedUnit: 5_400 },
  { name: "text-embedding-3-small", version: "1", retiresOn: "2027-04-15" },
  { name: "text-embedding-3-large", version: "1", retiresOn: "2027-04-15", dimensions: 3_072 },
  { name: "text-embedding-ada-002", version: "1", retiresOn: "2027-04-15", isDimensionsAllowed: false },
  { name: "text-embedding-ada-002", version: "2", retiresOn: "2027-04-15", isDimensionsAllowed: false },
];

function regional(minimum: number, step: number): Pick<ModelFacts, "regionalUnits"> {
  return { regionalUnits: { minimum, step } };
}
