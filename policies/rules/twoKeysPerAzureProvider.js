// @ts-check
const { isAzureAddress, knownResources, textList } = require("../resources");

/** @type {import("@pulumi/policy").StackValidationPolicy} */
const twoKeysPerAzureProvider = {
  name: "two-keys-per-azure-provider",
  description:
    "A custom provider for Azure has both keys of its account, so that a key can be rotated without a failed request.",
  enforcementLevel: "advisory",
  severity: "medium",
  configSchema: {
    properties: {
      except: textList("Values of providerId that may have fewer than two keys in the stack."),
    },
  },
  validateStack: (args, reportViolation) => {
    const { except = [] } = /** @type {{ except?: string[] }} */ (args.getConfig());
    const resources = knownResources(args);
    const keys = resources.filter(({ kind }) => kind === "ProviderKey");
    for (const provider of resources.filter(({ kind }) => kind === "CustomProvider")) {
      const { providerId, baseUrl } = provider.props;
      if (!isAzureAddress(baseUrl) || except.includes(providerId)) continue;
      const isItsKey = (/** @type {typeof provider} */ key) =>
        key.props.providerId === providerId || key.refersTo("providerId", provider);
      const count = keys.filter(isItsKey).length;
      if (count >= 2) continue;
      reportViolation(
        `CustomProvider "${provider.name}" is an Azure provider with ${count === 0 ? "no key" : "one key"} in this stack. ` +
          "While Azure regenerates an account's only key, requests fail. Add a ProviderKey for each of the account's two keys, and " +
          "list both in the provider's rule.",
        provider.urn,
      );
    }
  },
};

module.exports = { twoKeysPerAzureProvider };
