/** Writes a plan as a Pulumi project in TypeScript. */
import { stringify } from "yaml";
import type { ProgramWriter } from "../programWriter";
import { readmeText } from "../readme";
import { programText } from "./program";

const MAIN_FILE = "index.ts";

export const typescriptWriter: ProgramWriter = {
  mainFile: MAIN_FILE,
  files: (plan, { project, version, protect }) => ({
    "Pulumi.yaml": stringify({
      name: project,
      description: "An account of the ngrok AI Gateway",
      runtime: { name: "nodejs", options: { typescript: false } },
      main: MAIN_FILE,
    }),
    "package.json": toJson({
      name: project.toLowerCase().replace(/^[._]+/, ""),
      private: true,
      type: "module",
      main: MAIN_FILE,
      dependencies: { "@pulumi/pulumi": "^3.216.0", "pulumi-ngrok-ai": `^${version}` },
    }),
    "tsconfig.json": toJson({
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: "es2023",
        module: "nodenext",
        moduleResolution: "nodenext",
        erasableSyntaxOnly: true,
        skipLibCheck: true,
        types: [],
      },
      files: [MAIN_FILE],
    }),
    ".gitignore": "node_modules/\n",
    [MAIN_FILE]: programText(plan, protect),
    "README.md": readmeText(plan, { project, mainFile: MAIN_FILE, install: ["npm install"] }),
  }),
};

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
