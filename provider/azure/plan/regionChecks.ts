/** Pure: what is wrong with the arguments of one account, its name, its deployments and the versions it is asked for. */
import {
  longestServedLike,
  MAX_PROVISIONED_UNITS,
  MAX_STANDARD_DEPLOYMENTS,
  OPENAI_DOMAINS,
  PROVISIONED_SKUS,
  retirementOf,
  SKU_NAMES,
  STANDARD_SKUS,
  SUSPICIOUS_CAPACITY_THOUSAND_TOKENS,
} from "./azureModels";
import { at, type Findings, isLater, nearest, quoted } from "./findings";
import { ACCOUNT_NAME, DEPLOYMENT_NAME, RESOURCE_GROUP_NAME, SUBDOMAIN } from "./names";
import { type DeploymentSource, existingDeployments, modelOf, type RegionPlan, type RegionSource } from "./regionPlan";
import { isExistingAccount, isExistingGroup, type NewAccountShape, type ResourceGroupShape } from "./shapes";

/** Days before a retirement on which it is spoken of. */
const RETIREMENT_NOTICE_DAYS = 60;
const DAY_MS = 24 * 60 * 60 * 1000;

export function checkRegion(source: RegionSource, plan: RegionPlan, today: string, findings: Findings): void {
  if (isExistingAccount(source.args.account)) checkExistingAccount(source, findings);
  else checkNewAccount(source, plan, findings);
  checkExistingDeployments(source, findings);
  for (const deployment of source.deployments) checkDeployment(deployment, today, findings);
  checkTogether(source, plan, findings);
}

function checkNewAccount(source: RegionSource, plan: RegionPlan, findings: Findings): void {
  const { path, args } = source;
  const account = (args.account ?? {}) as NewAccountShape;
  const { name, subdomain } = plan.account.kind === "new" ? plan.account : {};
  const hasLocation = checkLocation(source, findings);
  if (account.name !== undefined && !ACCOUNT_NAME.test(account.name)) {
    const text = `is ${JSON.stringify(account.name)}, but an account's name has 2 to 64 letters, digits, "-", "_" and ".", the first of them a letter or digit: change it`;
    findings.problem(at(path, "account", "name"), text);
  } else if (subdomain !== undefined && hasLocation && !SUBDOMAIN.test(subdomain)) {
    const isGiven = account.subdomain !== undefined;
    const what = isGiven
      ? `is ${JSON.stringify(subdomain)}`
      : `would be ${JSON.stringify(subdomain)}, after the name ${JSON.stringify(name)}`;
    const text = `${what}, but a subdomain has 2 to 64 lower-case letters, digits and "-", none of them "-" at either end: give another`;
    findings.problem(at(path, "account", "subdomain"), text);
  }
  if (account.name !== undefined && account.nameSuffix !== undefined) {
    findings.problem(at(path, "account", "nameSuffix"), "has no effect beside a name: remove one of the two");
  }
  if (account.restore === true) {
    const text =
      "is true, which fails unless an account of this name was deleted in the last 48 hours: remove it once the account is back";
    findings.warning(at(path, "account", "restore"), text);
  }
  if (args.existingDeployments !== undefined) {
    findings.problem(
      at(path, "existingDeployments"),
      "stands beside a new account, which has none: give account.existing, or list them in deployments",
    );
  }
  checkResourceGroup(args.resourceGroup, at(path, "resourceGroup"), findings);
}

function checkLocation({ path, args, key }: RegionSource, findings: Findings): boolean {
  const given: unknown = args.location ?? (key === "" ? undefined : key);
  const where = at(path, "location");
  if (given === undefined) {
    findings.problem(where, 'is missing: give the Azure region of the new account, such as "eastus2"');
    return false;
  }
  if (typeof given !== "string") {
    findings.problem(
      where,
      "must be plain text, as names are made of it before anything exists: take it out of the Output, or read it from config",
    );
    return false;
  }
  if (/^[a-z0-9]+$/.test(given.toLowerCase().replace(/\s/g, ""))) return true;
  const text =
    args.location === undefined
      ? `is missing, and the region's key ${JSON.stringify(given)} is no location either: give one such as "eastus2"`
      : `is ${JSON.stringify(given)}, but Azure's regions are written as "eastus2" or "East US 2": correct it`;
  findings.problem(where, text);
  return false;
}

