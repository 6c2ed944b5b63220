/** A project on the Pulumi CLI, in its own file backend, whose commands a test runs as a user types them. */
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { TestGateway } from "../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../helpers/inlineProgram";

export const PASSPHRASE = "a passphrase of the tests";

const COMPILE_CACHE = path.resolve(__dirname, "..", "..", ".local", "compile-cache");

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  /** Standard output and standard error, in the order in which they were written. */
  readonly output: string;
  readonly stdout: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface Entry {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export interface ExportedDeployment {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly Entry[];
    readonly pending_operations?: readonly { readonly type: string; readonly resource: Entry }[];
  };
}

export class CliProject {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** The output of all commands. */
  printed = "";
  private readonly temporary = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-cli-"));
  private readonly program: InlineProgram;

  constructor(name: string, body: string, env: NodeJS.ProcessEnv = {}) {
    this.program = inlineProgram(name, body);
    this.folder = this.program.folder;
    for (const each of ["states", "home"]) fs.mkdirSync(path.join(this.temporary, each));
    this.env = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${path.join(this.temporary, "states")}`,
      PULUMI_HOME: path.join(this.temporary, "home"),
      PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
      // Each command starts two or three processes of Node, which load the same modules.
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      ...env,
    };
  }

  /** Files of the backend with the stacks' states and their backups. */
  stateFiles(): string[] {
    const folder = path.join(this.temporary, "states", ".pulumi", "stacks");
    return fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => path.join(folder, file));
  }

  /** A file beside the state, removed with the project. */
  file(name: string): string {
    return path.join(this.temporary, name);
  }

  write(body: string): void {
    this.program.write(body);
  }

  /** Starts `pulumi …`; `group` gives it its own process group. */
  start(
    args: readonly string[],
    { env = {}, group = false }: { env?: NodeJS.ProcessEnv; group?: boolean } = {},
  ): Running {
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: this.folder,
      env: { ...this.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: group,
    });
    let [stdout, output] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        this.printed += output;
        resolve({ code, output, stdout });
      });
    });
    return { child, ended };
  }

  run(...args: string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** Standard output of a command that must succeed. */
  async succeed(...args: string[]): Promise<string> {
    const { code, output, stdout } = await this.run(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`);
    return stdout;
  }

  /** The output of a command that must fail. */
  async fail(...args: string[]): Promise<string> {
    const { code, output } = await this.run(...args);
    if (code === 0) throw new Error(`pulumi ${args.join(" ")} did not fail:\n${output}`);
    return output;
  }

  /** Creates a stack with the gateway in its configuration. */
  async initStack(stack: string, gateway: Pick<TestGateway, "apiKey" | "controlUrl">): Promise<void> {
    await this.succeed("stack", "init", stack);
    await this.succeed("config", "set", "--secret", "ngrok-ai:apiKey", gateway.apiKey, "--stack", stack);
    await this.succeed("config", "set", "ngrok-ai:apiUrl", gateway.controlUrl, "--stack", stack);
  }

  async exported(stack: string): Promise<ExportedDeployment> {
    return JSON.parse(await this.succeed("stack", "export", "--stack", stack)) as ExportedDeployment;
  }

  /** Resources of this package in a stack's state, by name. */
  async entries(stack: string): Promise<Record<string, Entry>> {
    const { deployment } = await this.exported(stack);
    const ours = (deployment.resources ?? []).filter(({ type }) => type.includes("ngrok-ai:"));
    return Object.fromEntries(ours.map((entry) => [entry.urn.split("::").at(-1) ?? "", entry]));
  }

  dispose(): void {
    this.program.dispose();
    fs.rmSync(this.temporary, { recursive: true, force: true });
  }
}

/** The changes in the JSON that `preview` and `up` print with `--json`, without unchanged resources. */
export function changesIn(json: string): Record<string, number> {
  const { changeSummary = {} } = JSON.parse(json) as { changeSummary?: Record<string, number> };
  return Object.fromEntries(Object.entries(changeSummary).filter(([operation]) => operation !== "same"));
}
