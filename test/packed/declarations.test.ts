/**
 * The declarations that users' programs load: every entry's are found by each way in which TypeScript looks for them, and those of the
 * entries for programs name no type of zod, which would load its declarations into every program's type check. Reads the build in dist.
 * Does not prove that they are correct; the documentation's programs are compiled against them.
 */
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../helpers/providerProcess";

const { exports: entries } = JSON.parse(fs.readFileSync(path.join(repositoryRoot, "package.json"), "utf8")) as {
  exports: Record<string, { types: string }>;
};

/** Files that a relative specifier of a declaration may mean. */
function fileOf(from: string, specifier: string): string {
  const target = path.resolve(path.dirname(from), specifier.replace(/\.js$/, ""));
  const found = [`${target}.d.ts`, path.join(target, "index.d.ts")].find((file) => fs.existsSync(file));
  if (found === undefined) throw new Error(`${from} refers to ${specifier}, which is not there`);
  return found;
}

/** The file and every declaration that it leads to by relative imports, with their texts. */
function reachableFrom(entry: string): Map<string, string> {
  const texts = new Map<string, string>();
  const pending = [entry];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (texts.has(file)) continue;
    const text = fs.readFileSync(file, "utf8");
    texts.set(file, text);
    const specifiers = text.matchAll(/(?:\bfrom|\bimport\(|\bimport|\bpath=)\s*["'](\.[^"']*)["']/g);
    for (const [, specifier = ""] of specifiers) pending.push(fileOf(file, specifier));
  }
  return texts;
}

test.each([".", "./azure", "./dynamic"])("the declarations that the entry %s reaches do not mention zod", (name) => {
  const texts = reachableFrom(path.join(repositoryRoot, entries[name]?.types ?? ""));
  const mentions = [...texts]
    .filter(([, text]) => /zod/i.test(text))
    .map(([file]) => path.relative(repositoryRoot, file));
  expect(mentions).toEqual([]);
});

test("the entry for programs reaches every resource's declaration", () => {
  const files = [...reachableFrom(path.join(repositoryRoot, entries["."]?.types ?? "")).keys()];
  for (const resource of ["customProvider", "providerKey", "accessConfiguration", "routingRule", "routeCheck"])
    expect(files).toContain(path.join(repositoryRoot, "dist", "provider", "resources", `${resource}.d.ts`));
});

test("the client's entry exports its schemas, so the search does find zod", () => {
  const texts = reachableFrom(path.join(repositoryRoot, entries["./sdk"]?.types ?? ""));
  expect([...texts.values()].some((text) => /from "zod"/.test(text))).toBe(true);
});

const ENTRIES = Object.entries(entries).filter(([name]) => name !== "./package.json");
const WAYS = [ts.ModuleResolutionKind.Node10, ts.ModuleResolutionKind.NodeNext, ts.ModuleResolutionKind.Bundler];

test.each(
  ENTRIES.flatMap(([name, { types }]) => WAYS.map((way) => [name, ts.ModuleResolutionKind[way], types, way] as const)),
)("the entry %s has its types with moduleResolution %s", (name, _way, types, moduleResolution) => {
  const program = path.join(repositoryRoot, "program.ts");
  const found = ts.resolveModuleName(name.replace(/^\./, "pulumi-ngrok-ai"), program, { moduleResolution }, ts.sys);
  expect(found.resolvedModule?.resolvedFileName).toBe(path.join(repositoryRoot, types));
});
