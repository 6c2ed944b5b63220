/** The words, symbols and colors of each operation, as in the Pulumi CLI. */
import type { styleText } from "node:util";
import type { OpType } from "../results";

export type Style = Parameters<typeof styleText>[0];

export interface OperationWords {
  readonly symbol: string;
  readonly style: Style;
  /** In a preview. */
  readonly planned: string;
  /** While it runs. */
  readonly begun: string;
  readonly done: string;
}

export const OPERATION_WORDS: Readonly<Record<OpType, OperationWords>> = {
  same: { symbol: "  ", style: "reset", planned: "", begun: "", done: "" },
  create: { symbol: "+ ", style: "green", planned: "create", begun: "creating", done: "created" },
  update: { symbol: "~ ", style: "yellow", planned: "update", begun: "updating", done: "updated" },
  delete: { symbol: "- ", style: "red", planned: "delete", begun: "deleting", done: "deleted" },
  replace: { symbol: "+-", style: "magentaBright", planned: "replace", begun: "replacing", done: "replaced" },
  "create-replacement": {
    symbol: "++",
    style: "greenBright",
    planned: "replace",
    begun: "creating replacement",
    done: "created replacement",
  },
  "delete-replaced": {
    symbol: "--",
    style: "redBright",
    planned: "replace",
    begun: "deleting original",
    done: "deleted original",
  },
  read: { symbol: "> ", style: "cyanBright", planned: "read", begun: "reading", done: "read" },
  "read-replacement": {
    symbol: ">>",
    style: "cyanBright",
    planned: "replace",
    begun: "reading for replacement",
    done: "read for replacement",
  },
  refresh: { symbol: "~ ", style: "yellow", planned: "refresh", begun: "refreshing", done: "refresh" },
  discard: { symbol: "< ", style: "red", planned: "discard", begun: "discarding", done: "discarded" },
  "discard-replaced": {
    symbol: "<<",
    style: "redBright",
    planned: "replace",
    begun: "discarding original",
    done: "discarded original",
  },
  "remove-pending-replace": {
    symbol: "~ ",
    style: "yellow",
    planned: "forget",
    begun: "forgetting",
    done: "forgotten",
  },
  import: { symbol: "= ", style: "green", planned: "import", begun: "importing", done: "imported" },
  "import-replacement": {
    symbol: "=>",
    style: "green",
    planned: "replace",
    begun: "importing replacement",
    done: "imported replacement",
  },
};
