/** The findings of `check`, as they are marked in the picture. */
import type { Finding } from "../account/findings";
import type { Mark } from "./model";

const WORDS: Readonly<Record<Finding["finding"], readonly [words: string, weight: Mark["weight"]]>> = {
  "never-used": ["never used", "unused"],
  "in-no-rule": ["in no rule", "unused"],
  "of-no-access-key": ["of no access key", "unused"],
  "on-credits": ["on credits", "unused"],
  "allowed-to-nobody": ["unreachable", "broken"],
  "without-key": ["without key", "broken"],
};

export function marksByObject(findings: readonly Finding[]): ReadonlyMap<string, readonly Mark[]> {
  const marks = new Map<string, Mark[]>();
  for (const { id, finding, reason } of findings) {
    const [words, weight] = WORDS[finding];
    const known = marks.get(id);
    const mark = { finding, words, reason, weight };
    if (known === undefined) marks.set(id, [mark]);
    else known.push(mark);
  }
  return marks;
}
