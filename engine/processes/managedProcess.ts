/** Child processes of the engine: the program and the providers. Each ends with the engine, even if the engine is killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { join, sep } from "node:path";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { messageOf } from "../errors";
import { forgetGroup, watchGroup } from "./watchdog";

/** Time between the request to end a process and its kill. */
const END_GRACE_MS = 5_000;

/** Time to read the last output of an ended process; other processes may keep its output open longer. */
const OUTPUT_GRACE_MS = 1_000;

/** Largest number of lines of standard error in an error about a dead process. */
const MAX_QUOTED_LINES = 40;

/** Node's cache of compiled code, shared by all runs: processes mostly load Pulumi's SDK and its compiler. Node skips an unwritable folder. */
const COMPILE_CACHE = join(nodeModules(), ".cache", "pulumi-ngrok-ai", "compiled");

const alive = new Set<ManagedProcess>();
const killAll = () => {
  for (const child of alive) child.signal("SIGKILL");
};

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (stream: "stdout" | "stderr", line: string) => void;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why the process could not be started. */
  readonly startError?: string;
}

/** Arguments that make a Node process end with the engine. */
export function nodeArguments(): string[] {
  return [`--require=${require.resolve("./endWithParent")}`];
}

/** The folder of the engine's own dependencies. */
function nodeModules(): string {
  const file = require.resolve("@grpc/grpc-js");
  return file.slice(0, file.indexOf(`${sep}node_modules${sep}`) + `${sep}node_modules`.length);
}

export class ManagedProcess {
  /** Resolves when the process has ended and its output was read. */
  readonly ended: Promise<ProcessEnd>;
  private readonly child: ChildProcess;
  private readonly errorLines: string[] = [];
  private stopping: Promise<void> | undefined;

  constructor(private readonly options: ProcessOptions) {
    // A process group of its own: a terminal's ^C reaches only the engine, which ends its processes in order.
    this.child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...options.env },
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    if (alive.size === 0) process.on("exit", killAll);
    alive.add(this);
    if (this.child.pid !== undefined) watchGroup(this.child.pid);
    const outputs = [
      this.readLines(this.child.stdout as Readable, "stdout"),
      this.readLines(this.child.stderr as Readable, "stderr"),
    ];
    for (const stream of this.child.stdio) stream?.on("error", () => this.signal("SIGTERM"));
    this.ended = this.waitForEnd(outputs);
  }

  /** The last lines of standard error, for an error message. */
  get quotedErrorOutput(): string {
    return this.errorLines.length === 0 ? "(it wrote nothing to standard error)" : this.errorLines.join("\n");
  }

  /** Asks the process and its children to end, and kills them after the grace time. Resolves when all have ended. */
  stop(): Promise<void> {
    this.stopping ??= this.stopNow();
    return this.stopping;
  }

  signal(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    try {
      if (process.platform === "win32") this.child.kill(signal);
      else process.kill(-pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  /** Kills remaining children of an ended process, which would keep its output open. */
  private killRest(): void {
    const { pid } = this.child;
    if (pid === undefined || process.platform === "win32") return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  private async stopNow(): Promise<void> {
    this.signal("SIGINT");
    const timer = setTimeout(() => this.signal("SIGKILL"), END_GRACE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  private async waitForEnd(outputs: readonly Promise<void>[]): Promise<ProcessEnd> {
    const end = await new Promise<ProcessEnd>((resolve) => {
      this.child.on("error", (error) => {
        const isRunning = this.child.pid !== undefined;
        if (!isRunning)
          resolve({
            code: null,
            signal: null,
            startError: `cannot start ${this.options.command}: ${messageOf(error)}`,
          });
      });
      this.child.on("exit", (code, signal) => resolve({ code, signal }));
    });
    this.killRest();
    alive.delete(this);
    if (this.child.pid !== undefined) forgetGroup(this.child.pid);
    if (alive.size === 0) process.off("exit", killAll);
    this.child.stdin?.destroy();
    (this.child.stdio[3] as Readable | null)?.destroy();
    // A process that left the group may keep the output open indefinitely.
    const timer = setTimeout(() => {
      this.child.stdout?.destroy();
      this.child.stderr?.destroy();
    }, OUTPUT_GRACE_MS);
    await Promise.all(outputs);
    clearTimeout(timer);
    return end;
  }

  private readLines(stream: Readable, name: "stdout" | "stderr"): Promise<void> {
    const decoder = new StringDecoder("utf8");
    let rest = "";
    const take = (line: string) => {
      if (name === "stderr" && this.errorLines.push(line) > MAX_QUOTED_LINES) this.errorLines.shift();
      this.options.onLine(name, line);
    };
    stream.on("data", (chunk: Buffer) => {
      const lines = (rest + decoder.write(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) take(line.replace(/\r$/, ""));
    });
    return new Promise((resolve) => {
      stream.on("close", () => {
        if (rest !== "") take(rest);
        rest = "";
        resolve();
      });
    });
  }
}
