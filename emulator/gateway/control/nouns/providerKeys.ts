/** Provider keys: credentials for upstreams, whose values are never returned. */
import { BUILT_IN_PROVIDER_IDS } from "../../../../sdk/contract/common";
import { errorCodes } from "../../../../sdk/contract/errorCodes";
import {
  providerKeyCreateSchema,
  providerKeyRotateSchema,
  providerKeyUpdateSchema,
  redactKey,
} from "../../../../sdk/contract/providerKeys";
import { ApiError } from "../../apiError";
import type { Stored } from "../../store/collection";
import type { Store, StoredProviderKey } from "../../store/store";
import { missing, type Noun, patched, stamped, tooLong } from "./noun";

export const providerKeys: Noun = {
  path: "/provider-keys",
  title: "provider key",
  listField: "aiGatewayProviderKeys",
  createSchema: providerKeyCreateSchema,
  updateSchema: providerKeyUpdateSchema,
  refusals: [
    tooLong("name", errorCodes.providerKeyNameTooLong),
    tooLong("description", errorCodes.providerKeyDescriptionTooLong),
    tooLong("metadata", errorCodes.providerKeyMetadataTooLong),
    { error: errorCodes.providerKeyValueMissing, fits: (_issue, path) => path === "value" },
    missing(errorCodes.providerKeyFieldMissing),
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
    const isUsed = Iterator.from(store.configurations.values()).some(({ router }) =>
      router?.rules?.some((rule) => rule.steps.some((step) => step.keys?.some((key) => key.id === record.id))),
    );
    if (isUsed)
      throw new ApiError(
        errorCodes.providerKeyInUse,
        `The provider key ${record.id} is referenced by a router rule and can't be deleted.`,
      );
  },
  show: (_store, { value: _, ...record }) => record,
};

function requireValue(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new ApiError(errorCodes.providerKeyValueMissing, "The provider key's value is missing or empty.");
}

export function newProviderKey(
  store: Store,
  body: { providerId: string; name: string; value: string },
): StoredProviderKey {
  const value = requireValue(body.value);
  const isBuiltIn = (BUILT_IN_PROVIDER_IDS as readonly string[]).includes(body.providerId);
  if (!isBuiltIn && store.provider(body.providerId) === undefined) {
    throw new ApiError(
      errorCodes.providerKeyProviderUnknown,
      `${body.providerId} is neither a built-in provider nor a custom provider of the account.`,
    );
  }
  return {
    ...stamped(store.providerKeys.newId()),
    lastUsed: null,
    ...body,
    value,
    keyRedacted: redactKey(value),
  } as never;
}
