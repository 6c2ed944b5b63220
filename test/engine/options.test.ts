/**
 * Resource options that change requests, state or calls, and functions of the program that the engine calls: transforms and
 * hooks. Does not prove options of SDKs in other languages, which send them in other forms.
 */
import { secondsOfDuration } from "../../engine/program/requests";
import { changesOf, errorsOf, failureOf, type TestProject, useProjects } from "./harness";

const newProject = useProjects();

async function change(before: string, after: string) {
  const project = newProject().program(before);
  const stack = await project.deployed({ parallel: 1 });
  project.program(after);
  return { project, stack };
}

const callOf = (project: TestProject, name: string) => project.takeCalls().find(({ call }) => call === name);

describe("ignoreChanges", () => {
  test.each([
    ["an element that neither list has", "[]", "[]", []],
    ["an element of a value that is no list before and after", '"one"', '"two"', []],
    ["an element that only one list has", "[]", "[{ n: 1 }]", ["nested[0]"]],
    ["an element of a value that is a list only afterwards", '"one"', "[{ n: 1 }]", ["nested[0]"]],
  ])("reports %s only if it cannot be ignored", async (_what, before, after, reported) => {
    const project = newProject().program(`new Thing("a", { nested: ${before} });`);
    const stack = await project.deployed();
    project.program(`new Thing("a", { nested: ${after} }, { ignoreChanges: ["nested[0]"] });`);
    const { diagnostics } = await stack.preview();
    const messages = diagnostics.map(({ message }) => message).filter((message) => message.startsWith("cannot ignore"));
    expect(messages).toEqual(
      reported.map((path) => `cannot ignore changes in added or removed elements of the path: "${path}"`),
    );
  });

  test.each([
    ["a property", `["size"]`, { size: 1, shape: { color: "blue", sides: [3, 4] } }],
    ["a path", `["shape.color"]`, { size: 2, shape: { color: "red", sides: [3, 4] } }],
    ["an element", `["shape.sides[1]"]`, { size: 2, shape: { color: "blue", sides: [3, 2] } }],
    ["everything", `["*"]`, { size: 1, shape: { color: "red", sides: [1, 2] } }],
  ])("resets %s to the old input before Check", async (_what, paths, expected) => {
    const { project, stack } = await change(
      `new Thing("a", { size: 1, shape: { color: "red", sides: [1, 2] } });`,
      `new Thing("a", { size: 2, shape: { color: "blue", sides: [3, 4] } }, { ignoreChanges: ${paths} });`,
    );
    await stack.up();
    expect(callOf(project, "Check")?.news).toEqual(expected);
    expect(project.entry("a").inputs).toEqual(expected);
  });

  test("removes properties that the old inputs do not have, and does not affect a creation", async () => {
    const { project, stack } = await change(
      `new Thing("a");`,
      `for (const name of ["a", "b"]) new Thing(name, { size: 2 }, { ignoreChanges: ["size"] });`,
    );
    expect(changesOf(await stack.up())).toEqual(["create b"]);
    expect(project.entry("a")).not.toHaveProperty("inputs");
    expect(project.entry("b").inputs).toEqual({ size: 2 });
  });
});

test("customTimeouts are sent in seconds and recorded in the state", async () => {
  const project = newProject().program(
    `new Thing("a", {}, { customTimeouts: { create: "1m30s", update: "20s", delete: "1h" } });`,
  );
  await (await project.stack()).up();
  expect(callOf(project, "Create")).toMatchObject({ timeout: 90 });
  expect(project.entry("a").customTimeouts).toEqual({ create: 90, update: 20, delete: 3600 });
});

test("a malformed timeout is an error of the registration", async () => {
  const project = newProject().program(`new Thing("a", {}, { customTimeouts: { create: "soon" } });`);
  const error = await failureOf((await project.stack()).up());
  expect(errorsOf(error).join()).toContain("unable to parse customTimeout Value soon");
});

test("a timeout of very many digits is rejected quickly, and the error shows its beginning", () => {
  const startedAt = performance.now();
  expect(() => secondsOfDuration(`${"1".repeat(100_000)}x`)).toThrow(/^unable to parse customTimeout Value 1{60}…$/);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect([secondsOfDuration("1h1.5m"), secondsOfDuration("250ms")]).toEqual([3_690, 0.25]);
});

