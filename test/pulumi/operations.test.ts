/**
 * Operations of the Pulumi CLI in the life of one stack, each on the state that the one before it left: what is at the gateway and
 * in the state afterwards. What was found is in docs/offline-stack.md. Does not prove what a service backend does.
 */
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { OfflineStack } from "../../engine";
import { startTestGateway, type TestGateway } from "../helpers/gateway";
import { CliProject, changesIn, PASSPHRASE } from "./cliProject";

const API_KEY = "planted-api-key-0123456789abcdef";
const OPENAI_KEY = "planted-openai-key-0123456789abcdef";
const PROGRAM = `
const config = new pulumi.Config();
const description = config.get("description") ?? "first";
const key = new ngrok.ProviderKey("openai", { providerId: "openai", value: config.requireSecret("openaiKey"), description });
const team = new ngrok.AccessConfiguration("team", { description, access: { providers: { allow: ["openai"] } } });
const app = new ngrok.AccessKey("app", { configurationId: team, description });
exports.team = team.id;
exports.token = app.token;
`;
const AUTOMATION = `
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const ngrok = require("pulumi-ngrok-ai");
const program = async () => ({ id: new ngrok.AccessConfiguration("automated").id });
(async () => {
  const stack = await LocalWorkspace.createStack({ stackName: "automated", projectName: "automated", program });
  const up = (await stack.up()).summary.resourceChanges;
  const { id: output } = await stack.outputs();
  const preview = (await stack.preview()).changeSummary;
  const destroy = (await stack.destroy()).summary.resourceChanges;
  console.log(JSON.stringify({ up, output, preview, destroy }));
})();
`;
const YES = ["--yes", "--skip-preview"];

/** Each step is a few commands, of which each starts three processes. */
jest.setTimeout(900_000);

let gateway: TestGateway;
let project: CliProject;

beforeAll(async () => {
  gateway = await startTestGateway({ apiKey: API_KEY });
  project = new CliProject("operations", PROGRAM);
});

afterAll(async () => {
  project?.dispose();
  await gateway?.close();
});

/** Ids at the gateway by kind. */
async function objects(): Promise<Record<string, string[]>> {
  const { client } = gateway;
  const lists = {
    configurations: client.listAccessKeyConfigurations(),
    providerKeys: client.listProviderKeys(),
    accessKeys: client.listAccessKeys(),
  };
  const found: Record<string, string[]> = {};
  for (const [kind, list] of Object.entries(lists)) {
    found[kind] = [];
    for await (const { id } of list) found[kind].push(id);
  }
  return found;
}

const idOf = async (name: string) => (await project.entries("dev"))[name]?.id ?? "";
const urnOf = async (name: string) => (await project.entries("dev"))[name]?.urn ?? "";
const setDescription = (value: string) => project.succeed("config", "set", "description", value, "--stack", "dev");
const previewed = async (...args: string[]) =>
  changesIn(await project.succeed("preview", "--json", "--stack", "dev", ...args));

async function descriptionAtGateway(name: string): Promise<string | undefined> {
  return (await gateway.client.getAccessKeyConfiguration(await idOf(name))).description;
}

test("config: secrets under ngrok-ai: are encrypted in the file, hidden when printed, and all that up needs", async () => {
  await project.initStack("dev", { apiKey: API_KEY, controlUrl: gateway.controlUrl });
  await project.succeed("config", "set", "--secret", "openaiKey", OPENAI_KEY, "--stack", "dev");
  const file = fs.readFileSync(path.join(project.folder, "Pulumi.dev.yaml"), "utf8");
  expect(file).toMatch(/ngrok-ai:apiKey:\n\s+secure: v1:/);
  expect(file).not.toContain("planted");
  expect(await project.succeed("config", "--stack", "dev")).toMatch(/ngrok-ai:apiKey\s+\[secret\]/);
  await project.succeed("up", "--stack", "dev", ...YES);
  expect(Object.values(await objects()).map((ids) => ids.length)).toEqual([1, 1, 1]);
  expect(JSON.parse(await project.succeed("stack", "output", "--json", "--stack", "dev"))).toEqual({
    team: await idOf("team"),
    token: "[secret]",
  });
});

test("up, preview and refresh find nothing more to do", async () => {
  await project.succeed("preview", "--expect-no-changes", "--stack", "dev");
  await project.succeed("up", "--expect-no-changes", "--stack", "dev", ...YES);
  await project.succeed("refresh", "--expect-no-changes", "--stack", "dev", ...YES);
});

test("logs at -v=9: secrets of the configuration are in no log", async () => {
  await setDescription("logged");
  const { code, output } = await project.run("up", "-v=9", "--logtostderr", "--logflow", "--stack", "dev", ...YES);
  expect(code).toBe(0);
  // So many lines that it is the log.
  expect(output.length).toBeGreaterThan(20_000);
  // The SDK's message about each registration has the token that a resource returned: docs/offline-stack.md says so.
  expect([API_KEY, OPENAI_KEY, PASSPHRASE].filter((secret) => output.includes(secret))).toEqual([]);
});

