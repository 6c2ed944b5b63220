/** Plans a model request: which models to try, at which upstreams, with which credentials, in order. */
import { errorCodes } from "../../../sdk/contract/errorCodes";
import { ApiError } from "../apiError";
import type { Store, StoredAccessKey } from "../store/store";
import type { ModelRequest } from "./requestBody";
import {
  baseUrlFor,
  CREDITS,
  type Credential,
  credentialsFor,
  managedRefusal,
  refusal,
  resolve,
  surfaceRefusal,
  type Target,
} from "./routing";
import type { Surface } from "./surfaces";

/** The hosted gateway: a provider with this host would forward requests in a loop. */
const GATEWAY_HOST = "gateway.ngrok.ai";

/** One possible attempt. */
export interface Planned {
  readonly target: Target;
  readonly credential: Credential;
}

export interface Plan {
  readonly attempts: readonly Planned[];
  /** Parts of the request that cannot be tried, with the reason. */
  readonly failed: readonly string[];
  /** Skipped entries of the request's `models`. */
  readonly rejectedModels: readonly string[];
}

interface Asked {
  readonly store: Store;
  readonly key: StoredAccessKey;
  readonly surface: Surface;
  readonly body: ModelRequest;
}

/**
 * The first model must be allowed and known; fallbacks that are not are skipped.
 * @throws ApiError when nothing can be tried
 */
export function planAttempts({ store, key, surface, body }: Asked): Plan {
  const [primary = "", ...fallbacks] = body.models;
  const targets = usableTargets(store, key, surface, primary);
  const rejectedModels: string[] = [];
  for (const fallback of fallbacks) {
    try {
      targets.push(...usableTargets(store, key, surface, fallback));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      rejectedModels.push(fallback);
    }
  }
  const failed: string[] = [];
  const attempts = new Map<string, Planned>();
  let firstRefusal: ApiError | undefined;
  for (const target of targets) {
    const credentials = credentialsFor(store, key, target);
    if (credentials.length === 0) failed.push(`${target.address}: no keys available for the provider.`);
    for (const credential of credentials) {
      const refused = credential.id === CREDITS ? managedRefusal(target) : undefined;
      firstRefusal ??= refused;
      if (refused !== undefined) failed.push(`${target.address}: ${refused.message}`);
      // No pair of model and credential is planned twice.
      else attempts.set(`${target.address} ${credential.id}`, { target, credential });
    }
  }
  if (attempts.size === 0) {
    const noCredentials = `No credentials: the access key's configuration has none. ${failed.join(" ")}`;
    throw firstRefusal ?? new ApiError(errorCodes.noCredentials, noCredentials);
  }
  return { attempts: [...attempts.values()], failed, rejectedModels };
}

/** @throws ApiError the first refusal, when the key can use no upstream of the model */
function usableTargets(store: Store, key: StoredAccessKey, surface: Surface, address: string): Target[] {
  const usable: Target[] = [];
  let firstRefusal: ApiError | undefined;
  for (const target of resolve(store, address)) {
    const refused = refusal(store, key, target) ?? surfaceRefusal(target, surface) ?? loopRefusal(target, surface);
    if (refused === undefined) usable.push(target);
    else firstRefusal ??= refused;
  }
  if (usable.length === 0 && firstRefusal !== undefined) throw firstRefusal;
  return usable;
}

function loopRefusal({ custom, provider }: Target, surface: Surface): ApiError | undefined {
  return custom !== undefined && new URL(baseUrlFor(custom, surface)).host === GATEWAY_HOST
    ? new ApiError(errorCodes.routingLoop, `The provider ${provider} points back at the gateway.`)
    : undefined;
}

/** An account without credits is refused even with its own provider keys, because each request costs a fee. */
export function creditRefusal(store: Store): ApiError | undefined {
  if (store.balanceCents() > 0) return undefined;
  return store.credits.length === 0
    ? new ApiError(errorCodes.creditsTooLow, "The account has never bought credits.")
    : new ApiError(errorCodes.creditsEmpty, "The account's credit balance is empty.");
}
