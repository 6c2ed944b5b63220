/**
 * `npm run release`: writes the files of a release to the folder `release`: the package for npm, the notes, and the plugin's
 * archives. Pulumi downloads a plugin from a GitHub release under the name
 * `pulumi-resource-ngrok-ai-v<version>-<os>-<architecture>.tar.gz`.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { Command } from "commander";

const root = path.resolve(import.meta.dirname, "..");
const target = path.join(root, "release");
const PLUGIN = "pulumi-resource-ngrok-ai";
/** The plugin is JavaScript: all platforms get the same files. */
const PLATFORMS = ["linux", "darwin", "windows"].flatMap((os) => ["amd64", "arm64"].map((cpu) => `${os}-${cpu}`));
/** Pulumi starts the executable at the root of an archive. */
const LAUNCHERS = {
  [PLUGIN]: `#!/bin/sh\nexec "$(dirname "$0")/plugins/${PLUGIN}" "$@"\n`,
  [`${PLUGIN}.cmd`]: `@echo off\r\ncall "%~dp0plugins\\${PLUGIN}.cmd" %*\r\n`,
};

const { repository, tag } = new Command("npm run release --")
  .description("Write what a release publishes into the folder release")
  .requiredOption("--repository <owner/name>", "repository on GitHub that the release is made from")
  .requiredOption("--tag <tag>", "tag of the release, as v1.2.3")
  .parse()
  .opts<{ repository: string; tag: string }>();

function run(command: string, args: readonly string[], cwd = root): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with exit code ${status}`);
}

/** The changelog's entries of one version. */
function notesOf(version: string): string {
  const sections = fs.readFileSync(path.join(root, "CHANGELOG.md"), "utf8").split(/^## /m);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  if (section === undefined) throw new Error(`CHANGELOG.md has no heading "## [${version}]"`);
  return section.slice(section.indexOf("\n") + 1).trim();
}

function writeRepository(file: string): string {
  const manifest = JSON.parse(fs.readFileSync(file, "utf8")) as { version: string; repository?: object };
  if (tag !== `v${manifest.version}`) {
    throw new Error(`the tag is ${tag}, but package.json has version ${manifest.version}: they must agree`);
  }
  manifest.repository = { type: "git", url: `git+https://github.com/${repository}.git` };
  fs.writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest.version;
}

if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw new Error(`--repository is "${repository}", not owner/name`);
const version = writeRepository(path.join(root, "package.json"));
const notes = notesOf(version);
fs.rmSync(target, { recursive: true, force: true });
fs.mkdirSync(target);
fs.writeFileSync(path.join(target, "notes.md"), `${notes}\n`);
// The schema contains the repository, from which languages other than TypeScript download the plugin.
run(process.execPath, [path.join(root, "scripts", "docs", "main.mts")]);
run("npm", ["pack", "--pack-destination", target, "--loglevel=error"]);

const plugin = path.join(target, "plugin");
fs.mkdirSync(plugin);
run("tar", ["-xzf", path.join(target, `pulumi-ngrok-ai-${version}.tgz`), "--strip-components=1", "-C", plugin]);
// The archive is complete and needs no installation: an executable replaces the file that requests one.
run("npm", ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], plugin);
fs.rmSync(path.join(plugin, "PulumiPlugin.yaml"));
for (const [name, text] of Object.entries(LAUNCHERS)) fs.writeFileSync(path.join(plugin, name), text, { mode: 0o755 });
const archives = PLATFORMS.map((platform) => path.join(target, `${PLUGIN}-v${version}-${platform}.tar.gz`));
const [first = ""] = archives;
run("tar", ["-czf", first, "-C", plugin, "."]);
for (const archive of archives.slice(1)) fs.copyFileSync(first, archive);
fs.rmSync(plugin, { recursive: true });
console.log(fs.readdirSync(target).join("\n"));
