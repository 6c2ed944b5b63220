import fs from "node:fs";
import path from "node:path";

/** Writes all files or none: an existing file is an error unless it may be replaced. */
export function writeProject(folder: string, files: Readonly<Record<string, string>>, mayReplace: boolean): void {
  const existing = Object.keys(files).filter((name) => fs.existsSync(path.join(folder, name)));
  if (existing.length > 0 && !mayReplace) {
    throw new Error(
      `${folder} holds ${existing.join(", ")} already, and nothing was written: give another folder as --out, or --force to replace them`,
    );
  }
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    // Without --force, a file that another process creates meanwhile is not replaced either.
    fs.writeFileSync(path.join(folder, name), text, { flag: mayReplace ? "w" : "wx" });
  }
}
