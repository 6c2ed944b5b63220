/** The picture as data, for other programs. */
import { toJsonText } from "../../json";
import type { Graph } from "../model";

/** Raised when a reader of the previous version would misinterpret the document. */
const FORMAT_VERSION = 1;

export function toJson(graph: Graph): string {
  return `${toJsonText({ version: FORMAT_VERSION, ...graph })}\n`;
}
