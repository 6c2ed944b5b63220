/**
 * Secret values and unknown values in program, engine, provider and state. Does not prove the form in which the CLI prints them.
 */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { changesOf, errorsOf, failureOf, KNOWN_SALT, useProjects } from "./harness";

const newProject = useProjects();
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

test("a preview knows inputs of a creation and old outputs of unchanged resources, nothing else", async () => {
  const program = (size: number) => `
    const kept = new Thing("kept", { size: 1 });
    const updated = new Thing("updated", { size: ${size} });
    const fresh = new Thing("fresh", { size: 1 });
    exports.kept = kept.out;
    exports.keptId = kept.id;
    exports.updated = updated.out;
    exports.updatedId = updated.id;
    exports.fresh = fresh.out;
    exports.size = pulumi.output(fresh).apply((thing) => thing.size);
  `;
  const project = newProject().program(program(1).replace(/.*fresh.*/g, ""));
  const stack = await project.deployed({ parallel: 1 });
  project.program(program(2));
  const { outputs, changeSummary, stdout } = await stack.preview();
  expect(changeSummary).toEqual({ create: 1, update: 1, same: 2 });
  expect(Object.keys(outputs).sort()).toEqual(["kept", "keptId", "size", "updatedId"]);
  expect(outputs.size).toEqual({ value: 1, secret: false });
  expect(outputs.kept).toEqual({ value: "out of kept-1", secret: false });
  const shown = stdout.split("\n").filter((line) => line.includes("unknown"));
  expect(shown).toEqual(["    + fresh    : [unknown]", '    ~ updated  : "out of updated-2" => [unknown]']);
});

test("unknown inputs reach Check and Diff of a preview as Pulumi's unknown, and never a real run", async () => {
  const project = newProject().program(`
    const a = new Thing("a", { forceName: "x" });
    new Thing("b", { of: a.out, list: [1, a.out], plain: "p" });
  `);
  const stack = await project.deployed();
  project.program(`
    const a = new Thing("a", { forceName: "y" });
    new Thing("b", { of: a.out, list: [1, a.out], plain: "p" });
  `);
  await stack.preview();
  const ofB = project.takeCalls().filter(({ name }) => name === "b");
  expect(ofB).toMatchObject([
    { call: "Check", news: { of: UNKNOWN, plain: "p" } },
    { call: "Diff", news: { of: UNKNOWN, plain: "p" } },
  ]);
  await stack.up();
  expect(JSON.stringify(project.takeCalls())).not.toContain(UNKNOWN);
});

