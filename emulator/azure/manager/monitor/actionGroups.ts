/**
 * Action groups: the receivers of an alert.
 * @see https://learn.microsoft.com/rest/api/monitor/action-groups (2022-06-01 to 2024-10-01-preview)
 *
 * Not emulated: no receiver is notified.
 */
import { isObject, textOf } from "../../http";
import { invalidMonitorRequest } from "./errors";
import { asObject, groupResourceId, handlersOf, listOf, readTracked, type StoredType } from "./storedResources";

export const ACTION_GROUP_TYPE = "Microsoft.Insights/actionGroups";

const MAX_SHORT_NAME_CHARS = 12;
/** Lists of receivers, and the required members of an entry besides its name. */
const RECEIVERS: Readonly<Record<string, readonly string[]>> = {
  emailReceivers: ["emailAddress"],
  smsReceivers: ["countryCode", "phoneNumber"],
  webhookReceivers: ["serviceUri"],
  armRoleReceivers: ["roleId"],
  azureAppPushReceivers: ["emailAddress"],
  voiceReceivers: ["countryCode", "phoneNumber"],
  logicAppReceivers: ["resourceId", "callbackUrl"],
  azureFunctionReceivers: ["functionAppResourceId", "functionName", "httpTriggerUrl"],
  automationRunbookReceivers: ["automationAccountId", "runbookName", "webhookResourceId"],
  eventHubReceivers: ["eventHubNameSpace", "eventHubName", "subscriptionId"],
  itsmReceivers: ["workspaceId", "connectionId"],
};

const actionGroup: StoredType = {
  type: ACTION_GROUP_TYPE,
  idOf: (call, name) => groupResourceId(ACTION_GROUP_TYPE, call, name),
  read(call) {
    const properties = asObject(call.body.properties);
    const shortName = textOf(properties.groupShortName);
    if (shortName === undefined) throw invalidMonitorRequest("'groupShortName' is required.");
    if (shortName.length > MAX_SHORT_NAME_CHARS) {
      throw invalidMonitorRequest(
        `'groupShortName' has ${shortName.length} characters; it takes at most ${MAX_SHORT_NAME_CHARS}.`,
      );
    }
    const receivers = Object.entries(RECEIVERS).map(([list, required]) => [
      list,
      listOf(properties[list]).map((receiver, index) => checkReceiver(`${list}[${index}]`, receiver, required)),
    ]);
    return readTracked(call, { enabled: true, ...properties, ...Object.fromEntries(receivers) });
  },
  statuses: { created: 201, updated: 200 },
};

export const actionGroups = handlersOf(actionGroup);

function checkReceiver(path: string, receiver: unknown, required: readonly string[]): unknown {
  const missing = ["name", ...required].find((member) => !isObject(receiver) || textOf(receiver[member]) === undefined);
  if (missing !== undefined) throw invalidMonitorRequest(`'${path}.${missing}' is required.`);
  return receiver;
}
