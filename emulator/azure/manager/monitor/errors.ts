/** Refusals of Azure Monitor with Azure's codes. Little of Azure's wording was found, so the messages are our own and name the property. */
import type { Refusal } from "../../http";
import { refuse } from "../errors";

export function invalidMonitorRequest(message: string): Refusal {
  return refuse(400, "BadRequest", message);
}

export function referenceNotFound(id: string): Refusal {
  return refuse(404, "ResourceNotFound", `The resource '${id}' could not be found.`);
}
