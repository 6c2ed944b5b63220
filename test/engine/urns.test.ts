/**
 * URNs, parents, components and aliases: a resource's name in the state, and how a renamed resource is found. Does not prove
 * that the CLI's engine makes the same names; the rules were read from its source.
 */
import { changesOf, errorsOf, failureOf, type TestProject, useProjects } from "./harness";

const newProject = useProjects();
const PREFIX = "urn:pulumi:dev::shop::";

/** URNs in the state's order, without default providers. */
function urnsOf(project: TestProject): string[] {
  return project
    .resources()
    .map(({ urn }) => urn.replace(PREFIX, ""))
    .filter((urn) => !urn.startsWith("pulumi:providers:"));
}

test("a URN contains the types of all parents except the stack", async () => {
  const project = newProject().program(`
    const outer = new Box("outer");
    const inner = new Box("inner", {}, { parent: outer });
    const a = new Thing("a", {}, { parent: inner });
    new Other("b", {}, { parent: a });
    new Thing("c");
  `);
  await project.deployed({ parallel: 1 });
  expect(urnsOf(project).sort()).toEqual([
    "pulumi:pulumi:Stack::shop-dev",
    "test:index:Box$test:index:Box$world:index:Thing$world:index:Other::b",
    "test:index:Box$test:index:Box$world:index:Thing::a",
    "test:index:Box$test:index:Box::inner",
    "test:index:Box::outer",
    "world:index:Thing::c",
  ]);
  const [outer, inner, a, b] = ["outer", "inner", "a", "b"].map((name) => project.entry(name));
  expect([outer?.parent, inner?.parent, a?.parent, b?.parent]).toEqual([
    `${PREFIX}pulumi:pulumi:Stack::shop-dev`,
    outer?.urn,
    inner?.urn,
    a?.urn,
  ]);
  expect([outer?.custom, outer?.id, outer?.provider]).toEqual([false, undefined, undefined]);
  expect(project.resources().find(({ type }) => type === "pulumi:providers:world")).not.toHaveProperty("parent");
});

test("a component's outputs are those it registers, and no provider is called for it", async () => {
  const program = (size: number) => `
    class Shelf extends pulumi.ComponentResource {
      constructor(name, args) {
        super("test:index:Shelf", name, args);
        const a = new Thing("a", {}, { parent: this });
        this.registerOutputs({ out: a.out, size: args.size });
      }
    }
    new Shelf("shelf", { size: ${size} });
  `;
  const project = newProject().program(program(1));
  const stack = await project.stack();
  await stack.up();
  expect(project.entry("shelf")).toMatchObject({ inputs: { size: 1 }, outputs: { out: "out of a-1", size: 1 } });
  project.takeCalls();
  project.program(program(2));
  const up = await stack.up();
  expect(changesOf(up)).toEqual(["update shelf"]);
  expect(project.takeCallNames()).toEqual(["Check a", "Diff a"]);
  expect(project.entry("shelf")).toMatchObject({ inputs: { size: 2 }, outputs: { out: "out of a-1", size: 2 } });
});

