/** Pure: what is wrong with a gateway's arguments beyond its single regions: what must be unique, and what the gateway can't reach or use. */
import { BUILT_IN_PROVIDER_IDS, CREDIT_PROVIDER_IDS, MAX_ACCOUNTS_PER_LOCATION, UNROUTABLE_SKUS } from "./azureModels";
import { at, type Findings, nearest, quoted } from "./findings";
import { configurationOf, type GatewayPlan, providerOf, type RegionEntry } from "./gatewayPlan";
import { MAX_MODEL_ID_CHARS, MAX_PROVIDER_ID_CHARS, PROVIDER_ID } from "./names";
import { checkResourceGroup, isOneOf } from "./regionChecks";
import { existingDeployments, type RegionPlan, type RegionSource } from "./regionPlan";
import { type GatewayArgsShape, type GatewayRegionShape, isExistingAccount, type NewAccountShape } from "./shapes";

type Region = RegionSource & { readonly args: GatewayRegionShape };

/** Checks what must be right before a plan can be made at all. */
export function checkEntries(args: GatewayArgsShape, entries: readonly RegionEntry[], findings: Findings): void {
  if (entries.length === 0) findings.problem("regions", "is empty: give at least one, such as { eastus2: {} }");
  const seen = new Map<string, string>();
  for (const { key, path, args: region, isNamedByLocation } of entries) {
    const first = seen.get(key);
    // What is wrong with the location of a new account is told there, once.
    const isToldOfLocation = isNamedByLocation && !isExistingAccount(region.account);
    if (key === "" || !/^[\w .-]+$/.test(key)) {
      const text = `has the key ${JSON.stringify(key)}, but a region's key, or else its location, has letters, digits, "-", "_", "." and spaces: give one`;
      if (!isToldOfLocation) findings.problem(path, text);
    } else if (first !== undefined) {
      findings.problem(path, `has the key ${JSON.stringify(key)}, as has ${first}: give one of them another key`);
    }
    seen.set(key, first ?? path);
    const { priority } = region;
    if (priority !== undefined && (typeof priority !== "number" || !Number.isFinite(priority))) {
      findings.problem(
        at(path, "priority"),
        `is ${JSON.stringify(priority)}, but must be a number, low ones first: correct it`,
      );
    }
    for (const [model, deployment] of Object.entries(region.deployments ?? {})) {
      if (deployment !== null || Object.hasOwn(args.deployments ?? {}, model)) continue;
      const text = `is null, but there is nothing to leave out: deployments has ${quoted(Object.keys(args.deployments ?? {})) || "nothing"}`;
      findings.problem(at(path, "deployments", model), text);
    }
  }
}

export function checkGateway(
  args: GatewayArgsShape,
  sources: readonly Region[],
  plan: GatewayPlan,
  findings: Findings,
): void {
  checkResourceGroup(args.resourceGroup, "resourceGroup", findings);
  for (const source of sources) {
    checkModels(source, args, findings);
    checkReachable(source, findings);
    checkKeys(source, args, findings);
  }
  checkAccounts(sources, plan, findings);
  checkProviderIds(args, plan, sources, findings);
  checkPulumiNames(plan, findings);
  checkLists(args, findings);
  checkFailover(args, sources, plan, findings);
  checkAccess(args, plan, findings);
}

function checkModels(source: Region, { apiMode }: GatewayArgsShape, findings: Findings): void {
  const { path, deployments } = source;
  const existing = existingDeployments(source.args);
  if (deployments.length === 0 && existing.size === 0) {
    findings.problem(
      at(path, "deployments"),
      "leaves the region without any: add one, here or for all regions in deployments",
    );
  }
  for (const { key, args, pathOf } of deployments) {
    checkModelId(key, pathOf(), findings);
    if (isOneOf(UNROUTABLE_SKUS, args.sku)) {
      findings.problem(
        pathOf("sku"),
        `is ${JSON.stringify(args.sku)}, which serves no chat behind a gateway: choose another, or use AzureOpenAIRegion`,
      );
    }
    if (apiMode === "v1" && args.name !== undefined && args.name !== key && !existing.has(key)) {
      findings.problem(pathOf("name"), `is ${JSON.stringify(args.name)}, ${oneNameText(key)}`);
    }
  }
  for (const [key, name] of existing) {
    checkModelId(key, at(path, "existingDeployments", key), findings);
    if (apiMode === "v1" && name !== key) {
      findings.problem(at(path, "existingDeployments", key), `is ${JSON.stringify(name)}, ${oneNameText(key)}`);
    }
  }
}

