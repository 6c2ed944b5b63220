/**
 * Completion in the shells: bash and zsh in a terminal with the Tab key, fish and PowerShell with their completion
 * queries. A shell that is not installed is skipped, with the reason. Does not prove other versions of the shells.
 */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { commandTree } from "../../cli/completion/commandTree";
import { makeProgram } from "../../cli/program";
import { runCommand } from "../helpers/commandLine";

/** The machine may be busy with much else. */
jest.setTimeout(300_000);
const PROMPT = "<prompt>";
let folder: string;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "completion-"));
  fs.writeFileSync(path.join(folder, "state-file.json"), "{}");
  fs.mkdirSync(path.join(folder, "a folder"));
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    const { code, stdout, stderr } = await runCommand(["completion", shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    fs.writeFileSync(path.join(folder, `script.${shell}`), stdout);
  }
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const isFound = (command: string) => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
/** A test that is skipped, and says why, where a program is missing. */
function where(...needed: string[]): (title: string, act: () => Promise<void>) => void {
  const missing = needed.filter((command) => !isFound(command));
  return (title, act) =>
    missing.length === 0 ? test(title, act) : test.skip(`${title} (no ${missing.join(", ")} here)`, act);
}

/** Types lines into an interactive shell on a terminal, each when the prompt is back; returns what the terminal showed. */
async function typeInto(shell: string, lines: readonly string[]): Promise<string> {
  const child = spawn("script", ["-qec", shell, "/dev/null"], {
    cwd: folder,
    env: { ...process.env, TERM: "dumb", HOME: folder, HISTFILE: "" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let shown = "";
  let seen = 0;
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const prompted = () =>
    new Promise<void>((resolve) => {
      const look = () => {
        const at = shown.indexOf(PROMPT, seen);
        if (at < 0) return;
        seen = at + PROMPT.length;
        child.stdout.off("data", look);
        resolve();
      };
      child.stdout.on("data", look);
      look();
    });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
  });
  for (const line of lines) {
    child.stdin.write(`${line}\n`);
    await Promise.race([prompted(), closed]);
  }
  child.stdin.end("exit\n");
  await closed;
  return shown;
}

const SHOW_ARGUMENTS = `pulumi-ngrok-ai() { printf "ran:"; printf "<%s>" "$@"; echo; }; PS1='<'prompt'>'`;

where("bash", "script")("in bash, Tab completes commands, options, files and folders", async () => {
  const shown = await typeInto("bash --norc --noprofile -i", [
    `source script.bash; ${SHOW_ARGUMENTS}`,
    "pulumi-ngrok-ai recov\t--stat\tstate-f\t",
    "pulumi-ngrok-ai offline prev\t--cwd=a\t --paral\t2",
    "pulumi-ngrok-ai offline --stack up ref\t",
    "pulumi-ngrok-ai completion f\t",
  ]);
  expect(shown).toContain("ran:<recover><--state><state-file.json>");
  expect(shown).toContain("ran:<offline><preview><--cwd=a folder/><--parallel><2>");
  expect(shown).toContain("ran:<offline><--stack><up><refresh>");
  expect(shown).toContain("ran:<completion><fish>");
});

where("bash")("bash offers every subcommand and option of each command", async () => {
  for (const { path: words, commands, options } of commandTree(makeProgram())) {
    const line = ["pulumi-ngrok-ai", ...words, ""];
    const script = `source script.bash; COMP_WORDS=(${line.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${line.length - 1}
      set -- $(complete -p pulumi-ngrok-ai); shift 2; "$1"; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], { cwd: folder, encoding: "utf8" });
    expect(stderr).toBe("");
    const expected = [...commands, ...options].map(({ name }) => name);
    expect(stdout.trim().split("\n")).toEqual(expect.arrayContaining(expected));
  }
});

where("bash")("completion does not run text of the command line", async () => {
  const script = `source script.bash; COMP_WORDS=(pulumi-ngrok-ai recover --state '$(touch evaluated)'); COMP_CWORD=3; _pulumi_ngrok_ai`;
  expect(spawnSync("bash", ["--norc", "-c", script], { cwd: folder }).status).toBe(0);
  expect(fs.existsSync(path.join(folder, "evaluated"))).toBe(false);
});

where("zsh", "script")("in zsh, Tab completes commands, options, files and folders", async () => {
  const shown = await typeInto("zsh -f -i", [
    `autoload -U compinit && compinit -u -D; source script.zsh; ${SHOW_ARGUMENTS}`,
    "pulumi-ngrok-ai recov\t--stat\tstate-f\t",
    "pulumi-ngrok-ai completion f\t",
  ]);
  expect(shown).toContain("ran:<recover><--state=state-file.json>");
  expect(shown).toContain("ran:<completion><fish>");
});

where("fish")("fish offers commands, options, files and folders", async () => {
  const ask = (line: string) => {
    const script = `source script.fish; complete -C '${line}'`;
    const { stdout } = spawnSync("fish", ["--no-config", "-c", script], {
      cwd: folder,
      env: { ...process.env, HOME: folder },
      encoding: "utf8",
    });
    return stdout
      .trim()
      .split("\n")
      .map((text) => text.split("\t")[0]);
  };
  expect(ask("pulumi-ngrok-ai ")).toEqual(
    commandTree(makeProgram())[0]
      ?.commands.map(({ name }) => name)
      .toSorted(),
  );
  expect(ask("pulumi-ngrok-ai offline --stack up ref")).toEqual(["refresh"]);
  expect(ask("pulumi-ngrok-ai recover --stat")).toEqual(["--state"]);
  expect(ask("pulumi-ngrok-ai recover --state state")).toEqual(["state-file.json"]);
  expect(ask("pulumi-ngrok-ai offline up --cwd a")).toEqual(["a folder/"]);
});

where("pwsh")("PowerShell offers only commands and options that begin with the typed word", async () => {
  const ask = (line: string) => {
    const query = `(TabExpansion2 -inputScript '${line}' -cursorColumn ${line.length}).CompletionMatches.CompletionText`;
    const script = `Get-Content -Raw script.powershell | Invoke-Expression; ${query}`;
    const { stdout } = spawnSync("pwsh", ["-NoProfile", "-Command", script], { cwd: folder, encoding: "utf8" });
    return stdout.trim().split(/\r?\n/);
  };
  expect(ask("pulumi-ngrok-ai ")).toEqual(expect.arrayContaining(["check", "offline", "--help"]));
  expect(ask("pulumi-ngrok-ai offline --stack up ref")).toEqual(["refresh"]);
  expect(ask("pulumi-ngrok-ai recover --stat")).toEqual(["--state"]);
  expect(ask("pulumi-ngrok-ai graph --format s")).toEqual(["svg"]);
});

test("the PowerShell script contains every command, option and choice, and its brackets are balanced", () => {
  const script = fs.readFileSync(path.join(folder, "script.powershell"), "utf8");
  for (const { path: words, commands, options } of commandTree(makeProgram())) {
    const line = script.split("\n").find((each) => each.startsWith(`        '${words.join(" ")}' = @(`)) ?? "";
    const offered = [...line.matchAll(/,@\('((?:[^']|'')*)', '(?:[^']|'')*'\)/g)].map(([, word]) => word);
    expect(offered).toEqual(expect.arrayContaining([...commands, ...options].map(({ name }) => name)));
  }
  const code = script.replace(/'(?:[^']|'')*'/g, "''").replace(/^#.*$/gm, "");
  for (const [open, close] of ["()", "{}", "[]"].map((pair) => [...pair])) {
    expect(code.split(open!).length).toBe(code.split(close!).length);
  }
});

test("an unknown shell is an error that lists the supported shells", async () => {
  const { code, stderr } = await runCommand(["completion", "tcsh"]);
  expect([code, stderr]).toEqual([
    1,
    "error: command-argument value 'tcsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish, powershell.\n",
  ]);
});
