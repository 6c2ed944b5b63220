import { availableParallelism } from "node:os";
import { concludeOutcome, resultOrThrow } from "./conclusion";
import { Display } from "./display/display";
import { StackConfigurationError } from "./errors";
import { checkOptions } from "./operationOptions";
import { Targets } from "./planning/targets";
import type { PluginCommand } from "./processes/pluginCommand";
import { type ProgramStarter, startProgram } from "./processes/programRunner";
import { passphraseFrom } from "./project/passphrase";
import { loadProject, type Project } from "./project/project";
import { effectiveConfig, fullConfigKey } from "./project/stackConfig";
import { StackFiles } from "./project/stackFiles";
import type {
  ConfigMap,
  ConfigValue,
  DestroyOptions,
  OperationResult,
  OutputMap,
  PreviewOptions,
  RefreshOptions,
  StackDeployment,
  UpOptions,
} from "./results";
import type { RunRequest } from "./runRequest";
import { maskedMap, outputMap, stackOutputsOf } from "./stackOutputs";
import { readDeployment, type StackState } from "./state/deploymentFormat";
import { Keyring } from "./state/secrets";
import { Snapshot } from "./state/snapshot";
import { plaintextWriter } from "./state/stateValues";
import { parseUrn } from "./values/urn";
import type { Json } from "./values/values";

/** Options of `OfflineStack.create`. */
export interface OfflineStackOptions {
  /** Folder of the program; `Pulumi.yaml` is in it or in a folder above. */
  readonly workDir: string;
  /** Name of the stack: up to 100 letters, digits, hyphens, underscores and periods. */
  readonly stackName: string;
  /** File of the state. @default `.pulumi-offline/<stack>.json` beside `Pulumi.yaml` */
  readonly stateFile?: string;
  /** Encrypts stored secrets. @default the variable `PULUMI_CONFIG_PASSPHRASE`, or the file named by `PULUMI_CONFIG_PASSPHRASE_FILE` */
  readonly passphrase?: string;
  /** Variables added to the environment of the program and its providers; `undefined` removes a variable. @default none */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Largest number of steps that run at once. @default four per processor */
  readonly parallel?: number;
  /** After a cancellation, time for running steps to end before their providers are ended. @default 10 */
  readonly cancelGraceSeconds?: number;
  /** Organization that `pulumi.getOrganization()` returns. @default `organization` */
  readonly organization?: string;
  /** Commands that start the providers of packages. @default `pulumi-resource-<package>` on PATH */
  readonly plugins?: Readonly<Record<string, PluginCommand>>;
  /** Runs the program. @default Pulumi's program runner, in a process of its own */
  readonly startProgram?: ProgramStarter;
}

/** Default number of steps that run at once, equal to Pulumi's. */
const DEFAULT_PARALLEL = 4 * availableParallelism();

/** Default time for running steps to end after a cancellation. */
const DEFAULT_CANCEL_GRACE_SECONDS = 10;

/**
 * A stack with the interface of Pulumi's Automation API, run without the Pulumi CLI: Pulumi's program runner runs the program,
 * providers are real processes, and the state is a file that `pulumi stack import` reads.
 *
 * Every operation throws StackConfigurationError or StateIntegrityError before it begins, StackLockedError while another
 * operation runs, and DeploymentFailedError when it ran and failed.
 * @example
 * import { OfflineStack, startGateway } from "pulumi-ngrok-ai/emulator";
 *
 * const gateway = await startGateway();
 * const stack = await OfflineStack.create({ workDir: "examples/azure-openai", stackName: "test", passphrase: "" });
 * await stack.setAllConfig({
 *   "ngrok-ai:apiUrl": { value: gateway.controlUrl },
 *   "ngrok-ai:apiKey": { value: gateway.apiKey, secret: true },
 *   endpoint: { value: "https://contoso.openai.azure.com" },
 *   apiKey: { value: "key-1", secret: true },
 * });
 * const { outputs } = await stack.up();
 * console.log(outputs.gatewayModel?.value);
 * console.log((await stack.preview({ expectNoChanges: true })).changeSummary);
 * await stack.destroy();
 * await gateway.close();
 */
export class OfflineStack {
  private constructor(
    readonly name: string,
    private readonly project: Project,
    private readonly files: StackFiles,
    private readonly keyring: Keyring,
    private readonly options: OfflineStackOptions,
  ) {}