describe("An alias", () => {
  /** Runs `up` with the first program, then with the second, and returns the results of the second. */
  async function rename(before: string, after: string) {
    const project = newProject().program(before);
    const stack = await project.deployed();
    project.program(after);
    const up = await stack.up();
    return { project, stack, changes: changesOf(up), calls: project.takeCallNames() };
  }

  test.each([
    ["of a name", `new Thing("new", {}, { aliases: [{ name: "old" }] })`],
    ["of a whole URN", `new Thing("new", {}, { aliases: ["${PREFIX}world:index:Thing::old"] })`],
    [
      "that follows others which match nothing",
      `new Thing("new", {}, { aliases: [{ name: "older" }, { type: "world:index:Gone" }, { name: "old" }] })`,
    ],
    ["of a type and a name", `new Other("new", {}, { aliases: [{ type: "world:index:Thing", name: "old" }] })`],
  ])("%s finds the resource and keeps it", async (_form, after) => {
    const { project, stack, changes, calls } = await rename(`new Thing("old");`, after);
    expect(changes).toEqual([]);
    expect(calls).toEqual(["Check new", "Diff new"]);
    expect(project.entries("old")).toEqual([]);
    expect(project.entry("new").id).toBe("old-1");
    expect(project.entry("new")).not.toHaveProperty("aliases");
    expect((await stack.up()).summary.resourceChanges).toEqual({ same: 2 });
  });

  test("of another project and stack finds a resource imported from there", async () => {
    const project = newProject().program(`new Thing("a");`);
    const stack = await project.deployed();
    const document = JSON.stringify(project.document()).replaceAll("::shop::", "::store::");
    project.write("state.json", document);
    project.program(`new Thing("a", {}, { aliases: [{ project: "store" }] });`);
    expect(changesOf(await stack.up())).toEqual(["create shop-dev", "delete shop-dev"]);
    expect(project.entry("a")).toMatchObject({ id: "a-1", urn: `${PREFIX}world:index:Thing::a` });
  });

  test.each([
    [
      "from the stack into a component",
      `new Thing("a");`,
      `{ parent: new Box("box"), aliases: [{ parent: pulumi.rootStackResource }] }`,
    ],
    [
      "from the stack into a component, given as no parent",
      `new Thing("a");`,
      `{ parent: new Box("box"), aliases: [{ parent: undefined }] }`,
    ],
    [
      "out of a component",
      `new Thing("a", {}, { parent: new Box("box") });`,
      `{ aliases: [{ parent: "${PREFIX}test:index:Box::box" }] }`,
    ],
  ])("of a parent finds a resource that moved %s", async (_where, before, options) => {
    const { project, changes } = await rename(before, `new Thing("a", {}, ${options});`);
    expect(changes.filter((change) => change.endsWith(" a"))).toEqual([]);
    expect(project.entry("a").id).toBe("a-1");
  });

  test("of a component applies to its children, including their prefixed names", async () => {
    const program = (name: string, options: string) => `
      const box = new Box("${name}", {}, ${options});
      const a = new Thing("${name}-a", {}, { parent: box });
      const b = new Thing("b", { of: a.out }, { parent: a });
    `;
    const { project, stack, changes, calls } = await rename(
      program("old", "{}"),
      program("new", `{ aliases: [{ name: "old" }] }`),
    );
    expect(changes).toEqual([]);
    expect(calls).toEqual(["Check new-a", "Diff new-a", "Check b", "Diff b"]);
    expect(project.entry("b")).toMatchObject({
      parent: project.entry("new-a").urn,
      propertyDependencies: { of: [project.entry("new-a").urn] },
    });
    expect(JSON.stringify(project.resources())).not.toContain("old-a::");
    expect((await stack.up()).summary.resourceChanges).toEqual({ same: 4 });
  });

  test("of an explicit provider keeps its id and its resources", async () => {
    const { project, changes } = await rename(
      `const p = new WorldProvider("old", { region: "north" }); new Thing("a", {}, { provider: p });`,
      `const p = new WorldProvider("new", { region: "north" }, { aliases: [{ name: "old" }] }); new Thing("a", {}, { provider: p });`,
    );
    expect(changes).toEqual([]);
    expect(project.entry("a").provider).toBe(`${project.entry("new").urn}::${project.entry("new").id}`);
  });

  test("does not override the resource's own URN", async () => {
    const { project, changes } = await rename(
      `new Thing("a"); new Thing("b");`,
      `new Thing("b", {}, { aliases: [{ name: "a" }] });`,
    );
    expect(changes).toEqual(["delete a"]);
    expect(project.entry("b").id).toBe("b-2");
  });

  test("used by two resources ends the run and deletes nothing", async () => {
    const project = newProject().program(`new Thing("a");`);
    const stack = await project.deployed({ parallel: 1 });
    project.program(`
      const b = new Thing("b", {}, { aliases: [{ name: "a" }] });
      new Thing("c", {}, { aliases: [{ name: "a" }], dependsOn: b });
    `);
    const error = await failureOf(stack.up());
    expect(errorsOf(error)).toEqual([
      `Duplicate resource alias '${PREFIX}world:index:Thing::a' applied to resource with URN '${PREFIX}world:index:Thing::c' conflicting with resource with URN '${PREFIX}world:index:Thing::b'`,
    ]);
    expect(Object.keys(project.records())).toEqual(["a-1"]);
  });

  test("equal to the URN of a later resource ends the run", async () => {
    const project = newProject().program(`new Thing("a");`);
    const stack = await project.deployed({ parallel: 1 });
    project.program(`
      const b = new Thing("b", {}, { aliases: [{ name: "a" }] });
      new Thing("a", {}, { dependsOn: b });
    `);
    expect(errorsOf(await failureOf(stack.up()))).toEqual([
      `Duplicate resource URN '${PREFIX}world:index:Thing::a' conflicting with alias on resource with URN '${PREFIX}world:index:Thing::b'`,
    ]);
    expect(Object.keys(project.records())).toEqual(["a-1"]);
  });
});
