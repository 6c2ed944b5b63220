/**
 * `offline` in a real terminal (util-linux `script`) and without one: the tree, the prompt and its answers. Runs the
 * build. Skipped, with the reason, if `script` is missing. Does not prove what other terminals show.
 */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { runCommand } from "../../helpers/commandLine";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";

const root = path.resolve(__dirname, "..", "..", "..");
const workDir = path.join(root, "examples", "azure-openai");
const SECRET = "planted-azure-key-0123456789abcdef";
const hasScript = spawnSync("script", ["--version"]).status === 0;
const atTerminal = hasScript
  ? test
  : (title: string, _: () => Promise<void>) => test.skip(`${title} (no command \`script\` here)`, () => undefined);

let folder: string;
let gateway: TestGateway;
let stateFile: string;

beforeAll(async () => {
  gateway = await startTestGateway();
});
beforeEach(async () => {
  await gateway.reset();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "terminal-"));
  stateFile = path.join(folder, "state.json");
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
afterAll(() => gateway.close());

function args(operation: string, ...flags: string[]): string[] {
  const settings = ["endpoint=https://contoso.openai.azure.com", `ngrok-ai:apiUrl=${gateway.controlUrl}`];
  return [
    "offline",
    operation,
    ...["-C", workDir, "-s", "dev", "--state", stateFile],
    ...settings.flatMap((setting) => ["-c", setting]),
    ...["--secret", `apiKey=${SECRET}`, "--secret", `ngrok-ai:apiKey=${gateway.apiKey}`],
    ...flags,
  ];
}

const UP = "\x1b[A";
const DOWN = "\x1b[B";
const ENTER = "\r";

/** Runs the command at a terminal of this size; each answer is typed once its text has been shown. */
async function typeAt(
  columns: number,
  command: readonly string[],
  answers: readonly (readonly [shown: string, keys: string])[] = [],
  passphrase: string | undefined = "p",
): Promise<{ code: number; shown: string }> {
  const { CI: _, PULUMI_CONFIG_PASSPHRASE: __, ...inherited } = process.env;
  const env = {
    ...inherited,
    TERM: "xterm",
    ...(passphrase !== undefined && { PULUMI_CONFIG_PASSPHRASE: passphrase }),
  };
  const words = [process.execPath, path.join(root, "dist", "cli", "main.js"), ...command].map((word) => `'${word}'`);
  const line = `stty cols ${columns} rows 40; ${words.join(" ")}; echo "exit code $?"`;
  const child = spawn("script", ["-qec", line, "/dev/null"], { env, stdio: ["pipe", "pipe", "inherit"] });
  const left = [...answers];
  let shown = "";
  let seen = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    const [next] = left;
    const at = next === undefined ? -1 : shown.indexOf(next[0], seen);
    if (next === undefined || at < 0) return;
    seen = shown.length;
    left.shift();
    child.stdin.write(next[1]);
  });
  await new Promise((resolve) => child.once("close", resolve));
  return { code: Number(/exit code (\d+)/.exec(shown)?.[1]), shown };
}

/** The final content of the terminal, without overwritten text. */
const lastTree = (shown: string) => {
  const text = stripVTControlCharacters(shown).replaceAll("\r", "");
  return text.slice(text.lastIndexOf("    Type "));
};

const QUESTION = "Do you want to perform this update?";

atTerminal(`up shows its plan as a tree and prompts; "no", the first choice, changes nothing`, async () => {
  const { code, shown } = await typeAt(100, args("up"), [[QUESTION, ENTER]]);
  expect(code).toBe(1);
  expect(stripVTControlCharacters(shown)).toContain("Canceled; nothing was changed.");
  expect(lastTree(shown)).toMatch(
    /^ {4}Type +Name +Plan\n \+ {2}pulumi:pulumi:Stack +azure-openai-dev +create\n \+ {2}├─ ngrok-ai:CustomProvider +azure-openai +create\n/,
  );
  expect((await gateway.requests()).filter((request) => !request.startsWith("GET "))).toEqual([]);
  expect(shown).not.toContain(SECRET);
});

