/** The coverage as a page of the documentation. */
import type { Coverage, CoveredOperation } from "./coverage";

export function renderCoverage({ controlPlane, dataPlane, refused, differences, notKnown }: Coverage): string {
  return `# What the local gateway covers

The emulator's \`GET /_emulator/coverage\` answers the same as JSON. This page is made from it; \`node scripts/coveragePage.mts\`
writes it anew.

## Management API

All ${controlPlane.length} operations of the API are served, with their documented statuses and bodies.

${rows(["operation", "request", "in this project"], controlPlane.map(operationRow))}

## Data plane

${dataPlane.map(({ method, path }) => `- \`${method} ${path}\``).join("\n")}

Streaming, tools, images and unknown fields go through as they are; of a request's body only \`model\`, \`models\` and a limit of
the output are changed, and every other byte is the client's.

## Refused

${rows(
  ["code", "status", "when"],
  refused.map(({ code, status, when }) => [`\`${code}\``, String(status), when]),
)}

## Different from the service

${differences.map((difference) => `- ${difference}`).join("\n")}

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
