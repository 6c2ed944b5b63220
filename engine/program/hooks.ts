/** Hooks: functions of the program that run before and after a resource's operations, or after a failed one. */
import type { Diagnostics } from "../diagnostics";
import { messageOf } from "../errors";
import { monitorProto } from "../protocol/stubs";
import { toStruct } from "../protocol/wire";
import { InitFailedError, ProviderError } from "../providers/resourceProvider";
import type { ResourceState } from "../state/resourceState";
import { nameOf, typeOf } from "../values/urn";
import type { PropertyMap } from "../values/values";
import type { CallbackReference, Callbacks } from "./callbacks";

export type HookedOperation = "create" | "update" | "delete";

interface RegisteredHook {
  readonly callback: CallbackReference;
  readonly runsInPreview: boolean;
  readonly ignoresErrors: boolean;
}

/** Largest number of attempts at an operation that error hooks ask to retry. */
const MAX_ATTEMPTS = 100;

/** Value kinds that the program understands. */
const HOOK_WIRE = { unknowns: "keep", keepSecrets: true, keepResources: true } as const;

export class HookRunner {
  private readonly hooks = new Map<string, RegisteredHook>();
  private readonly errorHooks = new Map<string, CallbackReference>();

  constructor(
    private readonly callbacks: Callbacks,
    private readonly diagnostics: Diagnostics,
  ) {}

  /** @throws Error when the name is taken. */
  register(name: string, hook: RegisteredHook): void {
    this.checkName(name);
    this.hooks.set(name, hook);
  }

  registerErrorHook(name: string, callback: CallbackReference): void {
    this.checkName(name);
    this.errorHooks.set(name, callback);
  }

  private checkName(name: string): void {
    if (this.hooks.has(name) || this.errorHooks.has(name)) {
      throw new Error(`resource hook already registered for name "${name}"`);
    }
  }

  /** @throws ProviderError when a hook fails; the operation must not start. */
  async before(
    operation: HookedOperation,
    state: ResourceState | undefined,
    old: ResourceState | undefined,
    isPreview: boolean,
  ): Promise<void> {
    await this.runAll("Before", operation, state, old, isPreview);
  }

  /** @throws ProviderError when a hook fails; the operation is done, the run fails. */
  async after(
    operation: HookedOperation,
    state: ResourceState | undefined,
    old: ResourceState | undefined,
    isPreview: boolean,
  ): Promise<void> {
    await this.runAll("After", operation, state, old, isPreview);
  }

  private async runAll(
    moment: "Before" | "After",
    operation: HookedOperation,
    state: ResourceState | undefined,
    old: ResourceState | undefined,
    isPreview: boolean,
  ): Promise<void> {
    const owner = state ?? old;
    const names = owner?.resourceHooks[hookKind(moment, operation)] ?? [];
    for (const name of names) {
      const hook = this.hooks.get(name);
      if (hook === undefined) throw new ProviderError(`hook "${name}" was not registered`);
      if (!isPreview || hook.runsInPreview) await this.runOne(name, hook, state, old);
    }
  }

  private async runOne(
    name: string,
    hook: RegisteredHook,
    state: ResourceState | undefined,
    old: ResourceState | undefined,
  ): Promise<void> {
    const request = new monitorProto.ResourceHookRequest();
    describe(request, state, old);
    if (state !== undefined) request.setNewOutputs(toStruct(state.outputs, HOOK_WIRE));
    const failure = await this.callbacks
      .invoke(hook.callback, request, (bytes) => monitorProto.ResourceHookResponse.deserializeBinary(bytes))
      .then((response) => response.getError(), messageOf);
    if (failure === "") return;
    const message = `hook "${name}" failed: ${failure}`;
    if (!hook.ignoresErrors) throw new ProviderError(message);
    this.diagnostics.warning(message, (state ?? old)?.urn);
  }

  /** Runs an operation, and repeats it while it fails and an error hook of the resource asks for a retry. */
  async retrying<Result>(
    operation: HookedOperation,
    state: ResourceState | undefined,
    old: ResourceState | undefined,
    attempt: () => Promise<Result>,
  ): Promise<Result> {
    const names = (state ?? old)?.resourceHooks.OnError ?? [];
    const failures: string[] = [];
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (names.length === 0 || error instanceof InitFailedError) throw error;
        failures.unshift(messageOf(error));
        if (failures.length >= MAX_ATTEMPTS || !(await this.wantsRetry(names, operation, failures, state, old)))
          throw error;
      }
    }
  }

  private async wantsRetry(
    names: readonly string[],
    operation: HookedOperation,
    failures: readonly string[],
    state: ResourceState | undefined,
    old: ResourceState | undefined,
  ): Promise<boolean> {
    let isWanted = false;
    for (const name of names) {
      const callback = this.errorHooks.get(name);
      if (callback === undefined) throw new ProviderError(`error hook "${name}" was not registered`);
      const request = new monitorProto.ErrorHookRequest();
      describe(request, state, old);
      request.setFailedOperation(operation);
      request.setErrorsList([...failures]);
      const response = await this.callbacks.invoke(callback, request, (bytes) =>
        monitorProto.ErrorHookResponse.deserializeBinary(bytes),
      );
      if (response.getError() !== "") throw new ProviderError(`error hook "${name}" failed: ${response.getError()}`);
      isWanted ||= response.getRetry();
    }
    return isWanted;
  }
}

/** The key of a resource's state that lists the hooks for this moment and operation. */
function hookKind(moment: "Before" | "After", operation: HookedOperation): string {
  return moment + operation.charAt(0).toUpperCase() + operation.slice(1);
}

function describe(
  request: monitorProto.ResourceHookRequest | monitorProto.ErrorHookRequest,
  state: ResourceState | undefined,
  old: ResourceState | undefined,
): void {
  const urn = (state ?? old)?.urn ?? "";
  request.setUrn(urn);
  request.setId(state?.id || old?.id || "");
  request.setName(nameOf(urn));
  request.setType(typeOf(urn));
  const struct = (map: PropertyMap) => toStruct(map, HOOK_WIRE);
  if (state !== undefined) request.setNewInputs(struct(state.inputs));
  if (old !== undefined) request.setOldInputs(struct(old.inputs));
  if (old !== undefined) request.setOldOutputs(struct(old.outputs));
}
