/** `GET /v1/models` of the data plane: the models that an access key may use, in the format of either SDK. */
import { catalog } from "../catalog";
import type { Store, StoredAccessKey } from "../store/store";
import { refusal, resolve } from "./routing";
import type { ApiFormat } from "./surfaces";

interface ListedModel {
  readonly id: string;
  readonly owner: string;
}

export function listModels(store: Store, key: StoredAccessKey, format: ApiFormat): object {
  const models = modelsFor(store, key);
  const ids = models.map(({ id }) => id);
  if (format === "openai") {
    const data = models.map(({ id, owner }) => ({ id, object: "model", created: 0, owned_by: owner }));
    return { object: "list", data };
  }
  const createdAt = new Date(0).toISOString();
  const data = ids.map((id) => ({ type: "model", id, display_name: id, created_at: createdAt }));
  return { data, has_more: false, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null };
}

/** Catalog models that some provider may serve, then models of the account's own providers. */
function modelsFor(store: Store, key: StoredAccessKey): ListedModel[] {
  const isAllowed = (id: string) => resolve(store, id).some((target) => refusal(store, key, target) === undefined);
  const ofCatalog = catalog.map(({ id }) => ({ id, owner: "ngrok" }));
  const own = [...store.providers.values()].flatMap(({ providerId, models = [] }) =>
    models.map(({ modelId }) => ({ id: `${providerId}:${modelId}`, owner: providerId })),
  );
  return [...ofCatalog, ...own].filter(({ id }) => isAllowed(id));
}
