/** Completion for PowerShell: tables of words, and a function that finds the current command. Otherwise PowerShell completes files. */
import { type CompletedCommand, type CompletedOption, optionsWithValue } from "./commandTree";

export function powershellScript(program: string, tree: readonly CompletedCommand[]): string {
  const steps = tree.flatMap(({ path, commands }) =>
    commands.map(({ name }) => entry(`${path.join(" ")}/${name}`, quoted([...path, name].join(" ")))),
  );
  const words = tree.map((command) => entry(command.path.join(" "), list(wordsOf(command))));
  const values = tree.flatMap(({ path, options }) =>
    options.flatMap(({ name, value }) =>
      typeof value === "string" ? [] : [entry(`${path.join(" ")} ${name}`, list(value.map((word) => [word, word])))],
    ),
  );
  return `# Completion of ${program} for PowerShell. In $PROFILE: ${program} completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ${quoted(program)} -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $optionsWithValue = @(${optionsWithValue(tree).map(quoted).join(", ")})
    $steps = @{
${steps.join("\n")}
    }
    $words = @{
${words.join("\n")}
    }
    $values = @{
${values.join("\n")}
    }
    $path = ''
    $before = ''
    foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        $word = $element.ToString()
        if ($optionsWithValue -ccontains $before) { $before = ''; continue }
        $before = $word
        if ($steps.ContainsKey("$path/$word")) { $path = $steps["$path/$word"] }
    }
    $candidates = $words[$path]
    if ($optionsWithValue -ccontains $before) { $candidates = $values["$path $before"] }
    $candidates | Where-Object { $_ -and $_[0].StartsWith($wordToComplete) } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
    }
}
`;
}

type Described = readonly [word: string, description: string];

function wordsOf({ commands, options, words }: CompletedCommand): Described[] {
  const described = ({ name, description }: Pick<CompletedOption, "name" | "description">): Described => [
    name,
    description,
  ];
  return [...commands.map(described), ...words.map((word): Described => [word, word]), ...options.map(described)];
}

function entry(key: string, value: string): string {
  return `        ${quoted(key)} = ${value}`;
}

/** An array of arrays, also where it has one element. */
function list(items: readonly Described[]): string {
  return `@(${items.map(([word, description]) => `,@(${quoted(word)}, ${quoted(description)})`).join("; ")})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
