/** Access keys, which applications send, and API keys, which manage the account. The token of either comes once. */
import { accessKeyCreateSchema, accessKeyUpdateSchema } from "../../../../sdk/contract/accessKeys";
import { apiKeyCreateSchema, apiKeyUpdateSchema } from "../../../../sdk/contract/apiKeys";
import { redactKey } from "../../../../sdk/contract/providerKeys";
import type { Store, StoredAccessKey } from "../../store/store";
import { missing, type Noun, newToken, type Plain, patched, stamped, tooLong, unprocessable } from "./noun";

/** The configuration that a key is linked to, of which the key keeps the id alone. */
function linked(store: Store, id: unknown): Plain {
  if (id === null || id === undefined) return {};
  if (store.configurations.get(String(id)) === undefined)
    throw unprocessable("ERR_NGROK_27006", `The access key configuration ${String(id)} is not known.`);
  return { accessKeyConfiguration: { id: String(id), uri: "", name: "" } };
}

export const accessKeys: Noun = {
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
  codes: [],
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
