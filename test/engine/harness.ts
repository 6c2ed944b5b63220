/**
 * Small Pulumi programs, each in its own folder, with a provider that logs every call. By default neither has a process of its own,
 * and programs share one per test file; with `processes: true` both run as they do for users.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DeploymentFailedError, OfflineStack, type OfflineStackOptions, type OperationResult } from "../../engine";
import {
  type Control,
  type ProviderCall,
  type Records,
  serveWorld,
  type WorldFeatures,
} from "./fixtures/worldProvider.js";
import { closeProgramHost, startHostedProgram } from "./programHost";

const root = path.resolve(__dirname, "../..");
export const WORLD_PROVIDER = path.join(__dirname, "fixtures", "worldProvider.js");

/** Inside the repository, so that programs find its node_modules. */
const PROGRAMS_FOLDER = path.join(root, ".local", "engine-tests");

/** Available to every program: resources of the test provider, and the SDK. */
const WORLD_LIBRARY = `
const pulumi = require("@pulumi/pulumi");
class Thing extends pulumi.CustomResource {
  constructor(name, args = {}, opts = {}) { super("world:index:Thing", name, { out: undefined, ...args }, opts); }
  static get(name, id, opts) { return new Thing(name, {}, { ...opts, id }); }
}
class Other extends pulumi.CustomResource {
  constructor(name, args = {}, opts = {}) { super("world:index:Other", name, { out: undefined, ...args }, opts); }
}
class Box extends pulumi.ComponentResource {
  constructor(name, args = {}, opts = {}) { super("test:index:Box", name, args, opts); }
}
class WorldProvider extends pulumi.ProviderResource {
  constructor(name, args = {}, opts = {}) { super("world", name, args, opts); }
}
module.exports = { pulumi, Thing, Other, Box, WorldProvider };
`;

const PROJECT = "name: shop\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n";

/** A salt for the passphrase `password`, so that the engine need not derive a new one for each test. */
export const KNOWN_SALT = "v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==";

export interface ResourceEntry {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read any member of a state's entry.
  readonly [member: string]: any;
}

export interface TestProjectOptions {
  readonly features?: WorldFeatures;
  readonly project?: string;
  /** Whether program and provider run in processes of their own. @default false */
  readonly processes?: boolean;
}

export class TestProject {
  readonly folder: string;
  readonly stateFile: string;
  private readonly features: WorldFeatures;
  private readonly hasProcesses: boolean;
  private world: Promise<{ port: number; close(): void }> | undefined;
  private calls: ProviderCall[] = [];
  private worldRecords: Records = {};
  private worldControl: Control = {};