test("update plans: up does what was planned, and refuses what was not", async () => {
  const plan = project.file("plan.json");
  await setDescription("planned");
  await project.succeed("preview", "--save-plan", plan, "--stack", "dev");
  project.write(`${PROGRAM}\nnew ngrok.AccessConfiguration("unplanned");`);
  expect(await project.fail("up", "--plan", plan, "--stack", "dev", ...YES)).toMatch(
    /unplanned.*plan|plan.*unplanned/s,
  );
  expect((await objects()).configurations).toHaveLength(1);
  project.write(PROGRAM);
  await project.succeed("preview", "--save-plan", plan, "--stack", "dev");
  // The gateway's own mask of the key begins as the key does.
  for (const secret of [API_KEY, OPENAI_KEY]) expect(fs.readFileSync(plan, "utf8")).not.toContain(secret);
  await project.succeed("up", "--plan", plan, "--stack", "dev", ...YES);
  expect(await descriptionAtGateway("team")).toBe("planned");
});

test("--target changes one resource; --replace makes one anew", async () => {
  await setDescription("targeted");
  await project.succeed("up", "--target", await urnOf("team"), "--stack", "dev", ...YES);
  expect(await descriptionAtGateway("team")).toBe("targeted");
  expect(await previewed()).toEqual({ update: 2 });
  const before = await idOf("app");
  await project.succeed("up", "--replace", await urnOf("app"), "--stack", "dev", ...YES);
  expect(await idOf("app")).not.toBe(before);
  expect((await objects()).accessKeys).toEqual([await idOf("app")]);
  expect(await previewed()).toEqual({});
});

test.each([[[]], [["--run-program"]]])(
  "refresh %j sees what was changed and deleted at the gateway",
  async (flags: string[]) => {
    await gateway.client.updateAccessKeyConfiguration(await idOf("team"), { description: "drifted" });
    await gateway.client.deleteAccessKey(await idOf("app"));
    const expected = ["refresh", "--expect-no-changes", "--preview-only", "--stack", "dev", ...flags];
    expect(await project.fail(...expected)).toMatch(/no changes were expected/);
    await project.succeed("refresh", "--stack", "dev", ...YES, ...flags);
    const entries = await project.entries("dev");
    expect(Object.keys(entries).sort()).toEqual(["openai", "team"]);
    expect(entries.team?.outputs?.description).toBe("drifted");
    expect(await previewed()).toEqual({ create: 1, update: 1 });
    await project.succeed("up", "--stack", "dev", ...YES);
  },
);

test("up --refresh repairs both; refresh --target looks at one", async () => {
  const description = await descriptionAtGateway("team");
  await gateway.client.deleteAccessKey(await idOf("app"));
  await gateway.client.updateAccessKeyConfiguration(await idOf("team"), { description: "drifted" });
  await project.succeed("up", "--refresh", "--stack", "dev", ...YES);
  expect(await descriptionAtGateway("team")).toBe(description);
  expect((await objects()).accessKeys).toEqual([await idOf("app")]);
  await project.succeed("refresh", "--target", await urnOf("team"), "--expect-no-changes", "--stack", "dev", ...YES);
});

test("stack export and import: OfflineStack goes on with the CLI's state, and the CLI with OfflineStack's", async () => {
  const stateFile = project.file("offline.json");
  fs.writeFileSync(stateFile, await project.succeed("stack", "export", "--stack", "dev"));
  const stack = await OfflineStack.create({
    workDir: project.folder,
    stackName: "dev",
    stateFile,
    passphrase: PASSPHRASE,
  });
  const config = (description: string) =>
    stack.setAllConfig({
      "ngrok-ai:apiKey": { value: API_KEY, secret: true },
      "ngrok-ai:apiUrl": { value: gateway.controlUrl },
      openaiKey: { value: OPENAI_KEY, secret: true },
      description: { value: description },
    });
  await config("targeted");
  expect((await stack.preview()).changeSummary).toEqual({ same: 4 });
  await config("changed offline");
  expect((await stack.up()).summary.resourceChanges).toEqual({ same: 1, update: 3 });
  await stack.refresh({ expectNoChanges: true });
  const changed = project.file("changed.json");
  fs.writeFileSync(changed, JSON.stringify(await stack.exportStack()));
  await project.succeed("stack", "import", "--file", changed, "--stack", "dev");
  await setDescription("changed offline");
  await project.succeed("preview", "--expect-no-changes", "--stack", "dev");
  await project.succeed("refresh", "--expect-no-changes", "--stack", "dev", ...YES);
});

