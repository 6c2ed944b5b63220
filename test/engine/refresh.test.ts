/** Refresh of whole programs: resources missing or changed at the provider, and the state afterwards. */
import { changesOf, useProjects } from "./harness";

const newProject = useProjects();
const CHAIN = `
  const a = new Thing("a", { size: 1 });
  const b = new Thing("b", { of: a.out }, { parent: a });
  new Thing("c", { of: b.out, size: 1 }, { dependsOn: a });
`;

test("removes missing resources with their dependents from the state, and the next up creates them again", async () => {
  const project = newProject().program(CHAIN);
  const stack = await project.deployed();
  project.setRecords({});
  const refreshed = await stack.refresh();
  expect(refreshed.summary.resourceChanges).toEqual({ same: 1, delete: 3 });
  expect(project.resources().map(({ urn }) => urn.split("::").at(-1))).toEqual(["shop-dev", "default"]);
  expect(changesOf(await stack.up())).toEqual(["create a", "create b", "create c"]);
});

test("records changes of a resource whose dependency is missing, without the reference to it", async () => {
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
