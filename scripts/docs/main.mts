/** `npm run docs`: writes docs/reference. `--check` writes nothing and says which pages differ. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./build.mts";
import { makePages } from "./pages.mts";

const folder = path.join(root, "docs", "reference");
const isCheck = process.argv.includes("--check");

const pages = await makePages().catch((error: unknown) => {
  // What the sources must be mended in; where the generator found it does not matter to whoever mends it.
  console.error(`docs/reference cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
mkdirSync(folder, { recursive: true });
const stale = readdirSync(folder).filter((file) => !pages.has(file));
const changed = [...pages].filter(([file, text]) => read(file) !== text).map(([file]) => file);

if (isCheck) {
  for (const file of [...changed, ...stale]) console.log(`docs/reference/${file} is not what the generator writes`);
  if (changed.length + stale.length > 0) {
    console.log("Run `npm run docs` and commit what it writes; a page is changed by changing its docstrings.");
    process.exitCode = 1;
  }
} else {
  for (const file of stale) rmSync(path.join(folder, file));
  for (const file of changed) writeFileSync(path.join(folder, file), pages.get(file) ?? "");
  console.log(`docs/reference: ${pages.size} pages, ${changed.length} written, ${stale.length} removed`);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(path.join(folder, file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