test("state rename, remove and move: the state follows, the gateway does not change", async () => {
  const before = await objects();
  const renamed = PROGRAM.replace('"team"', '"crew"');
  await project.succeed("state", "rename", await urnOf("team"), "crew", "--yes", "--stack", "dev");
  project.write(renamed);
  // The label and the mark are made of the name.
  expect(await previewed()).toEqual({ update: 1 });
  await project.succeed("up", "--stack", "dev", ...YES);
  expect(await objects()).toEqual(before);

  const kept = project.file("kept.json");
  fs.writeFileSync(kept, await project.succeed("stack", "export", "--stack", "dev"));
  await project.succeed("state", "remove", await urnOf("app"), "--yes", "--stack", "dev");
  expect(Object.keys(await project.entries("dev")).sort()).toEqual(["crew", "openai"]);
  expect(await objects()).toEqual(before);
  await project.succeed("stack", "import", "--file", kept, "--stack", "dev");
  await project.succeed("preview", "--expect-no-changes", "--stack", "dev");

  await project.initStack("other", { apiKey: API_KEY, controlUrl: gateway.controlUrl });
  const moved = await urnOf("openai");
  await project.succeed("state", "move", "--source", "dev", "--dest", "other", moved, "--yes");
  expect(Object.keys(await project.entries("dev")).sort()).toEqual(["app", "crew"]);
  expect(await idOf("openai")).toBe("");
  expect((await project.entries("other")).openai?.id).toBe(before.providerKeys?.[0]);
  expect(await objects()).toEqual(before);
  const back = (await project.entries("other")).openai?.urn ?? "";
  await project.succeed("state", "move", "--source", "other", "--dest", "dev", back, "--yes");
  await project.succeed("preview", "--expect-no-changes", "--stack", "dev");
  project.write(PROGRAM);
  await project.succeed("state", "rename", await urnOf("crew"), "team", "--yes", "--stack", "dev");
  await project.succeed("up", "--stack", "dev", ...YES);
});

test("a stack reference takes an id and a token, which stays secret", async () => {
  project.write(`
    const dev = new pulumi.StackReference("organization/operations/dev");
    const key = new ngrok.AccessKey("second", { configurationId: dev.getOutput("team") });
    exports.team = key.configurationId;
    exports.token = dev.getOutput("token");
  `);
  await project.succeed("up", "--stack", "other", ...YES);
  const team = await idOf("team");
  expect(JSON.parse(await project.succeed("stack", "output", "--json", "--stack", "other"))).toEqual({
    team,
    token: "[secret]",
  });
  expect((await objects()).accessKeys).toHaveLength(2);
  await project.succeed("destroy", "--stack", "other", ...YES);
  expect((await objects()).accessKeys).toEqual([await idOf("app")]);
  project.write(PROGRAM);
});

test("the Automation API: a program of its own process makes, previews and destroys", async () => {
  const script = path.join(project.folder, "automation.js");
  fs.writeFileSync(script, AUTOMATION);
  const { stdout } = await promisify(execFile)(process.execPath, [script], {
    cwd: project.folder,
    env: { ...project.env, AI_GATEWAY_API_KEY: API_KEY, AI_GATEWAY_API_URL: gateway.controlUrl },
  });
  expect(JSON.parse(stdout)).toEqual({
    up: { create: 2 },
    output: { value: expect.any(String), secret: false },
    preview: { same: 2 },
    destroy: { delete: 2 },
  });
  expect((await objects()).configurations).toEqual([await idOf("team")]);
});

test("destroy: a target, then the rest with --run-program, then nothing is left", async () => {
  expect(await project.fail("destroy", "--target", await urnOf("team"), "--stack", "dev", ...YES)).toContain(
    "--target-dependents",
  );
  expect((await objects()).configurations).toHaveLength(1);
  await project.succeed("destroy", "--target", await urnOf("team"), "--target-dependents", "--stack", "dev", ...YES);
  expect(Object.keys(await project.entries("dev"))).toEqual(["openai"]);
  expect(await objects()).toEqual({ configurations: [], accessKeys: [], providerKeys: [await idOf("openai")] });
  await project.succeed("up", "--stack", "dev", ...YES);
  await project.succeed("destroy", "--run-program", "--stack", "dev", ...YES);
  expect(await objects()).toEqual({ configurations: [], accessKeys: [], providerKeys: [] });
  await project.succeed("up", "--stack", "dev", ...YES);
  await project.succeed("destroy", "--stack", "dev", ...YES);
  expect(await objects()).toEqual({ configurations: [], accessKeys: [], providerKeys: [] });
  await project.succeed("stack", "rm", "--yes", "--stack", "dev");
});

test("no command printed a secret", () => {
  expect([API_KEY, OPENAI_KEY].filter((secret) => project.printed.includes(secret))).toEqual([]);
});
