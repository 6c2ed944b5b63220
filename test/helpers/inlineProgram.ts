/** A Pulumi program written by a test, in a separate folder inside the repository, so that it finds its node_modules. */
import fs from "node:fs";
import path from "node:path";
import { stringify } from "yaml";

const programs = path.resolve(__dirname, "..", "..", ".local", "programs");

export interface InlineProgram {
  readonly folder: string;
  /** Replaces the program; `ngrok` and `pulumi` are imported. */
  write(body: string): void;
  dispose(): void;
}

/** @param project further members of the project file */
export function inlineProgram(name: string, body = "", project: object = {}): InlineProgram {
  fs.mkdirSync(programs, { recursive: true });
  const folder = fs.mkdtempSync(path.join(programs, `${name}-`));
  const write = (text: string) =>
    fs.writeFileSync(
      path.join(folder, "index.js"),
      `const pulumi = require("@pulumi/pulumi");\nconst ngrok = require("pulumi-ngrok-ai");\n${text}\n`,
    );
  fs.writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    stringify({ name, runtime: { name: "nodejs", options: { typescript: false } }, main: "index.js", ...project }),
  );
  fs.writeFileSync(path.join(folder, "package.json"), '{ "type": "commonjs", "main": "index.js" }\n');
  write(body);
  return { folder, write, dispose: () => fs.rmSync(folder, { recursive: true, force: true }) };
}
