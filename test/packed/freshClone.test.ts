/**
 * `npm pack` in a fresh clone, which has no build: the package is complete. The clone gets a link to this repository's dependencies in place of their
 * installation, which takes minutes. Does not prove that the package works; package.test.ts does.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { repositoryRoot } from "../helpers/providerProcess";

/** It builds everything, on a machine that may be busy. */
jest.setTimeout(900_000);

let folder: string;
let packed: readonly string[];

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stderr}${stdout}`);
  return stdout;
}

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "fresh-clone-"));
  const clone = path.join(folder, "clone");
  // All that a commit of this checkout would hold.
  const files = run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], repositoryRoot);
  for (const file of files.split("\0")) {
    const source = path.join(repositoryRoot, file);
    // One that was deleted and not committed yet is listed too.
    if (file !== "" && fs.existsSync(source)) fs.cpSync(source, path.join(clone, file));
  }
  expect(["node_modules", "dist"].filter((name) => fs.existsSync(path.join(clone, name)))).toEqual([]);
  for (const name of ["node_modules", ".toolchain"]) {
    if (fs.existsSync(path.join(repositoryRoot, name)))
      fs.symlinkSync(path.join(repositoryRoot, name), path.join(clone, name));
  }
  // Set-up installs dependencies where the lock file is newer than what is installed.
  fs.utimesSync(path.join(clone, "package-lock.json"), 0, 0);
  run("npm", ["pack", "--pack-destination", folder, "--loglevel=error"], clone);
  const tarballs = fs.readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  expect(tarballs).toHaveLength(1);
  const listed = run("tar", ["-tzf", tarballs[0] ?? ""], folder)
    .trim()
    .split("\n");
  packed = listed.map((file) => file.replace(/^package\//, ""));
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test("has what the build makes, and what it copies", () => {
  expect(packed).toEqual(
    expect.arrayContaining([
      "dist/provider/index.js",
      "dist/provider/index.d.ts",
      "dist/provider/plugin/main.js",
      "dist/provider/plugin/schema.json",
      "dist/cli/main.js",
      "PulumiPlugin.yaml",
    ]),
  );
  const page = fs
    .readdirSync(path.join(repositoryRoot, "cli", "graph", "page"))
    .filter((name) => !name.endsWith(".ts"));
  expect(page).toEqual(expect.arrayContaining([expect.stringMatching(/\.css$/), expect.stringMatching(/\.js$/)]));
  expect(packed).toEqual(expect.arrayContaining(page.map((name) => `dist/cli/graph/page/${name}`)));
});

test("has every file that package.json names", () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(repositoryRoot, "package.json"), "utf8")) as object;
  const { main, types, exports, typesVersions, bin } = manifest as Record<string, unknown>;
  const named = textsIn([main, types, exports, typesVersions, bin]).map((file) => file.replace(/^\.\//, ""));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((file) => !packed.includes(file))).toEqual([]);
});

test("has no tests and no sources but those of the examples", () => {
  const folders = new Set(packed.filter((file) => file.includes("/")).map((file) => file.split("/")[0]));
  expect([...folders].toSorted()).toEqual(["dist", "docs", "examples", "plugins", "policies"]);
  const sources = packed.filter((file) => /\.[cm]?ts$/.test(file) && !file.endsWith(".d.ts"));
  expect(sources.filter((file) => !file.startsWith("examples/"))).toEqual([]);
  expect(packed.filter((file) => /\.tgz$|\.tsbuildinfo$|(^|\/)(node_modules|test)\//.test(file))).toEqual([]);
});

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
