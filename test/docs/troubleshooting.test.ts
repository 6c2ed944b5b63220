/**
 * The documents name every error class that the package exports and every finding of `check`. Does not prove that the advice
 * helps.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { FINDINGS } from "../../cli/account/findings";
import * as emulator from "../../emulator";
import * as sdk from "../../sdk";
import { root } from "./documents";

const guide = readFileSync(path.join(root, "docs", "guides", "troubleshooting.md"), "utf8");

function errorClasses(entry: object): string[] {
  return Object.entries(entry)
    .filter(([, exported]) => typeof exported === "function" && exported.prototype instanceof Error)
    .map(([name]) => name);
}

test("the troubleshooting guide names every error class, with advice", () => {
  const classes = [...errorClasses(sdk), ...errorClasses(emulator)];
  expect(classes).toContain("GatewayUnreachableError");
  expect(classes).toContain("StackLockedError");
  expect(classes.filter((name) => !new RegExp(`^\\| \`${name}\` \\| .`, "m").test(guide))).toEqual([]);
});

test("the troubleshooting guide links to the findings of `check`, and the reference lists each with advice", () => {
  expect(guide).toContain("(../reference/command-line.md#check)");
  const reference = readFileSync(path.join(root, "docs", "reference", "command-line.md"), "utf8");
  const rows = Object.entries(FINDINGS).map(([id, { message, advice }]) => [id, message, advice] as const);
  const missing = rows.filter(
    ([id, message, advice]) =>
      !reference.includes(`| ${message} | ${advice} |`) || !reference.includes(`| \`${id}\` |`),
  );
  expect(missing).toEqual([]);
});
