/** What is particular to each kind of object: its shapes, what is refused and with which code, what is told of it. */
import { randomBytes } from "node:crypto";
import type { z } from "zod";
import {
  type AccessKeyConfigurationCreate,
  type AccessKeyConfigurationUpdate,
  accessKeyConfigurationCreateSchema,
  accessKeyConfigurationUpdateSchema,
  type RouterRule,
  type RouterWrite,
} from "../../sdk/contract/accessKeyConfigurations";
import { accessKeyCreateSchema, accessKeyUpdateSchema } from "../../sdk/contract/accessKeys";
import { apiKeyCreateSchema, apiKeyUpdateSchema } from "../../sdk/contract/apiKeys";
import { BUILT_IN_PROVIDER_IDS, NGROK_STEP_PROVIDER_IDS } from "../../sdk/contract/common";
import {
  providerKeyCreateSchema,
  providerKeyRotateSchema,
  providerKeyUpdateSchema,
  redactKey,
} from "../../sdk/contract/providerKeys";
import { providerCreateSchema, providerUpdateSchema } from "../../sdk/contract/providers";
import { ApiError } from "./apiError";
import type { Collection, Store, Stored, StoredProviderKey } from "./store";

type Plain = Record<string, unknown>;

export interface Noun {
  readonly path: string;
  readonly title: string;
  readonly listField: string;
  readonly createSchema: z.ZodType;
  readonly updateSchema: z.ZodType;
  readonly codes: readonly { code: string; fits(issue: string, path: string): boolean }[];
  readonly rotate?: { schema: z.ZodType; apply(record: Stored, body: Plain): Stored };
  collection(store: Store): unknown;
  filter?(query: Readonly<Record<string, string>>): ((record: Stored) => boolean) | undefined;
  create(store: Store, body: Plain): { record: Stored; once?: Plain };
  update(store: Store, record: Stored, body: Plain): Stored;
  refuseDelete(store: Store, record: Stored): void;
  /** The record as the API tells it. */
  show(record: Plain): Plain;
}

const user = { id: "usr_emulator", uri: "https://api.ngrok.ai/users/usr_emulator" };

function stamped(collection: Collection<never>): Plain & Stored {
  const now = new Date().toISOString();
  return { id: collection.newId(), uri: "", createdAt: now, updatedAt: now, createdBy: user, lastUpdatedBy: user };
}

/** PATCH: an absent field stays, `null` clears it, everything else replaces. */
function patched(record: Stored, body: Plain): Stored & Plain {
  const merged: Stored & Plain = { ...record };
  for (const [name, value] of Object.entries(body)) {
    if (value === null) delete merged[name];
    else if (value !== undefined) merged[name] = value;
  }
  return merged;
}

const tooLong = (field: string, code: string) => ({
  code,
  fits: (issue: string, path: string) => issue === "too_big" && path === field,
});
const missing = (code: string) => ({
  code,
  fits: (issue: string) => issue === "invalid_type" || issue === "too_small",
});

function checkBaseUrl(baseUrl: unknown): void {
  if (typeof baseUrl !== "string") return;
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname.endsWith(".internal"))) return;
  throw new ApiError(
    422,
    "ERR_NGROK_27718",
    "The provider's baseUrl must be https:// (http:// for *.internal hosts only).",
  );
}

const SURFACES: Readonly<Record<string, readonly string[]>> = {
  openai: ["chat-completions", "responses"],
  anthropic: ["messages"],
};

function checkSurfaces(surfaces: unknown): void {
  if (!Array.isArray(surfaces)) return;
  for (const { format, surface } of surfaces as { format: string; surface?: string }[]) {
    const known = SURFACES[format];
    if (known === undefined) throw new ApiError(422, "ERR_NGROK_27707", `The API format ${format} is not supported.`);
    if (surface !== undefined && !known.includes(surface))
      throw new ApiError(422, "ERR_NGROK_27708", `The API surface ${surface} is not supported.`);
  }
}

