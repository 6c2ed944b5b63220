/** Refusals of Azure Monitor. The codes are Azure's; of the wording little was found, so it is ours and names the property. */
import type { Refusal } from "../../http";
import { refuse } from "../errors";

export function invalidMonitorRequest(message: string): Refusal {
  return refuse(400, "BadRequest", message);
}

export function referenceNotFound(id: string): Refusal {
  return refuse(404, "ResourceNotFound", `The resource '${id}' could not be found.`);
}
