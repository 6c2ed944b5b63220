/**
 * Schemas of the components' arguments: their names, their accepted forms, and which may be known only during an `up`. The plan checks
 * bounds and consistency. Azure's own lists, such as deployment types, are not enforced.
 */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { lazily } from "../../lifecycle/schemas";
import type { CustomProvider } from "../../resources/customProvider";
import type { RoutingRuleShape } from "../../routing/rule";
import type { PulumiValues } from "../component";
import type {
  ConfigurationInputs,
  DeploymentInputs,
  GatewayInputs,
  GatewayRegionInputs,
  RegionInputs,
} from "../plan/inputs";
import { type Combinators, combinators, isLater } from "./combinators";

const ARGUMENTS = "an object of arguments";
const REGIONS = "regions by key, such as { eastus2: {} }, or a list of them";
const DEPLOYMENTS = "deployments by model id, or a list of them";
const MODEL = "a model's name, or an object with its name";
const CHOICE = "true, false, or an object";
const RESTORE = 'true, false, or "ifDeleted"';
const VERIFY = "true, false, or an object with failover or token";
const NAMES = "deployment names, or an object of them by model id";

/** The schemas of both components, created when a program creates its first component. */
export const argumentSchemas = lazily((zod) => {
  const make = combinators(zod);
  const { either, list, listOfObjects, object, record, recordOrNull } = make;
  const account = accountMembers(make);
  const common = commonMembers(make);
  const deployment = deploymentSchema(make);
  const listedDeployments = listOfObjects("a list of deployments", deployment);
  const deployments = either(DEPLOYMENTS, Array.isArray, listedDeployments, record(DEPLOYMENTS, deployment));
  const region: z.ZodType<RegionInputs<PulumiValues>> = object(ARGUMENTS, { ...account, ...common, deployments });

  const gatewayRegion: z.ZodType<GatewayRegionInputs<PulumiValues>> = object("an object of a region's arguments", {
    ...account,
    key: make.text(),
    priority: make.number("a number, low ones first"),
    keySlots: list('a list of "key1" and "key2"', make.oneOf(["key1", "key2"])),
    provider: make.opaque<pulumi.ProviderResource>("an explicit provider of Azure", pulumi.ProviderResource.isInstance),
    baseUrlOverride: make.laterText("an address"),
    deployments: either(DEPLOYMENTS, Array.isArray, listedDeployments, recordOrNull(DEPLOYMENTS, deployment)),
  });
  const listedRegion = either("a location, or an object of a region's arguments", isText, make.text(), gatewayRegion);
  const gateway: z.ZodType<GatewayInputs<PulumiValues>> = object(ARGUMENTS, {
    ...common,
    ...gatewayMembers(make),
    regions: either(
      REGIONS,
      Array.isArray,
      listOfObjects("a list of regions", listedRegion),
      record(REGIONS, gatewayRegion),
    ),
    deployments,
    resourceGroup: account.resourceGroup,
  });
  return { region, gateway };
});

function commonMembers(make: Combinators) {
  const { either, flag, laterText, laterTexts, list, number, object, oneOf, record, text } = make;
  const tags = laterTexts("an object of tags");
  const threshold = (what: string) => either(what, isFlag, make.no(what), number(what));
  const rule = object("an object with the name of a kind of content", {
    name: text(),
    source: text(),
    severityThreshold: text(),
    blocking: flag(),
    enabled: flag(),
  });
  return {
    contentFilters: record(
      "content filters by name",
      object("an object with rules", { basedOn: text(), mode: text(), rules: list("a list of rules", rule), tags }),
    ),
    diagnostics: object("an object with workspaceId", {
      workspaceId: laterText("the id of a workspace"),
      logs: list("a list of log categories", text()),
      metrics: flag(),
    }),
    alerts: object("an object with actionGroupIds", {
      actionGroupIds: list("a list of action groups' ids", laterText()),
      throttledRequests: threshold("a number of requests, or false"),
      responseTimeMs: threshold("a number of milliseconds, or false"),
      windowMinutes: number("a number of minutes"),
      severity: number("a number from 0 to 4"),
    }),
    apiMode: oneOf(["v1", "deployment"]),
    apiVersion: text(),
    cloud: oneOf(["public", "usgovernment", "china"]),
    tags: laterTexts("an object of tags"),
    protect: flag(),
    explainErrors: flag(),
  };
}

