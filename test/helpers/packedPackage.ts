/** This package as npm packs it, installed in a separate folder. Uses the npm registry, or npm's cache. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { repositoryRoot } from "./providerProcess";

function npm(args: string[], cwd: string): void {
  const result = spawnSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd, encoding: "utf8" });
  if (result.status !== 0) throw new Error(`npm ${args[0]} failed: ${result.stderr}`);
}

/** The version of `@pulumi/pulumi` installed in this repository. */
export function installedSdkVersion(): string {
  const file = path.join(repositoryRoot, "node_modules", "@pulumi", "pulumi", "package.json");
  return (JSON.parse(fs.readFileSync(file, "utf8")) as { version: string }).version;
}

/** Packs the package and installs it with the given version of Pulumi's SDK. */
export function installPacked(folder: string, sdkVersion: string, manifest: Readonly<Record<string, unknown>>): void {
  npm(["pack", "--pack-destination", folder, "--ignore-scripts"], repositoryRoot);
  const tarball = fs.readdirSync(folder).find((name) => name.endsWith(".tgz"));
  fs.writeFileSync(
    path.join(folder, "package.json"),
    JSON.stringify({ name: "a-program", private: true, ...manifest }),
  );
  npm(["install", "--prefer-offline", "--ignore-scripts", `./${tarball}`, `@pulumi/pulumi@${sdkVersion}`], folder);
}
