// @ts-check
const { kindOf, knownResources, listOf, plain, textList, UNKNOWN } = require("../resources");

/**
 * @typedef {import("../resources").StackResource} StackResource
 * @typedef {{ provider?: any, model?: any, steps?: any }} Rule
 */

/** @type {import("@pulumi/policy").ResourceValidationPolicy & import("@pulumi/policy").StackValidationPolicy} */
const ownKeys = {
  name: "own-keys",
  description:
    "Requests use keys of your own where they are intended: at custom providers, and at the providers that are configured.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      providers: textList(
        "Built-in providers whose requests must never be paid with ngrok credits, for example openai.",
      ),
    },
  },
  /** A step that pays with credits is refused before it is written. */
  validateResource: ({ type, name, props, getConfig }, reportViolation) => {
    const kind = kindOf(type);
    const { providers = [] } = /** @type {{ providers?: string[] }} */ (getConfig());
    const given = plain(props);
    const rules = kind === "RoutingRule" ? [given] : kind === "AccessConfiguration" ? listOf(given.rules) : [];
    for (const rule of rules) {
      const provider = providerOf(rule);
      if (typeof provider !== "string" || !providers.includes(provider)) continue;
      if (!listOf(rule.steps).some((step) => step.type === "ngrok")) continue;
      reportViolation(
        `${kind} "${name}" has a step of type "ngrok" for "${provider}", so requests are paid with ngrok credits, although only keys ` +
          "of your own are intended there. Remove the step, and leave the steps with your keys.",
      );
    }
  },
  /** Whether each provider has a rule with keys shows only in the whole stack. */
  validateStack: (args, reportViolation) => {
    const { providers = [] } = /** @type {{ providers?: string[] }} */ (args.getConfig());
    const resources = knownResources(args);
    const customIds = new Set(
      resources.filter(({ kind }) => kind === "CustomProvider").map(({ props }) => props.providerId),
    );
    const routingRules = resources.filter(({ kind }) => kind === "RoutingRule");
    for (const configuration of resources.filter(({ kind }) => kind === "AccessConfiguration")) {
      const { name, urn, props } = configuration;
      const separate = routingRules.filter((rule) => rule.refersTo("configurationId", configuration));
      const rules = [...listOf(props.rules), ...separate.map((rule) => rule.props)];
      if (props.rules === UNKNOWN || rules.some((rule) => providerOf(rule) === UNKNOWN)) continue;
      const allowed = props.access?.providers?.allow;
      const isAllowed = (/** @type {string} */ provider) => allowed === undefined || listOf(allowed).includes(provider);
      const isWithoutKey = (/** @type {string} */ provider) => !hasKeys(provider, rules, props.access?.models?.allow);
      for (const provider of listOf(allowed).filter((each) => customIds.has(each) && isWithoutKey(each))) {
        reportViolation(
          `AccessConfiguration "${name}" allows the custom provider "${provider}", but no rule gives it a key, so its requests fail. ` +
            `Add a rule for "${provider}" with its keys, or remove it from access.providers.allow.`,
          urn,
        );
      }
      for (const provider of providers.filter((each) => isAllowed(each) && isWithoutKey(each))) {
        reportViolation(
          `AccessConfiguration "${name}" allows "${provider}", but no rule gives it a key of your own, so its requests are paid with ` +
            `ngrok credits. Add a rule for "${provider}" with your keys, or allow other providers only in access.providers.allow.`,
          urn,
        );
      }
    }
  },
};

/**
 * Whether all requests to a provider use keys of the account: by a rule for the provider, or one for each model that is allowed.
 * @param {string} provider
 * @param {readonly Rule[]} rules
 * @param {unknown} allowedModels
 */
function hasKeys(provider, rules, allowedModels) {
  const withKeys = rules.filter((rule) => providerOf(rule) === provider && listOf(rule.steps).some(isUserStep));
  if (withKeys.some(({ model }) => model === undefined)) return true;
  const models = listOf(allowedModels).filter((model) => String(model).startsWith(`${provider}:`));
  return models.length > 0 && models.every((model) => withKeys.some((rule) => rule.model === model));
}

/** @param {{ type?: unknown, keys?: any }} step */
function isUserStep({ type, keys }) {
  return type === "user" && (keys === UNKNOWN || listOf(keys).length > 0);
}

/**
 * The provider to which a rule applies; a model's name begins with it.
 * @param {Rule} rule
 */
function providerOf({ provider, model }) {
  if (provider !== undefined) return provider;
  return typeof model === "string" ? model.split(":")[0] : model;
}

module.exports = { ownKeys };
