/**
 * docs/reference, docs/assistants.md, llms.txt and the plugin's schema match the generator's output. The generator itself refuses docstrings that contradict
 * the definitions: bounds, defaults and the effect of a change. Does not prove that a docstring is true.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";

const root = path.resolve(__dirname, "..", "..");
const TIMEOUT_MS = 300_000;

test(
  "the committed pages of the reference, pages for assistants and schema equal the output of `npm run docs`",
  () => {
    const generator = path.join(root, "scripts", "docs", "main.mts");
    const { status, stdout, stderr } = spawnSync(process.execPath, [generator, "--check"], { encoding: "utf8" });
    // Its message names the pages that differ and the fix: run `npm run docs` and commit.
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  },
  TIMEOUT_MS,
);
