/**
 * Names, values, messages and outputs with control characters are displayed escaped and stored unchanged. Does not prove
 * how a particular terminal displays other characters.
 */
import { escapeControls, escapeControlsInLines } from "../../engine/display/escapeControls";
import { failureOf, useProjects } from "./harness";

const newProject = useProjects();

const HOSTILE = "a\u202egnp\u0085\u001b[2Jz\u2066";
const ESCAPED = "a\\u202egnp\\u0085\\u001b[2Jz\\u2066";
/** Characters that must not be displayed unescaped. Line breaks and tabs are part of the layout. */
const INVISIBLE = /[^\P{Cc}\n\t]|\p{Bidi_Control}/u;

test("escapes C0, DEL, C1, bidirectional controls and line separators, and nothing else", () => {
  const all = "\u0000\u001b\u007f\u0080\u009f\u061c\u200e\u200f\u202a\u202e\u2066\u2069\u2028\u2029\ufeff";
  const codes = [...all].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  expect(escapeControls(all)).toBe(codes.join(""));
  const shown = "Grüße, 日本, 👩‍💻, العربية, \\ \" '";
  expect(escapeControls(shown)).toBe(shown);
});

test("keeps line breaks and tabs only in text of several lines", () => {
  expect(escapeControls("a\n\tb\r")).toBe("a\\u000a\\u0009b\\u000d");
  expect(escapeControlsInLines("a\n\tb\r")).toBe("a\n\tb\\u000d");
});

test("an escaped JSON document parses to the same value", () => {
  const document = { [HOSTILE]: [HOSTILE, "\\u202e"] };
  const text = escapeControlsInLines(JSON.stringify(document, null, 2));
  expect(text).not.toMatch(INVISIBLE);
  expect(JSON.parse(text)).toEqual(document);
});

test("resources, properties, outputs, messages and errors are displayed escaped, and their data is unchanged", async () => {
  const text = JSON.stringify(HOSTILE);
  const project = newProject().program(`
    new Thing(${text}, { [${text}]: ${text} });
    new Thing("b", { checkFailure: ${text} });
    pulumi.log.warn(${text});
    module.exports = { [${text}]: ${text} };
  `);
  const stack = await project.stack();
  let output = "";
  const error = await failureOf(stack.up({ parallel: 1, color: "never", onOutput: (part) => (output += part) }));
  for (const shown of [output, error.result.stdout, error.result.stderr]) expect(shown).not.toMatch(INVISIBLE);
  expect(output).toContain(`+  world:index:Thing ${ESCAPED} created`);
  expect(output).toContain(`${ESCAPED}: "${ESCAPED}"`);
  // Escape sequences of terminals are removed from messages, as from the program's output.
  expect(error.result.stderr).toContain("a\\u202egnp\\u0085z\\u2066");
  expect(project.entry(HOSTILE).inputs[HOSTILE]).toBe(HOSTILE);
  project.program(`module.exports = { [${text}]: ${text} };`);
  const { outputs, stdout } = await stack.up();
  expect(outputs[HOSTILE]).toEqual({ value: HOSTILE, secret: false });
  expect(stdout).toContain(`${ESCAPED}: "${ESCAPED}"`);
});
