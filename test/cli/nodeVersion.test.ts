/**
 * Every entry point on an unsupported version of Node.js, which is simulated. Does not prove that an old version can
 * parse every entry point; 20.20 was tried.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const root = path.resolve(__dirname, "..", "..");
const manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as {
  engines: { node: string };
  exports: Record<string, unknown>;
  bin: Record<string, string>;
};
const NEEDED = /^>=(\d+\.\d+)\.0$/.exec(manifest.engines.node)?.[1];

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "node-version-"));
  for (const version of ["20.19.5", "22.18.0", "22.19.0"]) {
    const versions = `{ ...process.versions, node: "${version}" }`;
    fs.writeFileSync(
      path.join(folder, `${version}.js`),
      `Object.defineProperty(process, "versions", { value: ${versions} });`,
    );
  }
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

function runOn(version: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", path.join(folder, `${version}.js`), ...args],
    { cwd: root, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

const message = (version: string) =>
  `pulumi-ngrok-ai needs Node.js ${NEEDED} or later, but ${process.execPath} is ${version}: install a later Node.js and put it first on PATH.\n`;

const ENTRIES = Object.keys(manifest.exports)
  .filter((entry) => entry !== "./package.json")
  .map((entry) => entry.replace(/^\./, "pulumi-ngrok-ai"));

test.each(ENTRIES)("on an old Node.js, require(%j) ends the process with a one-line message", (entry) => {
  const ended = runOn("20.19.5", "-e", `require(${JSON.stringify(entry)}); console.log("loaded")`);
  expect(ended).toEqual({ status: 1, stdout: "", stderr: message("20.19.5") });
});

test.each([...Object.values(manifest.bin), "plugins/pulumi-resource-azure-native"])(
  "on an old Node.js, %s ends with a one-line message",
  (file) => {
    expect(runOn("22.18.0", file, "--help")).toEqual({ status: 1, stdout: "", stderr: message("22.18.0") });
  },
);

test("the lowest version in package.json is accepted", () => {
  expect(runOn("22.19.0", manifest.bin["pulumi-ngrok-ai"] ?? "", "--version")).toMatchObject({ status: 0, stderr: "" });
});
