/**
 * `npm run bench [-- NAME…] [--json]`: every figure is a median of several runs in one invocation; ratios are taken within that
 * invocation.
 */
import { Argument, Command, Option } from "commander";
import { azureRegions } from "./azureRegions.mts";
import { engine } from "./engine.mts";
import { exportAccount } from "./exportAccount.mts";
import { gatewayTraffic } from "./gatewayTraffic.mts";
import { graph } from "./graph.mts";
import { loading } from "./loading.mts";
import { mainJob } from "./mainJob.mts";
import type { Bench, Figure } from "./measure.mts";
import { pulumiCli } from "./pulumiCli.mts";
import { handWritten, manyResources, resources } from "./resources.mts";
import { typeChecking } from "./typeChecking.mts";

const offlineBenches: Readonly<Record<string, Bench>> = {
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
/** Benchmarks that need the Pulumi CLI. */
const cliBenches: Readonly<Record<string, Bench>> = { pulumiCli };

const command = new Command("npm run bench --")
  .addArgument(
    new Argument("[names...]", "benchmarks to run")
      .choices([...Object.keys(offlineBenches), ...Object.keys(cliBenches)])
      .default([], "all"),
  )
  .option("--json", "print one JSON document")
  .addOption(
    new Option("--engine <engine>", "engine that the benchmarks run on").choices(["offline", "cli"]).default("offline"),
  )
  .showHelpAfterError()
  .parse();
const flags = command.opts<{ json?: true; engine: string }>();
const names = command.processedArgs[0] as readonly string[];

const benches = flags.engine === "cli" ? cliBenches : offlineBenches;
const unknown = names.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) command.error(`error: ${unknown} does not run on the engine "${flags.engine}"`);

const figures: Figure[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (names.length > 0 && !names.includes(name)) continue;
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
