/**
 * Faulty processes: providers and programs that die, hang or print unexpected output, and a canceled run. Each ends the run with
 * an error that names the cause, records the state and leaves no process. Signals are those of Linux and macOS.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import path from "node:path";
import { changesOf, errorsOf, failureOf, type TestProject, useProjects, WORLD_PROVIDER } from "./harness";

const newProject = useProjects();

/** Processes with the project's folder as working folder or in their command line. */
function processesOf(project: TestProject): string[] {
  const lines = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => line.includes(project.folder));
}

/** A provider that is a shell script: the `command` of the option `plugins`. */
function scriptProvider(project: TestProject, body: string) {
  project.write("provider.sh", `#!/bin/sh\n${body}\n`);
  const command = path.join(project.folder, "provider.sh");
  chmodSync(command, 0o755);
  return { plugins: { world: { command } } };
}

describe("A provider", () => {
  test.each([
    [
      "prints something else than its port",
      `echo "hello there"; sleep 600`,
      /its first line is not a port number: "hello there"/,
    ],
    ["prints an invalid port", `echo 99999; sleep 600`, /its first line is not a port number: "99999"/],
    [
      "ends before it prints its port",
      `echo "no license found" >&2; exit 4`,
      /it ended before it printed its port\. It wrote:\nno license found/,
    ],
    ["cannot be started", undefined, /cannot start .*provider\.sh/],
  ])("that %s is reported as an error of the run, and its process has ended", async (_what, body, expected) => {
    const project = newProject({ processes: true }).program(`new Thing("a");`);
    const options =
      body === undefined
        ? { plugins: { world: { command: path.join(project.folder, "provider.sh") } } }
        : scriptProvider(project, body);
    const error = await failureOf((await project.stack(options)).up());
    expect(errorsOf(error).join("\n")).toMatch(expected);
    expect(error.message).toContain('"world"');
    expect(processesOf(project)).toEqual([]);
  });

  test("that prints further lines after its port: they are shown as messages", async () => {
    const project = newProject({ processes: true }).program(`new Thing("a");`);
    const stack = await project.stack({ env: { WORLD_GREETING: "a line of its own" } });
    const up = await stack.up();
    expect(up.diagnostics).toContainEqual({ severity: "info", message: "a line of its own" });
  });

  test("that dies during other operations ends the run, whose results are in the state", async () => {
    const project = newProject({ processes: true }).program(`
      const a = new Thing("a");
      new Thing("b", { of: a.out });
    `);
    project.control({ crash: "Create b" });
    const stack = await project.stack();
    const error = await failureOf(stack.up());
    expect(errorsOf(error)).toEqual([
      'the provider process of package "world" ended during Create. It wrote:\nthe world ends in Create b',
    ]);
    expect(project.entry("a").id).toBe("a-1");
    expect(project.entries("b")).toEqual([]);
    project.control({});
    expect(changesOf(await stack.up())).toEqual(["create b"]);
    expect(processesOf(project)).toEqual([]);
  });
});

describe("A process that a provider leaves running", () => {
  /** A provider with a child that has left its process group and keeps its output open, and the file with the child's id. */
  function providerWithDaemon(project: TestProject) {
    const pidFile = path.join(project.folder, "daemon.pid");
    project.write(
      "daemon.js",
      `const { spawn } = require("node:child_process");
      const daemon = spawn("sleep", ["3600"], { detached: true, stdio: ["ignore", "inherit", "inherit"] });
      daemon.unref();
      require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(daemon.pid));`,
    );
    const { plugins } = project.processOptions();
    const args = ["--require", path.join(project.folder, "daemon.js"), WORLD_PROVIDER];
    return { plugins: { world: { ...plugins?.world, command: process.execPath, args } }, pidFile };
  }

  test.each([
    ["ends with the run", {}, undefined],
    [
      "dies during a call",
      { crash: "Create a" },
      'the provider process of package "world" ended during Create. It wrote:',
    ],
  ])("does not prevent the end of the run when the provider %s", async (_what, control, expected) => {
    const project = newProject({ processes: true }).program(`new Thing("a");`).control(control);
    const { plugins, pidFile } = providerWithDaemon(project);
    const running = (await project.stack({ plugins })).up();
    try {
      if (expected === undefined) expect(changesOf(await running)).toContain("create a");
      else expect(errorsOf(await failureOf(running)).join("\n")).toContain(`${expected}\nthe world ends in Create a`);
    } finally {
      process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
    }
  });
});

describe("Cancellation", () => {
  test("ends a run whose provider hangs, records finished steps, and leaves no process", async () => {
    const project = newProject({ processes: true }).program(`const a = new Thing("a"); new Thing("b", { of: a.out });`);
    project.control({ hold: "Create b" });
    const stack = await project.stack({ cancelGraceSeconds: 0.1 });
    const controller = new AbortController();
    const running = stack.up({
      signal: controller.signal,
      onEvent: ({ resourcePreEvent }) => {
        if (resourcePreEvent?.metadata.urn.endsWith("::b")) controller.abort();
      },
    });
    const error = await failureOf(running);
    expect(error.result.summary.result).toBe("canceled");
    expect(errorsOf(error)).toContain("update canceled");
    expect(project.entry("a").id).toBe("a-1");
    // Whether it was created is unknown, so the state lists it as pending.
    const pending = project.document().deployment.pending_operations ?? [];
    expect(pending.map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1)}`)).toEqual(["creating b"]);
    expect(processesOf(project)).toEqual([]);
    project.control({});
    expect(changesOf(await stack.up())).toEqual(["create b"]);
  });

  test("before the start of a run begins nothing", async () => {
    const project = newProject({ processes: true }).program(`new Thing("a");`);
    const error = await failureOf((await project.stack()).up({ signal: AbortSignal.abort() }));
    expect(error.result.summary.result).toBe("canceled");
    expect(project.takeCalls()).toEqual([]);
  });
});

describe("A program", () => {
  test.each([
    [
      "throws in an apply",
      `const a = new Thing("a"); a.out.apply(() => { throw new Error("in the apply"); });`,
      /in the apply[\s\S]*index\.js:2:/,
    ],
    ["rejects", `new Thing("a"); Promise.reject(new Error("nobody listens"));`, /nobody listens[\s\S]*index\.js:2:/],
    ["has a syntax error", `new Thing("a"`, /index\.js:2[\s\S]*SyntaxError/],
    ["requires a missing module", `require("not-a-package");`, /Cannot find module 'not-a-package'/],
    ["exits", `process.exit(7);`, /Program exited with non-zero exit code: 7/],
    [
      "exits too early",
      `new Thing("a"); setImmediate(() => process.exit(0));`,
      /Program exited with non-zero exit code: 1/,
    ],
    ["is killed", `process.kill(process.pid, "SIGKILL");`, /Program was ended by signal SIGKILL/],
    ["throws a RunError", `throw new pulumi.RunError("set the region first");`, /^set the region first$/],
  ])("that %s fails the run with its own message and position", async (_what, program, expected) => {
    const project = newProject({ processes: true }).program(program);
    const stack = await project.stack();
    const error = await failureOf(stack.up());
    expect(errorsOf(error).join("\n")).toMatch(expected);
    expect(processesOf(project)).toEqual([]);
  });
});
