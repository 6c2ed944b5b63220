/** Access key configurations: what a key may reach, and with whose credentials. */
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
import { BUILT_IN_PROVIDER_IDS, NGROK_STEP_PROVIDER_IDS } from "../../../../sdk/contract/common";
import type { ApiError } from "../../apiError";
import type { Store, StoredProviderKey } from "../../store/store";
import { conflict, missing, type Noun, patched, stamped, tooLong, unprocessable } from "./noun";
import { newProviderKey } from "./providerKeys";

export const configurations: Noun = {
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
    if (store.accessKeys.allBy("configuration", record.id).length > 0) {
      throw conflict(
        "ERR_NGROK_27615",
        `The configuration ${record.id} is still in use by an access key and can't be deleted.`,
      );
    }
  },
  show(store, record) {
    const { router } = record as Partial<AccessKeyConfiguration>;
    return router ? { ...record, router: shownRouter(store, router) } : record;
  },
};

function invalidRouter(reason: string): ApiError {
  return unprocessable("ERR_NGROK_27605", `The router is not valid: ${reason}.`);
}

/** Checks a router and puts stored keys in the place of those given by id or made on the spot. */
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
  // Only a router that is right in all its parts leaves keys behind.
  for (const key of made) store.providerKeys.set(key);
  return { rules };
}

/** The provider that a rule is about. */
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
    if (rule.provider && !(NGROK_STEP_PROVIDER_IDS as readonly string[]).includes(upstream)) {
      throw invalidRouter(`the provider ${upstream} can't be used with a step of type ngrok`);
    }
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

/** With the keys' names and masks as they are now: a key may have been renamed or rotated since the rule was written. */
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