  constructor(options: TestProjectOptions = {}) {
    mkdirSync(PROGRAMS_FOLDER, { recursive: true });
    this.folder = mkdtempSync(path.join(PROGRAMS_FOLDER, "p-"));
    this.stateFile = path.join(this.folder, "state.json");
    this.features = options.features ?? {};
    this.hasProcesses = options.processes ?? false;
    this.write("Pulumi.yaml", options.project ?? PROJECT);
    this.write("Pulumi.dev.yaml", `encryptionsalt: ${KNOWN_SALT}\n`);
    this.write("world.js", WORLD_LIBRARY);
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.folder, file), text);
  }

  read(file: string): string {
    return readFileSync(path.join(this.folder, file), "utf8");
  }

  /** Sets the program; it may use `pulumi`, `Thing`, `Other`, `Box` and `WorldProvider`. */
  program(body: string): this {
    this.write("index.js", `const { pulumi, Thing, Other, Box, WorldProvider } = require("./world.js");\n${body}\n`);
    return this;
  }

  /** Sets the provider's failures from now on. */
  control(control: Control): this {
    this.worldControl = control;
    if (this.hasProcesses) this.write("control.json", JSON.stringify(control));
    return this;
  }

  async stack(options: Partial<OfflineStackOptions> = {}): Promise<OfflineStack> {
    const surroundings = this.hasProcesses ? this.processOptions() : await this.servedOptions();
    return OfflineStack.create({
      workDir: this.folder,
      stackName: "dev",
      stateFile: this.stateFile,
      passphrase: "password",
      ...surroundings,
      ...options,
    });
  }

  /** A stack after an `up` of the program; the calls of this `up` are dropped. */
  async deployed(options: Partial<OfflineStackOptions> = {}): Promise<OfflineStack> {
    const stack = await this.stack(options);
    await stack.up();
    this.takeCalls();
    return stack;
  }

  /** Options that start the provider as a process. */
  processOptions(): Partial<OfflineStackOptions> {
    const file = (name: string) => path.join(this.folder, name);
    const env = {
      WORLD_LOG: file("calls.log"),
      WORLD_CONTROL: file("control.json"),
      WORLD_RECORDS: file("records.json"),
      WORLD_FEATURES: JSON.stringify(this.features),
    };
    return { plugins: { world: { command: process.execPath, args: [WORLD_PROVIDER], env } } };
  }

  private async servedOptions(): Promise<Partial<OfflineStackOptions>> {
    this.world ??= serveWorld({
      note: (call) => this.calls.push(call),
      control: () => this.worldControl,
      readRecords: () => this.worldRecords,
      writeRecords: (records) => {
        this.worldRecords = records;
      },
      features: this.features,
    });
    const { port } = await this.world;
    return { env: { PULUMI_DEBUG_PROVIDERS: `world:${port}` }, startProgram: startHostedProgram };
  }

  /** Calls since the previous `takeCalls`, with all details. */
  takeCalls(): ProviderCall[] {
    if (!this.hasProcesses) return this.calls.splice(0);
    const file = path.join(this.folder, "calls.log");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    rmSync(file);
    return lines.map((line) => JSON.parse(line) as ProviderCall);
  }

  /** Calls as `takeCalls` returns them, in the form "Create a", without Configure. */
  takeCallNames(): string[] {
    return this.takeCalls()
      .filter(({ call }) => call !== "Configure")
      .map(({ call, name }) => `${call} ${name}`);
  }

  /** The provider's records, by id. */
  records(): Record<string, Record<string, unknown>> {
    const { count: _count, ...records } = this.allRecords();
    return records as Record<string, Record<string, unknown>>;
  }

  /** Changes the provider's records without the engine. */
  setRecords(records: Records): void {
    const { count } = this.allRecords();
    this.worldRecords = { count, ...records };
    if (this.hasProcesses) this.write("records.json", JSON.stringify(this.worldRecords));
  }

  private allRecords(): Records {
    if (!this.hasProcesses) return this.worldRecords;
    const file = path.join(this.folder, "records.json");
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  }

  hasState(): boolean {
    return existsSync(this.stateFile);
  }

  document(): {
    version: number;
    deployment: { resources?: ResourceEntry[]; pending_operations?: { type: string; resource: ResourceEntry }[] };
  } {
    return JSON.parse(readFileSync(this.stateFile, "utf8"));
  }

  resources(): ResourceEntry[] {
    return this.document().deployment.resources ?? [];
  }

  /** The state's entries of that name; several while an old resource awaits its deletion. */
  entries(name: string): ResourceEntry[] {
    return this.resources().filter(({ urn }) => urn.endsWith(`::${name}`));
  }

  entry(name: string): ResourceEntry {
    const [only, ...others] = this.entries(name);
    if (only === undefined || others.length > 0) {
      throw new Error(`${others.length === 0 ? "no" : "more than one"} resource ${name} in the state`);
    }
    return only;
  }

  async dispose(): Promise<void> {
    (await this.world)?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Returns `newProject`, whose projects are removed when their test ends. */
export function useProjects(): (options?: TestProjectOptions) => TestProject {
  const projects: TestProject[] = [];
  afterEach(async () => {
    for (const project of projects.splice(0)) await project.dispose();
  });
  afterAll(closeProgramHost);
  return (options) => {
    const project = new TestProject(options);
    projects.push(project);
    return project;
  };
}

/** Operations and names in order, without `same`: ["create a", "update b"]. */
export function changesOf(result: OperationResult): string[] {
  return result.steps.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);
}

/** The error of an operation that must fail. */
export async function failureOf(operation: Promise<unknown>): Promise<DeploymentFailedError> {
  const error = await operation.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof DeploymentFailedError) return error;
  throw new Error(`expected a failed deployment, got ${error === undefined ? "a success" : String(error)}`);
}

export function errorsOf(error: DeploymentFailedError): string[] {
  return error.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
}
