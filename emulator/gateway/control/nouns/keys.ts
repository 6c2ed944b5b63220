/** Access keys, which applications send, and API keys, which manage the account. A token is returned once. */
import { accessKeyCreateSchema, accessKeyUpdateSchema } from "../../../../sdk/contract/accessKeys";
import { apiKeyCreateSchema, apiKeyUpdateSchema } from "../../../../sdk/contract/apiKeys";
import { errorCodes } from "../../../../sdk/contract/errorCodes";
import { redactKey } from "../../../../sdk/contract/providerKeys";
import { ApiError } from "../../apiError";
import type { Store, StoredAccessKey } from "../../store/store";
import { missing, type Noun, newToken, type Plain, patched, stamped, tooLong } from "./noun";

/** The link to a configuration; the key stores only the configuration's id. */
function linked(store: Store, id: unknown): Plain {
  if (id === null || id === undefined) return {};
  if (store.configurations.get(String(id)) === undefined)
    throw new ApiError(errorCodes.accessKeyFieldMissing, `The access key configuration ${String(id)} is not known.`);
  return { accessKeyConfiguration: { id: String(id), uri: "", name: "" } };
}

export const accessKeys: Noun = {
  path: "/access-keys",
  title: "access key",
  listField: "aiGatewayAccessKeys",
  createSchema: accessKeyCreateSchema,
  updateSchema: accessKeyUpdateSchema,
  refusals: [
    tooLong("description", errorCodes.accessKeyDescriptionTooLong),
    tooLong("metadata", errorCodes.accessKeyMetadataTooLong),
    missing(errorCodes.accessKeyFieldMissing),
  ],
  collection: (store) => store.accessKeys,
  filter: ({ accessKeyConfigurationId: wanted }) =>
    wanted === undefined ? undefined : (record) => (record as StoredAccessKey).accessKeyConfiguration?.id === wanted,
  create(store, { accessKeyConfigurationId, ...body }) {
    const token = newToken("ng");
    const link = linked(store, accessKeyConfigurationId);
    const record = {
      ...stamped(store.accessKeys.newId()),
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
  show(store, { token: _, ...record }, baseUrl) {
    const { accessKeyConfiguration } = record as Partial<StoredAccessKey>;
    const configuration = store.configurations.get(accessKeyConfiguration?.id ?? "");
    if (configuration === undefined) return { ...record, accessKeyConfiguration: null };
    const { id, name } = configuration;
    return { ...record, accessKeyConfiguration: { id, uri: `${baseUrl}/access-key-configurations/${id}`, name } };
  },
};

export const apiKeys: Noun = {
  path: "/api-keys",
  title: "API key",
  listField: "aiGatewayApiKeys",
  createSchema: apiKeyCreateSchema,
  updateSchema: apiKeyUpdateSchema,
  refusals: [],
  collection: (store) => store.apiKeys,
  create(store, body) {
    const token = newToken("ngapi");
    const record = {
      ...stamped(store.apiKeys.newId()),
      lastUsed: null,
      ...body,
      token,
      keyRedacted: redactKey(token),
    };
    return { record, once: { token } };
  },
  update: (_store, record, body) => patched(record, body),
  refuseDelete: () => undefined,
  show: (_store, { token: _, ...record }) => record,
};
