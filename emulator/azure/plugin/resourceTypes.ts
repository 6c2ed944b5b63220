/** The resources of azure-native that the stand-in has: their ids, and which inputs and outputs they have. */
import { isObject, type JsonObject } from "./values";

export interface ResourceType {
  readonly token: string;
  readonly apiVersion: string;
  /** Id with `{inputs}`. One that makes a part of the id is another resource when it changes. */
  readonly path: string;
  /** The input that gets a random name where the program gives none. */
  readonly nameInput: string;
  /** Inputs that are sent as they are called. */
  readonly bodyInputs: readonly string[];
  /** Inputs that azure-native takes beside the others and sends within `properties`. */
  readonly flattened: readonly string[];
  /** Inputs that replace the resource, beside those in its id. */
  readonly replaces: readonly string[];
  /** Outputs that are not inputs. */
  readonly computed: readonly string[];
  /** Members of `properties`, where it is one input: those that can be written, and those that Azure alone writes. */
  readonly properties: { readonly written: readonly string[]; readonly computed: readonly string[] };
}

const GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
const ACCOUNT = `${GROUP}/providers/Microsoft.CognitiveServices/accounts/{accountName}`;
const COGNITIVE_API_VERSION = "2025-06-01";
const NO_PROPERTIES = { written: [], computed: [] };

