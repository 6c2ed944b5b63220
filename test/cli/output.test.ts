/**
 * Output rules of all commands: help with examples and exit codes, `--json`, progress only in a terminal, errors in the
 * requested format. Does not prove the content of each command's output.
 */
import { once } from "node:events";
import type { Command } from "commander";
import { makeProgram } from "../../cli/program";
import { startProgress } from "../../cli/progress";
import { runCommand, startCommand } from "../helpers/commandLine";

/** Commands that can be run, by what is typed. */
function leaves(command: Command, typed = ""): [string, Command][] {
  if (command.commands.length === 0) return [[typed.trim(), command]];
  return command.commands.flatMap((child) => leaves(child, `${typed} ${child.name()}`));
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

describe.each(leaves(makeProgram()))("%s", (typed, command) => {
  test("has help with examples and all exit codes", () => {
    const text = helpOf(command);
    expect(text).toMatch(new RegExp(`\\nExamples?:\\n(.*\\n)*?.*pulumi-ngrok-ai ${typed}`));
    expect(text).toMatch(/Exit code:? 0 .*1 /s);
  });

  test("has help without empty defaults", () => {
    expect(helpOf(command)).not.toMatch(/\(default: (\{\}|\[\]|"")\)/);
  });

  test("has --json, unless it prints a script", () => {
    const isScript = typed === "completion";
    expect(command.options.some(({ long }) => long === "--json")).toBe(!isScript);
  });
});

const account = { AI_GATEWAY_API_KEY: "", AI_GATEWAY_API_URL: "http://127.0.0.1:1" };

test.each([["check"], ["export"], ["recover", "--state", "package.json"]])(
  "with --json, a failure of %s is a JSON document",
  async (...args) => {
    const { code, stdout, stderr } = await runCommand([...args, "--json"], account);
    const { error } = JSON.parse(stdout) as { error: { message: string } };
    expect(code).toBe(1);
    expect(error.message).not.toBe("");
    expect(stderr).toBe(`pulumi-ngrok-ai: ${error.message}\n`);
  },
);

test("without --json, a failure leaves standard output empty", async () => {
  const { code, stdout, stderr } = await runCommand(["check"], account);
  expect([code, stdout, stderr.startsWith("pulumi-ngrok-ai: No API key")]).toEqual([1, "", true]);
});

test("an API that does not respond is reported immediately, with the time of the last retry", async () => {
  const { child, ended } = startCommand(["check"], { ...account, AI_GATEWAY_API_KEY: "a-key" }, true);
  const [line] = (await once(child.stderr ?? child, "data")) as [Buffer];
  process.kill(-(child.pid ?? 0), "SIGKILL");
  await ended;
  expect(String(line)).toMatch(
    /^pulumi-ngrok-ai: http:\/\/127\.0\.0\.1:1 gives no answer: .*ECONNREFUSED.* Retrying until \d\d:\d\d:\d\d; check --api-url\.\n$/,
  );
});

describe("progress", () => {
  function record(isTTY: boolean) {
    let nowMs = 0;
    const written: string[] = [];
    const progress = startProgress({ isTTY, write: (text) => written.push(text) }, () => nowMs);
    return { progress, written, wait: (ms: number) => (nowMs += ms) };
  }
  const { TERM } = process.env;
  beforeAll(() => {
    process.env.TERM = "xterm";
  });
  afterAll(() => {
    process.env.TERM = TERM;
  });

  test("updates one line of a terminal at most ten times per second and clears it at the end", () => {
    const { progress, written, wait } = record(true);
    progress.update(() => "1");
    progress.update(() => "2");
    wait(100);
    progress.update(() => "3");
    progress.end();
    progress.end();
    expect(written).toEqual(["\r\x1b[2K1", "\r\x1b[2K3", "\r\x1b[2K"]);
  });

  test("writes nothing to a pipe or to a terminal that cannot move its cursor", () => {
    const pipe = record(false);
    pipe.progress.update(() => "1");
    pipe.progress.end();
    process.env.TERM = "dumb";
    const dumb = record(true);
    dumb.progress.update(() => "1");
    dumb.progress.end();
    process.env.TERM = "xterm";
    expect([pipe.written, dumb.written]).toEqual([[], []]);
  });
});
