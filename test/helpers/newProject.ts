/**
 * What `pulumi new <template>` does, as far as files go: a template's folder is copied into an empty one, the project's name and
 * description are filled in, the template section goes, and the asked-for configuration is handed over.
 */
import fs from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { repositoryRoot } from "./providerProcess";

/** What no clone of the repository brings along. */
const NOT_CLONED = new Set([".git", "node_modules", "dist", ".toolchain", ".local", ".pulumi-offline", "coverage"]);
const IS_BINARY = /\0/;

export interface ProjectFile {
  readonly name: string;
  readonly description?: string;
  readonly runtime: unknown;
  readonly main: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly template: {
    readonly description: string;
    readonly quickstart?: string;
    readonly config: Readonly<Record<string, Prompt>>;
  };
}

/** What `pulumi new` asks for one configuration value. */
export interface Prompt {
  readonly description: string;
  readonly default?: string;
  readonly secret?: boolean;
}

export interface NewProject {
  readonly folder: string;
  /** Where the program and its package.json are; dependencies are installed there. */
  readonly programFolder: string;
  /** Values as the stack gets them: the answers, else the defaults. */
  readonly config: Readonly<Record<string, { value: string; secret?: boolean }>>;
}

export function readProjectFile(folder: string): ProjectFile {
  return parse(fs.readFileSync(path.join(folder, "Pulumi.yaml"), "utf8")) as ProjectFile;
}

/** All files of a template, relative to its folder. */
export function filesOf(template: string): string[] {
  const entries = fs.readdirSync(template, { withFileTypes: true }).filter(({ name }) => !NOT_CLONED.has(name));
  return entries.flatMap((entry) => {
    if (entry.isSymbolicLink()) return [];
    if (!entry.isDirectory()) return [entry.name];
    return filesOf(path.join(template, entry.name)).map((file) => path.join(entry.name, file));
  });
}

/** @param answers by key; what is left out takes the template's default */
export function newProject(
  template: string,
  folder: string,
  given: { name: string; description: string; answers: Readonly<Record<string, string>> },
): NewProject {
  for (const file of filesOf(template)) {
    const text = fs.readFileSync(path.join(template, file), "latin1");
    const filled = IS_BINARY.test(text) ? text : fillIn(text, given.name, given.description);
    const target = path.join(folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, filled, "latin1");
  }
  const { template: asked, ...project } = readProjectFile(folder);
  // The CLI also notes where the project came from.
  const tags = { value: { "pulumi:template": path.basename(template) } };
  const { name, description } = given;
  const saved = { ...project, name, description, config: { ...project.config, "pulumi:tags": tags } };
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), stringify(saved));
  const programFolder = path.dirname(path.join(folder, project.main));
  linkDependencies(programFolder);
  return { folder, programFolder, config: configOf(asked.config, given.answers) };
}

function fillIn(text: string, name: string, description: string): string {
  return text.replaceAll("$" + "{PROJECT}", name).replaceAll("$" + "{DESCRIPTION}", description);
}

function configOf(prompts: Readonly<Record<string, Prompt>>, answers: Readonly<Record<string, string>>) {
  const entries = Object.entries(prompts).map(([key, { default: value, secret = false }]) => {
    const answer = answers[key] ?? value;
    if (answer === undefined) throw new Error(`nobody answers what the template asks for ${key}`);
    return [key, { value: answer, secret }] as const;
  });
  return Object.fromEntries(entries);
}

/** Stands in for `npm install`: what package.json asks for, from this repository. */
function linkDependencies(programFolder: string): void {
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(programFolder, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    const link = path.join(programFolder, "node_modules", name);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    const isThis = name === "pulumi-ngrok-ai";
    fs.symlinkSync(isThis ? repositoryRoot : path.join(repositoryRoot, "node_modules", name), link, "junction");
  }
  // For `npx pulumi-ngrok-ai`.
  const commands = path.join(programFolder, "node_modules", ".bin");
  fs.mkdirSync(commands, { recursive: true });
  fs.symlinkSync(path.join(repositoryRoot, "dist", "cli", "main.js"), path.join(commands, "pulumi-ngrok-ai"));
}
