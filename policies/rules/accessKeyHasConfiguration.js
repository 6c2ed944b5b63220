// @ts-check
const { kindOf, plain, textList } = require("../resources");

/** @type {import("@pulumi/policy").ResourceValidationPolicy} */
const accessKeyHasConfiguration = {
  name: "access-key-has-configuration",
  description: "An access key has a configuration that limits what its token may use.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      except: textList("Names of AccessKey resources that may be without a configuration."),
    },
  },
  validateResource: ({ type, name, props, getConfig }, reportViolation) => {
    const { except = [] } = /** @type {{ except?: string[] }} */ (getConfig());
    if (kindOf(type) !== "AccessKey" || except.includes(name)) return;
    if (plain(props).configurationId !== undefined) return;
    reportViolation(
      `AccessKey "${name}" has no configuration, so its token may use every provider, every model and every stored key of the ` +
        "account. Set configurationId to an AccessConfiguration.",
    );
  },
};

module.exports = { accessKeyHasConfiguration };
