/**
 * What Pulumi's SDK needs to run components in a provider's process, a call at a time. Much of it is in no declaration of the SDK, whose own
 * server can't be used: it refuses arguments that have several forms.
 */

import type * as pulumi from "@pulumi/pulumi";
import type * as providerProto from "@pulumi/pulumi/proto/provider_pb";
import * as config from "@pulumi/pulumi/runtime/config";
import * as resourceRuntime from "@pulumi/pulumi/runtime/resource";
import * as settings from "@pulumi/pulumi/runtime/settings";
import * as state from "@pulumi/pulumi/runtime/state";

type Monitor = NonNullable<ReturnType<typeof settings.getMonitor>>;

interface StateInternals {
  withLocalStorage<T>(act: () => Promise<T>): Promise<T>;
  getStore(): { readonly settings: { monitor?: Monitor } };
}
interface SettingsInternals {
  awaitFeatureSupport(): Promise<void>;
  waitForRPCs(): Promise<void>;
}
interface ResourceInternals {
  hookBindingFromProto(binding: unknown): pulumi.ResourceHookBinding | undefined;
}
interface ConfigInternals {
  setAllConfig(values: Record<string, string>, secretKeys: string[]): void;
}

const { withLocalStorage, getStore } = state as unknown as StateInternals;
const { awaitFeatureSupport, waitForRPCs } = settings as unknown as SettingsInternals;
const { setAllConfig } = config as unknown as ConfigInternals;
export const { hookBindingFromProto } = resourceRuntime as unknown as ResourceInternals;

/**
 * One connection for all components of a deployment: they share what must be unique in a program, which is kept by connection.
 */
let current: { readonly address: string; readonly monitor: Monitor | undefined } | undefined;

/** Runs `act` as the SDK runs a program: with the deployment's settings and config, seen by nothing but this call. */
export function asProgram<T>(
  request: providerProto.ConstructRequest,
  engineAddress: string,
  act: () => Promise<T>,
): Promise<T> {
  return withLocalStorage(async () => {
    const address = request.getMonitorendpoint();
    settings.resetOptions(
      request.getProject(),
      request.getStack(),
      request.getParallel(),
      engineAddress,
      address,
      request.getDryrun(),
      request.getOrganization(),
    );
    if (current?.address !== address) current = { address, monitor: settings.getMonitor() };
    else if (current.monitor !== undefined) getStore().settings.monitor = current.monitor;
    await awaitFeatureSupport();
    setAllConfig(Object.fromEntries(request.getConfigMap().getEntryList()), request.getConfigsecretkeysList());
    const result = await act();
    await waitForRPCs();
    return result;
  });
}
