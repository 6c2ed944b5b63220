/**
 * The life cycle of resources in a whole program: the provider's calls, their order, and the state after them. Does not prove
 * that Pulumi's own engine does the same; the expected calls were read from its source.
 */
import { changesOf, errorsOf, failureOf, useProjects } from "./harness";

const newProject = useProjects();

test("creates in the order of dependencies; a second run changes nothing", async () => {
  const project = newProject({ processes: true }).program(`
    const b = new Thing("b", { size: 2 });
    new Thing("a", { of: b.out });
    exports.out = b.out;
  `);
  const stack = await project.stack();
  const up = await stack.up();
  expect(changesOf(up)).toEqual(["create shop-dev", "create b", "create a"]);
  expect(up.summary.resourceChanges).toEqual({ create: 3 });
  expect(up.outputs).toEqual({ out: { value: "out of b-1", secret: false } });
  expect(project.takeCallNames()).toEqual(["Check b", "Create b", "Check a", "Create a"]);
  expect(project.entry("a")).toMatchObject({
    id: "a-2",
    inputs: { of: "out of b-1" },
    dependencies: [project.entry("b").urn],
    propertyDependencies: { of: [project.entry("b").urn] },
  });

  const again = await stack.up();
  expect(again.summary.resourceChanges).toEqual({ same: 3 });
  expect(project.takeCallNames()).toEqual(["Check b", "Diff b", "Check a", "Diff a"]);
});

test("Check receives the old inputs; Diff and Update also receive the old outputs", async () => {
  const project = newProject().program(`new Thing("a", { size: 1, sticky: "" });`);
  const stack = await project.deployed();
  project.program(`new Thing("a", { size: 2, sticky: "" });`);
  const up = await stack.up();
  expect(changesOf(up)).toEqual(["update a"]);
  const [, check, diff, update] = project.takeCalls();
  const old = { size: 1, sticky: "sticky-a-0" };
  const olds = { ...old, out: "out of a-1" };
  const news = { size: 2, sticky: "sticky-a-0" };
  expect(check).toEqual({ call: "Check", name: "a", olds: old, news: { size: 2, sticky: "" } });
  expect(diff).toEqual({ call: "Diff", name: "a", id: "a-1", olds, oldInputs: old, news });
  expect(update).toEqual({ call: "Update", name: "a", id: "a-1", olds, oldInputs: old, news });
  expect(project.entry("a").outputs).toEqual({ ...news, out: "out of a-1" });
});

test("replaces by creating first and deleting at the end, after a second Check without old inputs", async () => {
  const project = newProject().program(`
    const a = new Thing("a", { forceName: "x", sticky: "" });
    new Thing("b", { of: a.out });
  `);
  const stack = await project.deployed();
  project.program(`
    const a = new Thing("a", { forceName: "y", sticky: "" });
    new Thing("b", { of: a.out });
  `);
  const up = await stack.up();
  expect(changesOf(up)).toEqual(["create-replacement a", "replace a", "update b", "delete-replaced a"]);
  expect(up.summary.resourceChanges).toEqual({ replace: 1, update: 1, same: 1 });
  const calls = project.takeCalls().filter(({ call }) => call !== "Configure");
  expect(calls.map(({ call, name }) => `${call} ${name}`)).toEqual([
    "Check a",
    "Diff a",
    "Check a",
    "Create a",
    "Check b",
    "Diff b",
    "Update b",
    "Delete a",
  ]);
  expect(calls[2]).toEqual({ call: "Check", name: "a", olds: {}, news: { forceName: "y", sticky: "" } });
  expect(calls[7]).toEqual({
    call: "Delete",
    name: "a",
    id: "a-1",
    inputs: { forceName: "x", sticky: "sticky-a-0" },
    outputs: { forceName: "x", sticky: "sticky-a-0", out: "out of a-1" },
  });
  expect(project.entry("a").id).toBe("a-3");
  expect(Object.keys(project.records()).sort()).toEqual(["a-3", "b-2"]);
});

test("deletes first if the provider requests it, together with dependents that would be replaced too", async () => {
  const program = (name: string) => `
    const a = new Thing("a", { forceName: "${name}", dbr: true });
    const b = new Thing("b", { forceOf: a.out });
    new Thing("c", { of: a.out });
    new Thing("d", {}, { dependsOn: [a, b] });
  `;
  const project = newProject().program(program("x"));
  const stack = await project.deployed({ parallel: 1 });
  project.program(program("y"));
  const up = await stack.up();
  expect(changesOf(up)).toEqual([
    "delete-replaced b",
    "delete-replaced a",
    "replace a",
    "create-replacement a",
    "replace b",
    "create-replacement b",
    "update c",
  ]);
  const calls = project.takeCalls().filter(({ call }) => call !== "Configure");
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  expect(calls.slice(0, 9)).toMatchObject([
    { call: "Check", name: "a" },
    { call: "Diff", name: "a" },
    { call: "Check", name: "a", olds: {} },
    { call: "Diff", name: "b", news: { forceOf: unknown } },
    { call: "Diff", name: "c", news: { of: unknown } },
    { call: "Delete", name: "b" },
    { call: "Delete", name: "a" },
    { call: "Create", name: "a" },
    { call: "Check", name: "b", olds: {} },
  ]);
  expect(project.resources().some((entry) => entry.pendingReplacement || entry.delete)).toBe(false);
  expect(Object.keys(project.records()).length).toBe(4);
});

