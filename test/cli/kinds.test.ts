/** The table of kinds matches the provider and the client. Does not prove that its texts are readable. */
import { ALL_KINDS, infoOf, KINDS_WITH_LAST_USE, LISTED_KINDS, readList } from "../../cli/kinds";
import { definitionOf } from "../../provider/registry";
import { GatewayClient } from "../../sdk";
import { importsOf, parseFile, sourceFiles } from "../architecture/importStatements";

test.each(ALL_KINDS)("kind %s equals the kind of its definition in the provider's registry", (kind) => {
  expect(definitionOf(kind)?.kind).toBe(kind);
});

test("the table contains every kind that the provider's registry loads", () => {
  const loaded = importsOf(parseFile("provider/registry.ts")).filter(({ to }) => to.startsWith("provider/resources/"));
  expect(new Set(loaded.map(({ to }) => to)).size).toBe(ALL_KINDS.length);
});

test("a kind of a later version is unknown, even if its name is a property of every JavaScript object", () => {
  expect(["VirtualModel", "constructor", "toString"].map((kind) => [infoOf(kind), definitionOf(kind)])).toEqual([
    [undefined, undefined],
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

test("a kind has a time of last use exactly if its resource outputs one", () => {
  const withOutput = ALL_KINDS.filter((kind) =>
    definitionOf(kind)?.outputs.some((output: string) => output === "lastUsed"),
  );
  expect([...KINDS_WITH_LAST_USE]).toEqual(withOutput);
});

test("the client has a list method for every listed kind", () => {
  const client = new GatewayClient({ apiUrl: "http://127.0.0.1:1", apiKey: "key" });
  for (const kind of LISTED_KINDS) expect(readList(client, kind, {})).toHaveProperty([Symbol.asyncIterator]);
});

test("ApiKey, a kind without specific rules, is named only in the table of kinds", () => {
  const files = ["cli", "scripts"].flatMap(sourceFiles).filter((file) => file !== "cli/kinds.ts");
  const naming = files.filter((file) => /\bApiKey\b/.test(parseFile(file).text));
  expect(naming).toEqual([]);
});
