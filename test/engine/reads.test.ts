/**
 * Resources that a stack reads but does not own: `get`, imports, and outputs of other stacks. Does not prove stack references
 * through Pulumi's own backends; the other stack here has its state in the same folder.
 */
import path from "node:path";
import { OfflineStack } from "../../engine";
import { changesOf, errorsOf, failureOf, useProjects } from "./harness";

const newProject = useProjects();

describe("get", () => {
  test("reads a resource by its id, in previews too, and never changes or deletes it", async () => {
    const project = newProject().program(`exports.out = Thing.get("a", "known").out;`);
    project.setRecords({ known: { size: 3, out: "found" } });
    const stack = await project.stack();
    expect((await stack.preview()).outputs).toEqual({ out: { value: "found", secret: false } });
    project.takeCalls();
    const up = await stack.up();
    expect(changesOf(up)).toEqual(["create shop-dev", "read a"]);
    expect(up.summary.resourceChanges).toEqual({ create: 1 });
    expect(up.outputs).toEqual({ out: { value: "found", secret: false } });
    expect(project.takeCallNames()).toEqual(["Read a"]);
    expect(project.entry("a")).toMatchObject({ id: "known", external: true, outputs: { size: 3, out: "found" } });
    expect((await stack.up()).summary.resourceChanges).toEqual({ same: 1 });
    project.program("");
    project.takeCalls();
    expect(changesOf(await stack.up())).toEqual(["discard a"]);
    expect(project.takeCallNames()).toEqual([]);
    expect(Object.keys(project.records())).toEqual(["known"]);
  });

  test("of a missing resource is an error that names the id", async () => {
    const project = newProject().program(`Thing.get("a", "nobody");`);
    expect(errorsOf(await failureOf((await project.stack()).up()))).toEqual(["resource 'nobody' does not exist"]);
  });

  test("is replaced by a resource of the stack's own, and the reverse", async () => {
    const project = newProject().program(`Thing.get("a", "known");`);
    project.setRecords({ known: { out: "found" } });
    const stack = await project.deployed();
    project.program(`new Thing("a");`);
    expect(changesOf(await stack.up())).toEqual(["create-replacement a", "replace a", "discard-replaced a"]);
    expect(Object.keys(project.records())).toEqual(["known", "a-1"]);
    project.program(`Thing.get("a", "known");`);
    expect(changesOf(await stack.up())).toEqual(["read-replacement a", "replace a", "delete-replaced a"]);
    expect(Object.keys(project.records())).toEqual(["known"]);
    expect(project.entry("a")).toMatchObject({ id: "known", external: true });
  });

  test("of an unknown id reads nothing in a preview", async () => {
    const project = newProject().program(`const a = new Thing("a"); exports.out = Thing.get("b", a.id).out;`);
    const preview = await (await project.stack()).preview();
    expect(preview.outputs).toEqual({});
    expect(project.takeCallNames()).toEqual(["Check a"]);
  });
});

describe("import", () => {
  const imported = (size: number, id = "known") => `new Thing("a", { size: ${size} }, { import: "${id}" });`;

  test("adopts an existing resource, which the stack owns afterwards", async () => {
    const project = newProject().program(imported(3));
    project.setRecords({ known: { size: 3, out: "found" } });
    const stack = await project.stack();
    const up = await stack.up();
    expect(changesOf(up)).toEqual(["create shop-dev", "import a"]);
    expect(project.takeCallNames()).toEqual(["Read a", "Check a", "Diff a"]);
    expect(project.entry("a")).toMatchObject({ id: "known", importID: "known", inputs: { size: 3 } });
    expect(changesOf(await stack.up())).toEqual([]);
    project.program(`new Thing("a", { size: 4 });`);
    expect(changesOf(await stack.up())).toEqual(["update a"]);
    project.program("");
    expect(changesOf(await stack.up())).toEqual(["delete a"]);
    expect(project.records()).toEqual({});
  });

  test("updates properties that differ from the program at once", async () => {
    const project = newProject().program(imported(4));
    project.setRecords({ known: { size: 3, out: "found" } });
    const up = await (await project.stack()).up();
    expect(changesOf(up)).toEqual(["create shop-dev", "import a", "update a"]);
    expect(project.records()).toEqual({ known: { size: 4, out: "found" } });
  });

  test("of a missing resource is an error", async () => {
    const project = newProject().program(imported(1, "nobody"));
    expect(errorsOf(await failureOf((await project.stack()).up()))).toEqual(["resource 'nobody' does not exist"]);
    expect(project.entries("a")).toEqual([]);
  });
});

