// @ts-check
/** All policies of the pack, one file each. */
const { accessKeyHasConfiguration } = require("./rules/accessKeyHasConfiguration");
const { allowedModels } = require("./rules/allowedModels");
const { allowedRegions } = require("./rules/allowedRegions");
const { noSecretsInClearText } = require("./rules/noSecretsInClearText");
const { ownKeys } = require("./rules/ownKeys");
const { twoKeysPerAzureProvider } = require("./rules/twoKeysPerAzureProvider");

/** @type {readonly (import("@pulumi/policy").ResourceValidationPolicy | import("@pulumi/policy").StackValidationPolicy)[]} */
const policies = [
  accessKeyHasConfiguration,
  ownKeys,
  twoKeysPerAzureProvider,
  noSecretsInClearText,
  allowedRegions,
  allowedModels,
];

module.exports = { policies };
