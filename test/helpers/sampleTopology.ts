/** Generated accounts for graphs: teams with one configuration each, regions, providers, keys, and some findings. */

import { findingsOf } from "../../cli/account/findings";
import type { DrawnObjects, Topology } from "../../cli/graph/topology";

const REGIONS = ["eastus2", "swedencentral", "westus3", "japaneast", "francecentral"];
const MODELS = ["gpt-5-mini", "gpt-5.1", "o4-mini"];
const PROVIDERS_PER_TEAM = 6;
const KEYS_PER_PROVIDER = 2;
const MADE_AT = "2026-01-02T03:04:05Z";

/** About `objectCount` objects; rules do not count, because the API has no objects for them. */
export function sampleTopology(objectCount: number): Topology {
  const perTeam = 2 + PROVIDERS_PER_TEAM * (1 + KEYS_PER_PROVIDER);
  const teams = Array.from({ length: Math.max(1, Math.round(objectCount / perTeam)) }, (_, index) => teamOf(index + 1));
  const objects: DrawnObjects = {
    providers: teams.flatMap(({ providers }) => providers),
    providerKeys: teams.flatMap(({ providerKeys }) => providerKeys),
    configurations: teams.map(({ configuration }) => configuration),
    accessKeys: teams.slice(0, -1).map(({ accessKey }) => accessKey),
    apiKeys: [{ id: "aigak_1", name: "deployment", createdAt: MADE_AT }],
  };
  return {
    title: "Account acc_sample",
    objects,
    azureAccounts: [],
    failover: [],
    findings: findingsOf(objects),
    changes: new Map(),
    notes: ["A sample."],
  };
}

/** The account for the reference graph: 60 providers in 5 regions, 200 keys, 12 configurations with 192 rules, 48 access keys. */
export function largeTopology(): Topology {
  const providers = Array.from({ length: 60 }, (_, index) => {
    const [region, number] = [REGIONS[index % REGIONS.length]!, Math.floor(index / REGIONS.length) + 1];
    const account = `ai-${region}-${Math.ceil(number / 3)}`;
    const providerId = `azure-${region}-${number}`;
    const baseUrl = `https://${account}.openai.azure.com/openai/v1`;
    return {
      id: `aigp_${index}`,
      providerId,
      name: providerId,
      baseUrl,
      models: MODELS.map((modelId) => ({ modelId })),
    };
  });
  const owners = [
    ...Array.from({ length: 180 }, (_, index) => providers[index % 60]!.providerId),
    ...Array(20).fill("openai"),
  ];
  const providerKeys = owners.map((providerId: string, index) => ({
    id: `aigpk_${index}`,
    name: `${providerId}-key${Math.floor(index / 60) + 1}`,
    providerId,
    createdAt: MADE_AT,
    lastUsed: index % 9 === 0 ? null : MADE_AT,
  }));
  const configurations = Array.from({ length: 12 }, (_, team) => {
    const own = Array.from({ length: 15 }, (_, index) => providers[(team * 5 + index) % 60]!);
    const rules = own.map(({ providerId }) => {
      const keys = providerKeys.filter((key) => key.providerId === providerId).slice(0, 2);
      return { provider: providerId, steps: [{ type: "user" as const, keys: keys.map(({ id }) => ({ id })) }] };
    });
    const allow = [...own.map(({ providerId }) => providerId), "openai"];
    const onCredits = { provider: "openai", steps: [{ type: "ngrok" as const }] };
    return {
      id: `aigac_${team}`,
      name: `team-${team + 1}`,
      access: { providers: { allow } },
      router: { rules: [...rules, onCredits] },
    };
  });
  const accessKeys = Array.from({ length: 48 }, (_, index) => ({
    id: `aigk_${index}`,
    name: `application-${index + 1}`,
    createdAt: MADE_AT,
    lastUsed: index % 6 === 0 ? null : MADE_AT,
    accessKeyConfiguration: { id: `aigac_${index % 11}` },
  }));
  const apiKeys = [{ id: "ak_1", name: "deployment", createdAt: MADE_AT, lastUsed: MADE_AT }];
  const objects: DrawnObjects = { providers, providerKeys, configurations, accessKeys, apiKeys };
  const empty = { azureAccounts: [], failover: [], changes: new Map(), notes: ["A sample."] };
  return { title: "Account acc_large", objects, findings: findingsOf(objects), ...empty };
}

function teamOf(number: number) {
  const providers = Array.from({ length: PROVIDERS_PER_TEAM }, (_, index) => {
    const region = REGIONS[(number + index) % REGIONS.length]!;
    const model = MODELS[index % MODELS.length]!;
    const providerId = `azure-team${number}-${region}-${index + 1}`;
    return {
      id: `aigp_${number}_${index}`,
      providerId,
      name: providerId,
      baseUrl: `https://ai-${region}-${Math.ceil(number / 4)}.openai.azure.com/openai/deployments/${model}?api-version=2024-10-21`,
      models: [{ modelId: model }],
    };
  });
  const providerKeys = providers.flatMap(({ id, providerId }, index) =>
    // One provider of each third team has no key.
    number % 3 === 0 && index === 4
      ? []
      : Array.from({ length: KEYS_PER_PROVIDER }, (_, key) => ({
          id: `aigpk_${id}_${key}`,
          name: `team${number}-${index + 1}-key${key + 1}`,
          providerId,
          createdAt: MADE_AT,
          lastUsed: MADE_AT,
        })),
  );
  const rules = providers.flatMap(({ providerId }, index) => {
    const own = providerKeys.filter((key) => key.providerId === providerId).map(({ id }) => ({ id }));
    return index === 5 || own.length === 0
      ? []
      : [{ provider: providerId, steps: [{ type: "user" as const, keys: own }] }];
  });
  const builtIn = { provider: "openai", steps: [{ type: "ngrok" as const }] };
  const configuration = {
    id: `aigac_${number}`,
    name: `team-${number}`,
    access: { providers: { allow: [...rules.map(({ provider }) => provider), "openai"] } },
    router: { rules: [...rules, builtIn] },
  };
  const accessKey = {
    id: `aigk_${number}`,
    name: `team-${number}`,
    createdAt: MADE_AT,
    lastUsed: number % 4 === 0 ? null : MADE_AT,
    accessKeyConfiguration: { id: configuration.id },
  };
  return { providers, providerKeys, configuration, accessKey };
}
