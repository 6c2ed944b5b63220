/** Checks of a gateway's failover lists and of the scope of its access key. */
import { NGROK_STEP_PROVIDER_IDS } from "../../../../sdk/contract/builtInProviders";
import { nearest } from "../../../../sdk/nearest";
import { at, type Findings, quoted } from "../findings";
import { type Gateway, ownProviderIds, providerOf } from "../normalizeGateway";
import type { Values } from "../values";

/** Arguments that determine the available models. */
const MODELS = ["regions", "deployments"];

export function checkAccess<V extends Values>(gateway: Gateway<V>, findings: Findings): void {
  checkOrder(gateway, findings);
  checkAppended(gateway, findings);
  checkPerModel(gateway, findings);
  checkExtraRules(gateway, findings);
  checkAccessKey(gateway, findings);
}

function checkOrder<V extends Values>(gateway: Gateway<V>, findings: Findings): void {
  for (const [index, key] of gateway.failover.order.entries()) {
    checkRegionKey(gateway, key, at("failover", "order", index), findings);
  }
}

/** Whether any region has this key. */
function checkRegionKey<V extends Values>(
  { regions }: Gateway<V>,
  key: string,
  path: string,
  findings: Findings,
): boolean {
  const keys = regions.map((region) => region.key);
  if (keys.includes(key)) return true;
  const meant = nearest(key, keys);
  const advice = meant === undefined ? `choose one of ${quoted(keys)}` : `did you mean ${JSON.stringify(meant)}?`;
  findings.problem(path, `is ${JSON.stringify(key)}, which is no region here: ${advice}`, ["regions"]);
  return false;
}

function checkAppended<V extends Values>(gateway: Gateway<V>, findings: Findings): void {
  for (const [index, entry] of gateway.failover.append.entries()) {
    checkModel(gateway, entry, at("failover", "append", index), findings);
  }
}

function checkPerModel<V extends Values>(gateway: Gateway<V>, findings: Findings): void {
  const models = new Set(gateway.regions.flatMap((region) => region.models.map(({ key }) => key)));
  for (const [model, list] of Object.entries(gateway.failover.perModel)) {
    const path = at("failover", "perModel", model);
    if (!models.has(model)) {
      findings.problem(path, `is for no model of any region: the models are ${quoted([...models])}`, MODELS);
      continue;
    }
    if (list.length === 0) findings.problem(path, "is empty: give at least one region's key, or leave it out");
    for (const [index, entry] of list.entries()) {
      const where = at(path, index);
      if (entry.includes(":")) checkModel(gateway, entry, where, findings);
      else if (checkRegionKey(gateway, entry, where, findings) && !serves(gateway, entry, model)) {
        const text = `is ${JSON.stringify(entry)}, which has no ${JSON.stringify(model)}: remove it, or deploy the model there`;
        findings.problem(where, text, MODELS);
      }
    }
  }
}

function serves<V extends Values>({ regions }: Gateway<V>, regionKey: string, model: string): boolean {
  return regions.some(({ key, models }) => key === regionKey && models.some((served) => served.key === model));
}

/** A further model. */
function checkModel<V extends Values>(gateway: Gateway<V>, entry: string, path: string, findings: Findings): void {
  if (!/^[a-z0-9][a-z0-9._-]*:\S+$/.test(entry)) {
    const text = `is ${JSON.stringify(entry)}, but must be written as <provider>:<model>, such as "openai:gpt-5-mini": correct it`;
    findings.problem(path, text);
    return;
  }
  const provider = providerOf(entry);
  const isKnown = (NGROK_STEP_PROVIDER_IDS as readonly string[]).includes(provider);
  if (isKnown || !gateway.hasConfiguration || !gateway.creditProviderIds.includes(provider)) return;
  const text = `is ${JSON.stringify(entry)}, which will be requested on the gateway's credits: where provider ${JSON.stringify(provider)} needs a key, add a rule with its keys to configuration.extraRules`;
  findings.warning(path, text);
}

function checkExtraRules<V extends Values>({ extraRules, regions }: Gateway<V>, findings: Findings): void {
  const own = ownProviderIds(regions);
  for (const [index, { provider, model }] of extraRules.entries()) {
    if (model !== undefined || typeof provider !== "string" || !own.includes(provider)) continue;
    const text = `is a second rule for provider ${JSON.stringify(provider)}, which has one with its keys: remove it, or make it a rule for a model`;
    findings.problem(at("configuration", "extraRules", index), text, MODELS);
  }
}

function checkAccessKey<V extends Values>(gateway: Gateway<V>, findings: Findings): void {
  const { hasAccessKey, hasConfiguration, verifies, verifyToken } = gateway;
  if (hasAccessKey && !hasConfiguration) {
    const text =
      "would have no configuration and could use everything in the account: set it to false, or leave configuration in";
    findings.problem("accessKey", text, ["configuration"]);
  }
  const unchecked = new Set(
    gateway.regions.flatMap(({ models }) => models.filter(({ api }) => api === "anthropic").map(({ key }) => key)),
  );
  if (verifies && unchecked.size > 0) {
    findings.warning(
      "verify",
      `does not ask ${quoted([...unchecked])}: a check asks OpenAI's surfaces, and Anthropic's models answer on messages`,
    );
  }
  if (verifies && !hasAccessKey && verifyToken === undefined) {
    const text = "needs the access key, and accessKey is false: give verify.token, or change one of the two";
    findings.problem("verify", text, ["accessKey", "configuration"]);
  }
}
