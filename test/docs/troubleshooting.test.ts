/**
 * The troubleshooting guide knows every error class that the package hands out and every finding of `check`. Does not prove that its advice
 * helps.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import * as emulator from "../../emulator";
import * as sdk from "../../sdk";
import { root } from "./documents";

const guide = readFileSync(path.join(root, "docs", "guides", "troubleshooting.md"), "utf8");

function errorClasses(entry: object): string[] {
  return Object.entries(entry)
    .filter(([, exported]) => typeof exported === "function" && exported.prototype instanceof Error)
    .map(([name]) => name);
}

test("names every error class, with what to do", () => {
  const classes = [...errorClasses(sdk), ...errorClasses(emulator)];
  expect(classes).toContain("GatewayUnreachableError");
  expect(classes).toContain("StackLockedError");
  expect(classes.filter((name) => !new RegExp(`^\\| \`${name}\` \\| .`, "m").test(guide))).toEqual([]);
});

test("names every finding of `check`, with what to do", () => {
  const source = readFileSync(path.join(root, "cli", "account", "findings.ts"), "utf8");
  const union = /readonly finding:([^;]*);/.exec(source)?.[1] ?? "";
  const findings = [...union.matchAll(/"([\w-]+)"/g)].map(([, finding]) => finding);
  expect(findings).toContain("never-used");
  expect(findings.filter((finding) => !new RegExp(`^\\| \`${finding}\` \\| .`, "m").test(guide))).toEqual([]);
});
