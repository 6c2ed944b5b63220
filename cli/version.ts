/** The version of this package. */
import fs from "node:fs";
import path from "node:path";

export function packageVersion(): string {
  // The sources are one folder nearer to the manifest than the build.
  const folders = [path.resolve(__dirname, ".."), path.resolve(__dirname, "..", "..")];
  const manifest = folders.map((folder) => path.join(folder, "package.json")).find((file) => fs.existsSync(file));
  if (manifest === undefined) throw new Error("the package has no package.json: install it again");
  return (JSON.parse(fs.readFileSync(manifest, "utf8")) as { version: string }).version;
}
