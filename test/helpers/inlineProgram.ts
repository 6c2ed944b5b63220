/** A Pulumi program written by a test, in a separate folder inside the repository, so that it finds its node_modules. */
import fs from "node:fs";
import path from "node:path";

const programs = path.resolve(__dirname, "..", "..", ".local", "programs");

export interface InlineProgram {
  readonly folder: string;
  /** Replaces the program; `ngrok` and `pulumi` are imported. */
  write(body: string): void;
  dispose(): void;
}

export function inlineProgram(name: string, body = ""): InlineProgram {
  fs.mkdirSync(programs, { recursive: true });
  const folder = fs.mkdtempSync(path.join(programs, `${name}-`));
  const write = (text: string) =>
    fs.writeFileSync(
      path.join(folder, "index.js"),
      `const pulumi = require("@pulumi/pulumi");\nconst ngrok = require("pulumi-ngrok-ai");\n${text}\n`,
    );
  fs.writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    `name: ${name}\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n`,
  );
  fs.writeFileSync(path.join(folder, "package.json"), '{ "type": "commonjs", "main": "index.js" }\n');
  write(body);
  return { folder, write, dispose: () => fs.rmSync(folder, { recursive: true, force: true }) };
}
