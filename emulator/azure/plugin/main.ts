/** The process that Pulumi starts for the package azure-native: prints its port, and serves until it is ended. */
import "../../../sdk/nodeVersion";

import { servePlugin } from "./service";

const { AZURE_EMULATOR_URL } = process.env;
if (AZURE_EMULATOR_URL === undefined) {
  console.error(
    "AZURE_EMULATOR_URL does not name the local Azure. Start one (`pulumi-ngrok-ai emulator`), or take this stand-in off PATH to use the real provider of azure-native.",
  );
  process.exit(1);
}

const engineAddress = process.argv.at(2);

servePlugin({ azureUrl: AZURE_EMULATOR_URL, environment: process.env, engineAddress }).then(
  ({ port }) => process.stdout.write(`${port}\n`),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
