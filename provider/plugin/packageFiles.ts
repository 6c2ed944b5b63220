/** Files of this package that the plugin sends. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** The schema, as `npm run docs` writes it. The build copies it beside this file. */
export function readSchema(): string {
  return readFileSync(path.join(__dirname, "schema.json"), "utf8");
}

/** The version of this package. */
export function packageVersion(): string {
  // The build is one folder deeper than the sources.
  const folders = [path.join(__dirname, "..", ".."), path.join(__dirname, "..", "..", "..")];
  const manifest = folders.map((folder) => path.join(folder, "package.json")).find((file) => existsSync(file));
  if (manifest === undefined) throw new Error("the package pulumi-ngrok-ai has no package.json: install it again");
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
