/** The file for `pulumi import --file` of a YAML program: only types, names and ids, because the plugin reads each object by its id. */
import { pluginTokenOf } from "../../../provider/lifecycle/typeTokens";
import type { ExportPlan } from "../plan";

export function pluginImportFile({ resources }: ExportPlan): object {
  return { resources: resources.map(({ kind, name, id }) => ({ type: pluginTokenOf(kind), name, id })) };
}