/** As `@pulumi/azure-native` 3.28 has them. */
export const resourceTypes: readonly ResourceType[] = [
  {
    token: "azure-native:resources:ResourceGroup",
    apiVersion: "2024-03-01",
    path: GROUP,
    nameInput: "resourceGroupName",
    bodyInputs: ["location", "managedBy", "tags"],
    flattened: [],
    replaces: ["location"],
    computed: ["azureApiVersion", "name", "properties", "type"],
    properties: NO_PROPERTIES,
  },
  {
    token: "azure-native:cognitiveservices:Account",
    apiVersion: COGNITIVE_API_VERSION,
    path: ACCOUNT,
    nameInput: "accountName",
    bodyInputs: ["location", "kind", "sku", "identity", "tags", "properties"],
    flattened: [],
    replaces: [],
    computed: ["azureApiVersion", "etag", "name", "systemData", "type"],
    properties: {
      written: [
        "allowProjectManagement",
        "allowedFqdnList",
        "amlWorkspace",
        "apiProperties",
        "associatedProjects",
        "customSubDomainName",
        "defaultProject",
        "disableLocalAuth",
        "dynamicThrottlingEnabled",
        "encryption",
        "locations",
        "migrationToken",
        "networkAcls",
        "networkInjections",
        "publicNetworkAccess",
        "raiMonitorConfig",
        "restrictOutboundNetworkAccess",
        "userOwnedStorage",
      ],
      computed: [
        "abusePenalty",
        "callRateLimit",
        "capabilities",
        "commitmentPlanAssociations",
        "dateCreated",
        "deletionDate",
        "endpoint",
        "endpoints",
        "internalId",
        "isMigrated",
        "privateEndpointConnections",
        "provisioningState",
        "quotaLimit",
        "scheduledPurgeDate",
        "skuChangeInfo",
      ],
    },
  },
  {
    token: "azure-native:cognitiveservices:Deployment",
    apiVersion: COGNITIVE_API_VERSION,
    path: `${ACCOUNT}/deployments/{deploymentName}`,
    nameInput: "deploymentName",
    bodyInputs: ["sku", "tags", "properties"],
    flattened: [],
    replaces: [],
    computed: ["azureApiVersion", "etag", "name", "systemData", "type"],
    properties: {
      written: [
        "capacitySettings",
        "model",
        "parentDeploymentName",
        "raiPolicyName",
        "scaleSettings",
        "spilloverDeploymentName",
        "versionUpgradeOption",
      ],
      computed: [
        "callRateLimit",
        "capabilities",
        "currentCapacity",
        "dynamicThrottlingEnabled",
        "provisioningState",
        "rateLimits",
      ],
    },
  },
  {
    token: "azure-native:cognitiveservices:RaiPolicy",
    apiVersion: COGNITIVE_API_VERSION,
    path: `${ACCOUNT}/raiPolicies/{raiPolicyName}`,
    nameInput: "raiPolicyName",
    bodyInputs: ["tags", "properties"],
    flattened: [],
    replaces: [],
    computed: ["azureApiVersion", "etag", "name", "systemData", "type"],
    properties: {
      written: ["basePolicyName", "contentFilters", "customBlocklists", "mode", "safetyProviders"],
      computed: ["type"],
    },
  },
  {
    token: "azure-native:monitor:DiagnosticSetting",
    apiVersion: "2021-05-01-preview",
    path: "/{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
    nameInput: "name",
    bodyInputs: [],
    flattened: [
      "eventHubAuthorizationRuleId",
      "eventHubName",
      "logAnalyticsDestinationType",
      "logs",
      "marketplacePartnerId",
      "metrics",
      "serviceBusRuleId",
      "storageAccountId",
      "workspaceId",
    ],
    replaces: [],
    computed: ["azureApiVersion", "name", "systemData", "type"],
    properties: NO_PROPERTIES,
  },
  {
    token: "azure-native:monitor:MetricAlert",
    apiVersion: "2018-03-01",
    path: `${GROUP}/providers/Microsoft.Insights/metricAlerts/{ruleName}`,
    nameInput: "ruleName",
    bodyInputs: ["location", "tags"],
    flattened: [
      "actions",
      "autoMitigate",
      "criteria",
      "description",
      "enabled",
      "evaluationFrequency",
      "scopes",
      "severity",
      "targetResourceRegion",
      "targetResourceType",
      "windowSize",
    ],
    replaces: ["location"],
    computed: ["azureApiVersion", "isMigrated", "lastUpdatedTime", "name", "type"],
    properties: NO_PROPERTIES,
  },
  {
    token: "azure-native:monitor:ActionGroup",
    apiVersion: "2024-10-01-preview",
    path: `${GROUP}/providers/Microsoft.Insights/actionGroups/{actionGroupName}`,
    nameInput: "actionGroupName",
    bodyInputs: ["identity", "location", "tags"],
    flattened: [
      "armRoleReceivers",
      "automationRunbookReceivers",
      "azureAppPushReceivers",
      "azureFunctionReceivers",
      "emailReceivers",
      "enabled",
      "eventHubReceivers",
      "groupShortName",
      "incidentReceivers",
      "itsmReceivers",
      "logicAppReceivers",
      "smsReceivers",
      "voiceReceivers",
      "webhookReceivers",
    ],
    replaces: ["location"],
    computed: ["azureApiVersion", "name", "systemData", "type"],
    properties: NO_PROPERTIES,
  },
  {
    token: "azure-native:operationalinsights:Workspace",
    apiVersion: "2023-09-01",
    path: `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}`,
    nameInput: "workspaceName",
    bodyInputs: ["identity", "location", "tags"],
    flattened: [
      "defaultDataCollectionRuleResourceId",
      "features",
      "forceCmkForQuery",
      "publicNetworkAccessForIngestion",
      "publicNetworkAccessForQuery",
      "retentionInDays",
      "sku",
      "workspaceCapping",
    ],
    replaces: ["location"],
    computed: [
      "azureApiVersion",
      "createdDate",
      "customerId",
      "etag",
      "modifiedDate",
      "name",
      "privateLinkScopedResources",
      "provisioningState",
      "systemData",
      "type",
    ],
    properties: NO_PROPERTIES,
  },
];

/** @throws Error that names what the stand-in has. */
export function resourceTypeOf(token: string): ResourceType {
  const found = resourceTypes.find((type) => type.token === token);
  if (found !== undefined) return found;
  const known = resourceTypes.map((type) => type.token).join(", ");
  throw new Error(`the local stand-in of azure-native has ${known}, not ${token}`);
}

