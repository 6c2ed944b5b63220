/** The resources of azure-native that the stand-in knows: which inputs make the path, which the body. */
import { type JsonObject, textAt } from "./values";

export interface ResourceType {
  readonly token: string;
  /** Azure's name of what it is, for errors. */
  readonly apiVersion: string;
  /** Inputs that make the path, outermost first. A change of one is another resource. */
  readonly pathInputs: readonly string[];
  /** The last of them: what is named where the program gives no name. */
  readonly nameInput: string;
  /** Inputs that make the body. */
  readonly bodyInputs: readonly string[];
  /** Those of them that azure-native itself replaces for. */
  readonly replaces: readonly string[];
  /** What Azure takes below `properties`; all else that it shows there is only to be read. */
  readonly writableProperties: readonly string[];
  /** Outputs beyond the body's inputs. */
  readonly readOnlyOutputs: readonly string[];
  path(subscriptionId: string, inputs: JsonObject): string;
}

const COGNITIVE_API_VERSION = "2025-06-01";
const ACCOUNT_PROPERTIES = [
  "allowedFqdnList",
  "customSubDomainName",
  "disableLocalAuth",
  "dynamicThrottlingEnabled",
  "networkAcls",
  "publicNetworkAccess",
  "restrictOutboundNetworkAccess",
];
const DEPLOYMENT_PROPERTIES = ["model", "raiPolicyName", "spilloverDeploymentName", "versionUpgradeOption"];

const groupPath = (subscriptionId: string, inputs: JsonObject) =>
  `/subscriptions/${subscriptionId}/resourceGroups/${segment(inputs, "resourceGroupName")}`;

export function accountPath(subscriptionId: string, inputs: JsonObject): string {
  const account = segment(inputs, "accountName");
  return `${groupPath(subscriptionId, inputs)}/providers/Microsoft.CognitiveServices/accounts/${account}`;
}

export const resourceTypes: readonly ResourceType[] = [
  {
    token: "azure-native:resources:ResourceGroup",
    apiVersion: "2024-03-01",
    pathInputs: ["resourceGroupName"],
    nameInput: "resourceGroupName",
    bodyInputs: ["location", "managedBy", "tags"],
    replaces: ["location"],
    writableProperties: [],
    readOnlyOutputs: ["azureApiVersion", "name", "properties", "type"],
    path: groupPath,
  },
  {
    token: "azure-native:cognitiveservices:Account",
    apiVersion: COGNITIVE_API_VERSION,
    pathInputs: ["resourceGroupName", "accountName"],
    nameInput: "accountName",
    bodyInputs: ["location", "kind", "sku", "identity", "tags", "properties"],
    replaces: [],
    writableProperties: ACCOUNT_PROPERTIES,
    readOnlyOutputs: ["azureApiVersion", "etag", "name", "systemData", "type"],
    path: accountPath,
  },
  {
    token: "azure-native:cognitiveservices:Deployment",
    apiVersion: COGNITIVE_API_VERSION,
    pathInputs: ["resourceGroupName", "accountName", "deploymentName"],
    nameInput: "deploymentName",
    bodyInputs: ["sku", "tags", "properties"],
    replaces: [],
    writableProperties: DEPLOYMENT_PROPERTIES,
    readOnlyOutputs: ["azureApiVersion", "etag", "name", "systemData", "type"],
    path: (subscriptionId, inputs) =>
      `${accountPath(subscriptionId, inputs)}/deployments/${segment(inputs, "deploymentName")}`,
  },
];

/** @throws Error that says what the stand-in has. */
export function resourceTypeOf(token: string): ResourceType {
  const found = resourceTypes.find((type) => type.token === token);
  if (found !== undefined) return found;
  const known = resourceTypes.map((type) => type.token).join(", ");
  throw new Error(`the local stand-in of azure-native has ${known}, not ${token}`);
}

/** The inputs that a resource's id tells. */
export function pathInputsOf(type: ResourceType, id: string): JsonObject {
  const [, , , group = "", , , , account = "", , deployment = ""] = id.split("/").slice(1).map(decodeURIComponent);
  const all: JsonObject = { resourceGroupName: group, accountName: account, deploymentName: deployment };
  return Object.fromEntries(type.pathInputs.map((input) => [input, all[input]]));
}

function segment(inputs: JsonObject, input: string): string {
  return encodeURIComponent(textAt(inputs, input));
}
