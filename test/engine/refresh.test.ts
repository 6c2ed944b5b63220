/** Refresh of whole programs: what is gone or changed at the provider, and what the state says afterwards. */
import { changesOf, useProjects } from "./harness";

const newProject = useProjects();
const CHAIN = `
  const a = new Thing("a", { size: 1 });
  const b = new Thing("b", { of: a.out }, { parent: a });
  new Thing("c", { of: b.out, size: 1 }, { dependsOn: a });
`;

test("forgets a resource and all that hangs on it when all of them are gone, and makes them again", async () => {
  const project = newProject().program(CHAIN);
  const stack = await project.deployed();
  project.setRecords({});
  const refreshed = await stack.refresh();
  expect(refreshed.summary.resourceChanges).toEqual({ same: 1, delete: 3 });
  expect(project.resources().map(({ urn }) => urn.split("::").at(-1))).toEqual(["shop-dev", "default"]);
  expect(changesOf(await stack.up())).toEqual(["create a", "create b", "create c"]);
});

test("takes over what changed in a resource whose dependency is gone, without the mention of it", async () => {
  const project = newProject().program(CHAIN);
  const stack = await project.deployed();
  const [b = "", c = ""] = [project.entry("b").id, project.entry("c").id];
  const { [b]: keptB, [c]: keptC } = project.records();
  project.setRecords({ [b]: keptB, [c]: { ...keptC, size: 7 } });
  await stack.refresh();
  const resources = project.resources();
  const stackUrn = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.urn;
  expect(project.entries("a")).toEqual([]);
  expect(project.entry("b")).toMatchObject({ parent: stackUrn, propertyDependencies: { of: [] } });
  expect(project.entry("c")).toMatchObject({
    outputs: { size: 7 },
    dependencies: [project.entry("b").urn],
    propertyDependencies: { of: [project.entry("b").urn] },
  });
});