/** The inputs in the id, outermost first. */
export function pathInputs({ path }: ResourceType): readonly string[] {
  return parametersIn(path).filter((name) => name !== SUBSCRIPTION);
}

/** @throws Error where an input of the id is missing. */
export function idOf(type: ResourceType, subscriptionId: string, inputs: JsonObject): string {
  return type.path.replaceAll(PARAMETER, (_whole, name: string) => {
    const value = name === SUBSCRIPTION ? subscriptionId : inputs[name];
    if (typeof value !== "string" || value === "") throw new Error(`missing required property '${name}'`);
    // The id of another resource goes in as it is; a name is one segment.
    return isWholeId(name) ? value.replace(/^\/+|\/+$/g, "") : value;
  });
}

/**
 * The inputs in an id.
 * @throws Error where it is no id of the type.
 */
export function inputsOfId(type: ResourceType, id: string): JsonObject {
  const pattern = type.path
    .replaceAll(/[.]/g, "\\.")
    .replaceAll(PARAMETER, (_whole, name: string) => `(?<${name}>${isWholeId(name) ? ".+" : "[^/]+"})`);
  const { groups } = new RegExp(`^${pattern}$`, "i").exec(id) ?? {};
  if (groups === undefined) throw new Error(`'${id}' is not an id of ${type.token}, which is '${type.path}'`);
  return Object.fromEntries(
    pathInputs(type).map((name) => [name, isWholeId(name) ? `/${groups[name]}` : groups[name]]),
  );
}

/** The request's body: the resource as Azure's REST API takes it. */
export function bodyOf(type: ResourceType, inputs: JsonObject): JsonObject {
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.filter((name) => inputs[name] !== undefined).map((name) => [name, inputs[name]]));
  const body = pick(type.bodyInputs);
  return toRest(type.flattened.length === 0 ? body : { ...body, properties: pick(type.flattened) }) as JsonObject;
}

/** Azure's view as outputs. */
export function outputsOf(type: ResourceType, { id: _id, ...view }: JsonObject): JsonObject {
  const outputs = toSdk(view) as JsonObject;
  const { properties, ...rest } = outputs;
  const flat = type.flattened.length > 0 && isObject(properties) ? { ...properties, ...rest } : outputs;
  return { ...flat, azureApiVersion: type.apiVersion };
}

/** The part of the outputs that could have been given as inputs. */
export function writable(type: ResourceType, outputs: JsonObject): JsonObject {
  const names = [...type.bodyInputs, ...type.flattened].filter((name) => outputs[name] !== undefined);
  const inputs = Object.fromEntries(names.map((name) => [name, outputs[name]]));
  if (!isObject(inputs.properties)) return inputs;
  const written = Object.entries(inputs.properties).filter(([name]) => type.properties.written.includes(name));
  return { ...inputs, properties: Object.fromEntries(written) };
}

const PARAMETER = /\{(\w+)\}/g;
const SUBSCRIPTION = "subscriptionId";

function parametersIn(path: string): readonly string[] {
  return [...path.matchAll(PARAMETER)].map(([, name = ""]) => name);
}

function isWholeId(name: string): boolean {
  return name === "resourceUri";
}

/** The one member whose name the SDK cannot use. */
const RENAMED = { sdk: "odataType", rest: "odata.type" };

function toRest(value: unknown): unknown {
  return renamed(value, RENAMED.sdk, RENAMED.rest);
}

function toSdk(value: unknown): unknown {
  return renamed(value, RENAMED.rest, RENAMED.sdk);
}

function renamed(value: unknown, from: string, to: string): unknown {
  if (Array.isArray(value)) return value.map((each) => renamed(each, from, to));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name === from ? to : name, renamed(member, from, to)]),
  );
}
