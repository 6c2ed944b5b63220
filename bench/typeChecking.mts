/** Cost of a program's type check with the Azure components, compared with one that imports only the resources. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { type Figure, median } from "./measure.mts";

const RUNS = 5;
const root = path.resolve(import.meta.dirname, "..");
const folder = path.join(root, ".local", "bench-types");
const RESOURCES = `import { CustomProvider } from "pulumi-ngrok-ai";
export const provider = new CustomProvider("p", { providerId: "p", baseUrl: "https://example.com" });\n`;
const COMPONENTS = `${RESOURCES}import { AzureOpenAIGateway } from "pulumi-ngrok-ai/azure";
export const gateway = new AzureOpenAIGateway("g", { regions: ["eastus2"], deployments: { m: { model: "gpt-5-mini" } } });\n`;

export async function* typeChecking(): AsyncIterable<Figure> {
  fs.mkdirSync(folder, { recursive: true });
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: "nodenext", target: "es2023", types: [] };
  fs.writeFileSync(
    path.join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: options, files: ["index.ts"] }),
  );
  const times: Record<"resources" | "components", number[]> = { resources: [], components: [] };
  for (let run = 0; run < RUNS; run++) {
    times.resources.push(checkMs(RESOURCES));
    times.components.push(checkMs(COMPONENTS));
  }
  fs.rmSync(folder, { recursive: true });
  const [resources, components] = [median(times.resources), median(times.components)];
  yield { what: "type check of a program with the resources", value: resources / 1000, unit: "s", digits: 2 };
  yield { what: "the same with the Azure components", value: components / 1000, unit: "s", digits: 2 };
  yield { what: "ratio of the two", value: components / resources, unit: "×", digits: 2, goal: "< 1.5" };
}

function checkMs(program: string): number {
  fs.writeFileSync(path.join(folder, "index.ts"), program);
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
  const startedAt = performance.now();
  const result = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
  if (result.status !== 0) throw new Error(`the program does not type-check: ${result.stdout}`);
  return performance.now() - startedAt;
}
