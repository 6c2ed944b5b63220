/** Pure: what is wrong with the way deployments are to be called: mode, version of the API, cloud. */
import {
  API_VERSIONS,
  DEFAULT_API_VERSION,
  FIRST_API_VERSIONS,
  isModelVersion,
  isOlder,
  OPENAI_DOMAINS,
  RETIRED_API_VERSIONS,
} from "./azureModels";
import { type Findings, quoted } from "./findings";
import { type DeploymentSource, modelOf } from "./regionPlan";
import type { CommonShape } from "./shapes";

const API_MODES = ["deployment", "v1"];
const USE_DEFAULT = `use ${JSON.stringify(DEFAULT_API_VERSION)}, or leave it out`;

/** Checks what all deployments of a component have in common. */
export function checkApi(common: CommonShape, deployments: readonly DeploymentSource[], findings: Findings): void {
  const { apiMode = "deployment", apiVersion, cloud = "public" } = common;
  if (!API_MODES.includes(apiMode)) {
    findings.problem("apiMode", `is ${JSON.stringify(apiMode)}, but must be one of ${quoted(API_MODES)}: choose one`);
  }
  if (!Object.hasOwn(OPENAI_DOMAINS, cloud)) {
    const clouds = quoted(Object.keys(OPENAI_DOMAINS));
    findings.problem("cloud", `is ${JSON.stringify(cloud)}, but must be one of ${clouds}: choose one`);
  } else if (apiMode === "v1" && cloud !== "public") {
    findings.warning("apiMode", `is "v1", which is not known to work in the cloud ${JSON.stringify(cloud)}`);
  }
  if (apiMode === "v1") {
    if (apiVersion === undefined) return;
    const text = `is ${JSON.stringify(apiVersion)}, but apiMode "v1" takes no dated version: remove it`;
    findings.problem("apiVersion", text);
    return;
  }
  if (apiVersion !== undefined) checkApiVersion(apiVersion, findings);
  for (const deployment of deployments) checkServed(deployment, apiVersion ?? DEFAULT_API_VERSION, findings);
}

function checkApiVersion(apiVersion: string, findings: Findings): void {
  const what = `is ${JSON.stringify(apiVersion)}`;
  if (!/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(apiVersion)) {
    const text = `${what}, but a version is a date such as ${JSON.stringify(DEFAULT_API_VERSION)}, for a preview with "-preview" behind it: correct it`;
    findings.problem("apiVersion", text);
  } else if (RETIRED_API_VERSIONS.includes(apiVersion)) {
    findings.problem("apiVersion", `${what}, which Azure has retired: ${USE_DEFAULT}`);
  } else if (isModelVersion(apiVersion)) {
    findings.warning("apiVersion", `${what}, which is the version of a model, not of Azure's API: ${USE_DEFAULT}`);
  } else if (!API_VERSIONS.includes(apiVersion)) {
    findings.warning("apiVersion", `${what}, which is not among Azure's known versions: ${USE_DEFAULT}`);
  } else if (isOlder(apiVersion, DEFAULT_API_VERSION)) {
    const text = `${what}, which is older than the newest one that is no preview: ${USE_DEFAULT}`;
    findings.warning("apiVersion", text);
  }
}

function checkServed({ args, pathOf }: DeploymentSource, apiVersion: string, findings: Findings): void {
  const { name } = modelOf(args);
  const first = Object.hasOwn(FIRST_API_VERSIONS, name) ? FIRST_API_VERSIONS[name] : undefined;
  if (first === undefined || !isOlder(apiVersion, first)) return;
  const text = `is ${name}, which Azure serves from api-version ${first} on, and apiVersion is ${JSON.stringify(apiVersion)}: set apiVersion to ${JSON.stringify(first)}, or apiMode to "v1"`;
  findings.problem(pathOf("model"), text);
}
