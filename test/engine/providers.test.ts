/**
 * Providers as resources: default and explicit ones, their configuration, and the effect of changing it. Does not prove how
 * Pulumi's own plugins use a configuration; the test provider logs it.
 */
import { changesOf, errorsOf, failureOf, type TestProject, useProjects } from "./harness";

const newProject = useProjects();
const PROVIDERS = "urn:pulumi:dev::shop::pulumi:providers:world::";

const configurationsOf = (project: TestProject) =>
  project
    .takeCalls()
    .filter(({ call }) => call === "Configure")
    .map(({ name, args, variables }) => ({ name, args, variables }));

test("a default provider is created once, on first use, with only the package's configuration", async () => {
  const project = newProject().program(`new Thing("a"); new Other("b");`);
  const stack = await project.stack();
  await stack.setAllConfig({
    "world:region": { value: "north" },
    "world:token": { value: "hush", secret: true },
    "shop:size": { value: "3" },
  });
  const up = await stack.up();
  expect(up.summary.resourceChanges).toEqual({ create: 3 });
  expect(configurationsOf(project)).toEqual([
    {
      name: "default",
      // Secrets of the configuration are sent in Pulumi's form.
      args: {
        region: "north",
        token: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hush" },
      },
      variables: { "world:config:region": "north", "world:config:token": "hush" },
    },
  ]);
  const provider = project.entry("default");
  expect(provider).toMatchObject({ urn: `${PROVIDERS}default`, custom: true, inputs: { region: "north" } });
  expect(provider.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(provider.inputs.token).toHaveProperty("ciphertext");
  expect([project.entry("a").provider, project.entry("b").provider]).toEqual([
    `${provider.urn}::${provider.id}`,
    `${provider.urn}::${provider.id}`,
  ]);
  expect(project.read("state.json")).not.toContain("hush");
  const urns = project.resources().map(({ urn }) => urn);
  expect(urns.indexOf(provider.urn)).toBeLessThan(urns.indexOf(project.entry("a").urn));
});

test("each requested version has its own default provider", async () => {
  const project = newProject().program(`
    new Thing("a", {}, { version: "1.2.3" });
    new Thing("b", {}, { version: "2.0.0-beta.1" });
    new Thing("c");
  `);
  await (await project.stack()).up();
  const providers = project.resources().filter(({ type }) => type === "pulumi:providers:world");
  expect(providers.map(({ urn }) => urn.replace(PROVIDERS, "")).sort()).toEqual([
    "default",
    "default_1_2_3",
    "default_2_0_0_beta_1",
  ]);
  expect(project.entry("default_1_2_3")).toMatchObject({
    inputs: { __internal: {}, version: "1.2.3" },
    outputs: { version: "1.2.3" },
  });
});

test("an explicit provider is configured with its own inputs, and serves resources that name it or whose parent does", async () => {
  const project = newProject().program(`
    const provider = new WorldProvider("own", { region: "south", nested: { deep: [1] } });
    const box = new Box("box", {}, { providers: { world: provider } });
    new Thing("a", {}, { provider });
    const b = new Thing("b", {}, { parent: box });
    new Thing("c", {}, { parent: b });
    new Thing("d");
  `);
  await (await project.stack()).up();
  expect(configurationsOf(project)).toEqual(
    expect.arrayContaining([
      {
        name: "own",
        args: { region: "south", nested: { deep: [1] } },
        variables: { "world:config:region": "south", "world:config:nested": '{"deep":[1]}' },
      },
      { name: "default", args: {}, variables: {} },
    ]),
  );
  const own = `${project.entry("own").urn}::${project.entry("own").id}`;
  expect(["a", "b", "c"].map((name) => project.entry(name).provider)).toEqual([own, own, own]);
  expect(project.entry("d").provider).not.toBe(own);
});

test("a changed configuration updates the provider, keeps its id, and replaces nothing", async () => {
  const program = (region: string) =>
    `new Thing("a", {}, { provider: new WorldProvider("own", { region: "${region}" }) });`;
  const project = newProject().program(program("north"));
  const stack = await project.stack();
  await stack.up();
  const { id } = project.entry("own");
  project.takeCalls();
  project.program(program("south"));
  const up = await stack.up();
  expect(changesOf(up)).toEqual(["update own"]);
  expect(project.entry("own")).toMatchObject({ id, inputs: { region: "south" } });
  expect(project.takeCalls().map(({ call }) => call)).toEqual(["Configure", "Check", "Diff"]);
});

describe("A provider that compares its own configurations", () => {
  const program = (args: string) => `new Thing("a", {}, { provider: new WorldProvider("own", ${args}) });`;

  test("is replaced, together with its resources, when it requests that", async () => {
    const project = newProject({ features: { diffsConfig: true } }).program(program(`{ forceAccount: "one" }`));
    const stack = await project.stack();
    await stack.up();
    const before = project.entry("own").id;
    project.program(program(`{ forceAccount: "two" }`));
    project.takeCalls();
    const up = await stack.up();
    expect(up.summary.resourceChanges).toEqual({ replace: 2, same: 1 });
    expect(changesOf(up)).toEqual([
      "create-replacement own",
      "replace own",
      "create-replacement a",
      "replace a",
      "delete-replaced a",
      "delete-replaced own",
    ]);
    expect(up.steps.find(({ op, name }) => op === "replace" && name === "a")?.replaceReasons).toEqual(["provider"]);
    expect(project.entry("own").id).not.toBe(before);
    expect(Object.keys(project.records())).toEqual(["a-2"]);
  });

  test("is updated otherwise", async () => {
    const project = newProject({ features: { diffsConfig: true } }).program(program(`{ region: "one" }`));
    const stack = await project.deployed();
    project.program(program(`{ region: "two" }`));
    expect(changesOf(await stack.up())).toEqual(["update own"]);
  });
});

test("a provider with unknown configuration is not configured and receives no calls in a preview", async () => {
  const project = newProject().program(`
    const a = new Thing("a");
    const provider = new WorldProvider("own", { region: a.out });
    const b = new Thing("b", { size: 1 }, { provider });
    exports.out = b.out;
  `);
  const stack = await project.stack();
  const preview = await stack.preview();
  expect(preview.changeSummary).toEqual({ create: 4 });
  expect(project.takeCalls().map(({ call, name }) => `${call} ${name}`)).toEqual(["Configure default", "Check a"]);
  expect(preview.outputs).toEqual({});
  await stack.up();
  project.program(`
    const a = new Thing("a", { forceName: "new" });
    const provider = new WorldProvider("own", { region: a.out });
    new Thing("b", { size: 1 }, { provider });
  `);
  project.takeCalls();
  const again = await stack.preview();
  expect(project.takeCallNames()).toEqual(["Check a", "Diff a", "Check a"]);
  expect(again.changeSummary).toEqual({ replace: 1, update: 2, same: 1 });
  expect(again.diagnostics.some(({ severity, urn }) => severity === "warning" && urn?.endsWith("::b"))).toBe(true);
});

test("a default provider may be disabled", async () => {
  const project = newProject().program(`new Thing("a");`);
  const stack = await project.stack();
  await stack.setConfig("pulumi:disable-default-providers", { value: '["world"]' });
  const error = await failureOf(stack.up());
  expect(errorsOf(error).join()).toContain("Default provider for 'world' disabled.");
  expect(project.takeCalls()).toEqual([]);
});

test("a provider's failed configuration is reported for the first resource that uses it", async () => {
  const project = newProject()
    .program(`new Thing("a");`)
    .control({ fail: { "Configure default": "no such region" } });
  const error = await failureOf((await project.stack()).up());
  expect(errorsOf(error)).toEqual(["no such region"]);
  expect(error.diagnostics.find(({ severity }) => severity === "error")?.urn).toMatch(/::a$/);
});

test("a provider without remaining resources is deleted after them", async () => {
  const project = newProject().program(`new Thing("a", {}, { provider: new WorldProvider("own", { region: "x" }) });`);
  const stack = await project.deployed();
  project.program("");
  expect(changesOf(await stack.up())).toEqual(["delete a", "delete own"]);
  expect(project.takeCalls()).toMatchObject([
    { call: "Configure", name: "own", args: { region: "x" } },
    { call: "Delete", name: "a" },
  ]);
});

describe("A rejection with a long message", () => {
  test.each([10_000, 30_000])("of %i characters arrives complete", async (length) => {
    const project = newProject().program(`new Thing("a");`);
    project.control({ fail: { "Create a": "é".repeat(length / 10) + "x".repeat(length - length / 10) } });
    const error = await failureOf((await project.stack()).up());
    expect(errorsOf(error).map((message) => message.length)).toEqual([length]);
  });

  test("of 100,000 characters is reported as a too long message, not as an HTTP/2 error", async () => {
    const project = newProject().program(`new Thing("a");`);
    project.control({ fail: { "Create a": "x".repeat(100_000) } });
    const error = await failureOf((await project.stack()).up());
    expect(errorsOf(error)).toEqual([
      'the provider of package "world" refused Create with a message of more than 64 KiB, the largest that can be received',
    ]);
  });

  test("is truncated for the program to what HTTP/2 can carry", async () => {
    const project = newProject().program(`
      module.exports = async () => {
        const urn = "é".repeat(100_000);
        const message = await pulumi.runtime.invoke("pulumi:pulumi:getResource", { urn }).catch(String);
        return { message };
      };
    `);
    const { outputs } = await (await project.stack()).up();
    expect(outputs.message?.value).toContain(
      "invocation of pulumi:pulumi:getResource returned an error: unknown resource éé",
    );
    expect(outputs.message?.value.length).toBeGreaterThan(5_000);
  });
});
