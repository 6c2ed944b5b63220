/** The page of one component. */
import { type Docstrings, examplesOf, summaryOf, tagOf } from "./docstrings.mts";
import { inputTable } from "./inputs.mts";
import { fence, GENERATED, joined } from "./markdown.mts";
import { gatewayRefusalTable, regionRefusalTable } from "./refusals.mts";
import { type Shape, shapesOf, typeNames } from "./shapes.mts";

const ENTRY = "provider/azure";

export function componentPage(docs: Docstrings, kind: string): string {
  const component = docs.get(ENTRY, kind);
  const args = docs.get(ENTRY, `${kind}Args`);
  const shapes = shapesOf(docs, ENTRY, args.children ?? []);
  const declared = (component.children ?? []).filter(({ type, flags }) => type !== undefined && !flags.isStatic);
  const own = kind === "AzureOpenAIRegion" ? (docs.get(ENTRY, `${kind}Outputs`).children ?? []) : declared;
  const outputShapes = shapesOf(docs, ENTRY, own);
  const names = typeNames(docs, ENTRY, [...shapes, ...outputShapes]);
  const [example] = examplesOf(component);
  if (example === undefined) throw new Error(`${kind} has no @example`);
  const section = (shape: Shape, column: "input" | "output") =>
    joined([`### ${shape.name}`, summaryOf(shape), inputTable(shape.members, names, undefined, column)]).trim();
  return joined([
    GENERATED,
    `# ${kind}`,
    summaryOf(component),
    fence("ts", example),
    `\`new ${kind}(name: string, args: ${kind}Args, options?: pulumi.ComponentResourceOptions)\`, from \`pulumi-ngrok-ai/azure\`. ` +
      `Type token \`ngrok-ai:azure:${kind}\`.`,
    "## Inputs",
    inputTable(args.children ?? [], names),
    ...shapes.map((shape) => section(shape, "input")),
    "## Outputs",
    inputTable(own, names, undefined, "output"),
    ...outputShapes.map((shape) => section(shape, "output")),
    "## What is refused before anything is registered",
    "All argument errors are reported together. Examples:",
    kind === "AzureOpenAIRegion" ? regionRefusalTable() : gatewayRefusalTable(),
    "What Azure itself refuses is listed in [troubleshooting](../guides/troubleshooting.md#azure-refuses).",
    "## Adopt, drift, delete",
    tagOf(component, "@drift") ?? "",
  ]);
}
