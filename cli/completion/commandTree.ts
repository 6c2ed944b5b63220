/** The commands as shells need them, derived from the tree that runs them, so that they always match. */
import type { Argument, Command, Option } from "commander";

export interface CompletedOption {
  /** `--state` */
  readonly name: string;
  readonly description: string;
  readonly isRepeatable: boolean;
  /** What to complete after it. */
  readonly value: "none" | "text" | "file" | "folder" | readonly string[];
}

export interface CompletedCommand {
  /** `["offline", "up"]`; empty for the program itself. */
  readonly path: readonly string[];
  readonly description: string;
  /** Names and descriptions of its subcommands. */
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletedOption[];
  /** Possible values of its first argument. */
  readonly words: readonly string[];
}

/** Texts that need no quotes in any of the shells. */
const SAFE_WORD = /^[A-Za-z0-9-]+$/;

/** The program and every command below it. */
export function commandTree(command: Command, path: readonly string[] = []): CompletedCommand[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((child) => child.name() !== "help");
  const own: CompletedCommand = {
    path,
    description: command.description(),
    commands: commands.map((child) => ({ name: safe(child.name()), description: child.description() })),
    options: help.visibleOptions(command).map(completedOption),
    words: command.registeredArguments.flatMap(({ argChoices = [] }: Argument) => argChoices.map(safe)),
  };
  return [own, ...commands.flatMap((child) => commandTree(child, [...path, child.name()]))];
}

function completedOption({ long, flags, description, argChoices, defaultValue, required, optional }: Option) {
  const isTaken = required || optional;
  const named = /<(\w+)>/.exec(flags)?.[1];
  const kind = named === "file" || named === "folder" ? named : "text";
  return {
    name: `--${safe((long ?? "").slice(2))}`,
    description,
    isRepeatable: /may be repeated/.test(description) || Array.isArray(defaultValue),
    value: !isTaken ? ("none" as const) : argChoices ? argChoices.map(safe) : kind,
  } satisfies CompletedOption;
}

function safe(word: string): string {
  if (SAFE_WORD.test(word)) return word;
  throw new Error(`${JSON.stringify(word)} needs quotes, which completion scripts do not support`);
}

/** Names of all options with a value, of every command. */
export function optionsWithValue(tree: readonly CompletedCommand[]): string[] {
  const names = tree.flatMap(({ options }) => options.filter(({ value }) => value !== "none").map(({ name }) => name));
  return [...new Set(names)].toSorted();
}
