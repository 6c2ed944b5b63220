/** Writes a plan as a Pulumi project in YAML, with the file for `pulumi import`. */
import type { ProgramWriter } from "../programWriter";
import { readmeText } from "../readme";
import { pluginImportFile } from "./importFile";
import { programText } from "./program";

const MAIN_FILE = "Pulumi.yaml";
const IMPORT_FILE = "import.json";

export const yamlWriter: ProgramWriter = {
  mainFile: MAIN_FILE,
  importFile: (plan) => pluginImportFile(plan),
  files: (plan, options) => ({
    [MAIN_FILE]: programText(plan, options),
    [IMPORT_FILE]: `${JSON.stringify(pluginImportFile(plan), null, 2)}\n`,
    "README.md": readmeText(plan, {
      project: options.project,
      mainFile: MAIN_FILE,
      install: ["npm install --global pulumi-ngrok-ai"],
      takeOver: `pulumi import --file ${IMPORT_FILE} --generate-code=false${options.protect ? "" : " --protect=false"}`,
    }),
  }),
};
