/** Runs the user's program as a child process, under the program runner of the program's own Pulumi SDK. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { StackConfigurationError } from "../errors";
import type { Project } from "../project/project";
import type { ConfigMap } from "../results";
import { ManagedProcess, nodeArguments, type ProcessEnd } from "./managedProcess";

/** The runner's exit code for a failure that it has reported. */
export const EXIT_ALREADY_REPORTED = 32;

export interface ProgramOptions {
  readonly project: Project;
  readonly stackName: string;
  readonly organization: string;
  readonly config: ConfigMap;
  /** Address of the server that is both resource monitor and engine. */
  readonly engineAddress: string;
  readonly parallel: number;
  readonly isPreview: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (stream: "stdout" | "stderr", line: string) => void;
}

/** A running program. */
export interface RunningProgram {
  readonly ended: Promise<ProcessEnd>;
  /** Ends the program. Resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts a program, which registers its resources at `engineAddress` and then ends. */
export type ProgramStarter = (options: ProgramOptions) => RunningProgram;

export function startProgram(options: ProgramOptions): RunningProgram {
  const { project } = options;
  const { typescript, tsconfig, nodeArguments: userArguments } = project.runtimeOptions;
  return new ManagedProcess({
    command: process.execPath,
    args: [
      ...nodeArguments(),
      ...userArguments,
      sdkModule(project.programFolder, "cmd/run"),
      ...runnerArguments(options),
    ],
    cwd: project.programFolder,
    env: {
      ...options.env,
      ...configEnvironment(options.config),
      ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
      ...(tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
    },
    onLine: options.onLine,
  });
}

function runnerArguments(options: ProgramOptions): string[] {
  const { project } = options;
  const flags: Record<string, string> = {
    "--monitor": options.engineAddress,
    "--engine": options.engineAddress,
    "--organization": options.organization,
    "--project": project.name,
    "--root-directory": project.rootFolder,
    "--stack": options.stackName,
    "--pwd": project.programFolder,
    "--parallel": String(options.parallel),
  };
  return [...Object.entries(flags).flat(), ...(options.isPreview ? ["--dry-run"] : []), project.entry];
}

/** Configuration in the SDK's form: values under `<namespace>:config:<name>`, and the plain keys of the secret ones in a list. */
function configEnvironment(config: ConfigMap): NodeJS.ProcessEnv {
  const values = Object.entries(config).map(([key, { value }]) => [key.replace(":", ":config:"), value]);
  const secretKeys = Object.keys(config).filter((key) => config[key]?.secret);
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(values)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
  };
}

/** A module of the program's own SDK. @throws StackConfigurationError when the program has none. */
export function sdkModule(programFolder: string, module: string): string {
  for (let folder = programFolder; ; folder = dirname(folder)) {
    const file = join(folder, "node_modules", "@pulumi", "pulumi", module, "index.js");
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) {
      throw new StackConfigurationError(
        `the program in ${programFolder} has no @pulumi/pulumi in a node_modules at or above it: install its dependencies`,
      );
    }
  }
}

/** Why a program failed; undefined when it succeeded or reported the failure itself. */
export function failureOfProgram(end: ProcessEnd): string | undefined {
  if (end.startError !== undefined) return end.startError;
  if (end.code === 0 || end.code === EXIT_ALREADY_REPORTED) return undefined;
  if (end.signal !== null) return `Program was ended by signal ${end.signal}`;
  return `Program exited with non-zero exit code: ${end.code}`;
}
