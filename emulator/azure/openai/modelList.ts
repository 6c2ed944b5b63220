/**
 * The models that an account can use: base models, not deployments.
 * @see https://learn.microsoft.com/rest/api/azureopenai/models/list
 */
import { json } from "../http";
import type { ModelVersion } from "../models/modelCatalog";
import { invalidRequest } from "./errors";

/** The fields of a listed model besides its id: the dated routes and v1 use different names for its creation time. */
type Family = "dated" | "v1";

export function listModels(models: readonly ModelVersion[], family: Family, nowMs: number): Response {
  return json(200, { object: "list", data: models.map((model) => viewOf(model, family, nowMs)) });
}

/** @throws Refusal when it does not exist. */
export function showModel(models: readonly ModelVersion[], id: string, family: Family, nowMs: number): Response {
  const model = models.findLast((each) => idOf(each) === id.toLowerCase());
  if (model !== undefined) return json(200, viewOf(model, family, nowMs));
  throw invalidRequest(`The model '${id}' does not exist.`, null, "model_not_found", 404);
}

function idOf({ name, version }: ModelVersion): string {
  return `${name}-${version}`.toLowerCase();
}

function viewOf(model: ModelVersion, family: Family, nowMs: number): object {
  const { surfaces, retiresOn } = model;
  const createdAt = Math.floor((Date.parse(model.version) || Date.UTC(2024, 0, 1)) / 1000);
  const retiresAt = retiresOn === undefined ? undefined : Date.parse(retiresOn);
  const isRetired = retiresAt !== undefined && retiresAt <= nowMs;
  return {
    capabilities: {
      fine_tune: false,
      inference: !isRetired,
      completion: false,
      chat_completion: surfaces.includes("chatCompletions"),
      embeddings: surfaces.includes("embeddings"),
    },
    lifecycle_status: isRetired ? "deprecated" : "generally-available",
    ...(retiresAt !== undefined && { deprecation: { inference: retiresAt / 1000 } }),
    id: idOf(model),
    status: "succeeded",
    object: "model",
    ...(family === "dated"
      ? { created_at: createdAt, updated_at: createdAt }
      : { created: createdAt, owned_by: "system" }),
  };
}
