/** The documents of the repository (README, docs and the READMEs of examples and policies) and their parts. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import MarkdownIt from "markdown-it";

export const root = path.resolve(__dirname, "..", "..");

export interface CodeBlock {
  /** `docs/guides/limits.md:12` */
  readonly place: string;
  /** First word after the fence: `ts`. */
  readonly language: string;
  /** The words after it. */
  readonly marks: readonly string[];
  readonly text: string;
}

export interface Link {
  readonly place: string;
  readonly target: string;
}

export interface Document {
  /** Path from the repository's root. */
  readonly file: string;
  readonly title: string;
  readonly blocks: readonly CodeBlock[];
  readonly links: readonly Link[];
  /** Anchors of its headings, as GitHub generates them. */
  readonly anchors: ReadonlySet<string>;
  readonly text: string;
}

const markdown = new MarkdownIt({ html: true });
type Token = ReturnType<typeof markdown.parse>[number];

export function readDocuments(): Document[] {
  const patterns = ["README.md", "CHANGELOG.md", "docs/**/*.md", "examples/**/README.md", "policies/README.md"];
  const files = globSync(patterns, { cwd: root, exclude: (name) => name === "node_modules" });
  return files
    .map((file) => file.replaceAll(path.sep, "/"))
    .toSorted()
    .map(readDocument);
}

function readDocument(file: string): Document {
  const text = readFileSync(path.join(root, file), "utf8");
  const tokens = markdown.parse(text, {});
  const headings = tokens.flatMap((token, index) =>
    token.type === "heading_open" ? [plainText(tokens[index + 1]?.children ?? [])] : [],
  );
  return {
    file,
    title: headings[0] ?? "",
    blocks: tokens.filter(({ type }) => type === "fence").map((token) => toBlock(file, token)),
    links: tokens.flatMap((token) => linksOf(file, token)),
    anchors: anchorsOf(headings),
    text,
  };
}

function toBlock(file: string, { info, content, map }: Token): CodeBlock {
  const [language = "", ...marks] = info.trim().split(/\s+/);
  return { place: `${file}:${(map?.[0] ?? 0) + 1}`, language, marks, text: content };
}

function linksOf(file: string, { children, map }: Token): Link[] {
  return (children ?? []).flatMap((child) => {
    const target = child.attrGet(child.type === "image" ? "src" : "href");
    return target === null ? [] : [{ place: `${file}:${(map?.[0] ?? 0) + 1}`, target }];
  });
}

function plainText(children: readonly Token[]): string {
  return children.map(({ content }) => content).join("");
}

function anchorsOf(headings: readonly string[]): Set<string> {
  const anchors = new Set<string>();
  for (const heading of headings) {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, "")
      .replaceAll(" ", "-");
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count += 1) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}