function oneNameText(key: string): string {
  return `but in apiMode "v1" Azure takes the model id, ${JSON.stringify(key)}, for the deployment's name: make them equal, or use apiMode "deployment"`;
}

function checkModelId(key: string, path: string, findings: Findings): void {
  if (/^[A-Za-z0-9._-]+$/.test(key) && key.length <= MAX_MODEL_ID_CHARS) return;
  findings.problem(
    path,
    `has the model id ${JSON.stringify(key)}, but an id has 1 to ${MAX_MODEL_ID_CHARS} letters, digits, "-", "_" and ".": change the key, and give the deployment's own name as name`,
  );
}

/** The gateway calls over the internet, with a key. */
function checkReachable({ path, args }: Region, findings: Findings): void {
  const account = (args.account ?? {}) as NewAccountShape;
  const way = `the gateway could not reach the account: allow it, or give ${at(path, "baseUrlOverride")} an address that leads there`;
  if (account.publicNetworkAccess === false && args.baseUrlOverride === undefined) {
    findings.problem(at(path, "account", "publicNetworkAccess"), `is false, so ${way}`);
  }
  const { networkAcls } = account;
  const isClosed =
    networkAcls !== undefined && (networkAcls.defaultAction ?? "Deny") === "Deny" && !networkAcls.ipRules?.length;
  if (isClosed && args.baseUrlOverride === undefined) {
    findings.problem(at(path, "account", "networkAcls"), `lets no address in, so ${way}`);
  }
  const override = args.baseUrlOverride;
  if (
    typeof override === "string" &&
    !/^(https:\/\/[^/\s?#]+|http:\/\/[^/\s?#]+\.internal(:\d+)?)\/?$/.test(override)
  ) {
    const text = `is ${JSON.stringify(override)}, but must be an address alone, with https:// (or http:// for *.internal hosts): correct it`;
    findings.problem(at(path, "baseUrlOverride"), text);
  }
}

function checkKeys(
  { path, args }: Region,
  { keySlots = ["key1", "key2"] }: GatewayArgsShape,
  findings: Findings,
): void {
  if ((args.account as NewAccountShape | undefined)?.disableLocalAuth === true && args.keys === undefined) {
    const text = "is true, so Azure tells no key, and the gateway needs one: remove it";
    findings.problem(at(path, "account", "disableLocalAuth"), text);
  }
  if (args.keys === undefined) return;
  for (const slot of keySlots) {
    if (args.keys[slot] !== undefined) continue;
    findings.problem(
      at(path, "keys", slot),
      `is missing, but keySlots asks for it: give it, or set keySlots to the others`,
    );
  }
}

function checkAccounts(sources: readonly Region[], plan: GatewayPlan, findings: Findings): void {
  const names = new Map<string, string>();
  const subdomains = new Map<string, string>();
  for (const [index, region] of plan.regions.entries()) {
    const { account } = region;
    const path = at(sources[index]!.path, "account", ...(account.kind === "existing" ? ["existing"] : []));
    const group = groupOf(region) ?? `group of region ${index}`;
    const isTwice =
      typeof account.name === "string" && noteTwice(names, account.name, at(path, "name"), findings, group);
    if (account.subdomain === undefined || isTwice) continue;
    noteTwice(subdomains, account.subdomain, at(path, "subdomain"), findings);
  }
  const locations = plan.regions.flatMap(({ account }) => (account.kind === "new" ? [account.location] : []));
  for (const location of new Set(locations)) {
    const count = locations.filter((other) => other === location).length;
    if (count <= MAX_ACCOUNTS_PER_LOCATION) continue;
    findings.problem(
      "regions",
      `are ${count} new accounts in ${location}, but a subscription has at most ${MAX_ACCOUNTS_PER_LOCATION} in one location: put some elsewhere`,
    );
  }
}

function groupOf({ account, resourceGroup }: RegionPlan): string | undefined {
  if (resourceGroup?.kind === "shared") return "";
  const name = account.kind === "existing" ? account.resourceGroupName : resourceGroup?.name;
  return typeof name === "string" ? name : undefined;
}

/** Whether the name was there before; Azure ignores the case of names. */
function noteTwice(seen: Map<string, string>, name: string, path: string, findings: Findings, scope = ""): boolean {
  const key = `${scope}/${name}`.toLowerCase();
  const first = seen.get(key);
  if (first !== undefined) {
    findings.problem(path, `is ${JSON.stringify(name)}, which is also ${first}: give one of them another`);
  }
  seen.set(key, first ?? path);
  return first !== undefined;
}

function checkProviderIds(
  args: GatewayArgsShape,
  plan: GatewayPlan,
  sources: readonly Region[],
  findings: Findings,
): void {
  const prefix = args.providerIdPrefix;
  if (prefix !== undefined) {
    if (!PROVIDER_ID.test(prefix)) {
      findings.problem(
        "providerIdPrefix",
        `is ${JSON.stringify(prefix)}, but must be lower-case letters, digits and "-", and begin with one of the first two: correct it`,
      );
      return;
    }
    if (BUILT_IN_PROVIDER_IDS.includes(prefix)) {
      findings.problem(
        "providerIdPrefix",
        `is ${JSON.stringify(prefix)}, a built-in provider of the gateway: choose another, for example "my-${prefix}"`,
      );
    }
  }
  const seen = new Map<string, string>();
  for (const { providerId, regionKey, models } of plan.providers) {
    const { path = "regions" } = sources.find(({ key }) => key === regionKey) ?? {};
    const first = seen.get(providerId);
    if (first !== undefined) {
      findings.problem(
        path,
        `leads to the provider id ${JSON.stringify(providerId)} for ${quoted(models)}, as does ${first}: change the region's key or the model's`,
      );
    } else if (BUILT_IN_PROVIDER_IDS.includes(providerId)) {
      findings.problem(
        path,
        `leads to the provider id ${JSON.stringify(providerId)}, a built-in provider of the gateway: change the region's key`,
      );
    } else if (providerId.length > MAX_PROVIDER_ID_CHARS) {
      findings.problem(
        path,
        `leads to a provider id of ${providerId.length} characters, but one has at most ${MAX_PROVIDER_ID_CHARS}: shorten the region's key or the model's`,
      );
    }
    seen.set(providerId, first ?? path);
  }
}

/** A URN holds the types of parents, not their names, so all names of a type must differ. */
function checkPulumiNames(plan: GatewayPlan, findings: Findings): void {
  const byType = [
    plan.providers.map(({ resourceName }) => resourceName),
    plan.regions.flatMap(({ deployments }) => deployments.map(({ resourceName }) => resourceName)),
    plan.verifications.map(({ resourceName }) => resourceName),
  ];
  for (const names of byType) {
    const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
    for (const name of twice) {
      findings.problem(
        "regions",
        `lead to two Pulumi resources named ${JSON.stringify(name)}: change a region's key or a model's`,
      );
    }
  }
}

function checkLists({ apiMode, surfaces, keySlots }: GatewayArgsShape, findings: Findings): void {
  const checkChoice = (path: string, given: readonly string[] | undefined, choices: readonly string[]) => {
    if (given === undefined) return;
    if (given.length === 0) findings.problem(path, `is empty: give at least one of ${quoted(choices)}`);
    for (const [index, entry] of given.entries()) {
      if (!choices.includes(entry)) {
        findings.problem(
          at(path, index),
          `is ${JSON.stringify(entry)}, but must be one of ${quoted(choices)}: correct it`,
        );
      } else if (given.indexOf(entry) !== index) {
        findings.problem(at(path, index), `is ${JSON.stringify(entry)} a second time: remove it`);
      }
    }
  };
  checkChoice("keySlots", keySlots, ["key1", "key2"]);
  checkChoice("surfaces", surfaces, ["chat-completions", "responses"]);
  if (apiMode !== "v1" && surfaces?.includes("responses")) {
    findings.problem(
      "surfaces",
      'has "responses", which a deployment\'s URL does not serve: remove it, or use apiMode "v1"',
    );
  }
}

function checkFailover(
  args: GatewayArgsShape,
  sources: readonly Region[],
  plan: GatewayPlan,
  findings: Findings,
): void {
  const { order = [], append = [], perModel = {} } = args.failover ?? {};
  const keys = sources.map(({ key }) => key);
  const checkRegionKey = (path: string, key: string) => {
    if (keys.includes(key)) return true;
    const meant = nearest(key, keys);
    const advice = meant === undefined ? `choose one of ${quoted(keys)}` : `did you mean ${JSON.stringify(meant)}?`;
    findings.problem(path, `is ${JSON.stringify(key)}, which is no region here: ${advice}`);
    return false;
  };
  for (const [index, key] of order.entries()) checkRegionKey(at("failover", "order", index), key);
  for (const [index, entry] of append.entries()) checkModel(at("failover", "append", index), entry, findings);
  for (const [model, list] of Object.entries(perModel)) {
    const path = at("failover", "perModel", model);
    if (!Object.hasOwn(plan.models, model)) {
      findings.problem(path, `is for no model of any region: the models are ${quoted(Object.keys(plan.models))}`);
      continue;
    }
    if (list.length === 0) findings.problem(path, "is empty: give at least one region's key, or leave it out");
    for (const [index, entry] of list.entries()) {
      if (entry.includes(":")) checkModel(at(path, index), entry, findings);
      else if (checkRegionKey(at(path, index), entry) && !serves(plan, entry, model)) {
        findings.problem(
          at(path, index),
          `is ${JSON.stringify(entry)}, which has no ${JSON.stringify(model)}: remove it, or deploy the model there`,
        );
      }
    }
  }
}

function serves(plan: GatewayPlan, regionKey: string, model: string): boolean {
  return plan.providers.some((provider) => provider.regionKey === regionKey && provider.models.includes(model));
}

function checkModel(path: string, entry: string, findings: Findings): void {
  if (/^[a-z0-9][a-z0-9._-]*:\S+$/.test(entry)) return;
  findings.problem(
    path,
    `is ${JSON.stringify(entry)}, but must be written as <provider>:<model>, such as "openai:gpt-5-mini": correct it`,
  );
}

/** Whatever is asked for must be allowed and have a credential. */
function checkAccess(args: GatewayArgsShape, plan: GatewayPlan, findings: Findings): void {
  const own = plan.providers.map(({ providerId }) => providerId);
  const { extraRules = [] } = configurationOf(args) ?? {};
  for (const [index, { provider, model }] of extraRules.entries()) {
    if (model !== undefined || typeof provider !== "string" || !own.includes(provider)) continue;
    const text = `is a second rule for provider ${JSON.stringify(provider)}, which has one with its keys: remove it, or make it a rule for a model`;
    findings.problem(at("configuration", "extraRules", index), text);
  }
  if (plan.hasConfiguration) checkOtherProviders(args, plan, findings);
  if (plan.hasAccessKey && !plan.hasConfiguration) {
    findings.problem(
      "accessKey",
      "would have no configuration and could use everything in the account: set it to false, or leave configuration in",
    );
  }
  if (args.verify && !plan.hasAccessKey) {
    findings.problem("verify", "needs the access key, and accessKey is false: set one of the two otherwise");
  }
}

function checkOtherProviders(args: GatewayArgsShape, plan: GatewayPlan, findings: Findings): void {
  const own = plan.providers.map(({ providerId }) => providerId);
  const { extraRules = [] } = configurationOf(args) ?? {};
  // A rule for a provider that only an `up` knows may be the one that is missed.
  if (extraRules.some(({ provider, model }) => typeof provider !== "string" && model === undefined)) return;
  const others = new Map(
    Object.values(plan.models)
      .flat()
      .map((model) => [providerOf(model), model]),
  );
  for (const [provider, model] of others) {
    if (provider === "" || own.includes(provider) || CREDIT_PROVIDER_IDS.includes(provider)) continue;
    if (extraRules.some((rule) => rule.provider === provider || rule.model === model)) continue;
    const text = `names ${JSON.stringify(model)}, but provider ${JSON.stringify(provider)} has no credential here: add a rule with its keys to configuration.extraRules`;
    findings.problem("failover", text);
  }
}
