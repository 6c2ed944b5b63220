/**
 * Options of an operation: targets, forced replacements, refresh first, continuing after errors, expecting no change; and
 * rejected options. Does not prove the wording of the CLI's messages.
 */
import { StackConfigurationError } from "../../engine";
import { changesOf, errorsOf, failureOf, useProjects } from "./harness";

const newProject = useProjects();
const THING = "urn:pulumi:dev::shop::world:index:Thing::";

async function change(before: string, after: string) {
  const project = newProject().program(before);
  const stack = await project.deployed({ parallel: 1 });
  project.program(after);
  return { project, stack };
}

const things = (size: number) => `
  const a = new Thing("a", { size: ${size} });
  const b = new Thing("b", { of: a.out, size: ${size} });
  new Thing("c", { size: ${size} });
`;

describe("target", () => {
  test.each([
    ["one URN", [`${THING}a`], false, ["update a"]],
    ["a glob", ["**:Thing::*"], false, ["update a", "update c", "update b"]],
    ["one URN and its dependents", [`${THING}a`], true, ["update a", "update b"]],
  ])("operates on %s and leaves all other resources as they are", async (_what, target, targetDependents, expected) => {
    const { project, stack } = await change(things(1), things(2));
    const up = await stack.up({ target, targetDependents });
    expect(changesOf(up)).toEqual(expected);
    const updated = expected.map((each) => each.replace("update ", ""));
    for (const name of ["a", "b", "c"]) expect(project.entry(name).inputs.size).toBe(updated.includes(name) ? 2 : 1);
    // Check is not called for untargeted resources.
    expect(project.takeCallNames().filter((call) => call.startsWith("Check"))).toEqual(
      updated.map((name) => `Check ${name}`),
    );
  });

  test("creates and deletes no other resource; a dependency that does not exist is an error", async () => {
    const { project, stack } = await change(
      `new Thing("a"); new Thing("gone");`,
      `new Thing("a", { size: 1 }); new Thing("b");`,
    );
    expect(changesOf(await stack.up({ target: [`${THING}a`] }))).toEqual(["update a"]);
    expect(Object.keys(project.records())).toEqual(["a-1", "gone-2"]);
    project.program(`const b = new Thing("b"); new Thing("a", { of: b.out });`);
    const error = await failureOf(stack.up({ target: [`${THING}a`] }));
    expect(errorsOf(error)).toEqual([
      `Resource '${THING}a' depends on '${THING}b' which was was not specified in --target list.`,
    ]);
    const preview = await failureOf(stack.preview({ target: [`${THING}a`] }));
    expect(errorsOf(preview)).toEqual(errorsOf(error));
  });

  test("keeps a removed dependency of an untargeted resource, and counts it once", async () => {
    const { project, stack } = await change(
      `const a = new Thing("a"); new Thing("b", {}, { dependsOn: [a] });`,
      `new Thing("b"); new Thing("c");`,
    );
    expect(changesOf(await stack.up({ target: [`${THING}c`] }))).toEqual(["create c"]);
    expect(["a", "b", "c"].map((name) => project.entries(name).length)).toEqual([1, 1, 1]);
  });

  test("deletes a target with dependents only with targetDependents", async () => {
    const { project, stack } = await change(things(1), "");
    const error = await failureOf(stack.up({ target: [`${THING}a`] }));
    expect(errorsOf(error)).toEqual([
      `Resource '${THING}b' will be destroyed but was not specified in --target list.\nEither include resource in --target list or pass --target-dependents to proceed.`,
    ]);
    // The provider of b is asked whether b would be replaced if a were.
    expect(project.takeCallNames()).toEqual(["Diff b"]);
    const up = await stack.up({ target: [`${THING}a`], targetDependents: true });
    expect(changesOf(up)).toEqual(["delete b", "delete a"]);
    expect(Object.keys(project.records())).toEqual(["c-2"]);
  });

  test("limits a destroy and a refresh", async () => {
    const { project, stack } = await change(things(1), things(1));
    const [first, second, third] = Object.keys(project.records());
    project.setRecords({ [first ?? ""]: { size: 7 }, [second ?? ""]: { size: 7 }, [third ?? ""]: { size: 7 } });
    await stack.refresh({ target: [`${THING}c`] });
    expect(["a", "b", "c"].map((name) => project.entry(name).outputs.size)).toEqual([1, 1, 7]);
    expect(project.takeCallNames()).toEqual(["Read c", "Diff c"]);
    expect(changesOf(await stack.destroy({ target: [`${THING}b`] }))).toEqual(["delete b"]);
    expect(errorsOf(await failureOf(stack.destroy({ target: [`${THING}nobody`] })))).toEqual([
      `no resource named '${THING}nobody' found`,
    ]);
  });

  test("with a URN that does not exist fails the run at its end", async () => {
    const { stack } = await change(things(1), things(1));
    const error = await failureOf(stack.up({ target: [`${THING}nobody`] }));
    expect(errorsOf(error)).toEqual([
      `Target '${THING}nobody' could not be found in the stack. Did you forget to escape $ in your shell?`,
    ]);
  });
});

