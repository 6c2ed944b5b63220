/**
 * Which resources are replaced, and how: the provider's answer, the program's options, and dependents of a replaced resource.
 * See lifecycle.test.ts for the basic cases. Does not prove the answers of providers other than the test provider.
 */
import type { OfflineStack } from "../../engine";
import { changesOf, errorsOf, failureOf, type TestProject, useProjects } from "./harness";

const newProject = useProjects();
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A stack after an `up` of the first program, with the second one as its program. */
async function change(before: string, after: string): Promise<{ project: TestProject; stack: OfflineStack }> {
  const project = newProject().program(before);
  const stack = await project.deployed({ parallel: 1 });
  project.program(after);
  return { project, stack };
}

const REPLACED = ["create-replacement a", "replace a", "delete-replaced a"];

test.each([
  ["a property named by replaceOnChanges", `{ replaceOnChanges: ["size"] }`, REPLACED],
  ["any property with *", `{ replaceOnChanges: ["*"] }`, REPLACED],
  ["a property that is not named", `{ replaceOnChanges: ["other"] }`, ["update a"]],
  ["nothing, when ignoreChanges ignores the change", `{ replaceOnChanges: ["size"], ignoreChanges: ["size"] }`, []],
])("replaceOnChanges: a change of %s", async (_what, options, expected) => {
  const { stack } = await change(`new Thing("a", { size: 1 });`, `new Thing("a", { size: 2 }, ${options});`);
  expect(changesOf(await stack.up())).toEqual(expected);
});

test("replaceOnChanges names a path within a property if the provider returns a detailed diff", async () => {
  const program = (size: number, path: string) =>
    `new Thing("a", { shape: { size: ${size}, color: "red" }, detailed: true }, { replaceOnChanges: ["${path}"] });`;
  const { stack } = await change(program(1, "shape.color"), program(2, "shape.color"));
  // The provider names only the whole property, which a path below it does not match.
  expect(changesOf(await stack.up())).toEqual(["update a"]);
});

test("replacementTrigger replaces only when its value changes", async () => {
  const program = (trigger: string) => `new Thing("a", { size: 1 }, { replacementTrigger: ${trigger} });`;
  const { project, stack } = await change(program(`"one"`), program(`"one"`));
  expect(changesOf(await stack.up())).toEqual([]);
  project.program(program(`"two"`));
  project.takeCalls();
  const up = await stack.up();
  expect(changesOf(up)).toEqual(REPLACED);
  expect(up.steps.find(({ op }) => op === "replace")?.replaceReasons).toEqual(["replacementTrigger"]);
  expect(project.takeCallNames()).toEqual(["Check a", "Check a", "Create a", "Delete a"]);
  project.program(program("undefined"));
  expect(changesOf(await stack.up())).toEqual([]);
});

test("the program's deleteBeforeReplace overrides the provider's answer in both directions", async () => {
  const program = (name: string, dbr: boolean, option: string) =>
    `new Thing("a", { forceName: "${name}", dbr: ${dbr} }, { deleteBeforeReplace: ${option} });`;
  const { project, stack } = await change(program("x", false, "true"), program("y", false, "true"));
  expect(changesOf(await stack.up())).toEqual(["delete-replaced a", "replace a", "create-replacement a"]);
  project.program(program("z", true, "false"));
  expect(changesOf(await stack.up())).toEqual(REPLACED);
});

test("a run that dies between deletion and creation is completed by the next, which deletes nothing twice", async () => {
  const program = (name: string) => `new Thing("a", { forceName: "${name}", dbr: true });`;
  const { project, stack } = await change(program("x"), program("y"));
  project.control({ fail: { "Create a": "no room" } });
  expect(errorsOf(await failureOf(stack.up()))).toEqual(["no room"]);
  expect(project.entry("a")).toMatchObject({ id: "a-1", pendingReplacement: true });
  expect(project.records()).toEqual({});
  project.control({});
  project.takeCalls();
  expect(changesOf(await stack.up())).toEqual(["replace a", "create-replacement a"]);
  expect(project.takeCallNames()).toEqual(["Check a", "Diff a", "Check a", "Create a"]);
  expect(project.entry("a")).not.toHaveProperty("pendingReplacement");
  expect(Object.keys(project.records())).toEqual(["a-2"]);
});

test("a resource deleted for a replacement that the program no longer requests is removed from the state without another delete", async () => {
  const program = (name: string) => `new Thing("a", { forceName: "${name}", dbr: true });`;
  const { project, stack } = await change(program("x"), program("y"));
  project.control({ fail: { "Create a": "no room" } });
  await failureOf(stack.up());
  project.control({}).program("");
  project.takeCalls();
  expect(changesOf(await stack.up())).toEqual(["remove-pending-replace a"]);
  expect(project.takeCallNames()).toEqual([]);
  expect(project.entries("a")).toEqual([]);
});

