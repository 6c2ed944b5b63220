// @ts-check
const { isAzureAddress, kindOf, knownResources, listOf, plain, quoted, textList } = require("../resources");

/** @typedef {{ path: string, model: unknown }} Named */

/** @type {import("@pulumi/policy").ResourceValidationPolicy & import("@pulumi/policy").StackValidationPolicy} */
const allowedModels = {
  name: "allowed-models",
  description: "Deployments, providers, rules and configurations name only allowed models.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      models: textList(
        "Models that may be used: gpt-5-mini at every provider, or openai:gpt-5-mini at one. Without it, every model is allowed.",
      ),
    },
  },
  validateResource: ({ type, name, props, getConfig }, reportViolation) => {
    const { models } = /** @type {{ models?: string[] }} */ (getConfig());
    const kind = kindOf(type);
    if (models === undefined || kind === undefined) return;
    for (const { path, model } of modelsOf(kind, plain(props))) {
      if (typeof model !== "string" || isAllowed(model, models)) continue;
      const noun = kind === "AzureDeployment" ? "Deployment" : kind;
      reportViolation(
        `${noun} "${name}" names the model "${model}" in ${path}, which is not allowed. Allowed are ${quoted(models)}. Use one of them, ` +
          "or have the model added to allowed-models in the policy configuration.",
      );
    }
  },
  /** A configuration without a list allows every model of its providers. */
  validateStack: (args, reportViolation) => {
    const { models } = /** @type {{ models?: string[] }} */ (args.getConfig());
    if (models === undefined) return;
    const resources = knownResources(args);
    const limited = new Set(
      resources
        .filter(({ kind, props }) => kind === "CustomProvider" && listOf(props.models).length > 0)
        .map(({ props }) => props.providerId),
    );
    for (const { name, urn, props } of resources.filter(({ kind }) => kind === "AccessConfiguration")) {
      if (props.access?.models?.allow !== undefined) continue;
      const providers = props.access?.providers?.allow;
      if (Array.isArray(providers) && providers.every((each) => typeof each !== "string" || limited.has(each)))
        continue;
      reportViolation(
        `AccessConfiguration "${name}" has no list in access.models.allow, so every model of its providers may be used. List the models ` +
          `there, each as "<providerId>:<model>". Allowed are ${quoted(models)}.`,
        urn,
      );
    }
  },
};

/**
 * Every model that a resource names.
 * @param {string} kind
 * @param {Record<string, any>} props
 * @returns {Named[]}
 */
function modelsOf(kind, props) {
  const each = (/** @type {any} */ list, /** @type {string} */ path) =>
    listOf(list).map((model, index) => ({ path: `${path}[${index}]`, model }));
  switch (kind) {
    case "AzureDeployment":
      return [{ path: "properties.model.name", model: props.properties?.model?.name }];
    case "CustomProvider":
      return each(props.models, "models").map(({ path, model }) => ({
        path,
        model: servedModel(model, props.baseUrl),
      }));
    case "AccessConfiguration":
      return [
        ...each(props.access?.models?.allow, "access.models.allow"),
        ...listOf(props.rules).map(({ model }, index) => ({ path: `rules[${index}].model`, model })),
      ];
    case "RoutingRule":
      return [{ path: "model", model: props.model }];
    default:
      return [];
  }
}

/**
 * The model that a custom provider serves: what the gateway sends to it. To Azure that is the name of a deployment, whose own model
 * is inspected at the deployment.
 * @param {any} entry
 * @param {unknown} baseUrl
 */
function servedModel(entry, baseUrl) {
  if (!(entry instanceof Object)) return entry;
  return isAzureAddress(baseUrl) ? entry.modelId : (entry.providerModelId ?? entry.modelId);
}

/**
 * Whether a name, with or without its provider or vendor, is in the list.
 * @param {string} model
 * @param {readonly string[]} models
 */
function isAllowed(model, models) {
  return models.includes(model) || models.includes(model.replace(/^[^:/]+[:/]/, ""));
}

module.exports = { allowedModels };
