/** The files of a stack: its state, the configuration set by `setConfig`, its lock, and the states of other stacks beside it. */
import { existsSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { EMPTY_STATE, readDeployment, type StackState } from "../state/deploymentFormat";
import { acquireLock, type HeldLock } from "../state/lock";
import type { Keyring, PassphraseCrypter } from "../state/secrets";
import { ensureFolderOf, readJsonFile } from "../state/stateFile";
import { isStackUrn, parseUrn } from "../values/urn";
import type { Project } from "./project";
import { OwnConfig, saltOfSettingsFile } from "./stackConfig";

/** Default folder of states, beside `Pulumi.yaml`. */
const STATE_FOLDER = ".pulumi-offline";

export class StackFiles {
  readonly stateFile: string;
  private readonly isDefault: boolean;

  constructor(
    private readonly project: Project,
    private readonly stackName: string,
    /** @default `.pulumi-offline/<stack>.json` beside `Pulumi.yaml` */
    stateFile: string | undefined,
    private readonly keyring: Keyring,
  ) {
    this.isDefault = stateFile === undefined;
    this.stateFile = resolve(stateFile ?? defaultStateFile(project, stackName));
  }

  async readState(): Promise<StackState> {
    const document = await readJsonFile(this.stateFile);
    return document === undefined ? EMPTY_STATE : readDeployment(document, this.keyring);
  }

  /** Encrypts with the salt of the stack settings file, else the state's, else the configuration's, else a new one. */
  async crypter(state: StackState): Promise<PassphraseCrypter> {
    const salt =
      saltOfSettingsFile(this.project, this.stackName) ?? state.saltState ?? (await this.ownConfig().saltState());
    return salt === undefined ? this.keyring.create() : this.keyring.open(salt);
  }

  /** The configuration set by `setConfig`. */
  ownConfig(): OwnConfig {
    return new OwnConfig(this.stateFile.replace(/(\.json)?$/, ".config.json"), this.keyring);
  }

  /** Creates the folder of the files; Git ignores the default one, because states do not belong in a repository. */
  async ensureFolder(): Promise<void> {
    const folder = dirname(this.stateFile);
    const isNew = !existsSync(folder);
    await ensureFolderOf(this.stateFile);
    if (isNew && this.isDefault) writeFileSync(join(folder, ".gitignore"), "*\n");
  }

  /** @throws StackLockedError while another operation runs. */
  async lock(operation: string): Promise<HeldLock> {
    await this.ensureFolder();
    return acquireLock(`${this.stateFile}.lock`, operation);
  }

  /** Another stack with its state in the same folder: `<stack>` of this project, or `<organization>/<project>/<stack>`. */
  async otherStack(name: string): Promise<StackState | undefined> {
    const parts = name.split("/");
    const stack = parts.at(-1);
    const project = parts.length > 1 ? parts.at(-2) : this.project.name;
    const folder = dirname(this.stateFile);
    const files = (await readdir(folder)).filter((file) => file.endsWith(".json") && !file.endsWith(".config.json"));
    for (const file of files.sort()) {
      const document = await readJsonFile(join(folder, file));
      const state = await readDeployment(document, this.keyring);
      const root = state.resources.find((resource) => isStackUrn(resource.urn));
      if (root === undefined) continue;
      const urn = parseUrn(root.urn);
      if (urn.stack === stack && urn.project === project) return state;
    }
    return undefined;
  }
}

function defaultStateFile(project: Project, stackName: string): string {
  return join(project.rootFolder, STATE_FOLDER, `${stackName}.json`);
}