export function checkResourceGroup(group: ResourceGroupShape | undefined, path: string, findings: Findings): void {
  const isExisting = isExistingGroup(group);
  const name = isExisting ? group.existing : group?.name;
  if (typeof name !== "string" || RESOURCE_GROUP_NAME.test(name)) return;
  const text = `is ${JSON.stringify(name)}, but a resource group's name has 1 to 90 letters, digits, "_", "(", ")", "-" and ".", the last of them no ".": change it`;
  findings.problem(at(path, isExisting ? "existing" : "name"), text);
}

function checkExistingAccount(source: RegionSource, findings: Findings): void {
  const { path, args } = source;
  const { existing, ...others } = args.account as { existing: Record<string, unknown> } & Record<string, unknown>;
  const createOnly = Object.keys(others).filter((field) => others[field] !== undefined);
  for (const field of createOnly) {
    findings.problem(
      at(path, "account", field),
      "is for a new account and has no effect on account.existing: remove one of the two",
    );
  }
  for (const field of ["location", "resourceGroup"] as const) {
    if (args[field] === undefined || (field === "location" && source.isNamedByLocation)) continue;
    findings.problem(at(path, field), "is for a new account and has no effect on account.existing: remove it");
  }
  for (const field of ["resourceGroupName", "name"]) {
    if (existing[field] === undefined || existing[field] === "") {
      findings.problem(at(path, "account", "existing", field), "is missing: give it as the portal shows it");
    }
  }
  const { endpoint, subdomain } = existing;
  if (typeof endpoint === "string" && !/^https:\/\/[^/\s]+\/?$/.test(endpoint)) {
    const text = `is ${JSON.stringify(endpoint)}, but must be the account's address alone, such as "https://contoso.${OPENAI_DOMAINS.public}": correct it`;
    findings.problem(at(path, "account", "existing", "endpoint"), text);
  }
  if (endpoint !== undefined && subdomain !== undefined) {
    findings.problem(
      at(path, "account", "existing", "subdomain"),
      "stands beside endpoint, which says the same: remove one of the two",
    );
  }
}

function checkExistingDeployments(source: RegionSource, findings: Findings): void {
  for (const [key, name] of existingDeployments(source.args)) {
    if (DEPLOYMENT_NAME.test(name) && key !== "") continue;
    findings.problem(at(source.path, "existingDeployments"), `holds ${JSON.stringify(name)}, ${NOT_A_DEPLOYMENT_NAME}`);
  }
}

const NOT_A_DEPLOYMENT_NAME = 'but a deployment\'s name has 1 to 64 letters, digits, "-", "_" and ".": correct it';

function checkDeployment(source: DeploymentSource, today: string, findings: Findings): void {
  const { key, args, pathOf } = source;
  const name = args.name ?? key;
  if (!DEPLOYMENT_NAME.test(name)) {
    const where = args.name === undefined ? pathOf() : pathOf("name");
    findings.problem(where, `is named ${JSON.stringify(name)}, ${NOT_A_DEPLOYMENT_NAME}`);
  }
  if (!modelOf(args).name) {
    findings.problem(pathOf("model"), 'is missing: give the model to deploy, such as "gpt-5-mini"');
  }
  if (typeof args.model === "object" && args.model.version !== undefined && args.version !== undefined) {
    findings.problem(pathOf("version"), "stands beside model.version: remove one of the two");
  }
  checkSku(source, findings);
  checkCapacity(source, findings);
  checkRetirement(source, today, findings);
}

function checkSku({ args: { sku }, pathOf }: DeploymentSource, findings: Findings): void {
  if (sku === undefined || isOneOf(SKU_NAMES, sku)) return;
  const meant = nearest(sku, SKU_NAMES);
  const advice = meant === undefined ? "choose one of them" : `did you mean ${JSON.stringify(meant)}?`;
  findings.problem(
    pathOf("sku"),
    `is ${JSON.stringify(sku)}, but Azure's deployment types are ${quoted(SKU_NAMES)}: ${advice}`,
  );
}

function checkCapacity({ args: { capacity, sku }, pathOf }: DeploymentSource, findings: Findings): void {
  if (capacity === undefined || isLater(capacity)) return;
  const where = pathOf("capacity");
  const isProvisioned = isOneOf(PROVISIONED_SKUS, sku);
  const unit = isProvisioned ? "provisioned throughput units" : "thousands of tokens per minute";
  if (typeof capacity !== "number" || !Number.isInteger(capacity) || capacity < 1) {
    findings.problem(
      where,
      `is ${JSON.stringify(capacity)}, but must be a whole number of ${unit}, at least 1: correct it`,
    );
  } else if (isProvisioned && capacity > MAX_PROVISIONED_UNITS) {
    findings.problem(where, `is ${capacity}, but a deployment has at most ${MAX_PROVISIONED_UNITS} ${unit}: lower it`);
  } else if (!isProvisioned && capacity > SUSPICIOUS_CAPACITY_THOUSAND_TOKENS) {
    findings.warning(
      where,
      `is ${capacity}, which means ${capacity * 1000} tokens per minute: capacity is counted in thousands`,
    );
  }
}

