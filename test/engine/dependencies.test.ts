/**
 * Kinds of dependencies and their effects: the order of creation and deletion, and the dependencies recorded in the state.
 * Does not prove that an order holds by design where two calls merely take equally long.
 */
import { changesOf, errorsOf, failureOf, useProjects } from "./harness";

const newProject = useProjects();

test("dependsOn orders resources without a property: created after and deleted before their dependency", async () => {
  const project = newProject().program(`
    const a = new Thing("a");
    const b = new Thing("b", {}, { dependsOn: a });
    new Thing("c", {}, { dependsOn: [a, b] });
  `);
  const stack = await project.stack();
  await stack.up();
  expect(project.takeCallNames().filter((call) => call.startsWith("Create"))).toEqual([
    "Create a",
    "Create b",
    "Create c",
  ]);
  const urns = ["a", "b"].map((name) => project.entry(name).urn);
  expect(project.entry("c").dependencies).toEqual(urns);
  expect(project.entry("c")).not.toHaveProperty("propertyDependencies");
  await stack.destroy();
  expect(project.takeCallNames()).toEqual(["Delete c", "Delete b", "Delete a"]);
});

test("a property's dependencies are recorded for that property and for the resource", async () => {
  const project = newProject().program(`
    const a = new Thing("a");
    const b = new Thing("b", {}, { dependsOn: a });
    const c = new Thing("c", {}, { dependsOn: b });
    new Thing("d", { ofA: a.out, both: pulumi.all([a.out, b.id]).apply(([x, y]) => x + y), plain: 1 }, { dependsOn: c });
  `);
  await project.deployed();
  const [a, b, c] = ["a", "b", "c"].map((name) => project.entry(name).urn);
  const { inputs, dependencies, propertyDependencies } = project.entry("d");
  expect(inputs).toEqual({ ofA: "out of a-1", both: "out of a-1b-2", plain: 1 });
  expect([...dependencies].sort()).toEqual([a, b, c]);
  expect(propertyDependencies).toEqual({ ofA: [a], both: [a, b], plain: [] });
});

test("a dependency on a component includes everything inside it", async () => {
  const project = newProject().program(`
    const box = new Box("box");
    const a = new Thing("a", {}, { parent: box });
    const inner = new Box("inner", {}, { parent: box });
    const b = new Thing("b", {}, { parent: inner, dependsOn: a });
    new Thing("c", {}, { dependsOn: box });
  `);
  const stack = await project.stack();
  await stack.up();
  expect(project.takeCallNames().filter((call) => call.startsWith("Create"))).toEqual([
    "Create a",
    "Create b",
    "Create c",
  ]);
  expect([...project.entry("c").dependencies].sort()).toEqual(["a", "b"].map((name) => project.entry(name).urn).sort());
  await stack.destroy();
  expect(project.takeCallNames()).toEqual(["Delete c", "Delete b", "Delete a"]);
});

test("a resource is created after its provider is configured, and deleted before the provider ends", async () => {
  const project = newProject().program(`
    const a = new Thing("a");
    const provider = new WorldProvider("own", { region: a.out });
    new Thing("b", {}, { provider });
  `);
  const stack = await project.stack();
  const up = await stack.up();
  expect(changesOf(up)).toEqual(["create shop-dev", "create a", "create own", "create b"]);
  expect(
    project.takeCalls().map(({ call, name, args }) => (call === "Configure" ? [name, args] : `${call} ${name}`)),
  ).toEqual([["default", {}], "Check a", "Create a", ["own", { region: "out of a-1" }], "Check b", "Create b"]);
  const destroy = await stack.destroy();
  expect(changesOf(destroy)).toEqual(["delete b", "delete own", "delete a", "delete shop-dev"]);
});

test("independent resources are created at once, dependent ones in order", async () => {
  let underWay = 0;
  let most = 0;
  const project = newProject().control({
    // Every create waits until all three have begun.
    wait: async (key) => {
      if (!key.startsWith("Create")) return;
      underWay += 1;
      most = Math.max(most, underWay);
      if (key !== "Create d") while (most < 3) await new Promise((resolve) => setTimeout(resolve, 1));
      underWay -= 1;
    },
  });
  project.program(`
    const things = ["a", "b", "c"].map((name) => new Thing(name));
    new Thing("d", { of: things[0].out }, { dependsOn: things });
  `);
  await (await project.stack()).up();
  expect(most).toBe(3);
  expect(project.takeCallNames().at(-1)).toBe("Create d");
});

