#!/usr/bin/env node
// Starts the provider of the package ngrok-ai for Pulumi's engine. Written so that every version of Node reads it: one that is too old
// is reported in one line.
const needed = require("../package.json").engines.node.replace(">=", "");

function isTooOld(version, minimum) {
  const have = version.split(".").map(Number);
  const need = minimum.split(".").map(Number);
  const part = need.findIndex((_, index) => have[index] !== need[index]);
  return part >= 0 && have[part] < need[part];
}

function fail(problem) {
  console.error(`pulumi-resource-ngrok-ai: ${problem}`);
  process.exit(1);
}

if (isTooOld(process.versions.node, needed)) {
  fail(`Node.js ${process.versions.node} is too old. Install Node.js ${needed} or later: https://nodejs.org`);
}

// Compiling is half of the start. Node does without where it can't write.
require("node:module").enableCompileCache();

try {
  require("../dist/provider/plugin/main.js");
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  fail(`${error.message.split("\n")[0]}. Install the package with its dependencies: npm install pulumi-ngrok-ai`);
}
