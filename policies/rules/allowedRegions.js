// @ts-check
const { kindOf, plain, quoted, textList } = require("../resources");

/** `East US 2` and `eastus2` name one region. @param {string} region */
const normalized = (region) => region.toLowerCase().replaceAll(/\s/g, "");

/** @type {import("@pulumi/policy").ResourceValidationPolicy} */
const allowedRegions = {
  name: "allowed-regions",
  description: "Azure accounts are in allowed regions, and deployments process requests there.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      regions: textList("Azure regions in which accounts may be. Without it, every region is allowed."),
      skus: textList(
        "SKUs that deployments may have. A global SKU processes requests in any region. Without it, every SKU is allowed.",
      ),
    },
  },
  validateResource: ({ type, name, props, getConfig }, reportViolation) => {
    const { regions, skus } = /** @type {{ regions?: string[], skus?: string[] }} */ (getConfig());
    const kind = kindOf(type);
    const { location, sku } = plain(props);
    if (kind === "AzureAccount" && regions !== undefined && typeof location === "string") {
      if (regions.map(normalized).includes(normalized(location))) return;
      reportViolation(
        `Account "${name}" is in the region "${location}", which is not allowed. Allowed are ${quoted(regions)}. Move it to one of ` +
          "them, or have the region added to allowed-regions in the policy configuration.",
      );
    }
    if (kind === "AzureDeployment" && skus !== undefined && typeof sku?.name === "string") {
      if (skus.includes(sku.name)) return;
      reportViolation(
        `Deployment "${name}" has the SKU "${sku.name}", which is not allowed because it decides in which regions Azure processes ` +
          `requests. Allowed are ${quoted(skus)}. Use one of them, or have the SKU added to allowed-regions in the policy configuration.`,
      );
    }
  },
};

module.exports = { allowedRegions };
