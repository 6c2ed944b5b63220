#!/usr/bin/env node
// Starts the provider of the package ngrok-ai for Pulumi's engine. Written so that every version of Node reads it.
try {
  require("../dist/sdk/nodeVersion.js"); // ends a Node that is too old, with one line
  // Compiling is half of the start. Node does without where it can't write.
  require("node:module").enableCompileCache();
  require("../dist/provider/plugin/main.js");
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  const [problem] = error.message.split("\n");
  console.error(
    `pulumi-resource-ngrok-ai: ${problem}. Install the package with its dependencies: npm install pulumi-ngrok-ai`,
  );
  process.exit(1);
}