function accountMembers({
  either,
  flag,
  laterText,
  laterTexts,
  list,
  object,
  oneOf,
  opaque,
  record,
  text,
}: Combinators) {
  const tags = laterTexts("an object of tags");
  const texts = (what: string) => list(what, laterText());
  const account = object("an object that describes a new account, or { existing: { resourceGroupName, name } }", {
    existing: object("an object with resourceGroupName and name", {
      resourceGroupName: laterText(),
      name: laterText(),
      subdomain: text(),
      endpoint: laterText("an address"),
    }),
    name: text(),
    subdomain: text(),
    kind: text('"OpenAI" or "AIServices"'),
    restore: either(RESTORE, isText, oneOf(["ifDeleted"], RESTORE), flag()),
    purgeOnDelete: flag(),
    publicNetworkAccess: flag(),
    networkAcls: object("an object of firewall rules", {
      defaultAction: text('"Allow" or "Deny"'),
      ipRules: texts("a list of addresses"),
      subnetIds: texts("a list of subnet ids"),
      bypass: text('"AzureServices" or "None"'),
    }),
    identity: opaque<PulumiValues["identity"]>("an object with type", isObject),
    disableLocalAuth: flag(),
    tags,
    protect: flag(),
    nameSuffix: text(),
  });
  return {
    location: text("an Azure region"),
    account,
    existingDeployments: either(NAMES, Array.isArray, list(NAMES, text()), record(NAMES, text())),
    keys: object("an object with key1, key2 or both", { key1: laterText(), key2: laterText() }),
    resourceGroup: object("an object that describes a new group, or { existing: name }", {
      existing: laterText(),
      name: text(),
      location: text("an Azure region"),
      tags,
    }),
  };
}

function deploymentSchema({
  either,
  flag,
  later,
  laterText,
  laterTexts,
  number,
  object,
  oneOf,
  opaque,
  text,
}: Combinators): z.ZodType<DeploymentInputs<PulumiValues>> {
  const details = object(MODEL, {
    name: text("a model's name"),
    version: text("a model's version"),
    format: text(),
  });
  return object("an object that describes a deployment", {
    name: text(),
    model: either(MODEL, isObject, details, text("a model's name")),
    version: text("a model's version"),
    sku: text("a deployment type"),
    capacity: later("a number", number("a number")),
    versionUpgrade: oneOf(["onNewDefault", "onExpiry", "never"]),
    raiPolicyName: laterText(),
    spilloverTo: text("a model id of the same account"),
    ignoreVersionDrift: flag(),
    tags: laterTexts("an object of tags"),
    opts: opaque<pulumi.CustomResourceOptions>("an object of resource options", isObject),
  });
}

function gatewayMembers(make: Combinators) {
  const { either, flag, laterText, list, object, oneOf, record, text } = make;
  const models = (what: string) => list(what, text());
  const labels = { name: laterText(), description: laterText(), metadata: laterText() };
  const configuration: z.ZodType<ConfigurationInputs<PulumiValues>> = object(CHOICE, {
    ...labels,
    extraProviders: list(
      "a list of providers",
      make.opaque<PulumiValues["gatewayProvider"]>("a provider's id, or the provider", isReference),
    ),
    extraRules: list("a list of rules", make.opaque<RoutingRuleShape>("a routing rule", isObject)),
    restrictModels: flag(),
  });
  const accessKey = object(CHOICE, { ...labels, rotationTrigger: laterText() });
  return {
    nameSuffix: text(),
    providerIdPrefix: text(),
    surfaces: list('a list of "chat-completions" and "responses"', oneOf(["chat-completions", "responses"])),
    keySlots: list('a list of "key1" and "key2"', oneOf(["key1", "key2"])),
    failover: object("an object with order, append or perModel", {
      order: models("a list of region keys"),
      append: models('a list of models, such as ["openai:gpt-5-mini"]'),
      perModel: record(
        "lists by model id",
        models('a list of region keys and models, such as ["eastus2", "openai:gpt-5-mini"]'),
      ),
    }),
    configuration: either(CHOICE, isFlag, flag(), configuration),
    accessKey: either(CHOICE, isFlag, flag(), accessKey),
    verify: either(VERIFY, isFlag, flag(), object(VERIFY, { failover: flag(), token: laterText() })),
  };
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isFlag(value: unknown): boolean {
  return typeof value === "boolean";
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isLater(value);
}

/** A provider of the gateway, by its id or as the resource itself. */
function isReference(value: unknown): value is pulumi.Input<string> | CustomProvider {
  return typeof value === "string" || isLater(value) || pulumi.Resource.isInstance(value);
}
