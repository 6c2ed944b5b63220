/** Steps that read an existing resource from its provider into the state. */
import { InitFailedError, ProviderError, type ResourceProvider } from "../providers/resourceProvider";
import type { ResourceState } from "../state/resourceState";
import type { Snapshot } from "../state/snapshot";
import type { Urn } from "../values/urn";
import { UNKNOWN_STRING } from "../values/values";
import { Step, type StepContext } from "./step";

/** Reads a resource that the stack does not own. */
export class ReadStep extends Step {
  readonly op: "read" | "read-replacement";
  override readonly isLogical: boolean;

  constructor(
    urn: Urn,
    old: ResourceState | undefined,
    state: ResourceState,
    provider: ResourceProvider | undefined,
    private readonly replacesOwned: boolean,
  ) {
    super(urn, old, state, provider);
    this.op = replacesOwned ? "read-replacement" : "read";
    this.isLogical = !replacesOwned;
  }

  override pending() {
    return { type: "reading" as const, resource: this.resource };
  }

  async apply(context: StepContext): Promise<void> {
    const state = this.resource;
    if (state.id === UNKNOWN_STRING) {
      state.outputs = {};
    } else if (this.provider !== undefined) {
      await this.read(this.provider, state);
    }
    state.created = this.old?.created ?? context.now();
    state.modified = context.now();
    if (this.replacesOwned && this.old !== undefined) this.old.delete = true;
  }

  private async read(provider: ResourceProvider, state: ResourceState): Promise<void> {
    const result = await provider.read({
      urn: this.urn,
      id: state.id,
      inputs: state.inputs,
      state: state.inputs,
      timeoutSeconds: state.customTimeouts.read ?? 0,
    });
    if (result.outputs === undefined) throw new ProviderError(`resource '${state.id}' does not exist`);
    state.outputs = result.outputs;
    if (result.id !== "") state.id = result.id;
    state.initErrors = result.initErrors;
    if (result.initErrors.length > 0) throw new InitFailedError(state.id, state.outputs, undefined, result.initErrors);
  }

  record(snapshot: Snapshot): void {
    snapshot.put(this.resource, this.old);
  }
}

/** Imports an existing resource into the state, under the id that the program gives. */
export class ImportStep extends Step {
  readonly op: "import" | "import-replacement";
  override readonly isLogical: boolean;

  constructor(
    urn: Urn,
    old: ResourceState | undefined,
    state: ResourceState,
    provider: ResourceProvider | undefined,
    private readonly packageName: string,
  ) {
    super(urn, old, state, provider);
    this.op = old === undefined ? "import" : "import-replacement";
    this.isLogical = old === undefined;
  }

  override pending() {
    return { type: "importing" as const, resource: this.resource };
  }

  async apply(context: StepContext): Promise<void> {
    const state = this.resource;
    if (this.provider === undefined) throw new ProviderError("a component cannot be imported");
    const result = await this.provider.read({
      urn: this.urn,
      id: state.importId,
      inputs: undefined,
      state: undefined,
      timeoutSeconds: state.customTimeouts.read ?? 0,
    });
    if (result.outputs === undefined || result.id === "") {
      throw new ProviderError(`resource '${state.importId}' does not exist`);
    }
    if (result.inputs === undefined) {
      throw new ProviderError(
        `provider does not support importing resources; please try updating the '${this.packageName}' plugin`,
      );
    }
    Object.assign(state, {
      id: result.id,
      inputs: result.inputs,
      outputs: result.outputs,
      initErrors: result.initErrors,
    });
    state.created = context.now();
    state.modified = state.created;
    if (this.old !== undefined) this.old.delete = true;
  }

  record(snapshot: Snapshot): void {
    if (this.old !== undefined) snapshot.touch(this.old);
    snapshot.put(this.resource);
  }
}