test("a replacement that deletes first includes dependents by provider, deletedWith and inputs, not by dependsOn alone", async () => {
  const program = (name: string) => `
    const a = new Thing("a", { forceName: "${name}", dbr: true });
    const provider = new WorldProvider("own", { forceOf: a.out });
    new Thing("served", {}, { provider });
    new Thing("with", {}, { deletedWith: a });
    new Thing("input", { forceOf: a.out });
    new Thing("after", {}, { dependsOn: a });
  `;
  const { project, stack } = await change(program("x"), program("y"));
  const up = await stack.up();
  const calls = project.takeCalls();
  const firstCreate = calls.findIndex(({ call }) => call === "Create");
  const before = calls.slice(0, firstCreate).filter(({ call }) => call === "Diff" || call === "Delete");
  expect(before.map(({ call, name }) => `${call} ${name}`)).toEqual([
    "Diff a",
    "Diff input",
    "Delete input",
    "Delete a",
  ]);
  expect(before[1]).toMatchObject({ oldInputs: { forceOf: "out of a-1" }, news: { forceOf: UNKNOWN } });
  expect(changesOf(up)).toEqual([
    "delete-replaced input",
    "delete-replaced with",
    "delete-replaced a",
    "replace a",
    "create-replacement a",
    "replace with",
    "create-replacement with",
    "update own",
    "replace input",
    "create-replacement input",
  ]);
  expect(project.entries("after")).toHaveLength(1);
});

test("an old resource of an earlier replacement is deleted together with its dependency, and causes no other deletion", async () => {
  const program = (a: string, b: string) => `
    const a = new Thing("a", { forceName: "${a}", dbr: true });
    new Thing("b", { forceName: "${b}", forceOf: a.out });
  `;
  const { project, stack } = await change(program("x", "x"), program("x", "y"));
  project.control({ fail: { "Delete b": "in use" } });
  await failureOf(stack.up());
  expect(project.entries("b").map((entry) => entry.delete === true)).toEqual([false, true]);
  project.control({}).program(program("y", "y"));
  project.takeCalls();
  const up = await stack.up();
  expect(up.summary.resourceChanges).toEqual({ replace: 2, same: 1 });
  expect(project.takeCallNames().filter((call) => call.startsWith("Delete"))).toEqual([
    "Delete b",
    "Delete b",
    "Delete a",
  ]);
  expect(Object.keys(project.records())).toEqual([project.entry("a").id, project.entry("b").id]);
});

test("a protected dependent prevents a replacement that would delete it", async () => {
  const program = (name: string) => `
    const a = new Thing("a", { forceName: "${name}", dbr: true });
    new Thing("b", { forceOf: a.out }, { protect: true });
  `;
  const { project, stack } = await change(program("x"), program("y"));
  const [error] = errorsOf(await failureOf(stack.up()));
  expect(error).toContain(
    `unable to replace resource "${project.entry("b").urn}" as part of replacing "${project.entry("a").urn}"`,
  );
  expect(project.takeCallNames().filter((call) => /Delete|Create/.test(call))).toEqual([]);
});

test("deletedWith and replaceWith replace a resource with another, deletedWith without a delete of its own", async () => {
  const program = (name: string) => `
    const a = new Thing("a", { forceName: "${name}" });
    new Thing("b", {}, { deletedWith: a });
    new Thing("c", {}, { replaceWith: [a] });
    new Thing("d", {}, { dependsOn: a });
  `;
  const { project, stack } = await change(program("x"), program("y"));
  const up = await stack.up();
  expect(up.summary.resourceChanges).toEqual({ replace: 3, same: 2 });
  expect(
    up.steps.filter(({ op }) => op === "replace").map(({ name, replaceReasons }) => [name, replaceReasons]),
  ).toEqual([
    ["a", ["forceName"]],
    ["b", ["deletedWith"]],
    ["c", ["replaceWith"]],
  ]);
  expect(project.document()).toMatchObject({ version: 4, features: ["replaceWith"] });
});

test("a resource deleted with another is removed from the state without a delete at its provider", async () => {
  const { project, stack } = await change(
    `const a = new Thing("a"); new Thing("b", {}, { deletedWith: a }); const c = new Thing("c"); new Thing("d", {}, { deletedWith: c });`,
    `new Thing("c");`,
  );
  expect(changesOf(await stack.up())).toEqual(expect.arrayContaining(["delete b", "delete a", "delete d"]));
  // `c` stays, so the resource with `deletedWith: c` must be deleted itself.
  expect(
    project
      .takeCallNames()
      .filter((call) => call.startsWith("Delete"))
      .sort(),
  ).toEqual(["Delete a", "Delete d"]);
  expect(project.entries("b")).toEqual([]);
});

