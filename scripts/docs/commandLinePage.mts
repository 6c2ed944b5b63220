/** The page of the command line, from the commands' own help. */
import type { Command } from "commander";
import { program } from "./build.mts";
import { code, fence, GENERATED, joined, table } from "./markdown.mts";
import { findingTable } from "./messages.mts";

/** The commands with their descriptions. */
export function commandSummaries(): { readonly name: string; readonly description: string }[] {
  const children = program().commands.filter(isTold);
  return children.map((command) => ({ name: command.name(), description: command.description() }));
}

export function commandLinePage(): string {
  const all = program();
  return joined([
    GENERATED,
    "# Command line",
    `${all.description()}. Run it as \`npx pulumi-ngrok-ai\` in a project that has the package; \`--help\` of each command prints the same text.`,
    table(
      ["command", "what it does"],
      leaves(all).map((command) => [`[${code(nameOf(command))}](#${anchor(command)})`, command.description()]),
    ),
    "Colors appear only on terminals, and never with `NO_COLOR` set. A command that calls an account reads the key from `AI_GATEWAY_API_KEY`: " +
      "there is no flag for keys, because flags are visible in process lists and histories.",
    ...all.commands.filter(isTold).map((command) => section(command, 2)),
  ]);
}

function isTold(command: Command): boolean {
  return command.name() !== "help";
}

/** Commands that can be run. */
function leaves(command: Command): Command[] {
  const children = command.commands.filter(isTold);
  return children.length === 0 ? [command] : children.flatMap(leaves);
}

function nameOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
}

function anchor(command: Command): string {
  return nameOf(command).replaceAll(" ", "-");
}

function section(command: Command, level: number): string {
  const children = command.commands.filter(isTold);
  const options = command.options.filter(({ hidden }) => !hidden);
  return joined([
    `${"#".repeat(level)} ${nameOf(command)}`,
    `${command.description()}.`,
    children.length > 0 ? "" : fence("text", `pulumi-ngrok-ai ${nameOf(command)} ${command.usage()}`),
    table(
      ["argument", "meaning"],
      command.registeredArguments.map((argument) => [code(argument.name()), argument.description]),
    ).replace(/^\|\s*\|[\s\S]*$/, ""),
    options.length === 0
      ? ""
      : table(
          ["option", "default", "meaning"],
          options.map(({ flags, description, defaultValue, mandatory }) => [
            code(flags) + (mandatory ? " **required**" : ""),
            defaultText(defaultValue),
            `${description.charAt(0).toUpperCase()}${description.slice(1)}.`.replaceAll("*", "\\*"),
          ]),
        ),
    furtherHelp(command),
    command.name() === "check" ? joined(["What it reports (the ids are stable):", findingTable()]).trim() : "",
    ...children.map((child) => section(child, level + 1)),
  ]).trim();
}

function defaultText(value: unknown): string {
  const isNothing =
    value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return isNothing ? "" : code(String(value));
}

/** The text of the help after the options: paragraphs, and indented blocks that are commands or files. */
function furtherHelp(command: Command): string {
  let shown = "";
  command.configureOutput({ writeOut: (text) => (shown += text) });
  command.outputHelp();
  const further = shown.slice(shown.indexOf(command.helpInformation()) + command.helpInformation().length);
  const blocks = further.split("\n").reduce<{ isIndented: boolean; lines: string[] }[]>((found, line) => {
    const last = found.at(-1);
    const isIndented = line.startsWith("  ");
    if (line.trim() === "") last?.lines.push("");
    else if (last?.isIndented === isIndented) last.lines.push(line);
    else found.push({ isIndented, lines: [line] });
    return found;
  }, []);
  return joined(
    blocks.map(({ isIndented, lines }) => {
      if (!isIndented) {
        const paragraphs = lines
          .join("\n")
          .trim()
          .split(/\n{2,}/);
        return paragraphs.map((paragraph) => paragraph.replace(/\s+/g, " ")).join("\n\n");
      }
      const text = lines.map((line) => line.replace(/^ {2}/, "")).join("\n");
      return fence(/^\s*[{[]/.test(text) ? "json" : /^[\w-]+ /.test(text) ? "sh" : "text", text);
    }),
  ).trim();
}
