/**
 * Every link of the documentation within the repository is valid: the file exists and has the heading. The index lists every page
 * of docs. Does not prove that addresses on the internet respond.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { readDocuments, root } from "./documents";

const documents = readDocuments();
const isExternal = (target: string) => /^(https?:|mailto:)/.test(target);

test.each(documents.map((document) => [document.file, document] as const))("%s: its links are valid", (_, document) => {
  const broken = document.links
    .filter(({ target }) => !isExternal(target))
    .filter(({ target }) => !leadsSomewhere(document.file, target))
    .map(({ place, target }) => `${place} links to ${target}`);
  expect(broken).toEqual([]);
});

function leadsSomewhere(from: string, target: string): boolean {
  const [file = "", anchor] = decodeURI(target).split("#");
  const linked = file === "" ? from : path.posix.normalize(path.posix.join(path.posix.dirname(from), file));
  if (!existsSync(path.join(root, linked))) return false;
  if (anchor === undefined) return true;
  return documents.find((document) => document.file === linked)?.anchors.has(anchor) ?? false;
}

test("addresses on the internet are https", () => {
  const external = documents.flatMap(({ links }) => links).filter(({ target }) => isExternal(target));
  const insecure = external.filter(({ target }) => !target.startsWith("https://"));
  expect(insecure).toEqual([]);
  expect(external.every(({ target }) => URL.canParse(target))).toBe(true);
});

test("docs/README.md lists every page of docs, and docs/reference/README.md every page of the reference", () => {
  const linkedFrom = (index: string) => {
    const folder = path.posix.dirname(index);
    const links = documents.find(({ file }) => file === index)?.links ?? [];
    return links.map(({ target }) => path.posix.normalize(path.posix.join(folder, target.split("#")[0] ?? "")));
  };
  const listed = new Set([
    ...linkedFrom("docs/README.md"),
    ...linkedFrom("docs/reference/README.md"),
    "docs/README.md",
  ]);
  const forgotten = documents.map(({ file }) => file).filter((file) => file.startsWith("docs/") && !listed.has(file));
  // To fix this, add a line to docs/README.md for each of these.
  expect(forgotten).toEqual([]);
});
