/** Checks of deployments: each one, and all of an account together. */

import { nearest } from "../../../../sdk/nearest";
import {
  isKnownModel,
  isSmallModel,
  longestServedLike,
  MAX_PROVISIONED_UNITS,
  MAX_STANDARD_DEPLOYMENTS,
  PROVISIONED_SKUS,
  provisionedSku,
  retirementOf,
  SKU_NAMES,
  STANDARD_SKUS,
  SUSPICIOUS_CAPACITY_THOUSAND_TOKENS,
} from "../azureModels";
import { at, type Findings, quoted } from "../findings";
import { DEPLOYMENT_NAME } from "../names";
import { type Deployment, type Region, toApi } from "../normalize";
import type { Values } from "../values";
import { NOT_A_DEPLOYMENT_NAME } from "./account";
import { Places } from "./places";

/** A retirement within this number of days is reported. */
const RETIREMENT_NOTICE_DAYS = 60;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Checks the deployments of all accounts; a declaration shared by several regions is checked once. */
export function checkDeployments<V extends Values>(
  regions: readonly Region<V>[],
  today: string,
  findings: Findings,
): void {
  const places = new Places();
  for (const deployment of regions.flatMap(({ deployments }) => deployments)) {
    const { pathOf } = deployment;
    if (places.isNew("name", pathOf(), pathOf("name"))) checkName(deployment, findings);
    if (places.isNew("model", pathOf("model"), pathOf("version"))) checkModel(deployment, today, findings);
    if (places.isNew("upgrade", pathOf("versionUpgrade"))) checkUpgrade(deployment, findings);
    if (places.isNew("sku", pathOf("sku"))) checkSku(deployment, findings);
    if (places.isNew("capacity", pathOf("capacity"), pathOf("sku"), pathOf("model"))) {
      checkCapacity(deployment, findings);
    }
  }
  for (const region of regions) checkTogether(region, places, findings);
}

function checkName<V extends Values>({ name, given, pathOf }: Deployment<V>, findings: Findings): void {
  if (DEPLOYMENT_NAME.test(name)) return;
  // In a list, a deployment without a name takes the name of its model; a missing model is reported separately.
  if (name === "") return;
  const where = given.name === undefined ? pathOf() : pathOf("name");
  findings.problem(where, `is named ${JSON.stringify(name)}, ${NOT_A_DEPLOYMENT_NAME}`);
}

function checkModel<V extends Values>(
  { model, given, pathOf }: Deployment<V>,
  today: string,
  findings: Findings,
): void {
  if (model.name === "") {
    findings.problem(pathOf("model"), 'is missing: give the model to deploy, such as "gpt-5-mini"');
    return;
  }
  if (typeof given.model === "object" && given.model.version !== undefined && given.version !== undefined) {
    findings.problem(pathOf("version"), "is given beside model.version: remove one of the two");
  }
  const retirement = retirementOf(model.name, model.version);
  if (retirement === undefined) return;
  const days = Math.round((Date.parse(retirement.retiresOn) - Date.parse(today)) / DAY_MS);
  if (days > RETIREMENT_NOTICE_DAYS) return;
  const what = model.version === undefined ? model.name : `${model.name} ${model.version}`;
  const when = days > 0 ? `retires on ${retirement.retiresOn}, in ${days} days` : `retired on ${retirement.retiresOn}`;
  const other = longestServedLike(model.name);
  const advice =
    other === undefined || other.retiresOn <= retirement.retiresOn
      ? ""
      : `: ${other.model} ${other.versions.at(-1)} is served until ${other.retiresOn}`;
  findings.warning(pathOf("model"), `is ${what}, which ${when}${advice}`);
}

function checkUpgrade<V extends Values>({ given, pathOf }: Deployment<V>, findings: Findings): void {
  if (given.versionUpgrade !== "never") return;
  const text = 'is "never": the deployment stops answering on the day on which its version retires';
  findings.warning(pathOf("versionUpgrade"), text);
}

function checkSku<V extends Values>({ sku, pathOf }: Deployment<V>, findings: Findings): void {
  if (SKU_NAMES.includes(sku)) return;
  const meant = nearest(sku, SKU_NAMES);
  const advice = meant === undefined ? "Azure decides" : `did you mean ${JSON.stringify(meant)}?`;
  findings.warning(
    pathOf("sku"),
    `is ${JSON.stringify(sku)}, which is not among the known deployment types ${quoted(SKU_NAMES)}: ${advice}`,
  );
}

function checkCapacity<V extends Values>(deployment: Deployment<V>, findings: Findings): void {
  const { capacity, sku, pathOf } = deployment;
  if (typeof capacity !== "number") return;
  const where = pathOf("capacity");
  const isProvisioned = provisionedSku(sku) !== undefined;
  const unit = isProvisioned ? "provisioned throughput units" : "thousands of tokens per minute";
  if (!Number.isInteger(capacity) || capacity < 1) {
    findings.problem(where, `is ${capacity}, but must be a whole number of ${unit}, at least 1: correct it`);
  } else if (isProvisioned) {
    checkUnits(deployment, capacity, findings);
  } else if (capacity > SUSPICIOUS_CAPACITY_THOUSAND_TOKENS) {
    const text = `is ${capacity}, which means ${capacity * 1000} tokens per minute: capacity is counted in thousands`;
    findings.warning(where, text);
  }
}