describe("Transforms", () => {
  test("change properties and options: the resource's own first, then its parents', then the stack's", async () => {
    const project = newProject().program(`
      const add = (text) => ({ type, props, opts }) =>
        type === "world:index:Thing" ? { props: { ...props, path: (props.path ?? "") + text }, opts } : undefined;
      pulumi.runtime.registerResourceTransform(add("stack "));
      const box = new Box("box", {}, { transforms: [add("box ")] });
      new Thing("a", {}, { parent: box, transforms: [add("own "), ({ props, opts }) => ({ props, opts: { ...opts, protect: true } })] });
    `);
    await (await project.stack()).up();
    expect(project.entry("a")).toMatchObject({ inputs: { path: "own box stack " }, protect: true });
  });

  test("of invokes change the arguments", async () => {
    const project = newProject().program(`
      pulumi.runtime.registerInvokeTransform(({ args, opts }) => ({ args: { ...args, at: "elsewhere" }, opts }));
      exports.answer = pulumi.runtime.invokeOutput("world:index:look", { at: "here" });
    `);
    const up = await (await project.stack()).up();
    expect(up.outputs.answer?.value).toEqual({ at: "elsewhere", answer: 42 });
  });

  test("that fail are reported as an error of the registration", async () => {
    const project = newProject().program(
      `new Thing("a", {}, { transforms: [() => { throw new Error("no transform"); }] });`,
    );
    const error = await failureOf((await project.stack()).up());
    expect(errorsOf(error).join()).toContain("no transform");
    expect(project.records()).toEqual({});
  });
});

describe("Hooks", () => {
  const hooked = (size: number, body = "", names = ["Create", "Update", "Delete"]) => `
    const fs = require("node:fs");
    const note = (text) => fs.appendFileSync(__dirname + "/hooks.log", text + "\\n");
    const hooks = {};
    for (const moment of ["before", "after"]) for (const name of ${JSON.stringify(names)}) {
      const hook = new pulumi.ResourceHook(moment + name, async (args) => {
        note(moment + name + " " + args.name + " " + JSON.stringify([args.newInputs?.size, args.oldInputs?.size, args.newOutputs?.out]));
        ${body}
      });
      hooks[moment + name] = [hook];
    }
    if (${size} > 0) new Thing("a", { size: ${size} }, { hooks });
  `;

  test("run before and after the provider's call, with old and new values, and not in a preview", async () => {
    const project = newProject().program(hooked(1));
    const stack = await project.stack();
    await stack.preview();
    await stack.up();
    (await project.program(hooked(2))) && (await stack.up());
    (await project.program(hooked(0))) && (await stack.up());
    expect(project.read("hooks.log").trim().split("\n")).toEqual([
      "beforeCreate a [1,null,null]",
      `afterCreate a [1,null,"out of a-1"]`,
      "beforeUpdate a [2,1,null]",
      `afterUpdate a [2,1,"out of a-1"]`,
      "beforeDelete a [null,2,null]",
      "afterDelete a [null,2,null]",
    ]);
    expect(project.records()).toEqual({});
  });

  test("of deletions are rejected by a destroy before anything is deleted", async () => {
    const project = newProject().program(`${hooked(1)}\nnew Thing("b");`);
    const stack = await project.stack();
    await stack.up();
    project.takeCallNames();
    expect(errorsOf(await failureOf(stack.destroy()))).toEqual([
      "Resource has delete hooks registered, but the program is not running. Hooks: beforeDelete, afterDelete",
      "destroy cannot run delete hooks, because it does not run the program: run `up` with a program that declares no resources",
    ]);
    expect(project.takeCallNames()).toEqual([]);
    expect(Object.keys(project.records())).toHaveLength(2);
  });

  test("that fail before an operation prevent it", async () => {
    const project = newProject().program(hooked(1, `throw new Error("not today");`));
    const error = await failureOf((await project.stack()).up());
    expect(errorsOf(error).join()).toContain('hook "beforeCreate" failed');
    expect(errorsOf(error).join()).toContain("not today");
    expect(project.records()).toEqual({});
    expect(project.entries("a")).toEqual([]);
  });

  test("that fail after an operation fail the run and keep the result", async () => {
    const project = newProject().program(hooked(1, `if (moment === "after") throw new Error("too late");`));
    const error = await failureOf((await project.stack()).up());
    expect(errorsOf(error).join()).toContain("too late");
    expect(project.entry("a").id).toBe("a-1");
  });

  test("for errors decide whether an operation is tried again", async () => {
    const project = newProject().program(`
      let count = 0;
      const onError = new pulumi.ErrorHook("again", async ({ failedOperation, errors }) => {
        count += 1;
        return failedOperation === "create" && errors.length === count && count < 3;
      });
      new Thing("a", {}, { hooks: { onError: [onError] } });
    `);
    project.control({ fail: { "Create a": "busy" } });
    expect(errorsOf(await failureOf((await project.stack()).up()))).toEqual(["busy"]);
    expect(project.takeCallNames()).toEqual(["Check a", "Create a", "Create a", "Create a"]);
  });

  test("for deletions are rejected in a destroy, because no program runs that could be called", async () => {
    const project = newProject().program(hooked(1, "", ["Delete"]));
    const stack = await project.deployed();
    const [error] = errorsOf(await failureOf(stack.destroy()));
    expect(error).toContain("beforeDelete");
    expect(Object.keys(project.records())).toEqual(["a-1"]);
  });
});
