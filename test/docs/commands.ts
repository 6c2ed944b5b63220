/**
 * Checks commands in shell blocks: this package's command line or this repository's scripts must have them, with the given flags.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { makeProgram } from "../../cli/program";
import { type CodeBlock, root } from "./documents";

const program = makeProgram();
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  scripts: Readonly<Record<string, string>>;
};
/** The files that read the flags of scripts outside the command line. */
const SCRIPT_SOURCES: Readonly<Record<string, string>> = { up: "scripts/up.mts", bench: "bench/main.mts" };

/** `page.md:12: problem`; empty if all commands are valid. */
export function commandProblems({ place, text }: CodeBlock): string[] {
  return simpleCommands(text)
    .flatMap(problemsOf)
    .map((problem) => `${place}: ${problem}`);
}

/** One list of words for each command: splits lines, pipes, lists and substitutions, and removes comments. */
function simpleCommands(text: string): string[][] {
  return text
    .replace(/\\\n/g, " ")
    .split("\n")
    .map((line) => line.replace(/^\$ /, "").replace(/(^|\s)#.*$/, ""))
    .flatMap((line) => line.split(/\||&&|;|\$\(|\)/))
    .map((command) => command.replaceAll(/["`]/g, " ").trim().split(/\s+/))
    .map((words) => words.filter((word, index) => word !== "" && !(index === 0 && /^\w+=/.test(word))));
}

function problemsOf([name, ...words]: readonly string[]): string[] {
  if (name === "npx") return problemsOf(words.filter((word) => word !== "--yes" && word !== "-y"));
  if (name === "pulumi-ngrok-ai") return optionProblems(program, words);
  if (name === "npm" && words[0] === "run") return scriptProblems(words.slice(1));
  return name === "npm" && words[0] === "test" ? scriptProblems(words) : [];
}

function optionProblems(command: Command, [first, ...rest]: readonly string[]): string[] {
  const children = command.commands;
  if (children.length === 0) return unknownOptions(command, [first ?? "", ...rest]);
  if (first === undefined || first === "--help" || first === "--version") return [];
  const child = children.find((candidate) => candidate.name() === first);
  return child === undefined ? [`${nameOf(command)} has no command ${first}`] : optionProblems(child, rest);
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

function unknownOptions(command: Command, words: readonly string[]): string[] {
  const known = new Set(["--help", "-h", ...command.options.flatMap(({ long, short }) => [long, short])]);
  return flagsIn(words)
    .filter((flag) => !known.has(flag))
    .map((flag) => `${nameOf(command)} has no option ${flag}`);
}

function flagsIn(words: readonly string[]): string[] {
  return words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split("=")[0] ?? word);
}

function scriptProblems([script = "", ...words]: readonly string[]): string[] {
  if (!Object.hasOwn(scripts, script)) return [`package.json has no script ${script}`];
  const given = words.slice(words.indexOf("--") + 1);
  if (script === "offline") return optionProblems(program, ["offline", ...given]);
  const source = readFileSync(path.join(root, SCRIPT_SOURCES[script] ?? "scripts/run.js"), "utf8");
  return flagsIn(given)
    .filter((flag) => !source.includes(`"${flag}`) && !source.includes(`${flag.slice(2)}: {`))
    .map((flag) => `npm run ${script} has no option ${flag}`);
}
