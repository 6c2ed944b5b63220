/** Cost of requiring the package in a process that has already loaded @pulumi/pulumi. */
import path from "node:path";
import { type Figure, inOwnProcess, median } from "./measure.mts";

const RUNS = 11;
const root = path.resolve(import.meta.dirname, "..");

export async function* loading(): AsyncIterable<Figure> {
  const entries = [
    {
      what: "require pulumi-ngrok-ai/dynamic, over @pulumi/pulumi",
      load: `require("pulumi-ngrok-ai/dynamic")`,
      goal: "< 60",
    },
    {
      what: "the same, and the first provider of each kind",
      load: `const { provider } = require("pulumi-ngrok-ai/dynamic"); for (const kind of ["CustomProvider", "ProviderKey", "AccessConfiguration", "RoutingRule", "AccessKey"]) provider(kind)`,
    },
    { what: "require pulumi-ngrok-ai (a program), over @pulumi/pulumi", load: `require("pulumi-ngrok-ai")` },
    {
      what: "require pulumi-ngrok-ai/azure (a program), over @pulumi/pulumi",
      load: `require("pulumi-ngrok-ai/azure")`,
      goal: "< 60",
    },
  ];
  for (const { what, load, goal } of entries) {
    const script = `require("@pulumi/pulumi"); const before = performance.now(); ${load};
      const loaded = performance.now() - before;
      const azure = Object.keys(require.cache).some((file) => file.includes("azure-native"));
      console.log(JSON.stringify([loaded, azure ? 1 : 0]))`;
    const runs = Array.from({ length: RUNS }, () => inOwnProcess(script, path.join(root, "examples", "azure-openai")));
    if (runs.some(([, azure]) => azure === 1)) throw new Error(`${what} loads @pulumi/azure-native`);
    yield { what, value: median(runs.map(([loaded]) => loaded ?? Number.NaN)), unit: "ms", ...(goal ? { goal } : {}) };
  }
}
