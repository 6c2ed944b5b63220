/**
 * `@pulumi/azure-native`, loaded when the first component needs it: programs that use only the gateway need not install it. The
 * modules used here load in 14 ms, the whole package in 300 ms.
 */
import * as pulumi from "@pulumi/pulumi";

export interface AzureNative {
  readonly cognitiveservices: typeof import("@pulumi/azure-native/cognitiveservices");
  readonly resources: typeof import("@pulumi/azure-native/resources");
}

const OLDEST_MAJOR = 3;
const INSTALL = `install it with: npm install @pulumi/azure-native@^${OLDEST_MAJOR}`;

/** @throws RunError in one line with the command that installs it */
export function loadAzureNative(): AzureNative {
  const { version } = required(() => require("@pulumi/azure-native/package.json") as { version: string });
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
    throw new pulumi.RunError(
      `The Azure components need @pulumi/azure-native ${OLDEST_MAJOR}, not ${version}; ${INSTALL}`,
    );
  }
  return {
    cognitiveservices: require("@pulumi/azure-native/cognitiveservices"),
    resources: require("@pulumi/azure-native/resources"),
  };
}

/** The module for the login, which only an `up` uses. */
export function loadAuthorization(): typeof import("@pulumi/azure-native/authorization") {
  return require("@pulumi/azure-native/authorization");
}

/** The module for logs and alerts, which few programs use. */
export function loadMonitor(): typeof import("@pulumi/azure-native/monitor") {
  return require("@pulumi/azure-native/monitor");
}

function required<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (!isNotInstalled(error)) throw error;
    throw new pulumi.RunError(
      `The Azure components need the package @pulumi/azure-native, which is not installed; ${INSTALL}`,
    );
  }
}

function isNotInstalled(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "MODULE_NOT_FOUND";
}
