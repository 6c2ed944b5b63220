/**
 * Advice on Azure's errors, shown next to them, and retries while another operation changes the account. Used with `explainErrors`:
 * the engine calls it by a name in the state, which a `pulumi destroy` without the program cannot resolve.
 */
import * as pulumi from "@pulumi/pulumi";
import { inThisRun } from "./perRun";

export interface Advice {
  readonly text: string;
  /** Whether the same request may succeed shortly after. */
  readonly mayPass: boolean;
}

const ADVICE: readonly (readonly [code: string, text: string, mayPass?: true])[] = [
  [
    "RequestConflict",
    "Another program or person is changing the account, and Azure allows one change at a time: run it again when they have finished.",
    true,
  ],
  [
    "FlagMustBeSetForRestore",
    'An account of this name was deleted in the last 48 hours. Set account.restore to "ifDeleted" to restore it, or account.purgeOnDelete to ' +
      "true, give another nameSuffix, or purge it (az cognitiveservices account purge --name NAME --resource-group GROUP --location LOCATION).",
  ],
  [
    "CustomDomainInUse",
    "The subdomain belongs to another account, or to one that was deleted in the last 48 hours: give another account.subdomain or nameSuffix, " +
      "or purge the deleted account (az cognitiveservices account purge --name NAME --resource-group GROUP --location LOCATION).",
  ],
  [
    "CanNotRestoreANonExistingResource",
    'No deleted account of this name can be restored: remove account.restore, or set it to "ifDeleted".',
  ],
  [
    "InsufficientQuota",
    "The quota of this model and deployment type is used up in this region: lower capacity, choose another sku or region, ask Azure " +
      "for more, or purge deleted accounts, which keep their quota for 48 hours.",
  ],
  [
    "InvalidResourceProperties",
    "This model, version and sku are not offered together in this region: choose another sku, version or region.",
  ],
  [
    "ServiceModelDeprecated",
    "The model is retired, so it cannot be deployed any more: choose a current model or version.",
  ],
  [
    "SpecialFeatureOrQuotaIdRequired",
    "The subscription may not create Azure OpenAI resources: ask for access, or use another subscription.",
  ],
];

/** `undefined` if there is nothing to add to Azure's message. */
export function adviceOn(error: string): Advice | undefined {
  const found = ADVICE.find(([code]) => error.includes(code));
  return found && { text: found[1], mayPass: found[2] ?? false };
}

const FIRST_WAIT_MS = 2_000;
const MAX_WAIT_MS = 30_000;
/** About four minutes in total. */
const MAX_WAITS = 11;

/** Wait before the next attempt, in milliseconds; `undefined` for no further attempt. The newest error comes first. */
export function waitAfter(errors: readonly string[]): number | undefined {
  const [latest = ""] = errors;
  if (!adviceOn(latest)?.mayPass || errors.length > MAX_WAITS) return undefined;
  return Math.min(FIRST_WAIT_MS * 2 ** (errors.length - 1), MAX_WAIT_MS);
}

/** Options for the Azure resources of a region. `name` is the region's and becomes part of the hook's name. */
export function explainingErrors(name: string, region: pulumi.Resource): pulumi.CustomResourceOptions {
  if (pulumi.ErrorHook === undefined) {
    throw new pulumi.RunError(
      "explainErrors needs @pulumi/pulumi 3.218 or later: update it, or leave explainErrors out.",
    );
  }
  // If the program does not run, the engine shows this name instead of Azure's error.
  const hookName = `the advice of ${name}; run "pulumi destroy --run-program" to see Azure's own error`;
  const explain: pulumi.ErrorHookFunction = async ({ name: resource, errors }) => {
    const waitMs = waitAfter(errors);
    if (waitMs !== undefined) {
      await pulumi.log.info(
        `${resource}: another operation is changing the account; retrying in ${waitMs / 1000} s`,
        region,
      );
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      return true;
    }
    const advice = adviceOn(errors[0] ?? "");
    if (advice !== undefined) await pulumi.log.error(`${resource}: ${advice.text}`, region);
    return false;
  };
  return { hooks: { onError: [new pulumi.ErrorHook(hookName, inThisRun(explain))] } };
}
