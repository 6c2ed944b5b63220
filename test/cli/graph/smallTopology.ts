/** The smallest account with every kind of object, which tests of pictures modify. */
import { findingsOf } from "../../../cli/account/findings";
import type { DrawnObjects, Topology } from "../../../cli/graph/topology";

const MADE_AT = "2026-01-02T03:04:05Z";

export const azureUrl = (account: string, deployment = "gpt-5-mini") =>
  `https://${account}.openai.azure.com/openai/deployments/${deployment}?api-version=2024-10-21`;

export const provider = (providerId: string, account: string, model = "gpt-5-mini") => ({
  id: `aigp_${providerId}`,
  providerId,
  name: `${providerId} by name`,
  baseUrl: azureUrl(account, model),
  models: [{ modelId: model }],
});

export const providerKey = (name: string, providerId: string) => ({
  id: `aigpk_${name}`,
  name,
  providerId,
  createdAt: MADE_AT,
  lastUsed: MADE_AT,
});

export const accessKey = (name: string, configuration?: string) => ({
  id: `aigk_${name}`,
  name,
  createdAt: MADE_AT,
  lastUsed: MADE_AT,
  accessKeyConfiguration: configuration === undefined ? null : { id: configuration },
});

export const userStep = (...names: string[]) => ({
  type: "user" as const,
  keys: names.map((name) => ({ id: `aigpk_${name}` })),
});

export const smallObjects: DrawnObjects = {
  providers: [provider("azure-east", "ai-eastus2-1"), provider("azure-west", "ai-westus3-1")],
  providerKeys: [
    providerKey("east-1", "azure-east"),
    providerKey("east-2", "azure-east"),
    providerKey("west-1", "azure-west"),
  ],
  configurations: [
    {
      id: "aigac_team",
      name: "team",
      access: { providers: { allow: ["azure-east", "azure-west", "openai"] } },
      router: {
        rules: [
          { provider: "azure-east", steps: [userStep("east-2", "east-1")] },
          { provider: "azure-west", steps: [userStep("west-1")] },
        ],
      },
    },
  ],
  accessKeys: [accessKey("app", "aigac_team")],
  apiKeys: [],
};

export function topologyOf(objects: DrawnObjects, more: Partial<Topology> = {}): Topology {
  return {
    title: "Account acc_test",
    objects,
    azureAccounts: [],
    failover: [],
    findings: findingsOf(objects),
    changes: new Map(),
    notes: [],
    ...more,
  };
}