test("replace replaces an unchanged resource without calling Diff", async () => {
  const { project, stack } = await change(things(1), things(1));
  const up = await stack.up({ replace: [`${THING}c`] });
  expect(changesOf(up)).toEqual(["create-replacement c", "replace c", "delete-replaced c"]);
  expect(project.takeCalls().filter(({ name }) => name === "c")).toMatchObject([
    { call: "Check", olds: {} },
    { call: "Create" },
    { call: "Delete", id: "c-2" },
  ]);
  expect(errorsOf(await failureOf(stack.up({ replace: [`${THING}nobody`] })))).toEqual([
    `Target '${THING}nobody' could not be found in the stack. Did you forget to escape $ in your shell?`,
  ]);
});

test("refresh first: changed resources are repaired, missing ones are created", async () => {
  const { project, stack } = await change(things(1), things(1));
  const { "c-2": c, ...others } = project.records();
  project.setRecords({ ...others, "a-1": { ...others["a-1"], size: 9 } });
  const up = await stack.up({ refresh: true });
  const changes = changesOf(up);
  expect(changes.filter((each) => !each.startsWith("refresh"))).toEqual(["update a", "create c"]);
  expect(up.summary.resourceChanges).toEqual({ same: 2, update: 1, create: 1 });
  expect(project.records()).toMatchObject({ "a-1": { size: 1 }, "c-4": { size: 1 } });
  expect(c).toBeDefined();
});

describe("continueOnError", () => {
  const PROGRAM = (size: number) => `
    const a = new Thing("a", { size: ${size} });
    const b = new Thing("b", { size: ${size} }, { dependsOn: a });
    new Thing("c", { size: ${size} }, { dependsOn: b });
    new Thing("d", { size: ${size} });
  `;

  test("continues with resources that do not depend on the failure, and fails the run", async () => {
    const project = newProject()
      .program(PROGRAM(1))
      .control({ fail: { "Create a": "no room" } });
    const stack = await project.stack({ parallel: 1 });
    const error = await failureOf(stack.up({ continueOnError: true }));
    expect(errorsOf(error)).toContain("no room");
    expect(Object.keys(project.records())).toEqual(["d-1"]);
    project.control({});
    expect(changesOf(await stack.up())).toEqual(["create a", "create b", "create c"]);
  });

  test("is off by default: nothing new begins after a failure", async () => {
    const project = newProject().program(
      `const a = new Thing("a"); const d = new Thing("d", {}, { dependsOn: new Box("box") }); new Thing("e", { of: d.out });`,
    );
    project.control({ fail: { "Create a": "no room" } });
    await failureOf((await project.stack({ parallel: 1 })).up());
    expect(project.takeCallNames()).not.toContain("Create e");
  });

  test("in a destroy keeps the dependencies of a failed delete, and deletes the rest", async () => {
    const { project, stack } = await change(PROGRAM(1), "");
    project.control({ fail: { "Delete b": "in use" } });
    const error = await failureOf(stack.destroy({ continueOnError: true }));
    expect(errorsOf(error)).toEqual(["in use"]);
    expect(project.takeCallNames().sort()).toEqual(["Delete b", "Delete c", "Delete d"]);
    expect(Object.keys(project.records()).map((id) => id.replace(/-.*/, ""))).toEqual(["a", "b"]);
  });
});

describe("expectNoChanges", () => {
  test("passes when nothing changes and fails after any change, which is made", async () => {
    const { project, stack } = await change(things(1), things(1));
    await stack.up({ expectNoChanges: true });
    await stack.preview({ expectNoChanges: true });
    project.program(things(2));
    expect(errorsOf(await failureOf(stack.preview({ expectNoChanges: true })))).toEqual([
      "no changes were expected for preview but changes were proposed",
    ]);
    expect(errorsOf(await failureOf(stack.up({ expectNoChanges: true })))).toEqual([
      "no changes were expected for update but changes were made",
    ]);
    await stack.up({ expectNoChanges: true });
  });
});

describe("Unsupported features are rejected by name", () => {
  test.each([
    ["exclude", { exclude: [`${THING}a`] }],
    ["plan", { plan: "plan.json" }],
    ["policyPacks", { policyPacks: ["./policy"] }],
    ["runProgram", { runProgram: true }],
    ["program", { program: async () => undefined }],
  ])("option %s", async (name, options) => {
    const project = newProject().program("");
    const stack = await project.stack();
    const error = await Promise.resolve()
      .then(() => stack.up(options as object))
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    expect(error).toBeInstanceOf(StackConfigurationError);
    expect(String(error)).toContain(`options that this engine does not support: ${name}`);
  });

  test.each([
    [
      "remote components",
      `new pulumi.ComponentResource("world:index:Far", "far", {}, {}, true);`,
      /remote components are not supported.*"far"/,
    ],
    [
      "method calls",
      `pulumi.runtime.call("world:index:Thing/go", {});`,
      /methods of resources are not supported.*world:index:Thing\/go/,
    ],
    ["another runtime", undefined, /runtime "python" is not supported/],
  ])("%s", async (_what, program, expected) => {
    const project =
      program === undefined ? newProject({ project: "name: shop\nruntime: python\n" }) : newProject().program(program);
    const failed = await Promise.resolve()
      .then(async () => (await project.stack()).up())
      .then(
        () => new Error("it was not refused"),
        (error: Error) => error,
      );
    expect(failed.message).toMatch(expected);
    if (program !== undefined) expect(project.entries("far")).toEqual([]);
  });
});
