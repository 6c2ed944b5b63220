/** Completion for zsh: one function per command, in the format of `_arguments`. */
import type { CompletedCommand, CompletedOption } from "./commandTree";

export function zshScript(program: string, tree: readonly CompletedCommand[]): string {
  const name = (path: readonly string[]) => [`_${program}`, ...path].join("_").replaceAll("-", "_");
  const functions = tree.map((command) => {
    const options = command.options.map((option) => `    ${optionSpec(option)}`);
    if (command.commands.length === 0) {
      const words = command.words.length > 0 ? [`    '1:word:(${command.words.join(" ")})'`] : [];
      return `${name(command.path)}() {\n  _arguments \\\n${[...options, ...words].join(" \\\n")}\n}\n`;
    }
    const described = command.commands.map((child) => `    ${quoted(`${child.name}:${colonless(child.description)}`)}`);
    const next = command.commands.map((child) => `        ${child.name}) ${name([...command.path, child.name])} ;;`);
    return `${name(command.path)}() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands=(
${described.join("\n")}
  )
  _arguments -C \\
${options.join(" \\\n")} \\
    '1: :->command' '*:: :->rest'
  case $state in
    command) _describe command commands ;;
    rest)
      case $line[1] in
${next.join("\n")}
      esac
      ;;
  esac
}
`;
  });
  return `#compdef ${program}
# Completion of ${program} for zsh. In ~/.zshrc, after compinit: source <(${program} completion zsh)
${functions.join("")}compdef ${name([])} ${program}
`;
}

function optionSpec({ name, description, isRepeatable, value }: CompletedOption): string {
  const told = description.replaceAll("[", "(").replaceAll("]", ")");
  const repeated = isRepeatable ? "*" : "";
  if (value === "none") return quoted(`${repeated}${name}[${told}]`);
  return quoted(`${repeated}${name}=[${told}]:value:${valueAction(value)}`);
}

function valueAction(value: Exclude<CompletedOption["value"], "none">): string {
  if (value === "file") return "_files";
  if (value === "folder") return "_files -/";
  return value === "text" ? " " : `(${value.join(" ")})`;
}

/** A word and its description, separated by a colon. */
function colonless(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll(":", "\\:");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
