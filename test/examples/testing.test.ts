/**
 * The example `testing`, run like its user runs it: jest in its folder, with its own configuration. Uses the build in dist and
 * the packages of this repository; does not prove that the versions it names can be installed.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { repositoryRoot } from "../helpers/providerProcess";

jest.setTimeout(300_000);

test("all of the example's own tests pass", () => {
  const folder = path.join(repositoryRoot, "examples", "testing");
  const jestScript = path.join(repositoryRoot, "node_modules", "jest", "bin", "jest.js");
  const { JEST_WORKER_ID: _worker, ...env } = process.env;
  const { stdout, stderr, status } = spawnSync(process.execPath, [jestScript, "--json"], {
    cwd: folder,
    encoding: "utf8",
    env,
  });
  const result = JSON.parse(stdout || "{}") as { numPassedTests?: number; numTotalTests?: number };
  expect({ status, ...result, ...(status !== 0 && { stderr }) }).toMatchObject({
    status: 0,
    numPassedTests: 4,
    numTotalTests: 4,
  });
});
