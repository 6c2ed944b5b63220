/** The file for `pulumi import --file` of a program in YAML: the plugin reads each object by its id, so nothing else is in it. */
import { pluginTokenOf } from "../../../provider/lifecycle/typeTokens";
import type { ExportPlan } from "../plan";

export function pluginImportFile({ resources }: ExportPlan): object {
  return { resources: resources.map(({ kind, name, id }) => ({ type: pluginTokenOf(kind), name, id })) };
}
