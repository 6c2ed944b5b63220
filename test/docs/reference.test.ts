/**
 * docs/reference and the plugin's schema are what their generator writes. The generator itself refuses docstrings that contradict the definitions: bounds, defaults and
 * what a change does. Does not prove that a docstring's words are true.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";

const root = path.resolve(__dirname, "..", "..");
const TIMEOUT_MS = 300_000;

test(
  "the committed pages of the reference and the committed schema are what `npm run docs` writes",
  () => {
    const generator = path.join(root, "scripts", "docs", "main.mts");
    const { status, stdout, stderr } = spawnSync(process.execPath, [generator, "--check"], { encoding: "utf8" });
    // Its own words say which pages differ and what to do: run `npm run docs` and commit.
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  },
  TIMEOUT_MS,
);
