/** Checks of the API mode, its version, and the cloud. */
import { API_VERSIONS, apiVersionProblem, DEFAULT_API_VERSION, isOlder } from "../../../azureAddress";
import { FIRST_API_VERSIONS, isModelVersion } from "../azureModels";
import type { Findings } from "../findings";
import type { CommonInputs } from "../inputs";
import type { Common, Deployment } from "../normalize";
import type { Values } from "../values";
import { Places } from "./places";

const USE_DEFAULT = `use ${JSON.stringify(DEFAULT_API_VERSION)}, or leave it out`;

export function checkApi<V extends Values>(
  { apiVersion }: CommonInputs<V>,
  common: Common<V>,
  deployments: readonly Deployment<V>[],
  findings: Findings,
): void {
  if (common.apiMode === "v1") {
    if (common.cloud !== "public") {
      findings.warning(
        "apiMode",
        `is "v1", which Azure has not announced for the cloud ${JSON.stringify(common.cloud)}`,
      );
    }
    if (apiVersion !== undefined) {
      const text = `is ${JSON.stringify(apiVersion)}, but apiMode "v1" takes no dated version: remove it`;
      findings.problem("apiVersion", text, ["apiMode"]);
    }
    return;
  }
  if (apiVersion !== undefined) checkApiVersion(apiVersion, findings);
  const places = new Places();
  for (const { model, pathOf } of deployments) {
    if (places.isNew(pathOf("model"))) checkServed(model.name, pathOf("model"), common.apiVersion, findings);
  }
}

function checkApiVersion(apiVersion: string, findings: Findings): void {
  const what = `is ${JSON.stringify(apiVersion)}`;
  const problem = apiVersionProblem(apiVersion);
  if (problem !== undefined) {
    findings.problem("apiVersion", `${what}, but ${problem}`);
  } else if (isModelVersion(apiVersion)) {
    findings.warning("apiVersion", `${what}, which is the version of a model, not of Azure's API: ${USE_DEFAULT}`);
  } else if (!API_VERSIONS.includes(apiVersion)) {
    findings.warning("apiVersion", `${what}, which is not among the known versions of Azure's API: ${USE_DEFAULT}`);
  } else if (isOlder(apiVersion, DEFAULT_API_VERSION)) {
    const text = `${what}, which is older than the newest version that is not a preview: ${USE_DEFAULT}`;
    findings.warning("apiVersion", text);
  }
}

function checkServed(model: string, path: string, apiVersion: string, findings: Findings): void {
  const first = Object.hasOwn(FIRST_API_VERSIONS, model) ? FIRST_API_VERSIONS[model] : undefined;
  if (first === undefined || !isOlder(apiVersion, first)) return;
  const text = `is ${model}, which Azure serves from api-version ${first} on, and apiVersion is ${JSON.stringify(apiVersion)}: set apiVersion to ${JSON.stringify(first)}, or apiMode to "v1"`;
  findings.problem(path, text, ["apiVersion", "apiMode"]);
}
