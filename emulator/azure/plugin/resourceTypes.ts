/** The resources of azure-native that the stand-in supports: their ids, inputs and outputs. */
import { isObject, type JsonObject } from "./values";

export interface ResourceType {
  readonly token: string;
  readonly apiVersion: string;
  /** Id with `{inputs}`. A change of an input in the id means a different resource. */
  readonly path: string;
  /** The input that gets a random name if the program gives none. */
  readonly nameInput: string;
  /** Inputs that are sent under their own names. */
  readonly bodyInputs: readonly string[];
  /** Inputs at the top level that azure-native sends within `properties`. */
  readonly flattened: readonly string[];
  /** Inputs whose change replaces the resource, in addition to those in its id. */
  readonly replaces: readonly string[];
  /** Outputs that are not inputs. */
  readonly computed: readonly string[];
  /** If `properties` is one input: its writable members, and those that only Azure writes. */
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

/** @throws Error that lists the supported types. */
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

/** @throws Error when an input of the id is missing. */
export function idOf(type: ResourceType, subscriptionId: string, inputs: JsonObject): string {
  return type.path.replaceAll(PARAMETER, (_whole, name: string) => {
    const value = name === SUBSCRIPTION ? subscriptionId : inputs[name];
    if (typeof value !== "string" || value === "") throw new Error(`missing required property '${name}'`);
    // The id of another resource is inserted unchanged; a name is one segment.
    return isWholeId(name) ? value.replace(/^\/+|\/+$/g, "") : value;
  });
}

/**
 * The inputs in an id.
 * @throws Error when it is not an id of the type.
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

/** The request's body, in the form of Azure's REST API. */
export function bodyOf(type: ResourceType, inputs: JsonObject): JsonObject {
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.filter((name) => inputs[name] !== undefined).map((name) => [name, inputs[name]]));
  const body = pick(type.bodyInputs);
  return toRest(type.flattened.length === 0 ? body : { ...body, properties: pick(type.flattened) }) as JsonObject;
}

/** Converts Azure's view to outputs. */
export function outputsOf(type: ResourceType, { id: _id, ...view }: JsonObject): JsonObject {
  const outputs = toSdk(view) as JsonObject;
  const { properties, ...rest } = outputs;
  const flat = type.flattened.length > 0 && isObject(properties) ? { ...properties, ...rest } : outputs;
  return { ...flat, azureApiVersion: type.apiVersion };
}

/** The part of the outputs that are also inputs. */
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

/** The only member whose name the SDK cannot use. */
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
