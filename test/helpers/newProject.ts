/** Projects created from templates, as `pulumi new <template>` creates them. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import { repositoryRoot } from "./providerProcess";
import { PASSPHRASE, usesCli } from "./stack";

/** Files and folders that a clone of the repository does not have. */
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

/** A prompt of `pulumi new` for one configuration value. */
export interface Prompt {
  readonly description: string;
  readonly default?: string;
  readonly secret?: boolean;
}

export interface NewProject {
  readonly folder: string;
  /** Folder of the program and its package.json; dependencies are installed there. */
  readonly programFolder: string;
  /** Values of the stack: the answers, otherwise the defaults. */
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

/**
 * Creates a project from a template: with the Pulumi CLI's own `pulumi new` with `--engine=cli`, otherwise with a copy of its
 * behavior.
 * @param given.answers by key; a missing answer selects the template's default
 */
export function newProject(template: string, folder: string, given: Given): NewProject {
  const { template: asked, main } = readProjectFile(template);
  if (usesCli) pulumiNew(template, folder, { ...given, answers: askedAnswers(asked.config, given.answers) });
  else copyTemplate(template, folder, given);
  const programFolder = path.dirname(path.join(folder, main));
  linkDependencies(programFolder);
  return { folder, programFolder, config: configOf(asked.config, given.answers) };
}

interface Given {
  readonly name: string;
  readonly description: string;
  readonly answers: Readonly<Record<string, string>>;
}

/**
 * Runs `pulumi new` on a clean copy of the template. Removes the stack `dev` that it creates, and keeps its configuration file.
 */
function pulumiNew(template: string, folder: string, { name, description, answers }: Given): void {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-new-"));
  try {
    const [clean, bin, home, state] = ["template", "bin", "home", "state"].map((each) => path.join(temporary, each));
    for (const each of [bin, home, state]) fs.mkdirSync(each as string);
    for (const file of filesOf(template)) fs.cpSync(path.join(template, file), path.join(clean as string, file));
    // Dependencies are linked, because the registry does not have this package.
    fs.writeFileSync(path.join(bin as string, "npm"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    const config = Object.entries(answers).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
    const project = ["--name", name, "--description", description, "--stack", "dev"];
    const args = ["new", clean as string, "--dir", folder, ...project, ...config, "--yes", "--non-interactive"];
    const { status, stderr } = spawnSync("pulumi", args, {
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: `${bin}${path.delimiter}${process.env.PATH}`,
        PULUMI_HOME: home,
        PULUMI_BACKEND_URL: `file://${state}`,
        PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
      },
    });
    if (status !== 0) throw new Error(`pulumi new failed: ${stderr}`);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

/** Does the file operations of `pulumi new`: copies the files and fills in the project's name and description. */
function copyTemplate(template: string, folder: string, { name, description }: Given): void {
  for (const file of filesOf(template)) {
    const text = fs.readFileSync(path.join(template, file), "latin1");
    const filled = IS_BINARY.test(text) ? text : fillIn(text, name, description);
    const target = path.join(folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, filled, "latin1");
  }
  const { template: _, ...project } = readProjectFile(folder);
  // The CLI also records the project's template.
  const tags = { value: { "pulumi:template": path.basename(template) } };
  const saved = { ...project, name, description, config: { ...project.config, "pulumi:tags": tags } };
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), stringify(saved));
}

function fillIn(text: string, name: string, description: string): string {
  return text.replaceAll("$" + "{PROJECT}", name).replaceAll("$" + "{DESCRIPTION}", description);
}

function askedAnswers(prompts: Readonly<Record<string, Prompt>>, answers: Given["answers"]): Given["answers"] {
  return Object.fromEntries(Object.entries(answers).filter(([key]) => Object.hasOwn(prompts, key)));
}

function configOf(prompts: Readonly<Record<string, Prompt>>, answers: Readonly<Record<string, string>>) {
  const entries = Object.entries(prompts).map(([key, { default: value, secret = false }]) => {
    const answer = answers[key] ?? value;
    if (answer === undefined) throw new Error(`the template asks for ${key}, and the test has no answer`);
    return [key, { value: answer, secret }] as const;
  });
  return Object.fromEntries(entries);
}

/** Replaces `npm install`: links the dependencies of package.json from this repository. */
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
