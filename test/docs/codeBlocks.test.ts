/**
 * Every code block of the documentation is valid: TypeScript that the package's types accept, JSON and YAML that parse, commands
 * and flags that exist. Does not prove the effect of a command, or anything about other tools' commands (pulumi, az, curl).
 */
import { parseAllDocuments } from "yaml";
import { commandProblems } from "./commands";
import { type CodeBlock, readDocuments } from "./documents";
import { typeProblems } from "./typeCheck";

const blocks = readDocuments().flatMap((document) => document.blocks);
const of = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language));
const LANGUAGES = ["ts", "sh", "json", "yaml", "text", "mermaid", "console"];

test("every code block names one of the languages that are checked here, or is marked as text", () => {
  const others = blocks.filter(({ language }) => !LANGUAGES.includes(language));
  expect(others.map(({ place, language }) => `${place} is marked "${language}"`)).toEqual([]);
});

test("every TypeScript block is accepted by the package's types", () => {
  expect(of("ts").length).toBeGreaterThan(10);
  expect(typeProblems(of("ts"))).toEqual([]);
}, 300_000);

test("every command of this package and of this repository exists, with the given flags", () => {
  const commands = of("sh", "console");
  expect(commands.length).toBeGreaterThan(5);
  expect(commands.flatMap(commandProblems)).toEqual([]);
});

test("every JSON block parses", () => {
  expect(of("json").flatMap((block) => problemsOf(block, () => JSON.parse(block.text)))).toEqual([]);
});

test("every YAML block parses", () => {
  const problems = of("yaml").flatMap((block) =>
    problemsOf(block, () => {
      for (const { errors } of parseAllDocuments(block.text)) for (const error of errors) throw error;
    }),
  );
  expect(problems).toEqual([]);
});

function problemsOf({ place }: CodeBlock, read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    return [`${place}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

describe("the checks themselves", () => {
  const block = (language: string, text: string): CodeBlock => ({ place: "page.md:1", language, marks: [], text });

  test("detect a flag, a command and a script that do not exist", () => {
    const text = [
      "npx pulumi-ngrok-ai offline up --cwd . \\",
      "  --no-such-flag",
      "pulumi stack export | pulumi-ngrok-ai recovr --state - # a comment --with-a-flag",
      'RESULT="$(npx pulumi-ngrok-ai check --jsn)"',
      "npm run upp && npm run up -- --keep --kept",
      "npm run offline -- preview --configg a=b",
    ].join("\n");
    expect(commandProblems(block("sh", text))).toEqual([
      "page.md:1: pulumi-ngrok-ai offline up has no option --no-such-flag",
      "page.md:1: pulumi-ngrok-ai has no command recovr",
      "page.md:1: pulumi-ngrok-ai check has no option --jsn",
      "page.md:1: package.json has no script upp",
      "page.md:1: npm run up has no option --kept",
      "page.md:1: pulumi-ngrok-ai offline preview has no option --configg",
    ]);
  });

  test("detect a wrong type, at its line", () => {
    const text =
      'import * as ngrok from "pulumi-ngrok-ai";\n\nnew ngrok.ProviderKey("key", { providerId: "openai" });\n';
    expect(typeProblems([block("ts", text)])).toEqual([expect.stringMatching(/^page\.md:4: .*'value' is missing/)]);
  }, 300_000);
});
