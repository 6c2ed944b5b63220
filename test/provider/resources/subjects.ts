/**
 * Each kind of resource with all its fields: the effect of a change, of a change outside Pulumi, and of a wrong value of each
 * field.
 */

import type { AnyDefinition } from "../../../provider/lifecycle/definition";
import type { PlainObject } from "../../../provider/lifecycle/values";
import { definition as accessConfiguration } from "../../../provider/resources/accessConfiguration";
import { definition as accessKey } from "../../../provider/resources/accessKey";
import { definition as apiKey } from "../../../provider/resources/apiKey";
import { definition as customProvider } from "../../../provider/resources/customProvider";
import { definition as gatewaySettings } from "../../../provider/resources/gatewaySettings";
import { definition as providerKey } from "../../../provider/resources/providerKey";
import { definition as routingRule } from "../../../provider/resources/routingRule";
import type { GatewayClient } from "../../../sdk";
import type { Write } from "./life";

/** Objects that exist at the gateway before a test. */
export interface Prepared {
  readonly keys: readonly [string, string];
  readonly configurations: readonly [string, string];
}

export interface FieldCase {
  /** A different value from the subject's inputs. */
  readonly to: unknown;
  /** The writes when only this field changes, and when it is removed; absent if it cannot be. */
  readonly writes?: (id: string) => Write[];
  readonly cleared?: (id: string) => Write[];
  /** Changes the field outside Pulumi; absent if that is not possible. */
  readonly elsewhere?: (client: GatewayClient, id: string) => Promise<unknown>;
  /** A value that is refused, and the whole message. */
  readonly wrong: readonly [value: unknown, message: string];
}

export interface Subject {
  readonly definition: AnyDefinition;
  /** Inputs with every field set. */
  readonly inputs: PlainObject;
  readonly fields: Readonly<Record<string, FieldCase>>;
  readonly created: Write;
  /** Deletes the object outside Pulumi; absent if it cannot be deleted. */
  readonly removeElsewhere?: (client: GatewayClient, id: string) => Promise<unknown>;
  /** Creates an object with the same unique key outside Pulumi. */
  readonly makeElsewhere: (client: GatewayClient) => Promise<string>;
}

const AZURE_URL = "https://contoso.openai.azure.com/openai/deployments/gpt-5-mini?api-version=2024-10-21";
const LONG = "x".repeat(256);
const tooLong = (field: string) => `${field}: is 256 characters long; at most 255 are allowed: shorten it`;
const longMetadata = {
  wrong: ["x".repeat(4_097), "metadata: is 4097 characters long; at most 4096 are allowed: shorten it"],
} as const;

/** Name, description and metadata, which most kinds have; `method` changes an object of the kind. */
function labels(method: keyof GatewayClient, isDescribed: boolean): Record<string, FieldCase> {
  const edit = (body: PlainObject) => (client: GatewayClient, id: string) =>
    (client[method] as (id: string, body: PlainObject) => Promise<unknown>).call(client, id, body);
  const to = (field: string, text: string): FieldCase => ({
    to: text,
    writes: (id) => [[method, id, { [field]: text }]],
    elsewhere: edit({ [field]: "by hand" }),
    wrong: [LONG, tooLong(field)],
  });
  return {
    name: to("name", "other"),
    ...(isDescribed && {
      description: { ...to("description", "other"), cleared: (id) => [[method, id, { description: null }]] },
    }),
    metadata: { ...to("metadata", "other"), ...longMetadata },
  };
}

const labeled = { name: "one", description: "first", metadata: "ours" };
/** A new token requires a new key, which is created before the old one is deleted. */
const rotationTrigger: FieldCase = { to: "2", wrong: [2, "rotationTrigger: must be a string, not a number"] };
const stepsWith = (...keys: string[]) => [{ type: "user" as const, keys: keys.map((id) => ({ id })) }];
const wireSteps = (...keys: string[]) =>
  stepsWith(...keys).map((step) => ({ ...step, keySelectionStrategy: "ordered" }));