function withModelIds(store: Store, body: Plain): Plain {
  const { models } = body;
  if (!Array.isArray(models)) return body;
  const ids = models.map(({ modelId }: { modelId: string }) => modelId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new ApiError(422, "ERR_NGROK_27711", `The model ${twice} is listed twice.`);
  return {
    ...body,
    models: ids.map((modelId) => ({ id: store.providers.newId().replace("aigp_", "aigpm_"), modelId })),
  };
}

const providers: Noun = {
  path: "/providers",
  title: "provider",
  listField: "aiGatewayProviders",
  createSchema: providerCreateSchema,
  updateSchema: providerUpdateSchema,
  codes: [
    tooLong("name", "ERR_NGROK_27701"),
    tooLong("metadata", "ERR_NGROK_27702"),
    tooLong("baseUrl", "ERR_NGROK_27703"),
    tooLong("providerId", "ERR_NGROK_27706"),
    { code: "ERR_NGROK_27709", fits: (issue, path) => issue === "too_big" && path.endsWith("modelId") },
    missing("ERR_NGROK_27704"),
  ],
  collection: (store) => store.providers,
  create(store, body) {
    const providerId = String(body.providerId);
    if ((BUILT_IN_PROVIDER_IDS as readonly string[]).includes(providerId)) {
      throw new ApiError(422, "ERR_NGROK_27705", `The providerId ${providerId} is reserved by a built-in provider.`);
    }
    if (store.providers.all().some((other) => other.providerId === providerId)) {
      throw new ApiError(409, "ERR_NGROK_27712", `The providerId ${providerId} exists already in the account.`);
    }
    checkBaseUrl(body.baseUrl);
    checkSurfaces(body.supportedApiSurfaces);
    return { record: { ...stamped(store.providers as never), ...withModelIds(store, body) } };
  },
  update(store, record, body) {
    checkBaseUrl(body.baseUrl);
    checkSurfaces(body.supportedApiSurfaces);
    // A label that is required can't be cleared: what a null does to it is not documented; it is left as it is.
    const { name, ...rest } = withModelIds(store, body);
    return patched(record, { ...rest, ...(name === null ? {} : { name }) });
  },
  refuseDelete(store, record) {
    const { providerId } = record as Stored & { providerId: string };
    const names = [providerId, record.id];
    const hasKeys = store.providerKeys.all().some((key) => names.includes(key.providerId));
    const isRouted = store.configurations
      .all()
      .some(
        ({ access, router }) =>
          access?.providers?.allow?.some((entry) => names.includes(entry)) ||
          router?.rules?.some(
            (rule) => names.includes(rule.provider ?? "") || names.includes(rule.model?.split(":")[0] ?? ""),
          ),
      );
    if (hasKeys || isRouted) {
      const by = hasKeys ? "a provider key" : "an access key configuration";
      throw new ApiError(
        409,
        "ERR_NGROK_27710",
        `The provider ${providerId} is referenced by ${by} and can't be deleted.`,
      );
    }
  },
  show: (record) => record,
};

const providerKeys: Noun = {
  path: "/provider-keys",
  title: "provider key",
  listField: "aiGatewayProviderKeys",
  createSchema: providerKeyCreateSchema,
  updateSchema: providerKeyUpdateSchema,
  codes: [
    tooLong("name", "ERR_NGROK_27501"),
    tooLong("description", "ERR_NGROK_27502"),
    tooLong("metadata", "ERR_NGROK_27503"),
    { code: "ERR_NGROK_27507", fits: (_issue, path) => path === "value" },
    missing("ERR_NGROK_27510"),
  ],
  collection: (store) => store.providerKeys,
  filter: ({ provider }) =>
    provider === undefined ? undefined : (record) => (record as StoredProviderKey).providerId === provider,
  create(store, body) {
    return { record: newProviderKey(store, body as never) };
  },
  rotate: {
    schema: providerKeyRotateSchema,
    apply(record, body) {
      const value = requireValue(body.value);
      return { ...record, value, name: body.name, keyRedacted: redactKey(value) } as Stored;
    },
  },
  update: (_store, record, body) => patched(record, body.name === null ? { ...body, name: undefined } : body),
  refuseDelete(store, record) {
    const isUsed = store.configurations
      .all()
      .some(({ router }) =>
        router?.rules?.some((rule) => rule.steps.some((step) => step.keys?.some((key) => key.id === record.id))),
      );
    if (isUsed)
      throw new ApiError(
        409,
        "ERR_NGROK_27511",
        `The provider key ${record.id} is referenced by a router rule and can't be deleted.`,
      );
  },
  show: ({ value: _, ...record }: Plain) => record,
};

function requireValue(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new ApiError(422, "ERR_NGROK_27507", "The provider key's value is missing or empty.");
}

function newProviderKey(store: Store, body: { providerId: string; name: string; value: string }): StoredProviderKey {
  const value = requireValue(body.value);
  const isBuiltIn = (BUILT_IN_PROVIDER_IDS as readonly string[]).includes(body.providerId);
  if (!isBuiltIn && store.provider(body.providerId) === undefined) {
    throw new ApiError(
      422,
      "ERR_NGROK_27508",
      `${body.providerId} is neither a built-in provider nor a custom provider of the account.`,
    );
  }
  return {
    ...stamped(store.providerKeys as never),
    lastUsed: null,
    ...body,
    value,
    keyRedacted: redactKey(value),
  } as never;
}

const configurations: Noun = {
  path: "/access-key-configurations",
  title: "access key configuration",
  listField: "aiGatewayAccessKeyConfigurations",
  createSchema: accessKeyConfigurationCreateSchema,
  updateSchema: accessKeyConfigurationUpdateSchema,
  codes: [
    tooLong("name", "ERR_NGROK_27603"),
    tooLong("metadata", "ERR_NGROK_27604"),
    { code: "ERR_NGROK_27605", fits: (_issue, path) => path.startsWith("router") },
    missing("ERR_NGROK_27602"),
  ],
  collection: (store) => store.configurations,
  create(store, body) {
    const { router, ...rest } = body as unknown as AccessKeyConfigurationCreate;
    return {
      record: {
        ...stamped(store.configurations as never),
        ...rest,
        ...(router ? { router: storedRouter(store, router) } : {}),
      },
    };
  },
  update(store, record, body) {
    const { router, name, ...rest } = body as AccessKeyConfigurationUpdate;
    const change = router ? { router: storedRouter(store, router) } : router === null ? { router: null } : {};
    return patched(record, { ...rest, ...(name === null ? {} : { name }), ...change });
  },
  refuseDelete(store, record) {
    if (store.accessKeys.all().some((key) => key.accessKeyConfiguration?.id === record.id)) {
      throw new ApiError(
        409,
        "ERR_NGROK_27615",
        `The configuration ${record.id} is still in use by an access key and can't be deleted.`,
      );
    }
  },
  show: (record) => record,
};

function invalidRouter(reason: string): ApiError {
  return new ApiError(422, "ERR_NGROK_27605", `The router is not valid: ${reason}.`);
}

/** Checks a router and puts stored keys in the place of those given by id or made on the spot. */
function storedRouter(store: Store, router: RouterWrite): { rules: RouterRule[] } {
  const upstreams = new Set<string>();
  const rules = (router.rules ?? []).map((rule): RouterRule => {
    if (!rule.provider && !rule.model) throw invalidRouter("a rule needs a provider or a model");
    const upstream = rule.provider ?? rule.model?.split(":")[0] ?? "";
    const isBuiltIn = (BUILT_IN_PROVIDER_IDS as readonly string[]).includes(upstream);
    if (rule.provider && !isBuiltIn && store.provider(rule.provider) === undefined)
      throw invalidRouter(`the provider ${rule.provider} is not known`);
    if (rule.provider && !rule.model) {
      if (upstreams.has(rule.provider)) throw invalidRouter(`there are two provider rules for ${rule.provider}`);
      upstreams.add(rule.provider);
    }
    const steps = rule.steps.map((step) => {
      if (step.type === "ngrok") {
        if (step.keys?.length) throw invalidRouter("a step of type ngrok takes no keys");
        if (rule.provider && !(NGROK_STEP_PROVIDER_IDS as readonly string[]).includes(upstream)) {
          throw invalidRouter(`the provider ${upstream} can't be used with a step of type ngrok`);
        }
        return { type: step.type };
      }
      if (!step.keys?.length) throw invalidRouter("a step of type user needs keys");
      const keys = step.keys.map((key) => {
        const stored = key.id ? store.providerKeys.get(key.id) : createInline(store, upstream, key);
        if (stored === undefined) throw invalidRouter(`the provider key ${key.id} is not known`);
        return { id: stored.id, name: stored.name, keyRedacted: stored.keyRedacted };
      });
      return { type: step.type, keys, keySelectionStrategy: "ordered" as const };
    });
    return {
      ...(rule.provider ? { provider: rule.provider } : {}),
      ...(rule.model ? { model: rule.model } : {}),
      steps,
    } as RouterRule;
  });
  return { rules };
}

function createInline(
  store: Store,
  providerId: string,
  key: { name?: string | undefined; value?: string | undefined },
): StoredProviderKey {
  if (!key.name || !key.value) throw invalidRouter("a key needs an id, or a name and a value");
  return store.providerKeys.set(newProviderKey(store, { providerId, name: key.name, value: key.value }));
}

function newToken(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString("hex")}-g1-${randomBytes(18).toString("base64url")}`;
}

function linked(store: Store, id: unknown, baseUrl = ""): Plain {
  if (id === null || id === undefined) return {};
  const configuration = store.configurations.get(String(id));
  if (configuration === undefined)
    throw new ApiError(422, "ERR_NGROK_27006", `The access key configuration ${String(id)} is not known.`);
  return {
    accessKeyConfiguration: {
      id: configuration.id,
      uri: `${baseUrl}/access-key-configurations/${configuration.id}`,
      name: configuration.name,
    },
  };
}

const accessKeys: Noun = {
  path: "/access-keys",
  title: "access key",
  listField: "aiGatewayAccessKeys",
  createSchema: accessKeyCreateSchema,
  updateSchema: accessKeyUpdateSchema,
  codes: [
    tooLong("description", "ERR_NGROK_27004"),
    tooLong("metadata", "ERR_NGROK_27005"),
    missing("ERR_NGROK_27006"),
  ],
  collection: (store) => store.accessKeys,
  create(store, { accessKeyConfigurationId, ...body }) {
    const token = newToken("ng");
    const link = linked(store, accessKeyConfigurationId);
    const record = {
      ...stamped(store.accessKeys as never),
      lastUsed: null,
      ...body,
      ...link,
      token,
      keyRedacted: redactKey(token),
    };
    return { record, once: { token } };
  },
  update(store, record, { accessKeyConfigurationId, ...body }) {
    const link =
      accessKeyConfigurationId === null ? { accessKeyConfiguration: null } : linked(store, accessKeyConfigurationId);
    return patched(record, { ...body, ...link });
  },
  refuseDelete: () => undefined,
  show: ({ token: _, ...record }: Plain) => ({ accessKeyConfiguration: null, ...record }),
};

const apiKeys: Noun = {
  path: "/api-keys",
  title: "API key",
  listField: "aiGatewayApiKeys",
  createSchema: apiKeyCreateSchema,
  updateSchema: apiKeyUpdateSchema,
  codes: [],
  collection: (store) => store.apiKeys,
  create(store, body) {
    const token = newToken("ngapi");
    const record = {
      ...stamped(store.apiKeys as never),
      lastUsed: null,
      ...body,
      token,
      keyRedacted: redactKey(token),
    };
    return { record, once: { token } };
  },
  update: (_store, record, body) => patched(record, body),
  refuseDelete: () => undefined,
  show: ({ token: _, ...record }: Plain) => record,
};

export const nouns: readonly Noun[] = [providers, providerKeys, configurations, accessKeys, apiKeys];
