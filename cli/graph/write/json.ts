/** The picture as data, for other programs. */
import type { Graph } from "../model";

/** Raised when a reader of an older version would misread it. */
const FORMAT_VERSION = 1;

export function toJson(graph: Graph): string {
  return `${JSON.stringify({ version: FORMAT_VERSION, ...graph }, null, 2)}\n`;
}
