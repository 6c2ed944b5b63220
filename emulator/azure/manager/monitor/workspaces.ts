/**
 * Log Analytics workspaces, as destinations of diagnostic settings.
 * @see https://learn.microsoft.com/rest/api/loganalytics/workspaces (2023-09-01)
 *
 * Not emulated: logs, queries, and soft delete.
 */
import { createHash } from "node:crypto";
import { isLocation, LOCATION_NAMES } from "../../locations";
import { newEtag } from "../../state";
import { locationNotAvailable } from "../errors";
import { invalidMonitorRequest } from "./errors";
import { asObject, groupResourceId, handlersOf, readTracked, type StoredType } from "./storedResources";

export const WORKSPACE_TYPE = "Microsoft.OperationalInsights/workspaces";

const NAME = /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/;
const DEFAULTS = {
  sku: { name: "PerGB2018" },
  retentionInDays: 30,
  publicNetworkAccessForIngestion: "Enabled",
  publicNetworkAccessForQuery: "Enabled",
};

const workspace: StoredType = {
  type: WORKSPACE_TYPE,
  idOf: (call, name) => groupResourceId(WORKSPACE_TYPE, call, name),
  read(call, id) {
    const { name = "" } = call.parameters;
    if (!NAME.test(name)) {
      throw invalidMonitorRequest(
        `The workspace name '${name}' takes 4 to 63 letters, digits and '-', not at its ends.`,
      );
    }
    const tracked = readTracked(call, {
      ...DEFAULTS,
      ...asObject(call.body.properties),
      customerId: customerIdOf(id),
      provisioningState: "Succeeded",
    });
    if (!isLocation(tracked.location)) throw locationNotAvailable(tracked.location, WORKSPACE_TYPE, LOCATION_NAMES);
    return { ...tracked, etag: newEtag() };
  },
  statuses: { created: 201, updated: 200 },
};

export const workspaces = handlersOf(workspace);

/** A GUID that is always the same for the same workspace. */
function customerIdOf(id: string): string {
  const hex = createHash("sha256").update(id.toLowerCase()).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
