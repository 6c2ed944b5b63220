/** Runs programs in a shared process that outlives them: see fixtures/programHost.js. */
import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProgramOptions, RunningProgram } from "../../engine";

const SCRIPT = path.join(__dirname, "fixtures", "programHost.js");

/**
 * Time for a program to end after its engine has stopped, before its process is replaced. Some programs never end then, because
 * Pulumi's SDK never rejects what waits for a resource. A longer time costs more than another process.
 */
const STOP_GRACE_MS = 200;

type ProgramEnd = Awaited<RunningProgram["ended"]>;

interface Host {
  readonly child: ChildProcess;
  readonly ready: Promise<unknown>;
  readonly died: Promise<ProgramEnd>;
  /** Resolves when no earlier program runs in the process. */
  free: Promise<unknown>;
}

let host: Host | undefined;

function startHost(): Host {
  const child = fork(SCRIPT, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ready = new Promise((resolve) => child.once("message", resolve));
  const died = new Promise<ProgramEnd>((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  // Neither the process nor its channel must keep a test file from ending.
  child.unref();
  child.channel?.unref();
  return { child, ready, died, free: ready };
}

export function closeProgramHost(): void {
  host?.child.kill("SIGKILL");
  host = undefined;
}

/** The input for a run of a program. */
export interface HostedRun {
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  readonly engineAddress: string;
  /** @default the engine's address: one server is both */
  readonly monitorAddress?: string;
  readonly parallel: number;
  readonly isPreview: boolean;
  readonly folder: string;
  /** Configuration by full key. */
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/** Runs a program as `OfflineStackOptions.startProgram` does, one at a time. */
export function startHostedProgram(options: ProgramOptions): RunningProgram {
  return startHosted(runOf(options));
}

/** Runs a program of another engine, one at a time. */
export function startHosted(run: HostedRun): RunningProgram {
  const stopped = Promise.withResolvers<ProgramEnd>();
  const ended = Promise.race([runOnHost(run), stopped.promise]);
  const stop = async () => {
    // The engine stops listening only after this call, so `ended` must not wait for the program.
    stopped.resolve({ code: null, signal: "SIGINT" });
    await ended;
  };
  return { ended, stop };
}

async function runOnHost(run: HostedRun): Promise<ProgramEnd> {
  const current = await freeHost();
  const { child, died } = current;
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once("message", (message: { ended: number }) => resolve({ code: message.ended, signal: null }));
  });
  const end = Promise.race([ended, died]);
  current.free = end;
  child.send({ run });
  return end;
}

async function freeHost(): Promise<Host> {
  host ??= startHost();
  const current = host;
  await current.ready;
  const isFree = await Promise.race([current.free.then(() => true), sleep(STOP_GRACE_MS, false, { ref: false })]);
  if (isFree && current.child.exitCode === null && current.child.signalCode === null) return current;
  current.child.kill("SIGKILL");
  host = undefined;
  return freeHost();
}

function runOf({
  project,
  stackName,
  organization,
  config,
  engineAddress,
  parallel,
  isPreview,
}: ProgramOptions): HostedRun {
  return {
    project: project.name,
    stack: stackName,
    organization,
    engineAddress,
    parallel,
    isPreview,
    folder: project.programFolder,
    values: Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key, value])),
    secretKeys: Object.keys(config).filter((key) => config[key]?.secret),
  };
}