  /**
   * Opens a stack; one that does not exist starts empty. Nothing is written.
   * @throws StackConfigurationError when the project or the passphrase is missing.
   */
  static async create(options: OfflineStackOptions): Promise<OfflineStack> {
    const project = loadProject(options.workDir);
    if (!/^[\w.-]{1,100}$/.test(options.stackName)) {
      throw new StackConfigurationError(
        `"${options.stackName}" is not a valid stack name: use up to 100 letters, digits, hyphens, underscores and periods`,
      );
    }
    const environment = { ...process.env, ...options.env };
    const passphrase = options.passphrase ?? passphraseFrom(environment);
    const keyring = new Keyring(passphrase);
    const files = new StackFiles(project, options.stackName, options.stateFile, keyring);
    return new OfflineStack(options.stackName, project, files, keyring, options);
  }

  /** Sets a value that overrides `Pulumi.<stack>.yaml` and is stored with the stack. */
  async setConfig(key: string, value: ConfigValue): Promise<void> {
    await this.setAllConfig({ [key]: value });
  }

  /** Sets several values at once, as `setConfig` does. */
  async setAllConfig(config: ConfigMap): Promise<void> {
    const file = this.files.ownConfig();
    const given = Object.entries(config).map(([key, value]) => [fullConfigKey(key, this.project.name), value]);
    const merged: ConfigMap = { ...(await file.read()), ...Object.fromEntries(given) };
    await this.files.ensureFolder();
    await file.write(merged, await this.files.crypter(await this.files.readState()));
  }

  /** Removes a value set by `setConfig`; a value in `Pulumi.<stack>.yaml` stays. */
  async removeConfig(key: string): Promise<void> {
    const file = this.files.ownConfig();
    const { [fullConfigKey(key, this.project.name)]: _removed, ...kept } = await file.read();
    await file.write(kept, await this.files.crypter(await this.files.readState()));
  }

  /**
   * One value of the configuration that a run would use.
   * @throws StackConfigurationError when the key has no value.
   */
  async getConfig(key: string): Promise<ConfigValue> {
    const value = (await this.getAllConfig())[fullConfigKey(key, this.project.name)];
    if (value === undefined) {
      throw new StackConfigurationError(`configuration key '${key}' not found for stack '${this.name}'`);
    }
    return value;
  }

  /** The configuration that a run would use, including the project's defaults. */
  async getAllConfig(): Promise<ConfigMap> {
    return effectiveConfig(this.project, this.name, await this.files.ownConfig().read(), this.keyring);
  }

  /** Creates, updates and deletes resources until they match the program. */
  up(options: UpOptions = {}): Promise<OperationResult> {
    return this.operate("update", false, options);
  }

  /** Shows what `up` would do. Changes and writes nothing. */
  preview(options: PreviewOptions = {}): Promise<OperationResult> {
    return this.operate("update", true, options);
  }

  /** Reads each resource from its provider and updates the state. Changes only the state. */
  refresh(options: RefreshOptions = {}): Promise<OperationResult> {
    return this.operate("refresh", options.previewOnly ?? false, options);
  }

  /** Shows what `refresh` would change in the state, and writes nothing. */
  previewRefresh(options: RefreshOptions = {}): Promise<OperationResult> {
    return this.operate("refresh", true, options);
  }

  /** Deletes every resource of the stack. The configuration stays. */
  destroy(options: DestroyOptions = {}): Promise<OperationResult> {
    return this.operate("destroy", options.previewOnly ?? false, options);
  }

  /** Shows what `destroy` would delete, and deletes nothing. */
  previewDestroy(options: DestroyOptions = {}): Promise<OperationResult> {
    return this.operate("destroy", true, options);
  }

  /** The stack's outputs as the last operation left them. */
  async outputs(): Promise<OutputMap> {
    return outputMap(stackOutputsOf((await this.files.readState()).resources) ?? {});
  }

  /** The stack's outputs for display: every secret, at any depth, is the text `[secret]`. */
  async maskedOutputs(): Promise<Record<string, Json>> {
    return maskedMap(stackOutputsOf((await this.files.readState()).resources) ?? {});
  }

