/** The docstrings and types of the package's public names, as TypeDoc reads them. */
import path from "node:path";
import { Application, type Comment, type DeclarationReflection, OptionDefaults, type ProjectReflection } from "typedoc";

/** The project's own tags, each a paragraph of a resource's page. */
const OWN_TAGS = ["@adopt", "@drift", "@removal"] as const;

/** Entry of the package, under TypeDoc's name for it. */
export type Entry = "provider" | "provider/azure" | "sdk" | "emulator";

interface Commented {
  readonly comment?: Comment | undefined;
  readonly signatures?: readonly { readonly comment?: Comment }[];
}

export class Docstrings {
  readonly #project: ProjectReflection;

  private constructor(project: ProjectReflection) {
    this.#project = project;
  }

  static async read(root: string): Promise<Docstrings> {
    const entry = (file: string) => path.join(root, file, "index.ts");
    const app = await Application.bootstrap({
      entryPoints: [entry("provider"), entry("provider/azure"), entry("sdk"), entry("emulator")],
      basePath: root,
      tsconfig: path.join(root, "tsconfig.json"),
      // `npm run check` does it.
      skipErrorChecking: true,
      excludeExternals: true,
      excludePrivate: true,
      sort: ["source-order"],
      blockTags: [...OptionDefaults.blockTags, ...OWN_TAGS],
      // A default may be words or code.
      jsDocCompatibility: { defaultTag: false, exampleTag: false },
      logLevel: "Warn",
      // The pages link to no source, so a checkout needs no remote repository.
      disableSources: true,
    });
    const project = await app.convert();
    if (project === undefined) throw new Error("TypeDoc could not read the sources: see its messages above");
    return new Docstrings(project);
  }

  find(entry: Entry, name: string): DeclarationReflection | undefined {
    const module = this.#project.children?.find((child) => child.name === entry);
    return module?.children?.find((child) => child.name === name);
  }

  get(entry: Entry, name: string): DeclarationReflection {
    const found = this.find(entry, name);
    if (found === undefined) throw new Error(`${entry} exports no ${name}: correct the generator's list of pages`);
    return found;
  }
}

function commentOf(reflection: Commented): Comment | undefined {
  return reflection.comment ?? reflection.signatures?.[0]?.comment;
}

type Parts = readonly { readonly text: string }[];

/** One paragraph. */
function lineOf(parts: Parts | undefined): string {
  return textOf(parts).replace(/\s+/g, " ");
}

function textOf(parts: Parts | undefined): string {
  return (parts ?? [])
    .map(({ text }) => text)
    .join("")
    .trim();
}

/** The docstring's description, with its paragraphs. */
export function summaryOf(reflection: Commented): string {
  return textOf(commentOf(reflection)?.summary)
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, " "))
    .join("\n\n");
}

export function tagOf(reflection: Commented, tag: `@${string}`): string | undefined {
  const found = commentOf(reflection)?.blockTags.find((block) => block.tag === tag);
  return found && lineOf(found.content);
}

/** The code of each `@example`, without its fence. */
export function examplesOf(reflection: Commented): string[] {
  const blocks = commentOf(reflection)?.blockTags.filter(({ tag }) => tag === "@example") ?? [];
  return blocks.map(({ content }) => textOf(content).replace(/^```\w*\n|\n```$/g, ""));
}
