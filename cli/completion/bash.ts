/** Completion for bash, from 3.2 on. The script contains all words, so completion runs and evaluates nothing. */
import { type CompletedCommand, type CompletedOption, optionsWithValue } from "./commandTree";

export function bashScript(program: string, tree: readonly CompletedCommand[]): string {
  const name = `_${program.replaceAll("-", "_")}`;
  const steps = tree.flatMap(({ path, commands }) =>
    commands.map(
      (command) => `      "${path.join(" ")}/${command.name}") path="${[...path, command.name].join(" ")}" ;;`,
    ),
  );
  return `# Completion of ${program} for bash. In ~/.bashrc: source <(${program} completion bash)
${name}() {
  local before="\${COMP_WORDS[COMP_CWORD - 1]}" path="" words="" word index
  # bash takes --option=value apart: the option, "=" and the value are words of their own.
  [[ $before == "=" ]] && before="\${COMP_WORDS[COMP_CWORD - 2]}"
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "$word" in
      ${optionsWithValue(tree).join(" | ")})
        [[ \${COMP_WORDS[index + 1]} == "=" ]] && ((index++))
        ((index++))
        continue
        ;;
    esac
    case "$path/$word" in
${steps.join("\n")}
    esac
  done
  COMPREPLY=()
  case "$path $before" in
${tree.flatMap((command) => valueCases(command, `${name}_add`)).join("\n")}
  esac
  case "$path" in
${tree.map((command) => `    "${command.path.join(" ")}") words="${wordsOf(command).join(" ")}" ;;`).join("\n")}
  esac
  ${name}_add -W "$words"
}
${name}_add() {
  local word
  while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <(compgen "$@" -- "\${COMP_WORDS[COMP_CWORD]#=}")
}
complete -F ${name} ${program}
`;
}

function valueCases({ path, options }: CompletedCommand, add: string): string[] {
  return options
    .filter(({ value }) => value !== "none")
    .map(({ name, value }) => `    "${path.join(" ")} ${name}") ${valueAction(value, add)}return ;;`);
}

function valueAction(value: CompletedOption["value"], add: string): string {
  if (value === "file") return `compopt -o filenames 2> /dev/null; ${add} -f; `;
  if (value === "folder") return `compopt -o filenames 2> /dev/null; ${add} -d; `;
  return typeof value === "string" ? "" : `${add} -W "${value.join(" ")}"; `;
}

function wordsOf({ commands, options, words }: CompletedCommand): string[] {
  return [...commands.map(({ name }) => name), ...words, ...options.map(({ name }) => name)];
}