export function subjects({ keys: [first, second], configurations: [team, other] }: Prepared): Record<string, Subject> {
  return {
    CustomProvider: {
      definition: customProvider,
      inputs: {
        providerId: "p-one",
        baseUrl: AZURE_URL,
        name: "one",
        metadata: "ours",
        supportedApiSurfaces: [{ format: "openai", surface: "chat-completions" }],
        models: ["m1", "m2"],
      },
      created: [
        "createProvider",
        {
          providerId: "p-one",
          baseUrl: AZURE_URL,
          name: "one",
          metadata: "ours",
          supportedApiSurfaces: [{ format: "openai", surface: "chat-completions" }],
          models: [{ modelId: "m1" }, { modelId: "m2" }],
        },
      ],
      fields: {
        providerId: {
          to: "p-two",
          wrong: [
            "Azure OpenAI",
            'providerId: "Azure OpenAI" can\'t be addressed as <providerId>:<model>: use lower-case letters, digits, "-", "_" and "." only',
          ],
        },
        baseUrl: {
          to: "https://other.example.com/v1",
          writes: (id) => [["updateProvider", id, { baseUrl: "https://other.example.com/v1" }]],
          elsewhere: (client, id) => client.updateProvider(id, { baseUrl: "https://by-hand.example.com" }),
          wrong: [
            "http://other.example.com",
            "baseUrl: must begin with https:// (http:// is allowed for *.internal hosts only)",
          ],
        },
        ...labels("updateProvider", false),
        supportedApiSurfaces: {
          to: [{ format: "anthropic", surface: "messages" }],
          writes: (id) => [
            ["updateProvider", id, { supportedApiSurfaces: [{ format: "anthropic", surface: "messages" }] }],
          ],
          cleared: (id) => [["updateProvider", id, { supportedApiSurfaces: null }]],
          elsewhere: (client, id) => client.updateProvider(id, { supportedApiSurfaces: [{ format: "openai" }] }),
          wrong: [[{ surface: "messages" }], "supportedApiSurfaces[0].format: is required: give a string"],
        },
        models: {
          to: ["m3", { modelId: "m1" }],
          writes: (id) => [["updateProvider", id, { models: [{ modelId: "m3" }, { modelId: "m1" }] }]],
          cleared: (id) => [["updateProvider", id, { models: null }]],
          elsewhere: (client, id) => client.updateProvider(id, { models: [{ modelId: "by-hand" }] }),
          wrong: [["m1", "m1"], 'models: lists "m1" twice: remove the repetition'],
        },
      },
      removeElsewhere: (client, id) => client.deleteProvider(id),
      makeElsewhere: async (client) =>
        (await client.createProvider({ providerId: "p-one", name: "by hand", baseUrl: "https://example.com" })).id,
    },

    ProviderKey: {
      definition: providerKey,
      inputs: { providerId: "anthropic", value: "planted-value-0123456789", ...labeled },
      created: ["createProviderKey", { providerId: "anthropic", value: "planted-value-0123456789", ...labeled }],
      fields: {
        providerId: { to: "openai", wrong: ["", "providerId: must not be empty"] },
        value: {
          to: "other-planted-value-0123456789",
          writes: (id) => [["rotateProviderKey", id, { value: "other-planted-value-0123456789", name: "one" }]],
          elsewhere: (client, id) => client.rotateProviderKey(id, { value: "by-hand-value-0123456789", name: "one" }),
          wrong: ["", "value: must not be empty"],
        },
        ...labels("updateProviderKey", true),
      },
      removeElsewhere: (client, id) => client.deleteProviderKey(id),
      makeElsewhere: async (client) =>
        (await client.createProviderKey({ providerId: "anthropic", name: "one", value: "by-hand-0123456789" })).id,
    },

    AccessConfiguration: {
      definition: accessConfiguration,
      inputs: {
        ...labeled,
        access: { providers: { allow: ["openai"] }, models: { allow: ["openai:m1"] } },
        rules: [{ provider: "openai", steps: stepsWith(first) }],
      },
      created: [
        "createAccessKeyConfiguration",
        {
          ...labeled,
          access: { providers: { allow: ["openai"] }, models: { allow: ["openai:m1"] } },
          router: { rules: [{ provider: "openai", steps: wireSteps(first) }] },
        },
      ],
      fields: {
        ...labels("updateAccessKeyConfiguration", true),
        access: {
          to: { providers: { allow: ["openai", "anthropic"] } },
          writes: (id) => [
            ["updateAccessKeyConfiguration", id, { access: { providers: { allow: ["openai", "anthropic"] } } }],
          ],
          cleared: (id) => [["updateAccessKeyConfiguration", id, { access: null }]],
          elsewhere: (client, id) => client.updateAccessKeyConfiguration(id, { access: { models: { allow: [] } } }),
          wrong: [{ provider: { allow: [] } }, 'access: has no field "provider": remove it or correct its spelling'],
        },
        rules: {
          to: [{ provider: "openai", steps: stepsWith(second, first) }],
          writes: (id) => [
            [
              "updateAccessKeyConfiguration",
              id,
              { router: { rules: [{ provider: "openai", steps: wireSteps(second, first) }] } },
            ],
          ],
          cleared: () => [], // the rules stay unchanged, and the test does not own them
          elsewhere: (client, id) =>
            client.updateAccessKeyConfiguration(id, {
              router: { rules: [{ provider: "openai", steps: [{ type: "ngrok" }] }] },
            }),
          wrong: [[{ provider: "openai", steps: [] }], "rules[0].steps: needs at least 1 entry"],
        },
      },
      removeElsewhere: (client, id) => client.deleteAccessKeyConfiguration(id),
      makeElsewhere: async (client) => (await client.createAccessKeyConfiguration({ name: "one" })).id,
    },

    RoutingRule: {
      definition: routingRule,
      inputs: { configurationId: team, provider: "openai", model: "openai:m1", steps: stepsWith(first) },
      created: [
        "updateAccessKeyConfiguration",
        team,
        { router: { rules: [{ provider: "openai", model: "openai:m1", steps: wireSteps(first) }] } },
      ],
      fields: {
        configurationId: { to: other, wrong: ["", "configurationId: must not be empty"] },
        provider: { to: "anthropic", wrong: ["", "provider: must not be empty"] },
        model: { to: "openai:m2", wrong: ["", "model: must not be empty"] },
        steps: {
          to: [...stepsWith(second), { type: "ngrok" }],
          writes: () => [
            [
              "updateAccessKeyConfiguration",
              team,
              {
                router: {
                  rules: [{ provider: "openai", model: "openai:m1", steps: [...wireSteps(second), { type: "ngrok" }] }],
                },
              },
            ],
          ],
          elsewhere: (client) =>
            client.updateAccessKeyConfiguration(team, {
              router: { rules: [{ provider: "openai", model: "openai:m1", steps: [{ type: "ngrok" }] }] },
            }),
          wrong: [[], "steps: needs at least 1 entry"],
        },
      },
      removeElsewhere: (client) => client.updateAccessKeyConfiguration(team, { router: { rules: [] } }),
      makeElsewhere: async (client) => {
        const rule = { provider: "openai", model: "openai:m1", steps: [{ type: "ngrok" as const }] };
        await client.updateAccessKeyConfiguration(team, { router: { rules: [rule] } });
        return `${team}/provider=openai,model=openai:m1`;
      },
    },

    AccessKey: {
      definition: accessKey,
      inputs: { ...labeled, configurationId: team, rotationTrigger: "1" },
      created: ["createAccessKey", { ...labeled, accessKeyConfigurationId: team }],
      fields: {
        ...labels("updateAccessKey", true),
        configurationId: {
          to: other,
          writes: (id) => [["updateAccessKey", id, { accessKeyConfigurationId: other }]],
          cleared: (id) => [["updateAccessKey", id, { accessKeyConfigurationId: null }]],
          elsewhere: (client, id) => client.updateAccessKey(id, { accessKeyConfigurationId: other }),
          wrong: ["", "configurationId: must not be empty"],
        },
        rotationTrigger,
      },
      removeElsewhere: (client, id) => client.deleteAccessKey(id),
      makeElsewhere: async (client) => (await client.createAccessKey({ name: "one" })).id,
    },

    ApiKey: {
      definition: apiKey,
      inputs: { ...labeled, rotationTrigger: "1" },
      created: ["createApiKey", labeled],
      fields: { ...labels("updateApiKey", true), rotationTrigger },
      removeElsewhere: (client, id) => client.deleteApiKey(id),
      makeElsewhere: async (client) => (await client.createApiKey({ name: "one" })).id,
    },

    GatewaySettings: {
      definition: gatewaySettings,
      inputs: {
        totalTimeout: "90s",
        perRequestTimeout: "30s",
        maxInputTokens: 1_000,
        maxOutputTokens: 2_000,
        metadata: "ours",
      },
      created: [
        "updateGatewayConfig",
        {
          totalTimeout: "90s",
          perRequestTimeout: "30s",
          maxInputTokens: 1_000,
          maxOutputTokens: 2_000,
          metadata: "ours",
        },
      ],
      fields: {
        totalTimeout: setting("totalTimeout", "2m", "100s", [
          "soon",
          'totalTimeout: "soon" is no Go duration above 0: write it like "30s", "2m" or "1m30s"',
        ]),
        perRequestTimeout: setting("perRequestTimeout", "20s", "10s", [
          "2m",
          'perRequestTimeout: "2m" is longer than totalTimeout "90s", which would end the attempt first: shorten it, or raise totalTimeout',
        ]),
        maxInputTokens: setting("maxInputTokens", 3_000, 5, [0, "maxInputTokens: must be at least 1"]),
        maxOutputTokens: setting("maxOutputTokens", 4_000, 5, [0.5, "maxOutputTokens: must be a whole number"]),
        metadata: setting("metadata", "other", "by hand", longMetadata.wrong),
      },
      makeElsewhere: async (client) => (await client.getGatewayConfig()).accountId,
    },
  };
}

/** A setting that is removed is restored to its value before the resource was created. */
function setting(field: string, to: unknown, byHand: unknown, wrong: FieldCase["wrong"]): FieldCase {
  const defaults: PlainObject = SETTINGS_BEFORE;
  return {
    to,
    writes: () => [["updateGatewayConfig", { [field]: to }]],
    cleared: () => [["updateGatewayConfig", { [field]: defaults[field] ?? null }]],
    elsewhere: (client) => client.updateGatewayConfig({ [field]: byHand }),
    wrong,
  };
}

/** The account's settings before any program. */
export const SETTINGS_BEFORE = { totalTimeout: "80s", perRequestTimeout: "40s", maxInputTokens: 77 };

/** Creates the objects that the subjects refer to, outside Pulumi. */
export async function prepare(client: GatewayClient): Promise<Prepared> {
  const key = async (name: string) =>
    (await client.createProviderKey({ providerId: "openai", name, value: `value-of-${name}-0123456789` })).id;
  const configuration = async (name: string) => (await client.createAccessKeyConfiguration({ name })).id;
  await client.updateGatewayConfig(SETTINGS_BEFORE);
  return {
    keys: [await key("first"), await key("second")],
    configurations: [await configuration("team"), await configuration("other")],
  };
}
