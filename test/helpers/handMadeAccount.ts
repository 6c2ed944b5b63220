/** An account created by hand: every kind of object, created over the API, with names that no program would choose. */
import type { GatewayClient } from "../../sdk";

/** Values that may be found only at the gateway and, encrypted, in a state. */
export const PLANTED = {
  azure: "planted-azure-key-one-0123456789-aaaa",
  second: "planted-azure-key-two-0123456789-bbbb",
  openai: "planted-openai-key-0123456789-cccc",
  short: "short-key",
};

export interface HandMadeAccount {
  readonly configurationIds: { readonly team: string; readonly lax: string; readonly open: string };
  readonly objectCount: number;
}

export async function makeAccountByHand(client: GatewayClient): Promise<HandMadeAccount> {
  const azure = await client.createProvider({
    providerId: "azure-eastus2",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a name that would run as code if it were not quoted correctly
    name: 'Azure "east" `${process.exit(1)}` */',
    baseUrl: "https://contoso.openai.azure.com/openai/deployments/gpt-5-mini?api-version=2024-10-21",
    supportedApiSurfaces: [
      { format: "openai", surface: "chat-completions", supportedParams: [{ name: "temperature" }, { name: "stop" }] },
      { format: "anthropic" },
    ],
    models: [{ modelId: "gpt-5-mini" }, { modelId: "a model\nin two lines" }],
  });
  await client.createProvider({
    providerId: "class",
    name: "class",
    baseUrl: "http://vllm.internal/v1",
    metadata: '{"owner":"platform"}',
  });
  const keys = {
    azure: await client.createProviderKey({
      providerId: "azure-eastus2",
      name: "azure",
      value: PLANTED.azure,
      description: "First key\u2028of the resource",
      metadata: "rotated by hand",
    }),
    second: await client.createProviderKey({ providerId: azure.providerId, name: "azure", value: PLANTED.second }),
    openai: await client.createProviderKey({
      providerId: "openai",
      name: "OpenAI – production",
      value: PLANTED.openai,
    }),
    short: await client.createProviderKey({ providerId: "groq", name: "密钥", value: PLANTED.short }),
  };
  const user = (...ids: { id: string }[]) => ({ type: "user" as const, keys: ids.map(({ id }) => ({ id })) });
  const team = await client.createAccessKeyConfiguration({
    name: "Team A",
    description: "Azure first,\r\nthen OpenAI",
    access: {
      providers: { allow: ["openai", "azure-eastus2"] },
      models: { allow: ["openai:gpt-5-mini", "azure-eastus2:gpt-5-mini"] },
    },
    router: {
      rules: [
        { model: "openai:gpt-5-mini", steps: [user(keys.openai), { type: "ngrok" }] },
        { provider: "azure-eastus2", steps: [user(keys.second, keys.azure)] },
        { provider: "openai", model: "openai:gpt-5", steps: [{ type: "ngrok" }] },
      ],
    },
  });
  // The provider's own checks refuse this combination of rules: openai is not allowed, azure-eastus2 has no rule with a key.
  const lax = await client.createAccessKeyConfiguration({
    name: "lax",
    access: { providers: { allow: ["azure-eastus2"] } },
    router: {
      rules: [
        { provider: "openai", steps: [user(keys.openai)] },
        { provider: "groq", steps: [user(keys.short)] },
      ],
    },
  });
  const open = await client.createAccessKeyConfiguration({ name: "open", access: { models: { allow: [] } } });
  await client.createAccessKey({ name: "team-a", accessKeyConfigurationId: team.id });
  await client.createAccessKey({ name: "team-a", accessKeyConfigurationId: lax.id, description: "the other one" });
  await client.createAccessKey({});
  await client.createApiKey({ name: "pipeline" });
  await client.createApiKey({ description: "without a name" });
  await client.updateGatewayConfig({ totalTimeout: "1m30s", perRequestTimeout: "45s", maxOutputTokens: 4096 });
  return { configurationIds: { team: team.id, lax: lax.id, open: open.id }, objectCount: 15 };
}
