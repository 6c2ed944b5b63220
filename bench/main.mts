/** `npm run bench [-- NAME…] [--json]`: every figure is a median of several runs in one go, ratios are taken within that go. */
import { parseArgs } from "node:util";
import { azureRegions } from "./azureRegions.mts";
import { engine } from "./engine.mts";
import { exportAccount } from "./exportAccount.mts";
import { gatewayTraffic } from "./gatewayTraffic.mts";
import { graph } from "./graph.mts";
import { loading } from "./loading.mts";
import { mainJob } from "./mainJob.mts";
import type { Bench, Figure } from "./measure.mts";
import { handWritten, manyResources, resources } from "./resources.mts";
import { typeChecking } from "./typeChecking.mts";

const benches: Readonly<Record<string, Bench>> = {
  loading,
  typeChecking,
  mainJob,
  azureRegions,
  gatewayTraffic,
  engine,
  exportAccount,
  graph,
  resources,
  manyResources,
  handWritten,
};

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});

const unknown = positionals.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`no benchmark named ${unknown.join(", ")}; there are: ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}

const figures: Figure[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  if (!flags.json) console.log(`\n${name}`);
  for await (const figure of bench()) {
    figures.push(figure);
    if (flags.json) continue;
    const goal = figure.goal === undefined ? "" : `   goal ${figure.goal}`;
    console.log(
      `  ${figure.what.padEnd(62)} ${figure.value.toFixed(figure.digits ?? 1).padStart(9)} ${figure.unit}${goal}`,
    );
  }
}
if (flags.json) console.log(JSON.stringify(figures, null, 2));
