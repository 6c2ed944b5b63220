/**
 * A Pulumi program in YAML on the Pulumi CLI, in a separate folder. Nothing is installed there: the plugin is that of this
 * repository, or of the folder that a test names.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { createCliStack, PLUGIN_FOLDER, type StackUnderTest, storedTexts } from "./stack";

export const STACK = "dev";

export interface YamlProgramOptions {
  /** The project's name. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Folder of the plugin. */
  readonly plugin?: string;
}

export interface Output {
  readonly code: number | null;
  /** Standard output and standard error, in the order in which they were written. */
  readonly text: string;
}

export class YamlProgram {
  private constructor(
    readonly folder: string,
    readonly stack: StackUnderTest["stack"],
    private readonly underTest: StackUnderTest,
    private readonly options: YamlProgramOptions,
  ) {}

  /** @param program all of Pulumi.yaml except the project's header */
  static async create(options: YamlProgramOptions, program: object = {}): Promise<YamlProgram> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), `yaml-${options.name}-`));
    write(folder, options, program);
    const underTest = await createCliStack({ workDir: folder, stackName: STACK, env: options.env });
    return new YamlProgram(folder, underTest.stack, underTest, options);
  }

  /** Replaces the program. */
  write(program: object): void {
    write(this.folder, this.options, program);
  }

  /** Replaces the program by one whose resources are given as text. */
  writeResources(resources: string): void {
    write(this.folder, this.options, {});
    fs.appendFileSync(path.join(this.folder, "Pulumi.yaml"), `resources:\n${resources}`);
  }

  urnOf(kind: string, name: string): string {
    return `urn:pulumi:${STACK}::${this.options.name}::ngrok-ai:index:${kind}::${name}`;
  }

  /** Runs `pulumi` in the program's folder. */
  pulumi(...args: string[]): Promise<Output> {
    const child = spawn("pulumi", [...args, "--non-interactive", "--stack", STACK], {
      cwd: this.folder,
      env: { ...process.env, ...this.underTest.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        text += String(chunk);
      });
    }
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, text }));
    });
  }

  storedTexts(): string[] {
    return storedTexts(this.underTest.stateFolder);
  }

  dispose(): void {
    this.underTest.dispose();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

function write(folder: string, { name, plugin = PLUGIN_FOLDER }: YamlProgramOptions, program: object): void {
  const plugins = { providers: [{ name: "ngrok-ai", path: plugin }] };
  fs.writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    stringify({ name, runtime: "yaml", plugins, ...program }, { aliasDuplicateObjects: false }),
  );
}
