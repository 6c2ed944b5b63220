/** `npm run docs`: writes docs/reference, docs/assistants.md, llms.txt and the plugin's schema. `--check` writes nothing and reports which files differ. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeSchema } from "../schema/makeSchema.mts";
import { assistantsPage } from "./assistantsPage.mts";
import { root } from "./build.mts";
import { Docstrings } from "./docstrings.mts";
import { llmsPage } from "./llmsPage.mts";
import { makePages } from "./pages.mts";

const REFERENCE = path.join("docs", "reference");
const SCHEMA = path.join("provider", "plugin", "schema.json");
const LLMS = "llms.txt";
const ASSISTANTS = path.join("docs", "assistants.md");
const isCheck = process.argv.includes("--check");

const files = await makeFiles().catch((error: unknown) => {
  // Reports only the contradiction in the sources; the generator's own stack does not help to correct it.
  console.error(
    `${REFERENCE} and ${SCHEMA} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exit(1);
});
mkdirSync(path.join(root, REFERENCE), { recursive: true });
const stale = readdirSync(path.join(root, REFERENCE))
  .map((file) => path.join(REFERENCE, file))
  .filter((file) => !files.has(file));
const changed = [...files].filter(([file, text]) => read(file) !== text).map(([file]) => file);

if (isCheck) {
  for (const file of [...changed, ...stale]) console.log(`${file} is not what the generator writes`);
  if (changed.length + stale.length > 0) {
    console.log(
      "Run `npm run docs` and commit what it writes; a page or the schema is changed by changing docstrings.",
    );
    process.exitCode = 1;
  }
} else {
  for (const file of stale) rmSync(path.join(root, file));
  for (const file of changed) writeFileSync(path.join(root, file), files.get(file) ?? "");
  console.log(`${files.size} files, ${changed.length} written, ${stale.length} removed`);
}

/** Text of each generated file, by path. */
async function makeFiles(): Promise<ReadonlyMap<string, string>> {
  const docs = await Docstrings.read(root);
  const pages = [...makePages(docs)].map(([file, text]) => [path.join(REFERENCE, file), text] as const);
  return new Map([...pages, [SCHEMA, makeSchema(docs)], [LLMS, llmsPage(docs)], [ASSISTANTS, assistantsPage(docs)]]);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(path.join(root, file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
