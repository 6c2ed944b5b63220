/** Completion for fish: each word with its description; a function in the script determines the current command. */
import { type CompletedCommand, type CompletedOption, optionsWithValue } from "./commandTree";

export function fishScript(program: string, tree: readonly CompletedCommand[]): string {
  const name = `__${program.replaceAll("-", "_")}`;
  const lines = tree.flatMap((command) => {
    const at = `complete -c ${program} -n '${name}_at "${command.path.join(" ")}"'`;
    return [
      ...command.commands.map((child) => `${at} -a ${child.name} -d ${quoted(child.description)}`),
      ...command.words.map((word) => `${at} -a ${word}`),
      ...command.options.map(
        (option) => `${at} -l ${option.name.slice(2)}${valueFlags(option)} -d ${quoted(option.description)}`,
      ),
    ];
  });
  return `# Completion of ${program} for fish. In ~/.config/fish/config.fish: ${program} completion fish | source
function ${name}_at
    set -l path
    set -l is_value 0
    for word in (commandline -opc)[2..-1]
        if test $is_value = 1
            set is_value 0
            continue
        end
        switch $word
            case ${optionsWithValue(tree).join(" ")}
                set is_value 1
            case '-*'
            case '*'
                set -a path $word
        end
    end
    test "$path" = "$argv[1]"
end
complete -c ${program} -f
${lines.join("\n")}
`;
}

function valueFlags({ value }: CompletedOption): string {
  if (value === "none") return "";
  if (value === "file") return " -r -F";
  if (value === "folder") return " -x -a '(__fish_complete_directories)'";
  return value === "text" ? " -x" : ` -x -a '${value.join(" ")}'`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
