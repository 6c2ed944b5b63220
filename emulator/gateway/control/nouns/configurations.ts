/** Access key configurations: the providers and models that a key may use, and the credentials for them. */
import {
  type AccessKeyConfiguration,
  type AccessKeyConfigurationCreate,
  type AccessKeyConfigurationUpdate,
  accessKeyConfigurationCreateSchema,
  accessKeyConfigurationUpdateSchema,
  type Router,
  type RouterRule,
  type RouterRuleWrite,
  type RouterStep,
  type RouterStepKey,
  type RouterStepWrite,
  type RouterWrite,
} from "../../../../sdk/contract/accessKeyConfigurations";
import { BUILT_IN_PROVIDER_IDS } from "../../../../sdk/contract/common";
import { errorCodes } from "../../../../sdk/contract/errorCodes";
import { ApiError } from "../../apiError";
import type { Store, StoredProviderKey } from "../../store/store";
import { missing, type Noun, patched, stamped, tooLong } from "./noun";
import { newProviderKey } from "./providerKeys";

export const configurations: Noun = {
  path: "/access-key-configurations",
  title: "access key configuration",
  listField: "aiGatewayAccessKeyConfigurations",
  createSchema: accessKeyConfigurationCreateSchema,
  updateSchema: accessKeyConfigurationUpdateSchema,
  refusals: [
    tooLong("name", errorCodes.configurationNameTooLong),
    tooLong("metadata", errorCodes.configurationMetadataTooLong),
    { error: errorCodes.routerInvalid, fits: (_issue, path) => path.startsWith("router") },
    missing(errorCodes.configurationFieldMissing),
  ],
  collection: (store) => store.configurations,
  create(store, body) {
    const { router, ...rest } = body as unknown as AccessKeyConfigurationCreate;
    return {
      record: {
        ...stamped(store.configurations.newId()),
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
    if (store.accessKeys.countBy("configuration", record.id) > 0) {
      throw new ApiError(
        errorCodes.resourceInUse,
        `The configuration ${record.id} is still in use by an access key and can't be deleted.`,
      );
    }
  },
  show(store, record) {
    const { id, router } = record as Pick<AccessKeyConfiguration, "id" | "router">;
    const accessKeyCount = store.accessKeys.countBy("configuration", id);
    return { ...record, accessKeyCount, ...(router ? { router: shownRouter(store, router) } : {}) };
  },
};

function invalidRouter(reason: string): ApiError {
  return new ApiError(errorCodes.routerInvalid, `The router is not valid: ${reason}.`);
}

/** Checks a router, and replaces each key that is given by id or created by the write with the stored key. */
function storedRouter(store: Store, router: RouterWrite): { rules: RouterRule[] } {
  const upstreams = new Set<string>();
  const made: StoredProviderKey[] = [];
  const rules = (router.rules ?? []).map((rule): RouterRule => {
    const upstream = checkUpstream(store, rule, upstreams);
    const steps = rule.steps.map((step) => storedStep(store, rule, upstream, step, made));
    return {
      ...(rule.provider ? { provider: rule.provider } : {}),
      ...(rule.model ? { model: rule.model } : {}),
      steps,
    } as RouterRule;
  });
  // Keys are stored only if the whole router is valid.
  for (const key of made) store.providerKeys.set(key);
  return { rules };
}

/** The provider of a rule. */
function checkUpstream(store: Store, { provider, model }: RouterRuleWrite, upstreams: Set<string>): string {
  if (!provider && !model) throw invalidRouter("a rule needs a provider or a model");
  if (provider && !isBuiltIn(provider) && store.provider(provider) === undefined)
    throw invalidRouter(`the provider ${provider} is not known`);
  if (provider && !model) {
    const upstream = store.provider(provider)?.id ?? provider;
    if (upstreams.has(upstream)) throw invalidRouter(`there are two provider rules for ${provider}`);
    upstreams.add(upstream);
  }
  return provider || (model?.split(":")[0] ?? "");
}

function storedStep(
  store: Store,
  rule: RouterRuleWrite,
  upstream: string,
  step: RouterStepWrite,
  made: StoredProviderKey[],
): RouterStep {
  if (step.type === "ngrok") {
    if (step.keys?.length) throw invalidRouter("a step of type ngrok takes no keys");
    if (rule.provider && !isBuiltIn(upstream))
      throw invalidRouter(`the custom provider ${upstream} can't be used with a step of type ngrok`);
    return { type: step.type, keys: undefined, keySelectionStrategy: undefined };
  }
  if (!step.keys?.length) throw invalidRouter("a step of type user needs keys");
  const keys = step.keys.map((key) => {
    if (key.id) return stepKey(store.providerKeys.get(key.id) ?? unknownKey(key.id));
    if (!key.name || !key.value) throw invalidRouter("a key needs an id, or a name and a value");
    const stored = newProviderKey(store, { providerId: upstream, name: key.name, value: key.value });
    made.push(stored);
    return stepKey(stored);
  });
  return { type: step.type, keys, keySelectionStrategy: "ordered" };
}

function unknownKey(id: string): never {
  throw invalidRouter(`the provider key ${id} is not known`);
}

function stepKey({ id, name, keyRedacted }: StoredProviderKey): RouterStepKey {
  return { id, name, keyRedacted };
}

function isBuiltIn(provider: string): boolean {
  return (BUILT_IN_PROVIDER_IDS as readonly string[]).includes(provider);
}

/** With the keys' present names and masks: a key may have been renamed or rotated since the rule was written. */
function shownRouter(store: Store, { rules }: Router): Router {
  return {
    rules: rules?.map((rule) => ({
      ...rule,
      steps: rule.steps.map((step) => ({
        ...step,
        keys: step.keys?.map((key) => {
          const stored = store.providerKeys.get(key.id);
          return stored === undefined ? key : stepKey(stored);
        }),
      })),
    })),
  };
}
