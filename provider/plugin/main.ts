/** The process that Pulumi starts for the package ngrok-ai: prints its port, and serves until it is ended. */
import { fstatSync } from "node:fs";
import { serve } from "./serve";

/** Options of Pulumi's engine that are followed by a value. */
const OPTIONS_WITH_VALUE: readonly string[] = ["--tracing"];

/** The engine's address: the first argument that is no option. */
function engineAddressIn(args: readonly string[]): string | undefined {
  return args.find((arg, index) => !arg.startsWith("-") && !OPTIONS_WITH_VALUE.includes(args[index - 1] ?? ""));
}

/** An engine that was killed can't end this process, but its end of the pipe closes. */
function endWithEngine(): void {
  const stdin = fstatSync(0);
  if (!stdin.isFIFO() && !stdin.isSocket()) return;
  process.stdin.on("end", () => process.exit());
  process.stdin.on("error", () => process.exit());
  process.stdin.resume();
}

endWithEngine();
serve(engineAddressIn(process.argv.slice(2))).then(
  (port) => process.stdout.write(`${port}\n`),
  (error: unknown) => {
    console.error(`pulumi-resource-ngrok-ai: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