test("deletes resources that the program no longer declares, dependents first, and the stack's outputs", async () => {
  const project = newProject().program(`
    const a = new Thing("a");
    const b = new Thing("b", { of: a.out });
    new Thing("c", { of: b.out });
    exports.out = b.out;
  `);
  const stack = await project.deployed();
  project.program("");
  const up = await stack.up();
  expect(changesOf(up)).toEqual(["delete c", "delete b", "delete a"]);
  expect(project.takeCallNames()).toEqual(["Delete c", "Delete b", "Delete a"]);
  expect(up.outputs).toEqual({});
  expect(project.resources().map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack"]);
});

test("destroys everything with the configuration recorded in the state", async () => {
  const project = newProject().program(`
    const box = new Box("box");
    const a = new Thing("a", {}, { parent: box });
    new Thing("b", { of: a.out }, { parent: box });
  `);
  const stack = await project.stack();
  await stack.setConfig("world:region", { value: "north" });
  await stack.up();
  project.takeCalls();
  await stack.setConfig("world:region", { value: "south" });
  const result = await stack.destroy();
  expect(changesOf(result)).toEqual(["delete b", "delete a", "delete box", "delete shop-dev"]);
  expect(result.summary.resourceChanges).toEqual({ delete: 4 });
  expect(project.takeCalls()).toMatchObject([
    { call: "Configure", args: { region: "north" } },
    { call: "Delete", name: "b" },
    { call: "Delete", name: "a" },
  ]);
  expect(project.resources()).toEqual([]);
  expect(project.records()).toEqual({});
});

test("a program error shows the message and its position, and deletes nothing", async () => {
  const project = newProject({ processes: true }).program(`new Thing("a"); new Thing("b"); exports.kept = "yes";`);
  const stack = await project.deployed();
  project.program(`new Thing("a"); throw new Error("the till is broken");`);
  const error = await failureOf(stack.up());
  expect(errorsOf(error)).toHaveLength(1);
  expect(errorsOf(error)[0]).toContain("Error: the till is broken");
  expect(errorsOf(error)[0]).toMatch(/index\.js:2:\d+/);
  expect(project.takeCallNames()).not.toContain("Delete b");
  expect(Object.keys(project.records())).toEqual(["a-1", "b-2"]);
  expect(await stack.outputs()).toEqual({ kept: { value: "yes", secret: false } });
});

test("a failed create is not recorded, and independent resources are not begun after it", async () => {
  const project = newProject().program(`
    const a = new Thing("a");
    const b = new Thing("b", { of: a.out });
    new Thing("c", { of: b.out });
  `);
  const stack = await project.stack();
  project.control({ fail: { "Create b": "no room for b" } });
  const error = await failureOf(stack.up());
  expect(errorsOf(error)).toEqual(["no room for b"]);
  expect(error.result.summary.result).toBe("failed");
  expect(project.takeCallNames()).toEqual(["Check a", "Create a", "Check b", "Create b"]);
  expect(project.entries("b")).toEqual([]);
  expect(project.document().deployment.pending_operations).toBeUndefined();

  project.control({});
  const up = await stack.up();
  expect(changesOf(up)).toEqual(["create b", "create c"]);
});

test("a partial create is recorded with its reasons and updated by the next run", async () => {
  const project = newProject().program(`new Thing("a", { size: 1 });`);
  const stack = await project.stack();
  project.control({ partial: { "Create a": ["the light does not come on"] } });
  const error = await failureOf(stack.up());
  expect(errorsOf(error)).toEqual(["the light does not come on"]);
  expect(project.entry("a")).toMatchObject({ id: "a-1", initErrors: ["the light does not come on"] });

  project.control({}).takeCalls();
  expect(changesOf(await stack.up())).toEqual(["update a"]);
  expect(project.takeCallNames()).toEqual(["Check a", "Diff a", "Update a"]);
  expect(project.entry("a").initErrors).toBeUndefined();
});

test("a partial update keeps the old inputs, so that the next run tries again", async () => {
  const project = newProject().program(`new Thing("a", { size: 1 });`);
  const stack = await project.stack();
  await stack.up();
  project.program(`new Thing("a", { size: 2 });`).control({ partial: { "Update a": ["slow"] } });
  await failureOf(stack.up());
  expect(project.entry("a")).toMatchObject({ inputs: { size: 1 }, outputs: { size: 2 }, initErrors: ["slow"] });
  project.control({}).takeCalls();
  expect(changesOf(await stack.up())).toEqual(["update a"]);
  expect(project.entry("a")).toMatchObject({ inputs: { size: 2 }, outputs: { size: 2 } });
});

test("a partial update is shown with the new inputs, and its outputs are secret where these inputs are", async () => {
  const project = newProject().program(`new Thing("a", { size: 1, key: pulumi.secret("hush") });`);
  const stack = await project.deployed();
  project.program(`new Thing("a", { size: 2, key: "loud" });`).control({ partial: { "Update a": ["slow"] } });
  const { result } = await failureOf(stack.up());
  const update = result.steps.find(({ op }) => op === "update");
  expect(update?.newState).toMatchObject({ inputs: { size: 2, key: "loud" }, outputs: { size: 2, key: "loud" } });
  expect(project.entry("a").outputs.key).toBe("loud");
});

test("a failed delete is tried again by the next run", async () => {
  const project = newProject().program(`new Thing("a", { forceName: "x" });`);
  const stack = await project.stack();
  await stack.up();
  project.program(`new Thing("a", { forceName: "y" });`).control({ fail: { "Delete a": "still in use" } });
  await failureOf(stack.up());
  expect(project.entries("a").map(({ id, delete: isDoomed }) => ({ id, isDoomed }))).toEqual([
    { id: "a-2", isDoomed: undefined },
    { id: "a-1", isDoomed: true },
  ]);
  project.control({}).takeCalls();
  expect(changesOf(await stack.up())).toEqual(["delete-replaced a"]);
  expect(project.takeCallNames()).toEqual(["Check a", "Diff a", "Delete a"]);
  expect(Object.keys(project.records())).toEqual(["a-2"]);
});

test("a Check failure is reported for the resource and stops the run", async () => {
  const project = newProject().program(`
    const a = new Thing("a", { checkFailure: "must be blue" });
    new Thing("b", { of: a.out });
  `);
  const stack = await project.stack();
  const error = await failureOf(stack.preview());
  expect(error.diagnostics).toEqual([
    {
      severity: "error",
      message: "world:index:Thing resource 'a': property checkFailure value {must be blue} has a problem: must be blue",
      urn: "urn:pulumi:dev::shop::world:index:Thing::a",
    },
  ]);
  expect(project.takeCallNames()).toEqual(["Check a"]);
});

test("two resources of one type and name are rejected", async () => {
  const project = newProject().program(`new Thing("a"); new Thing("a");`);
  const error = await failureOf((await project.stack()).up());
  expect(errorsOf(error)).toEqual([
    "Duplicate resource URN 'urn:pulumi:dev::shop::world:index:Thing::a'; try giving it a unique name",
  ]);
});

test("a provider that dies ends the run with its last output", async () => {
  const project = newProject({ processes: true }).program(`new Thing("a");`).control({ crash: "Create a" });
  const error = await failureOf((await project.stack()).up());
  expect(errorsOf(error)).toEqual([
    'the provider process of package "world" ended during Create. It wrote:\nthe world ends in Create a',
  ]);
});

test("a package without a provider is reported by name, with the next step", async () => {
  const project = newProject({ processes: true }).program(`new Thing("a");`);
  const error = await failureOf((await project.stack({ plugins: {} })).up());
  expect(errorsOf(error)).toEqual([
    'no provider for the package "world": pulumi-resource-world is not on PATH; put it there or name its command in the option `plugins`',
  ]);
});

test("a preview calls no operation that changes a resource and writes no state", async () => {
  const project = newProject().program(`const a = new Thing("a", { size: 1 }); new Thing("b", { of: a.out });`);
  const stack = await project.stack();
  const preview = await stack.preview();
  expect(preview.changeSummary).toEqual({ create: 3 });
  expect(project.takeCalls().filter(({ call }) => call !== "Configure")).toEqual([
    { call: "Check", name: "a", olds: {}, news: { size: 1 } },
    { call: "Check", name: "b", olds: {}, news: { of: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } },
  ]);
  expect(() => project.document()).toThrow("ENOENT");
});

test("a provider that supports previews receives Create and Update in previews", async () => {
  const project = newProject({ features: { supportsPreview: true } }).program(`
    const a = new Thing("a", { size: 1 });
    exports.size = a.size;
  `);
  const stack = await project.stack();
  await stack.preview();
  expect(project.takeCalls().filter(({ call }) => call !== "Configure")).toEqual([
    { call: "Check", name: "a", olds: {}, news: { size: 1 } },
    { call: "Create", name: "a", inputs: { size: 1 }, isPreview: true },
  ]);
});