test("parallel limits how many steps run at once", async () => {
  let underWay = 0;
  let most = 0;
  const project = newProject().control({
    wait: async (key) => {
      if (!key.startsWith("Create")) return;
      underWay += 1;
      most = Math.max(most, underWay);
      // The first one waits until a second has begun.
      const waitedUntil = Date.now() + 10_000;
      do await new Promise((resolve) => setTimeout(resolve, 5));
      while (most < 2 && Date.now() < waitedUntil);
      underWay -= 1;
    },
  });
  project.program(`for (const name of ["a", "b", "c", "d", "e"]) new Thing(name);`);
  await (await project.stack({ parallel: 2 })).up();
  expect(most).toBe(2);
});

test("resources without remaining dependents are deleted at once, one layer after the other", async () => {
  const project = newProject().program(`
    const a = new Thing("a");
    const b = new Thing("b", { of: a.out });
    const c = new Thing("c", { of: a.out });
    new Thing("d", { of: b.out });
  `);
  const stack = await project.deployed();
  const begun = new Set<string>();
  project.control({
    wait: async (key) => {
      begun.add(key);
      // b and c are in one layer: each waits until the other has begun.
      const other = { "Delete b": "Delete c", "Delete c": "Delete b" }[key];
      while (other !== undefined && !begun.has(other)) await new Promise((resolve) => setTimeout(resolve, 1));
    },
  });
  await stack.destroy();
  const calls = project.takeCallNames();
  expect(calls.slice(0, 1)).toEqual(["Delete d"]);
  expect(calls.slice(1, 3).sort()).toEqual(["Delete b", "Delete c"]);
  expect(calls.slice(3)).toEqual(["Delete a"]);
});

test("a failed delete stops later deletes, and its dependencies stay", async () => {
  const project = newProject().program(`
    const a = new Thing("a");
    const b = new Thing("b", { of: a.out });
  `);
  const stack = await project.deployed();
  project.control({ fail: { "Delete b": "still in use" } });
  expect(errorsOf(await failureOf(stack.destroy()))).toEqual(["still in use"]);
  expect(project.takeCallNames()).toEqual(["Delete b"]);
  expect(Object.keys(project.records())).toEqual(["a-1", "b-2"]);
  project.control({});
  expect(changesOf(await stack.destroy())).toEqual(["delete b", "delete a", "delete shop-dev"]);
});

describe("An invoke", () => {
  test("is answered by the provider, and its result has the dependencies of its arguments", async () => {
    const project = newProject().program(`
      const a = new Thing("a");
      const answer = pulumi.runtime.invokeOutput("world:index:look", { at: a.out });
      new Thing("b", { of: answer.apply((x) => x.answer) });
      exports.answer = answer;
    `);
    const stack = await project.stack();
    const up = await stack.up();
    expect(up.outputs).toEqual({ answer: { value: { at: "out of a-1", answer: 42 }, secret: false } });
    expect(project.takeCallNames()).toEqual(["Check a", "Create a", "Invoke world:index:look", "Check b", "Create b"]);
    expect(project.entry("b").propertyDependencies).toEqual({ of: [project.entry("a").urn] });
  });

  test("waits for its dependsOn, and is not called in a preview until that exists", async () => {
    const project = newProject().program(`
      const a = new Thing("a");
      exports.answer = pulumi.runtime.invokeOutput("world:index:look", { at: 1 }, { dependsOn: [a] }).apply((x) => x.answer);
    `);
    const stack = await project.stack();
    const preview = await stack.preview();
    expect(preview.outputs).toEqual({});
    expect(project.takeCallNames()).toEqual(["Check a"]);
    expect((await stack.up()).outputs).toEqual({ answer: { value: 42, secret: false } });
    expect(project.takeCallNames()).toEqual(["Check a", "Create a", "Invoke world:index:look"]);
    await stack.preview();
    expect(project.takeCallNames()).toContain("Invoke world:index:look");
  });

  test("with an unknown argument is not called", async () => {
    const project = newProject().program(`
      const a = new Thing("a");
      exports.answer = pulumi.runtime.invokeOutput("world:index:look", { at: a.out });
    `);
    const preview = await (await project.stack()).preview();
    expect(preview.outputs).toEqual({});
    expect(project.takeCallNames()).toEqual(["Check a"]);
  });

  test("with a secret argument has a secret result", async () => {
    const project = newProject().program(`
      exports.answer = pulumi.runtime.invokeOutput("world:index:look", { at: pulumi.secret("hidden") });
    `);
    const up = await (await project.stack()).up();
    expect(up.outputs).toEqual({ answer: { value: { at: "hidden", answer: 42 }, secret: true } });
    expect(project.read("state.json")).not.toContain("hidden");
  });

  test("that fails is reported as an error of the program that names the function", async () => {
    const project = newProject()
      .program(`exports.answer = pulumi.runtime.invokeOutput("world:index:look", { at: 1 });`)
      .control({ fail: { "Invoke world:index:look": "nothing to see" } });
    const error = await failureOf((await project.stack()).up());
    expect(errorsOf(error).join("\n")).toContain("invocation of world:index:look returned an error: nothing to see");
  });
});