atTerminal(`"details" shows the properties of the plan and prompts again; "yes" runs the plan`, async () => {
  const answers = [
    [QUESTION, DOWN + ENTER],
    [QUESTION, UP + ENTER],
  ] as const;
  const { code, shown } = await typeAt(100, args("up"), answers);
  expect(code).toBe(0);
  const text = stripVTControlCharacters(shown);
  expect(text).toContain('      + providerId          : "azure-openai"');
  expect(text).toContain("value     : [secret]");
  expect(lastTree(shown)).toMatch(
    /^ {4}Type +Name +Status\n(.*\n)*? \+ {2}└─ ngrok-ai:AccessKey +application +created \(\d/,
  );
  expect(text).toContain("    + 6 created");
  expect(shown).not.toContain(SECRET);
});

atTerminal("--yes previews without a prompt; --skip-preview does neither", async () => {
  const first = await typeAt(100, args("up", "--yes"));
  expect([first.code, /Previewing update/.test(first.shown), first.shown.includes(QUESTION)]).toEqual([0, true, false]);
  const second = await typeAt(100, args("destroy", "--skip-preview"));
  expect([second.code, /Previewing/.test(second.shown)]).toEqual([0, false]);
  expect(stripVTControlCharacters(second.shown)).toContain("    - 6 deleted");
});

atTerminal("no line of the tree exceeds the width of a narrow terminal", async () => {
  const { shown } = await typeAt(50, args("preview"));
  const tree = lastTree(shown).split("\n\n")[0]?.split("\n") ?? [];
  expect(tree.length).toBeGreaterThan(6);
  for (const line of tree) expect([...line].length).toBeLessThanOrEqual(50);
});

atTerminal("without a passphrase in the environment, up prompts for one and does not show it", async () => {
  const { code, shown } = await typeAt(100, args("preview"), [["Passphrase", `hidden-words${ENTER}`]], undefined);
  expect([code, shown.includes("hidden-words")]).toEqual([0, false]);
});

test("without a terminal, up prints one line per resource, without a preview or a prompt", async () => {
  const { code, stdout } = await runCommand(args("up"), { PULUMI_CONFIG_PASSPHRASE: "p" });
  expect(code).toBe(0);
  const lines = stdout.split("\n").filter((line) => line.startsWith(" + "));
  expect(lines.map((line) => line.replace(/\(.*/, "(…)")).toSorted()).toEqual([
    " +  pulumi-nodejs:dynamic/ngrok-ai:AccessConfiguration azure-openai created (…)",
    " +  pulumi-nodejs:dynamic/ngrok-ai:AccessKey application created (…)",
    " +  pulumi-nodejs:dynamic/ngrok-ai:CustomProvider azure-openai created (…)",
    " +  pulumi-nodejs:dynamic/ngrok-ai:ProviderKey azure-openai-key created (…)",
    " +  pulumi-nodejs:dynamic/ngrok-ai:RoutingRule azure-openai created (…)",
    " +  pulumi:pulumi:Stack azure-openai-dev created (…)",
  ]);
  expect(stdout).not.toMatch(/Previewing|providerId/);
});

test("--diff shows the properties of each resource below its line", async () => {
  const { stdout } = await runCommand(args("preview", "--diff"), { PULUMI_CONFIG_PASSPHRASE: "p" });
  expect(stdout).toMatch(/CustomProvider azure-openai create\n {6}\+ baseUrl +: "https:/);
});

test("the error about a missing passphrase names only options that the command has", async () => {
  const { PULUMI_CONFIG_PASSPHRASE: _, ...env } = process.env;
  const { code, stderr } = await runCommand(args("preview"), { ...env, PULUMI_CONFIG_PASSPHRASE: undefined });
  expect([code, stderr]).toEqual([
    1,
    "error: no passphrase: set the environment variable PULUMI_CONFIG_PASSPHRASE (it may be empty), or name a file in PULUMI_CONFIG_PASSPHRASE_FILE\n",
  ]);
});

test("the state folder beside Pulumi.yaml is created with a .gitignore that excludes it", async () => {
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
  const given = ["offline", "outputs", "-C", folder, "-c", "size=1"];
  expect(await runCommand(given, { PULUMI_CONFIG_PASSPHRASE: "p" })).toMatchObject({ code: 0, stderr: "" });
  const kept = path.join(folder, ".pulumi-offline");
  expect(fs.readdirSync(kept).toSorted()).toEqual([".gitignore", "dev.config.json"]);
  expect(fs.readFileSync(path.join(kept, ".gitignore"), "utf8")).toBe("*\n");
});

test.each([
  [["offline", "up", "--stak", "dev"], "error: unknown option '--stak'\n(Did you mean --stack?)"],
  [["offline", "upp"], "error: unknown command 'upp'\n(Did you mean up?)"],
  [["chek"], "error: unknown command 'chek'\n(Did you mean check?)"],
])("the error for %j suggests the nearest option or command", async (given, message) => {
  const { code, stderr } = await runCommand(given);
  expect([code, stderr.startsWith(message)]).toEqual([1, true]);
});

test.each([
  ["up", "--kep", "--keep"],
  ["check", "--fxi", "--fix"],
  ["bench", "--jsn", "--json"],
])("npm run %s -- %s fails with the nearest option and the usage", (script, flag, nearest) => {
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, "scripts", "run.js"), script, flag], {
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toContain(
    `error: unknown option '${flag}'\n(Did you mean ${nearest}?)\n\nUsage: npm run ${script} -- `,
  );
  expect(stderr).not.toMatch(/^ +at /m);
});
