/** The operations of a stack, with their words for help texts and questions, and their previews. */
import type { OfflineStack, OperationResult, UpOptions } from "../../engine";

export type Operation = "up" | "preview" | "refresh" | "destroy";

interface OperationInfo {
  readonly description: string;
  readonly examples: readonly string[];
  /** The confirmation question; absent if it changes nothing. */
  readonly question?: string;
  run(stack: OfflineStack, options: UpOptions): Promise<OperationResult>;
  /** Its preview. */
  preview(stack: OfflineStack, options: UpOptions): Promise<OperationResult>;
}

export const OPERATIONS: Readonly<Record<Operation, OperationInfo>> = {
  up: {
    description: "Create, update and delete resources until they match the program",
    examples: [
      "offline up -C examples/azure-openai -c endpoint=https://contoso.openai.azure.com --secret apiKey=KEY",
      "offline up --yes --diff",
      "offline up --json | jq .changeSummary",
    ],
    question: "Do you want to perform this update?",
    run: (stack, options) => stack.up(options),
    preview: (stack, options) => stack.preview(options),
  },
  preview: {
    description: "Show what `up` would do",
    examples: ["offline preview --diff", "offline preview --refresh --expect-no-changes"],
    run: (stack, options) => stack.preview(options),
    preview: (stack, options) => stack.preview(options),
  },
  refresh: {
    description: "Update the state to what the providers report of each resource",
    examples: ["offline refresh --yes", "offline refresh --preview-only --expect-no-changes"],
    question: "Do you want to perform this refresh? Only the state changes.",
    run: (stack, options) => stack.refresh(options),
    preview: (stack, options) => stack.previewRefresh(options),
  },
  destroy: {
    description: "Delete every resource of the stack",
    examples: ["offline destroy --preview-only", "offline destroy --yes"],
    question: "Do you want to perform this destroy?",
    run: (stack, options) => stack.destroy(options),
    preview: (stack, options) => stack.previewDestroy(options),
  },
};