describe("A secret", () => {
  const PROGRAM = `
    const a = new Thing("a", { key: pulumi.secret("planted-one"), nested: { key: pulumi.secret("planted-two"), plain: 1 }, size: 1 }, { additionalSecretOutputs: ["size"] });
    exports.key = a.key;
    exports.size = a.size;
    exports.plain = "p";
    exports.inside = { key: pulumi.secret("planted-three"), plain: 1 };
  `;

  test.each([{ acceptsSecrets: true }, { acceptsSecrets: false }])(
    "is kept secret in the state, in outputs, events and display: %j",
    async (features) => {
      const project = newProject({ features }).program(PROGRAM);
      const stack = await project.stack();
      const events: EngineEvent[] = [];
      let shown = "";
      const onOutput = (text: string) => {
        shown += text;
      };
      // The SDK's own debug messages contain the engine's answers, with secrets in plain text.
      const up = await stack.up({ onEvent: (event) => events.push(event), onOutput, debug: true });
      const create = project.takeCalls().find(({ call }) => call === "Create");
      const wire = (value: string) => (features.acceptsSecrets ? { ...SECRET, value } : value);
      expect(create?.inputs).toEqual({
        key: wire("planted-one"),
        nested: { key: wire("planted-two"), plain: 1 },
        size: 1,
      });
      const state = project.read("state.json");
      const all = state + shown + up.stdout + JSON.stringify([events, up.steps, up.maskedOutputs, up.diagnostics]);
      // Print only the secrets found, not the whole text, if this fails.
      expect(all.match(/planted-\w*/g)).toBeNull();
      expect(up.diagnostics.some(({ severity, message }) => severity === "debug" && message.includes("[secret]"))).toBe(
        true,
      );
      const { inputs, outputs, additionalSecretOutputs } = project.entry("a");
      expect([inputs.key, outputs.key, outputs.size]).toEqual(
        Array(3).fill({ ...SECRET, ciphertext: expect.stringMatching(/^v1:/) }),
      );
      expect(inputs.nested).toEqual({ key: { ...SECRET, ciphertext: expect.any(String) }, plain: 1 });
      expect(inputs.size).toBe(1);
      expect(additionalSecretOutputs).toEqual(["size"]);
      expect(up.maskedOutputs).toMatchObject({ plain: "p", inside: { key: "[secret]", plain: 1 } });
      // As in the Automation API, an output counts as secret only if it is one as a whole.
      expect(up.outputs.inside).toEqual({ value: { key: "planted-three", plain: 1 }, secret: false });
      expect(up.outputs.key).toEqual({ value: "planted-one", secret: true });
      expect(await stack.outputs()).toEqual(up.outputs);
    },
  );

  test("with an unchanged value is no change, although its encrypted text differs", async () => {
    const project = newProject().program(`new Thing("a", { key: pulumi.secret("planted") });`);
    const stack = await project.stack();
    await stack.up();
    const before = project.entry("a").inputs.key.ciphertext;
    project.takeCalls();
    expect(changesOf(await stack.up())).toEqual([]);
    expect(project.takeCallNames()).toEqual(["Check a", "Diff a"]);
    project.program(`new Thing("a", { key: pulumi.secret("changed") });`);
    expect(changesOf(await stack.up())).toEqual(["update a"]);
    expect(project.entry("a").inputs.key.ciphertext).not.toBe(before);
  });

  test("id is rejected with a warning", async () => {
    const project = newProject().program(`new Thing("a", {}, { additionalSecretOutputs: ["id"] });`);
    const up = await (await project.stack()).up();
    expect(up.diagnostics).toContainEqual(
      expect.objectContaining({
        severity: "warning",
        message: expect.stringContaining("'id' property cannot be made secret"),
      }),
    );
  });

  test("of the configuration is masked in the program's log messages", async () => {
    const project = newProject().program(`
      const key = new pulumi.Config().require("key");
      pulumi.log.warn("the key is " + key);
    `);
    const stack = await project.stack();
    await stack.setConfig("key", { value: "planted-key-value", secret: true });
    const up = await stack.up();
    expect(up.stdout).toContain("the key is [secret]");
    expect(JSON.stringify([up.stdout, up.steps, up.diagnostics])).not.toContain("planted-key-value");
  });

  test("that a provider quotes in an error is masked", async () => {
    const project = newProject()
      .program(`new Thing("a", { key: pulumi.secret("planted-key") });`)
      .control({ fail: { "Check a": "the key planted-key is too short" } });
    const error = await failureOf((await project.stack()).up());
    expect(errorsOf(error)).toEqual(["the key [secret] is too short"]);
    expect(error.message).not.toContain("planted-key");
  });

  test("is exported in plain text only on request, and a state encrypted with a known salt is opened again", async () => {
    const project = newProject().program(`exports.key = pulumi.secret("planted");`);
    const stack = await project.deployed();
    const exported = await stack.exportStack();
    expect(JSON.stringify(exported)).toContain("planted");
    expect(project.read("state.json")).not.toContain("planted");
    const salted = JSON.parse(JSON.stringify(exported));
    salted.deployment.secrets_providers.state.salt = KNOWN_SALT;
    await stack.importStack(salted);
    expect(await stack.outputs()).toEqual({ key: { value: "planted", secret: true } });
  });
});
