/**
 * The walls of the house: who may import whom, over the import statements that really stand in the sources.
 * Does not prove: that what may be imported is used well.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { violation } from "./importRules";
import { importsOf, parseFile, parseText, repositoryRoot, sourceFiles } from "./importStatements";

const rooms = ["sdk", "provider", "engine", "emulator", "cli", "policies", "examples"];
const files = rooms.flatMap(sourceFiles);
const typedFiles = files.filter((file) => file.endsWith("ts"));

test("every import keeps to the rules", () => {
  const statements = files.flatMap((file) => importsOf(parseFile(file)));
  expect(statements.length).toBeGreaterThan(100);
  expect(statements.flatMap((statement) => violation(statement) ?? [])).toEqual([]);
});

test("no imports form a cycle, types included", () => {
  const modules = new Map(files.map((file) => [file.replace(/\.[cm]?[jt]sx?$/, ""), file]));
  const importedBy = (file: string): string[] =>
    importsOf(parseFile(file)).flatMap(({ to }) => modules.get(to) ?? modules.get(`${to}/index`) ?? []);
  const graph = new Map(files.map((file) => [file, importedBy(file)]));
  expect([...graph.values()].flat().length).toBeGreaterThan(1000);
  expect(cyclesIn(graph)).toEqual([]);
});

/** Each cycle as the files on the way around it. */
function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start !== -1) cycles.push([...way.slice(start), file].join(" → "));
    if (start !== -1 || finished.has(file)) return;
    for (const imported of graph.get(file) ?? []) visit(imported, [...way, file]);
    finished.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}

test("a cycle is found over several files", () => {
  const graph = new Map([
    ["a", ["b"]],
    ["b", ["c"]],
    ["c", ["d", "b"]],
    ["d", []],
  ]);
  expect(cyclesIn(graph)).toEqual(["b → c → b"]);
});

test.each([
  ["sdk/contract/common", `import { Agent } from "undici"`],
  ["sdk/contract/common", `import { hideSecrets } from "../secrets"`],
  ["sdk/retryTiming", `import { GatewayError } from "./errors"`],
  ["sdk/call", `import { Agent } from "undici"`],
  ["sdk/client", `import type { Input } from "@pulumi/pulumi"`],
  ["sdk/client", `import "../provider/lifecycle/check"`],
  ["provider/resources/providerKey", `import { definition } from "./customProvider"`],
  ["provider/resources/providerKey", `import { type Args, definition } from "./customProvider"`],
  ["provider/resources/providerKey", `export { definition } from "./customProvider"`],
  ["provider/resources/providerKey", `import x = require("./customProvider")`],
  ["provider/resources/providerKey", `const x = require("./customProvider")`],
  ["provider/resources/providerKey", `const x = require.resolve("./customProvider")`],
  ["provider/resources/providerKey", `const x = import("./customProvider")`],
  ["provider/resources/providerKey", `import { request } from "undici"`],
  ["provider/resources/providerKey", `import { startGateway } from "../../emulator"`],
  ["provider/azure/plan/regionPlan", `import type { Input } from "@pulumi/pulumi"`],
  ["provider/azure/region", `import * as azure from "@pulumi/azure-native"`],
  ["emulator/gateway/store/store", `import { GatewayClient } from "../../../sdk"`],
  ["emulator/gateway/store/store", `import type { GatewayError } from "../../../sdk/errors"`],
  ["emulator/gateway/store/store", `import * as pulumi from "@pulumi/pulumi"`],
  ["engine/state/snapshot", `import type { Step } from "../steps/step"`],
  ["engine/processes/managedProcess", `import { grpc } from "../protocol/stubs"`],
  ["engine/steps/step", `import { HookRunner } from "../program/hooks"`],
  ["examples/azure-openai/index", `import { GatewayClient } from "../../sdk"`],
  ["policies/resources", `import { typeTokenOf } from "../provider/lifecycle/typeTokens"`],
  ["tools/new", `import "node:fs"`],
])("%s may not have: %s", (file, text) => {
  const [statement, ...others] = importsOf(parseText(`${file}.ts`, text));
  expect(others).toEqual([]);
  expect(statement && violation(statement)).toContain(file);
});

test.each([
  ["sdk/errors", `import type { ErrorBody } from "./contract/common"`],
  ["sdk/call", `import { operations } from "./contract/operations"`],
  ["provider/resources/providerKey", `import type { Args } from "./customProvider"`],
  ["provider/resources/providerKey", `import { type Args } from "./customProvider"`],
  ["provider/resources/providerKey", `let x: import("./customProvider").Args`],
  ["provider/azure/region", `import { Account } from "@pulumi/azure-native/cognitiveservices"`],
  ["emulator/gateway/store/store", `import { providerSchema } from "../../../sdk/contract/providers"`],
  ["engine/steps/step", `import type { HookRunner } from "../program/hooks"`],
  ["engine/protocol/stubs", `import * as pulumi from "@pulumi/pulumi"`],
  ["examples/azure-openai/index", `import { Provider } from "pulumi-ngrok-ai"`],
])("%s may have: %s", (file, text) => {
  const [statement, ...others] = importsOf(parseText(`${file}.ts`, text));
  expect(others).toEqual([]);
  expect(statement === undefined ? "no import found" : violation(statement)).toBeUndefined();
});

test("no file is named after nothing in particular", () => {
  expect(files.filter((file) => /\/(utils?|helpers?|misc|common\/index)\.[^/]+$/i.test(file))).toEqual([]);
});

test("no type is any, but where the line above says why another's shape demands it", () => {
  const anywhere = typedFiles.flatMap((file) => {
    const source = parseFile(file);
    const lines: string[] = [];
    const visit = (node: ts.Node): void => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        const above = source.text.split("\n")[line - 1] ?? "";
        if (!/biome-ignore lint\/suspicious\/noExplicitAny: \w/.test(above)) lines.push(`${file}:${line + 1}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return lines;
  });
  expect(anywhere).toEqual([]);
});

describe("The package", () => {
  type Entry = string | { types: string; default: string };
  const manifest = JSON.parse(readFileSync(path.join(repositoryRoot, "package.json"), "utf8")) as {
    exports: Record<string, Entry>;
    bin: Record<string, string>;
    scripts: Record<string, string>;
  };

  test("has the promised entries", () => {
    expect(Object.keys(manifest.exports).toSorted()).toEqual([
      ".",
      "./azure",
      "./dynamic",
      "./emulator",
      "./package.json",
      "./sdk",
    ]);
    expect(Object.keys(manifest.bin)).toEqual(["pulumi-ngrok-ai", "pulumi-resource-ngrok-ai"]);
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(["up", "test", "check", "bench", "build"]));
  });

  test.each(
    Object.entries(manifest.exports).filter(
      (entry): entry is [string, Exclude<Entry, string>] => typeof entry[1] !== "string",
    ),
  )("gives %s its types and its code from one source", (_name, entry) => {
    expect(entry.types).toBe(entry.default.replace(/\.js$/, ".d.ts"));
    expect(files).toContain(entry.default.replace("./dist/", "").replace(/\.js$/, ".ts"));
  });
});
