/** Definitions and functions that the generator imports from the build because the package does not export them. */
import { createRequire } from "node:module";
import path from "node:path";
import type { Command } from "commander";
import type { FINDINGS } from "../../cli/account/findings.ts";
import type * as table from "../../cli/kinds.ts";
import type { planGatewayArguments, planRegionArguments } from "../../provider/azure/planning.ts";
import type { checkInputs } from "../../provider/lifecycle/check.ts";
import type { AnyDefinition } from "../../provider/lifecycle/definition.ts";
import type { typeTokenOf as toToken } from "../../provider/lifecycle/typeTokens.ts";
import type { toCamelCase } from "../../provider/plugin/functions/invoke.ts";
import type * as functionTable from "../../provider/plugin/functions/table.ts";
import type { definitionOf as registered } from "../../provider/registry.ts";
import type { diagnose } from "../../provider/routing/routeAdvice.ts";
import type { modelSchema } from "../../sdk/contract/models.ts";
import type { operations } from "../../sdk/contract/operations.ts";
import type { usageOverviewSchema } from "../../sdk/contract/usage.ts";
import type { toGatewayError } from "../../sdk/errors.ts";
import type { readSettings } from "../../sdk/settings.ts";

export const root = path.resolve(import.meta.dirname, "..", "..");
const require = createRequire(import.meta.url);

function built<Module>(file: string): Module {
  return require(path.join(root, "dist", file)) as Module;
}

const registry = built<{ definitionOf: typeof registered }>("provider/registry.js");

export function definitionOf(kind: string): AnyDefinition {
  const definition = registry.definitionOf(kind);
  if (definition === undefined) throw new Error(`the registry of kinds has no ${kind}`);
  return definition;
}

export const kinds = built<typeof table>("cli/kinds.js");
export const { typeTokenOf } = built<{ typeTokenOf: typeof toToken }>("provider/lifecycle/typeTokens.js");

export const functions = built<typeof functionTable>("provider/plugin/functions/table.js");
export const camelCase = built<{ toCamelCase: typeof toCamelCase }>("provider/plugin/functions/invoke.js");
export const models = built<{ modelSchema: typeof modelSchema }>("sdk/contract/models.js");
export const usage = built<{ usageOverviewSchema: typeof usageOverviewSchema }>("sdk/contract/usage.js");

export const check = built<{ checkInputs: typeof checkInputs }>("provider/lifecycle/check.js");
export const advice = built<{ diagnose: typeof diagnose }>("provider/routing/routeAdvice.js");
export const settings = built<{ readSettings: typeof readSettings }>("sdk/settings.js");
export const plan = built<{
  planGatewayArguments: typeof planGatewayArguments;
  planRegionArguments: typeof planRegionArguments;
}>("provider/azure/planning.js");
export const errors = built<{ toGatewayError: typeof toGatewayError }>("sdk/errors.js");
export const contract = built<{ operations: typeof operations }>("sdk/contract/operations.js");
export const findings = built<{ FINDINGS: typeof FINDINGS }>("cli/account/findings.js");

/** The command line with the defaults of an empty environment. */
export function program(): Command {
  for (const name of Object.keys(process.env)) if (name.startsWith("AI_GATEWAY_")) delete process.env[name];
  return built<{ makeProgram(): Command }>("cli/program.js").makeProgram();
}