function checkRetirement({ args, pathOf }: DeploymentSource, today: string, findings: Findings): void {
  const { name, version } = modelOf(args);
  if (args.versionUpgrade === "never") {
    findings.warning(
      pathOf("versionUpgrade"),
      'is "never": the deployment stops answering on the day its version retires',
    );
  }
  const retirement = retirementOf(name, version);
  if (retirement === undefined) return;
  const days = Math.round((Date.parse(retirement.retiresOn) - Date.parse(today)) / DAY_MS);
  if (days > RETIREMENT_NOTICE_DAYS) return;
  const what = version === undefined ? name : `${name} ${version}`;
  const when = days > 0 ? `retires on ${retirement.retiresOn}, in ${days} days` : `retired on ${retirement.retiresOn}`;
  const other = longestServedLike(name);
  const advice =
    other === undefined || other.retiresOn <= retirement.retiresOn
      ? ""
      : `: ${other.model} ${other.versions.at(-1)} is served until ${other.retiresOn}`;
  findings.warning(pathOf("model"), `is ${what}, which ${when}${advice}`);
}

function checkTogether(source: RegionSource, plan: RegionPlan, findings: Findings): void {
  checkDistinct(source, plan, findings);
  for (const deployment of source.deployments) checkSpillover(deployment, source, findings);
  const standard = plan.deployments.filter(({ sku }) => isOneOf(STANDARD_SKUS, sku)).length;
  if (standard > MAX_STANDARD_DEPLOYMENTS) {
    const text = `are ${standard} of the Standard types, but one account has at most ${MAX_STANDARD_DEPLOYMENTS}: put some into another region or account`;
    findings.problem(at(source.path, "deployments"), text);
  }
}

/** Azure and the gateway both ignore the case of names. */
function checkDistinct(source: RegionSource, plan: RegionPlan, findings: Findings): void {
  const names = new Map<string, string>();
  const keys = new Set<string>();
  for (const { key, deploymentName } of plan.models) {
    const deployment = source.deployments.find((candidate) => candidate.key === key);
    const where = deployment?.pathOf() ?? at(source.path, "existingDeployments", key);
    const sameName = names.get(deploymentName.toLowerCase());
    if (keys.has(key.toLowerCase())) {
      findings.problem(
        where,
        `asks for the model id ${JSON.stringify(key)} a second time, and case makes no difference: change or remove one`,
      );
    } else if (sameName !== undefined) {
      findings.problem(
        where,
        `is named ${JSON.stringify(deploymentName)} in Azure, as is ${JSON.stringify(sameName)} of the same account: give one of them another name`,
      );
    }
    keys.add(key.toLowerCase());
    names.set(deploymentName.toLowerCase(), sameName ?? key);
  }
}

function checkSpillover({ args, pathOf }: DeploymentSource, source: RegionSource, findings: Findings): void {
  const { spilloverTo, sku } = args;
  if (spilloverTo === undefined) return;
  const where = pathOf("spilloverTo");
  if (!isOneOf(PROVISIONED_SKUS, sku)) {
    findings.problem(
      where,
      `is for provisioned types, and this deployment is ${JSON.stringify(sku ?? "GlobalStandard")}: remove it, or make sku one of ${quoted(PROVISIONED_SKUS)}`,
    );
  }
  const target = source.deployments.find(({ key }) => key === spilloverTo);
  if (target === undefined) {
    if (existingDeployments(source.args).has(spilloverTo)) return;
    const keys = source.deployments.map(({ key }) => key);
    findings.problem(
      where,
      `is ${JSON.stringify(spilloverTo)}, which is no deployment of the same account: choose one of ${quoted(keys)}`,
    );
  } else if (target.args.sku !== undefined && !isOneOf(STANDARD_SKUS, target.args.sku)) {
    findings.problem(
      where,
      `is ${JSON.stringify(spilloverTo)}, which is of type ${JSON.stringify(target.args.sku)}: let it spill over to one of ${quoted(STANDARD_SKUS)}`,
    );
  }
}

export function isOneOf(names: readonly string[], name: string | undefined): boolean {
  return name !== undefined && names.includes(name);
}
