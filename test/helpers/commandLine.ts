/** The command `pulumi-ngrok-ai` of the build, run as a user runs it. */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import * as readline from "node:readline";

const script = path.resolve(__dirname, "..", "..", "dist", "cli", "main.js");

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the command. `group: true` starts it in a new process group, so that the whole group can be killed at once. */
export function startCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}, group = false): Running {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: group,
  });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
    });
  }
  const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, ...output })));
  return { child, ended };
}

export function runCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return startCommand(args, env).ended;
}

export interface EmulatorProcess {
  readonly controlUrl: string;
  readonly gatewayUrl: string;
  readonly azureUrl: string;
  readonly apiKey: string;
  /** Sends SIGINT, as Ctrl-C does, and returns the exit code. */
  end(): Promise<number | null>;
}

/** `pulumi-ngrok-ai emulator … --json`, once it is ready. */
export async function startEmulator(args: readonly string[]): Promise<EmulatorProcess> {
  const { child, ended } = startCommand(["emulator", "--json", ...args]);
  const firstLine = new Promise<string>((resolve, reject) => {
    if (child.stdout !== null) readline.createInterface({ input: child.stdout }).once("line", resolve);
    void ended.then(({ code, stderr }) => reject(new Error(`the emulator ended with ${code}: ${stderr}`)));
  });
  const addresses = JSON.parse(await firstLine) as Omit<EmulatorProcess, "end">;
  return {
    ...addresses,
    end: async () => {
      child.kill("SIGTERM");
      return (await ended).code;
    },
  };
}
