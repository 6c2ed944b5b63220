/** Formats the coverage as a page of the documentation. */
import type { Coverage, CoveredOperation } from "./coverage";

export function renderCoverage(coverage: Coverage): string {
  const { controlPlane, dataPlane, refused, differences, disagreements, notKnown } = coverage;
  return `# What the local gateway covers

The emulator's \`GET /_emulator/coverage\` returns the same as JSON. \`node scripts/coveragePage.mts\` writes this page from it.

## Management API

All ${controlPlane.length} operations of the API are served, with their documented statuses and bodies.

${rows(["operation", "request", "in this project"], controlPlane.map(operationRow))}

## Data plane

${dataPlane.map(({ method, path }) => `- \`${method} ${path}\``).join("\n")}

Streaming, tools, images and unknown fields are passed on as they are. Of a request's body only \`model\`, \`models\`, a limit of the
output and the parameters that the model does not take are changed; every other byte is the client's.

## Refused

${rows(
  ["code", "status", "when"],
  refused.map(({ code, status, when }) => [`\`${code}\``, String(status), when]),
)}

## Different from the service

${differences.map((difference) => `- ${difference}`).join("\n")}

## Where documents of the service disagree

${rows(
  ["subject", "followed here", "not followed"],
  disagreements.map(({ subject, followed, other }) => [subject, followed, other]),
)}

## Not known about the service

${rows(
  ["its documents leave open", "here"],
  notKnown.map(({ question, chosen }) => [question, chosen]),
)}
`;
}

function operationRow({ operationId, method, path, use }: CoveredOperation): string[] {
  return [operationId, `\`${method} ${path}\``, useText(use)];
}

function useText(use: CoveredOperation["use"]): string {
  if ("managedBy" in use) return `managed by ${use.managedBy}`;
  if ("reads" in use) return `read: ${use.reads}`;
  return `out of scope: ${use.outOfScope}`;
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}
