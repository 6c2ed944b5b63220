/** The graph of an account as data. Does not prove the positions or the appearance of a picture. */
import { buildGraph } from "../../../cli/graph/buildGraph";
import type { Graph } from "../../../cli/graph/model";
import type { DrawnObjects, Topology } from "../../../cli/graph/topology";
import { toMermaid } from "../../../cli/graph/write/mermaid";
import { accessKey, provider, providerKey, smallObjects, topologyOf, userStep } from "./smallTopology";

/** Edges as "from > to", with the order behind; weak ones with ~. */
function ways({ nodes, edges }: Graph): string[] {
  const titles = new Map(nodes.map(({ id, title }) => [id, title]));
  return edges
    .map(({ from, to, style, order }) => {
      const arrow = style === "weak" ? "~" : ">";
      return `${titles.get(from)} ${arrow} ${titles.get(to)}${order === undefined ? "" : ` #${order}`}`;
    })
    .sort();
}

const graphOf = (changes: Partial<DrawnObjects> = {}, more: Partial<Topology> = {}) =>
  buildGraph(topologyOf({ ...smallObjects, ...changes }, more));
const titled = (graph: Graph, title: string) => graph.nodes.find((node) => node.title === title);

test("edges connect access key, configuration, rules, providers, keys in the rule's order, and accounts", () => {
  expect(ways(graphOf())).toEqual([
    "Rule 1 > azure-east",
    "Rule 2 > azure-west",
    "app > team",
    "azure-east > east-1 #2",
    "azure-east > east-2 #1",
    "azure-west > west-1 #1",
    "east-1 > ai-eastus2-1",
    "east-2 > ai-eastus2-1",
    // Allowed without a rule: paid with the gateway's credits.
    "openai ~ ngrok credits",
    "team > Rule 1",
    "team > Rule 2",
    "team ~ openai",
    "west-1 > ai-westus3-1",
  ]);
});

test("an account has the same graph for any order of its lists", () => {
  const reversed = Object.fromEntries(
    Object.entries(smallObjects).map(([kind, list]) => [kind, list.toReversed()]),
  ) as unknown as DrawnObjects;
  expect(buildGraph(topologyOf(reversed))).toEqual(graphOf());
});

test("positions continue across the steps of a rule, including credits", () => {
  const steps = [userStep("east-2"), { type: "ngrok" as const }, userStep("east-1")];
  const configurations = [
    { ...smallObjects.configurations[0]!, router: { rules: [{ provider: "azure-east", steps }] } },
  ];
  expect(ways(graphOf({ configurations })).filter((way) => way.includes("#"))).toEqual([
    "azure-east > east-1 #3",
    "azure-east > east-2 #1",
    "azure-east > ngrok credits #2",
  ]);
});

test("a key with different positions in several rules shows all of them, and each edge names its rule", () => {
  const second = {
    ...smallObjects.configurations[0]!,
    id: "aigac_other",
    name: "another",
    router: { rules: [{ provider: "azure-east", steps: [userStep("east-1", "east-2")] }] },
  };
  const graph = graphOf({ configurations: [...smallObjects.configurations, second] });
  const east1 = graph.edges.find(({ to }) => to === titled(graph, "east-1")?.id);
  expect(east1?.order).toBe("1, 2");
  expect(east1?.rules).toHaveLength(2);
});

test("a model rule is connected to the provider in the model's name", () => {
  const rules = [{ model: "azure-west:gpt-5-mini", steps: [userStep("west-1")] }];
  const configurations = [{ ...smallObjects.configurations[0]!, router: { rules } }];
  const graph = graphOf({ configurations });
  expect(ways(graph)).toContain("Rule 1 > azure-west");
  expect(titled(graph, "Rule 1")?.subtitle).toBe("azure-west:gpt-5-mini");
});

test("a stored key without a rule is marked and connected to its provider by a weak edge", () => {
  const providerKeys = [...smallObjects.providerKeys, providerKey("idle", "azure-west")];
  const graph = graphOf({ providerKeys });
  expect(ways(graph)).toEqual(expect.arrayContaining(["azure-west ~ idle", "idle ~ ai-westus3-1"]));
  expect(titled(graph, "idle")?.marks.map(({ words, weight }) => [words, weight])).toEqual([["not routed", "unused"]]);
});

test("a provider that is not allowed and has no key has both marks and remains connected to its account", () => {
  const providers = [...smallObjects.providers, provider("azure-lost", "ai-japaneast-1")];
  const graph = graphOf({ providers });
  expect(ways(graph)).toContain("azure-lost ~ ai-japaneast-1");
  expect(titled(graph, "azure-lost")?.marks.map(({ words, weight }) => [words, weight])).toEqual([
    ["not allowed", "broken"],
    ["no key", "broken"],
  ]);
});

