/** Finds a stack's passphrase when the caller passes none. */
import { readFileSync } from "node:fs";
import { StackConfigurationError } from "../errors";

/** @throws StackConfigurationError when the environment names neither a passphrase nor a readable file. */
export function passphraseFrom(environment: NodeJS.ProcessEnv): string {
  const { PULUMI_CONFIG_PASSPHRASE: direct, PULUMI_CONFIG_PASSPHRASE_FILE: file } = environment;
  if (direct !== undefined) return direct;
  if (file) return readPassphraseFile(file);
  throw new StackConfigurationError(
    "no passphrase: set the environment variable PULUMI_CONFIG_PASSPHRASE (it may be empty), or name a file in PULUMI_CONFIG_PASSPHRASE_FILE",
  );
}

function readPassphraseFile(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new StackConfigurationError(`PULUMI_CONFIG_PASSPHRASE_FILE names ${file}, which cannot be read`, { cause });
  }
}
