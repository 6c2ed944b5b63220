/** Edits single members in the text of a JSON object: every other byte stays as the client wrote it. */

interface Member {
  readonly key: string;
  /** Start of the member's key. */
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

/**
 * The text with top-level members set to a JSON text, or removed if the value is `undefined`; `added` members are inserted before all
 * others.
 */
export function withMembers(
  text: string,
  changes: Readonly<Record<string, string | undefined>>,
  added: Readonly<Record<string, string>> = {},
): string {
  let edited = text;
  const members = topLevelMembers(text);
  for (const [index, { key, start, valueStart, end }] of [...members.entries()].reverse()) {
    if (!Object.hasOwn(changes, key)) continue;
    const value = changes[key];
    if (value !== undefined) {
      edited = edited.slice(0, valueStart) + value + edited.slice(end);
      continue;
    }
    // Includes the preceding comma or, for the first member, the following one.
    const from = index > 0 ? (members[index - 1]?.end ?? start) : start;
    const to = index > 0 ? end : (members[1]?.start ?? end);
    edited = edited.slice(0, from) + edited.slice(to);
  }
  for (const [key, value] of Object.entries(added)) {
    const start = edited.indexOf("{") + 1;
    const comma = edited[skipSpace(edited, start)] === "}" ? "" : ",";
    edited = `${edited.slice(0, start)}${JSON.stringify(key)}:${value}${comma}${edited.slice(start)}`;
  }
  return edited;
}

/** Requires the valid JSON text of an object. */
function topLevelMembers(text: string): Member[] {
  const members: Member[] = [];
  let at = skipSpace(text, text.indexOf("{") + 1);
  while (text[at] === '"') {
    const start = at;
    const keyEnd = endOfString(text, at);
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = endOfValue(text, valueStart);
    members.push({ key: JSON.parse(text.slice(start, keyEnd)) as string, start, valueStart, end });
    at = skipSpace(text, end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return members;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? "")) at++;
  return at;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  for (;;) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === "{" || char === "[") {
      depth++;
      at++;
    } else if (char === "}" || char === "]") {
      if (depth === 0) return trimmedEnd(text, start, at);
      depth--;
      at++;
    } else if (char === "," && depth === 0) return trimmedEnd(text, start, at);
    else if (char === undefined) return at;
    else at++;
    if (depth === 0 && (text[at - 1] === "}" || text[at - 1] === "]" || text[at - 1] === '"')) return at;
  }
}

function trimmedEnd(text: string, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length;
}