  /** The state with its secrets in plain text, as `pulumi stack export --show-secrets` writes it. */
  async exportStack(): Promise<StackDeployment> {
    const state = await this.files.readState();
    const crypter = await this.files.crypter(state);
    const snapshot = new Snapshot(state.resources, state.pendingOperations, crypter, undefined);
    return snapshot.export(plaintextWriter);
  }

  /**
   * Replaces the state by a deployment. Its secrets may be encrypted or in plain text; pending operations are dropped.
   * @throws StateIntegrityError when the deployment is broken or belongs to another stack.
   */
  async importStack(deployment: StackDeployment): Promise<void> {
    const imported = await readDeployment(deployment, this.keyring);
    const foreign = imported.resources.find((state) => parseUrn(state.urn).stack !== this.name);
    if (foreign !== undefined) {
      throw new StackConfigurationError(
        `the deployment belongs to another stack: resource ${foreign.urn} is not of stack '${this.name}'`,
      );
    }
    const lock = await this.files.lock("import");
    try {
      const crypter = await this.files.crypter(await this.files.readState());
      await new Snapshot(imported.resources, [], crypter, this.files.stateFile).write();
    } finally {
      await lock.release();
    }
  }

  private async operate(
    kind: RunRequest["kind"],
    isPreview: boolean,
    options: UpOptions & RefreshOptions,
  ): Promise<OperationResult> {
    checkOptions(options);
    const startTime = new Date();
    const display = new Display({
      stackName: this.name,
      kind,
      isPreview,
      onOutput: options.onOutput,
      hasColors: options.color === "always",
      showsDebug: options.debug ?? false,
      showsProperties: options.diff ?? false,
    });
    const lock = isPreview ? undefined : await this.files.lock(kind);
    try {
      const state = await this.files.readState();
      const notices = lock?.takenOver === undefined ? [] : [lock.takenOver];
      const request = await this.runRequest(kind, isPreview, options, state, display, notices);
      // Loaded on first use: a process that only starts a gateway needs neither gRPC nor Pulumi's protocol.
      const { Deployment } = require("./deployment/deployment") as typeof import("./deployment/deployment");
      const outcome = await Deployment.run(request);
      const conclusion = concludeOutcome(isPreview ? "preview" : kind, outcome, options);
      const endTime = new Date();
      display.finish({
        diagnostics: conclusion.diagnostics,
        oldOutputs: stackOutputsOf(state.resources) ?? {},
        outputs: outcome.outputs,
        changes: outcome.changes,
        durationMs: endTime.getTime() - startTime.getTime(),
      });
      return resultOrThrow(conclusion, { outcome, startTime, endTime, stdout: display.stdout }, options);
    } finally {
      await lock?.release();
    }
  }

  private async runRequest(
    kind: RunRequest["kind"],
    isPreview: boolean,
    options: UpOptions & RefreshOptions,
    state: StackState,
    display: Display,
    notices: readonly string[],
  ): Promise<RunRequest> {
    const config = await this.getAllConfig();
    return {
      kind,
      options: {
        isPreview,
        continueOnError: options.continueOnError ?? false,
        targets: new Targets(options.target, options.targetDependents),
        replaceTargets: new Targets(options.replace),
      },
      refreshesFirst: options.refresh ?? false,
      clearsPendingCreates: options.clearPendingCreates ?? false,
      project: this.project,
      stackName: this.name,
      organization: this.options.organization ?? "organization",
      config,
      env: this.environment(),
      plugins: this.options.plugins ?? {},
      startProgram: this.options.startProgram ?? startProgram,
      parallel: options.parallel ?? this.options.parallel ?? DEFAULT_PARALLEL,
      cancelGraceMs: 1000 * (this.options.cancelGraceSeconds ?? DEFAULT_CANCEL_GRACE_SECONDS),
      state,
      crypter: await this.files.crypter(state),
      stateFile: isPreview ? undefined : this.files.stateFile,
      lookups: {
        stackOutputs: async (name) => stackOutputsOf((await this.files.otherStack(name))?.resources ?? []),
        stackResources: async (name) => (await this.files.otherStack(name))?.resources,
      },
      keepsDebug: options.debug ?? false,
      onEvent: options.onEvent,
      onStep: (step, progress, elapsedMs) => display.step(step, progress, elapsedMs),
      notices,
      signal: options.signal,
    };
  }

  private environment(): NodeJS.ProcessEnv {
    const merged = { ...process.env, ...this.options.env };
    return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
  }
}