test("retainOnDelete removes a resource, or the old resource of its replacement, from the state without a delete", async () => {
  const { project, stack } = await change(
    `new Thing("a", { forceName: "x" }, { retainOnDelete: true });`,
    `new Thing("a", { forceName: "y" }, { retainOnDelete: true });`,
  );
  expect(changesOf(await stack.up())).toEqual(REPLACED);
  project.program("");
  expect(changesOf(await stack.up())).toEqual(["delete a"]);
  expect(project.takeCallNames().filter((call) => call.startsWith("Delete"))).toEqual([]);
  expect(Object.keys(project.records())).toEqual(["a-1", "a-2"]);
  expect(project.entries("a")).toEqual([]);
});

describe("A protected resource", () => {
  const PROTECTED = `new Thing("a", { forceName: "x" }, { protect: true });`;

  test("is not deleted; resources it does not depend on are, and the error names the next step", async () => {
    const { project, stack } = await change(
      `const b = new Thing("b"); const a = new Thing("a", { of: b.out }, { protect: true }); new Thing("c");`,
      "",
    );
    const [error] = errorsOf(await failureOf(stack.up()));
    expect(error).toContain(`resource "${project.entry("a").urn}" cannot be deleted\nbecause it is protected.`);
    expect(error).toContain("remove the `protect` flag");
    expect(project.takeCallNames()).toEqual(["Delete c"]);
    expect(Object.keys(project.records())).toEqual(["b-1", "a-3"]);
  });

  test("is not replaced; a preview still shows the rest", async () => {
    const { project, stack } = await change(
      PROTECTED,
      `const a = new Thing("a", { forceName: "y" }, { protect: true }); new Thing("b", {}, { dependsOn: a });`,
    );
    const preview = await failureOf(stack.preview());
    expect(errorsOf(preview)).toEqual([expect.stringContaining("marked for protection")]);
    expect(preview.steps.map(({ op, name }) => `${op} ${name}`)).toContain("create b");
    project.takeCalls();
    await failureOf(stack.up());
    expect(project.takeCallNames()).toEqual(["Check a", "Diff a"]);
  });

  test("may be unprotected and replaced in one run", async () => {
    const { stack } = await change(PROTECTED, `new Thing("a", { forceName: "y" });`);
    expect(changesOf(await stack.up())).toEqual(REPLACED);
  });

  test("is unprotected in the state by a run that changes nothing else", async () => {
    const { project, stack } = await change(PROTECTED, `new Thing("a", { forceName: "x" });`);
    expect(project.entry("a").protect).toBe(true);
    expect(changesOf(await stack.up())).toEqual([]);
    expect(project.entry("a")).not.toHaveProperty("protect");
    expect(changesOf(await stack.destroy())).toEqual(["delete a", "delete shop-dev"]);
  });

  test("protects its children too, unless they set protect to false", async () => {
    const { project } = await change(
      `const box = new Box("box", {}, { protect: true });
       new Thing("a", {}, { parent: box });
       new Thing("b", {}, { parent: box, protect: false });`,
      "",
    );
    expect(project.entry("a").protect).toBe(true);
    expect(project.entry("b")).not.toHaveProperty("protect");
  });
});

test("if the provider answers DIFF_UNKNOWN, the engine compares inputs", async () => {
  const { project, stack } = await change(
    `new Thing("a", { size: 1, undecided: true });`,
    `new Thing("a", { size: 2, undecided: true });`,
  );
  const up = await stack.up();
  expect(changesOf(up)).toEqual(["update a"]);
  expect(up.steps.find(({ name }) => name === "a")).toMatchObject({
    diffReasons: ["size"],
    detailedDiff: { size: { kind: "update", inputDiff: true } },
  });
  project.takeCalls();
  expect(changesOf(await stack.up())).toEqual([]);
  expect(project.takeCallNames()).toEqual(["Check a", "Diff a"]);
});

test("a custom resource that becomes a component of the same type and name, or the reverse, is replaced", async () => {
  const asComponent = `new pulumi.ComponentResource("world:index:Thing", "a");`;
  const { project, stack } = await change(`new Thing("a");`, asComponent);
  expect(changesOf(await stack.up())).toEqual(REPLACED);
  expect(project.records()).toEqual({});
  expect(project.entry("a").custom).toBe(false);
});
