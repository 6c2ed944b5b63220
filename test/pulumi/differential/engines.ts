/**
 * One project on two engines: `OfflineStack` and the Pulumi CLI run the same programs, each with its own provider that records every
 * call. An operation has the same outcome on both, except for the differences that `compare.ts` lists.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { DeploymentFailedError, OfflineStack } from "../../../engine";
import type { EngineEvent } from "../../../engine/results";
import { type Control, type ProviderCall, type Records, serveWorld } from "../../engine/fixtures/worldProvider.js";
import { TestProject } from "../../engine/harness";
import { startHostedProgram } from "../../engine/programHost";
import { serveLanguage } from "./languageServer";

const PASSPHRASE = "password";
/** A CLI that takes longer is considered hung: it is stopped, and its outcome differs. */
const HANG_MS = 120_000;

export type Kind = "up" | "preview" | "refresh" | "destroy";

/** An operation with the options that both engines have. */
export interface Operation {
  readonly kind: Kind;
  readonly target?: readonly string[];
  readonly targetDependents?: boolean;
  readonly replace?: readonly string[];
  readonly refresh?: boolean;
  readonly continueOnError?: boolean;
  readonly expectNoChanges?: boolean;
  readonly previewOnly?: boolean;
}

/** The outcome of an operation. */
export interface Outcome {
  readonly isSuccess: boolean;
  readonly calls: readonly ProviderCall[];
  readonly events: readonly EngineEvent[];
  /** The deployment after the operation. */
  readonly deployment: Deployment;
  /** The provider's objects. */
  readonly records: Records;
  /** All output, for a report. */
  readonly output: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a state's entries are compared member by member.
export type StateEntry = Readonly<Record<string, any>>;

export interface Deployment {
  readonly resources?: readonly StateEntry[];
  readonly pending_operations?: readonly { readonly type: string; readonly resource: StateEntry }[];
}

/** One engine with its provider. */
export interface Engine {
  run(operation: Operation): Promise<Outcome>;
  control(control: Control): void;
  records(): Records;
  setRecords(records: Records): void;
  close(): Promise<void>;
}

/** Both engines over the same folder; `project.program()` changes the program of both. */
export interface Engines {
  readonly project: TestProject;
  readonly offline: Engine;
  readonly cli: Engine;
  close(): Promise<void>;
}

const FEATURES = { countsByName: true, acceptsSecrets: true } as const;

class World {
  readonly calls: ProviderCall[] = [];
  records: Records = {};
  control: Control = {};
  port = 0;
  private server: { close(): void } | undefined;

  async serve(): Promise<this> {
    const served = await serveWorld({
      note: (call) => this.calls.push(call),
      control: () => this.control,
      readRecords: () => this.records,
      writeRecords: (records) => {
        this.records = records;
      },
      features: FEATURES,
    });
    this.port = served.port;
    this.server = served;
    return this;
  }

  close(): void {
    this.server?.close();
  }
}

export async function createEngines(): Promise<Engines> {
  const project = new TestProject().program("");
  const offline = await createOffline(project);
  const cli = await createCli(project);
  return {
    project,
    offline,
    cli,
    close: async () => {
      await offline.close();
      await cli.close();
      await project.dispose();
    },
  };
}

function overWorld(world: World, run: Engine["run"], close: () => Promise<void>): Engine {
  return {
    run,
    control: (control) => {
      world.control = control;
    },
    records: () => world.records,
    setRecords: (records) => {
      world.records = records;
    },
    close: async () => {
      world.close();
      await close();
    },
  };
}

async function createOffline(project: TestProject): Promise<Engine> {
  const world = await new World().serve();
  const stateFile = path.join(project.folder, "offline", "state.json");
  const stack = await OfflineStack.create({
    workDir: project.folder,
    stackName: "dev",
    stateFile,
    passphrase: PASSPHRASE,
    parallel: 1,
    env: { PULUMI_DEBUG_PROVIDERS: `world:${world.port}` },
    startProgram: startHostedProgram,
  });
  const run = async ({ kind, ...options }: Operation): Promise<Outcome> => {
    const events: EngineEvent[] = [];
    let output = "";
    const all = {
      ...options,
      onEvent: (event: EngineEvent) => events.push(event),
      onOutput: (text: string) => (output += text),
    };
    const isSuccess = await stack[kind](all).then(
      () => true,
      (error: unknown) => {
        if (error instanceof DeploymentFailedError) return false;
        throw error;
      },
    );
    const deployment = existsSync(stateFile)
      ? (JSON.parse(readFileSync(stateFile, "utf8")) as { deployment: Deployment }).deployment
      : {};
    return { isSuccess, calls: world.calls.splice(0), events, deployment, records: world.records, output };
  };
  return overWorld(world, run, async () => undefined);
}

async function createCli(project: TestProject): Promise<Engine> {
  const world = await new World().serve();
  const language = await serveLanguage();
  const folder = path.join(project.folder, "cli");
  const [states, home, eventLog] = ["states", "home", "events.log"].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [states, home]) mkdirSync(each, { recursive: true });
  const env = {
    ...process.env,
    ...language.env,
    PULUMI_DEBUG_PROVIDERS: `world:${world.port}`,
    PULUMI_BACKEND_URL: `file://${states}`,
    PULUMI_HOME: home,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_DEBUG_COMMANDS: "true",
  };
  const pulumi = (...args: string[]) =>
    new Promise<{ code: number | null; output: string }>((resolve, reject) => {
      const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
        cwd: project.folder,
        env,
        stdio: ["ignore", "pipe", "pipe"],
        timeout: HANG_MS,
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => (output += text));
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, output }));
    });
  const { code, output } = await pulumi("stack", "init", "dev");
  if (code !== 0) throw new Error(`pulumi stack init failed: ${output}`);

  const run = async (operation: Operation): Promise<Outcome> => {
    rmSync(eventLog, { force: true });
    const ended = await pulumi(...commandOf(operation), "--event-log", eventLog);
    const lines = existsSync(eventLog) ? readFileSync(eventLog, "utf8").split("\n") : [];
    const stateFile = path.join(states, ".pulumi", "stacks", "shop", "dev.json");
    const { checkpoint } = JSON.parse(readFileSync(stateFile, "utf8")) as { checkpoint: { latest?: Deployment } };
    return {
      isSuccess: ended.code === 0,
      calls: world.calls.splice(0),
      events: lines.filter((line) => line !== "").map((line) => JSON.parse(line) as EngineEvent),
      deployment: checkpoint.latest ?? {},
      records: world.records,
      output: ended.output,
    };
  };
  return overWorld(world, run, async () => language.close());
}

/** Flags of the CLI for an operation. */
function commandOf({ kind, ...options }: Operation): string[] {
  const {
    target = [],
    targetDependents,
    replace = [],
    refresh,
    continueOnError,
    expectNoChanges,
    previewOnly,
  } = options;
  const asks = kind === "preview" || previewOnly;
  return [
    kind,
    ...["--stack", "dev", "--parallel", "1"],
    ...(asks ? [] : ["--yes", "--skip-preview"]),
    ...target.flatMap((urn) => ["--target", urn]),
    ...replace.flatMap((urn) => ["--replace", urn]),
    ...(targetDependents ? ["--target-dependents"] : []),
    ...(refresh ? ["--refresh"] : []),
    ...(continueOnError ? ["--continue-on-error"] : []),
    ...(expectNoChanges ? ["--expect-no-changes"] : []),
    ...(previewOnly ? ["--preview-only"] : []),
  ];
}
