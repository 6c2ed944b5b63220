/** The findings of `check` as marks on the cards of the picture. */
import { FINDINGS, type Finding } from "../account/findings";
import type { Mark } from "./model";

export function marksByObject(findings: readonly Finding[]): ReadonlyMap<string, readonly Mark[]> {
  const marks = new Map<string, Mark[]>();
  for (const { id, finding, reason, detail } of findings) {
    const { words, weight } = FINDINGS[finding];
    const mark = { finding, words, reason, weight, ...(detail !== undefined && { detail }) };
    const known = marks.get(id);
    if (known === undefined) marks.set(id, [mark]);
    else known.push(mark);
  }
  return marks;
}
