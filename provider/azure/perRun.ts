import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";

/** Key for a process that runs its program without an engine. */
const NO_ENGINE = {};

/**
 * One value per run of a program. A process may have several runs: an inline program's preview and `up`, or the tests of a file.
 * @returns a function that returns the value of the current run
 */
export function perRun<T>(make: () => T): () => T {
  const values = new WeakMap<object, T>();
  return () => {
    const run: object = pulumi.runtime.getMonitor() ?? NO_ENGINE;
    const value = values.get(run) ?? make();
    values.set(run, value);
    return value;
  };
}

/** A hook's callback with the run that registers it: in the plugin's process, the engine calls hooks outside of any run. */
export function inThisRun<Args extends unknown[], T>(callback: (...args: Args) => T): (...args: Args) => T {
  return AsyncResource.bind(callback);
}