/** Unknown models may have other capacity rules, so a violation is only a warning for them. */
function checkUnits<V extends Values>({ sku, model, pathOf }: Deployment<V>, units: number, findings: Findings): void {
  const type = provisionedSku(sku);
  if (type === undefined) return;
  const where = pathOf("capacity");
  const dependsOn = [pathOf("sku"), pathOf("model")];
  if (units > MAX_PROVISIONED_UNITS) {
    const text = `is ${units}, but a deployment has at most ${MAX_PROVISIONED_UNITS} provisioned throughput units: lower it`;
    findings.problem(where, text, dependsOn);
    return;
  }
  const { minimum, step } = isSmallModel(model.name) ? type.smallModels : type;
  if (units >= minimum && units % step === 0) return;
  const upper = Math.max(minimum, Math.ceil(units / step) * step);
  const text = `is ${units}, but ${sku} takes ${minimum} provisioned throughput units or more for ${model.name}, in steps of ${step}: give ${upper}`;
  if (isKnownModel(model.name)) findings.problem(where, text, dependsOn);
  else findings.warning(where, text);
}

function checkTogether<V extends Values>(region: Region<V>, places: Places, findings: Findings): void {
  checkDistinct(region, places, findings);
  for (const deployment of region.deployments) {
    checkSpillover(deployment, region, places, findings);
    checkFormat(deployment, region, findings);
  }
  const standard = region.deployments.filter(({ sku }) => STANDARD_SKUS.includes(sku)).length;
  if (standard <= MAX_STANDARD_DEPLOYMENTS) return;
  const text = `are ${standard} of the Standard types, but one account has at most ${MAX_STANDARD_DEPLOYMENTS}: move some to another region or account`;
  findings.problem(at(region.path, "deployments"), text, ["deployments"]);
}

/** Accounts of kind `OpenAI` serve only OpenAI's models. */
function checkFormat<V extends Values>({ model, pathOf }: Deployment<V>, region: Region<V>, findings: Findings): void {
  const { account, path } = region;
  if (toApi(model) !== "anthropic" || account.kind === "existing" || account.accountKind === "AIServices") return;
  const kind = at(path, "account", "kind");
  const text = `is of format ${JSON.stringify(model.format)}, which only accounts of kind "AIServices" serve: set ${kind} to "AIServices"`;
  findings.problem(pathOf("model"), text, [kind]);
}

/** Azure and the gateway both ignore the case of names. */
function checkDistinct<V extends Values>(region: Region<V>, places: Places, findings: Findings): void {
  const keys = new Map<string, string>();
  const names = new Map<string, { readonly key: string; readonly path: string }>();
  for (const { key, deploymentName, path } of region.models) {
    const sameKey = keys.get(key.toLowerCase());
    const sameName = names.get(deploymentName.toLowerCase());
    if (sameKey !== undefined) {
      const text = `has the model id ${JSON.stringify(key)}, as has ${sameKey}, and case makes no difference: change or remove one`;
      if (places.isNew("key", path, sameKey)) findings.problem(path, text);
    } else if (sameName !== undefined) {
      const text = `is named ${JSON.stringify(deploymentName)} in Azure, as is ${JSON.stringify(sameName.key)} of the same account: give one of them another name`;
      if (places.isNew("same name", path, sameName.path)) findings.problem(path, text);
    }
    keys.set(key.toLowerCase(), sameKey ?? path);
    names.set(deploymentName.toLowerCase(), sameName ?? { key, path });
  }
}

function checkSpillover<V extends Values>(
  { key, sku, given, pathOf }: Deployment<V>,
  region: Region<V>,
  places: Places,
  findings: Findings,
): void {
  const { spilloverTo } = given;
  if (spilloverTo === undefined) return;
  const where = pathOf("spilloverTo");
  const target = region.deployments.find((candidate) => candidate.key === spilloverTo);
  if (!places.isNew("spillover", where, pathOf("sku"), target?.pathOf("sku") ?? "")) return;
  const type = provisionedSku(sku);
  if (type === undefined) {
    const text = `is for provisioned types, and this deployment is ${JSON.stringify(sku)}: remove it, or make sku one of ${quoted(Object.keys(PROVISIONED_SKUS))}`;
    if (SKU_NAMES.includes(sku)) findings.problem(where, text, [pathOf("sku")]);
    return;
  }
  if (target === undefined) {
    if (region.existingDeployments.has(spilloverTo)) return;
    const others = region.deployments.map((deployment) => deployment.key).filter((other) => other !== key);
    const text = `is ${JSON.stringify(spilloverTo)}, which is no deployment of the same account: choose one of ${quoted(others)}`;
    findings.problem(where, text, ["deployments", at(region.path, "deployments")]);
  } else if (target.sku !== type.spillsTo && SKU_NAMES.includes(target.sku)) {
    const text = `is ${JSON.stringify(spilloverTo)} of type ${JSON.stringify(target.sku)}, but ${sku} spills over to ${type.spillsTo} only: choose or add one of that type`;
    findings.problem(where, text, [target.pathOf("sku")]);
  }
}
