// @ts-check
/** The policy pack: `pulumi up --policy-pack FOLDER` runs this file as it is, so it is plain JavaScript. */
const { PolicyPack } = require("@pulumi/policy");
const { policies } = require("./policies");

new PolicyPack("ngrok-ai", { policies: [...policies] });