describe("A stack reference", () => {
  /** A second stack of the same project with its state in the same folder. */
  async function stacks(program: string) {
    const project = newProject().program(`
      const a = new Thing("a");
      exports.out = a.out;
      exports.key = pulumi.secret("hidden");
      exports.nested = { list: [1, { deep: true }] };
    `);
    const first = await project.stack();
    await first.up();
    project.program(program);
    const stateFile = path.join(project.folder, "second.json");
    const second = await project.stack({ stackName: "second", stateFile });
    return { project, first, second };
  }

  test.each(["dev", "organization/shop/dev"])(
    "by %s returns the other stack's outputs, secrets as secrets",
    async (name) => {
      const { project, second } = await stacks(`
      const other = new pulumi.StackReference("${name}");
      new Thing("b", { of: other.getOutput("out"), key: other.requireOutput("key") });
      exports.all = other.outputs;
      exports.out = other.getOutput("out");
      exports.missing = other.getOutput("nothing").apply((value) => value === undefined);
    `);
      const up = await second.up();
      expect(up.outputs).toMatchObject({
        out: { value: "out of a-1", secret: false },
        missing: { value: true, secret: false },
      });
      expect(up.outputs.all).toEqual({
        value: { out: "out of a-1", key: "hidden", nested: { list: [1, { deep: true }] } },
        secret: true,
      });
      const state = project.read("second.json");
      expect(state).not.toContain("hidden");
      const resources = JSON.parse(state).deployment.resources as { urn: string; inputs: object; external?: boolean }[];
      expect(resources.find(({ urn }) => urn.includes("StackReference"))).toMatchObject({
        urn: `urn:pulumi:second::shop::pulumi:pulumi:StackReference::${name}`,
        external: true,
        inputs: { name },
      });
      expect(resources.find(({ urn }) => urn.endsWith("::b"))?.inputs).toMatchObject({ of: "out of a-1" });
    },
  );

  test("returns the other stack's current outputs", async () => {
    const { project, first, second } = await stacks(
      `exports.size = new pulumi.StackReference("dev").getOutput("size");`,
    );
    await second.up();
    const program = project.read("index.js");
    project.program(`exports.size = 5;`);
    await first.up();
    project.write("index.js", program);
    expect((await second.up()).outputs).toEqual({ size: { value: 5, secret: false } });
  });

  test("to a missing stack or output is an error that names it", async () => {
    const { project, second } = await stacks(`new pulumi.StackReference("nobody");`);
    expect(errorsOf(await failureOf(second.up()))).toEqual(['unknown stack "nobody"']);
    project.program(`exports.out = new pulumi.StackReference("dev").requireOutput("nothing");`);
    expect(errorsOf(await failureOf(second.up())).join()).toContain(
      "Required output 'nothing' does not exist on stack 'dev'.",
    );
  });
});

test("a stack with its state in another folder is not found", async () => {
  const project = newProject().program(`new pulumi.StackReference("dev");`);
  const stack = await OfflineStack.create({
    workDir: project.folder,
    stackName: "alone",
    stateFile: path.join(project.folder, "apart", "alone.json"),
    passphrase: "password",
    env: {},
  });
  expect(errorsOf(await failureOf(stack.up()))).toEqual(['unknown stack "dev"']);
});