test("an access key without a configuration is connected to all providers with stored keys", () => {
  const graph = graphOf({ accessKeys: [accessKey("free")] });
  expect(ways(graph)).toEqual(
    expect.arrayContaining([
      "free > No configuration",
      "No configuration ~ azure-east",
      "No configuration ~ azure-west",
    ]),
  );
});

test("a referenced object that was not read is drawn as external", () => {
  const graph = graphOf({
    accessKeys: [accessKey("app", "aigac_elsewhere")],
    providerKeys: smallObjects.providerKeys.filter(({ name }) => name !== "east-2"),
    providers: smallObjects.providers.filter(({ providerId }) => providerId !== "azure-west"),
  });
  expect(
    graph.nodes
      .filter(({ isElsewhere }) => isElsewhere)
      .map(({ title }) => title)
      .sort(),
  ).toEqual(["aigac_elsewhere", "aigpk_east-2", "azure-west"]);
});

test("a region is read from the host name, or from the stack's account if the host name contains none", () => {
  const account = { id: "/subscriptions/s", name: "plain", subdomain: "plain", location: "norwayeast" };
  const azureAccounts = [{ ...account, resourceGroup: "group", deployments: [{ name: "gpt-5-mini", details: "" }] }];
  const providers = [...smallObjects.providers, provider("azure-north", "plain")];
  const graph = graphOf({ providers }, { azureAccounts });
  expect(["azure-east", "azure-west", "azure-north"].map((title) => titled(graph, title)?.region)).toEqual([
    "eastus2",
    "westus3",
    "norwayeast",
  ]);
  expect(titled(graph, "plain")?.lines).toEqual([{ text: "gpt-5-mini" }]);
  expect(graph.regions).toEqual(["eastus2", "norwayeast", "westus3"]);
});

test("the summary counts no regions if no account's region is known", () => {
  const graph = graphOf({ providers: [provider("azure-north", "plain")], providerKeys: [], configurations: [] });
  expect(graph.summary).toMatch(/1 Azure account(?! in)/);
});

test("an upstream other than Azure is shown under its host", () => {
  const own = { ...provider("own", ""), baseUrl: "https://user:secret@llm.example.com:8443/v1?key=secret" };
  const graph = graphOf({ providers: [own] });
  expect(titled(graph, "llm.example.com:8443")).toMatchObject({ kind: "Upstream", lane: "azure" });
  expect(JSON.stringify(graph)).not.toContain("secret");
});

test("failover is shown per model and at each provider", () => {
  const failover = [
    { model: "gpt-5-mini", targets: ["azure-west:gpt-5-mini", "azure-east:gpt-5-mini", "openai:gpt-5-mini"] },
  ];
  const graph = graphOf({}, { failover });
  expect(graph.failover).toEqual([
    {
      model: "gpt-5-mini",
      steps: [
        { label: "westus3", region: "westus3", node: titled(graph, "azure-west")?.id },
        { label: "eastus2", region: "eastus2", node: titled(graph, "azure-east")?.id },
        { label: "openai", node: titled(graph, "openai")?.id },
      ],
    },
  ]);
  expect(titled(graph, "azure-east")?.lines).toEqual([{ text: "gpt-5-mini", badge: "2nd of 3" }]);
});

test("an object with an unresolved creation is drawn, and its placeholder is not used as an id", () => {
  const key = { ...accessKey("app", "aigac_team"), id: "unresolved:0123456789abcdef" };
  const graph = graphOf({ accessKeys: [key] });
  const shown = "not known: its creation is unresolved, and the next up settles it";
  expect(titled(graph, "app")?.facts).toContainEqual(["Id", shown]);
});

test("the owner's mark is the only metadata shown", () => {
  const mark = '{"managedBy":"pulumi","stack":"org/shop/dev","resource":"app","create":"0"}';
  const [key] = [{ ...accessKey("app", "aigac_team"), metadata: mark }];
  const own = { ...accessKey("own", "aigac_team"), metadata: "a word of mine" };
  const graph = graphOf({ accessKeys: [key, own] });
  expect(titled(graph, "app")?.facts).toContainEqual(["Managed by", "stack org/shop/dev, resource app"]);
  expect(JSON.stringify(graph)).not.toContain("a word of mine");
});

test("a Mermaid picture of a preview names each change and gives each type of change its own class", () => {
  const [first, second] = smallObjects.providers;
  const changes = new Map([
    [first!.id, "create" as const],
    [second!.id, "delete" as const],
  ]);
  const text = toMermaid(graphOf({}, { changes }));
  expect(text).toMatch(/\["create#58;<br\/>azure-east<br\/>/);
  expect(text.match(/^ {2}class(Def)? \w+ .*$/gm)?.map((line) => line.trim().split(" ").slice(0, 2).join(" "))).toEqual(
    expect.arrayContaining(["classDef created", "classDef deleted"]),
  );
  expect(toMermaid(graphOf())).not.toMatch(/created|deleted/);
});
