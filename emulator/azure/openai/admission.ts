/**
 * Decides whether a deployment accepts a request, and spillover: requests that a provisioned deployment rejects go to a Standard one.
 * @see https://learn.microsoft.com/azure/foundry/openai/how-to/spillover-traffic-management
 *
 * Not emulated: spillover after 500 and 503, which the local Azure returns only for a fault.
 */
import { type Headers, Refusal, textOf } from "../http";
import { isProvisionedType } from "../models/deploymentTypes";
import type { ModelCatalog } from "../models/modelCatalog";
import { type Deployment, keyOf } from "../state";
import { promptTooLong, tooManyRequests } from "./errors";
import { estimatedTokens, type Prompt, promptTokens, type Serving } from "./model";
import type { TokenQuota } from "./quota";

export interface Admitted {
  /** The deployment that serves the request. */
  readonly serving: Serving;
  readonly headers: Headers;
}

/** Names of the request in a refusal. */
export interface CallName {
  readonly operation: string;
  /** Null on v1. */
  readonly apiVersion: string | null;
}

export class Admission {
  constructor(
    private readonly quota: TokenQuota,
    private readonly models: ModelCatalog,
    private readonly isServed: (deployment: Deployment) => boolean,
  ) {}

  /** @throws Refusal when the quota is used up and spillover is not possible. */
  admit(serving: Serving, prompt: Prompt, name: CallName, request: Request): Admitted {
    try {
      return { serving, headers: this.count(serving, prompt, name) };
    } catch (error) {
      const target = error instanceof Refusal ? spilloverTarget(serving, request) : undefined;
      if (!(error instanceof Refusal) || target === undefined) throw error;
      return this.spillOver(serving, target, error, prompt, name);
    }
  }

  private spillOver(primary: Serving, target: string, refusal: Refusal, prompt: Prompt, name: CallName): Admitted {
    const failed = (status: number) =>
      new Refusal(refusal.status, refusal.body, { ...refusal.headers, "x-ms-spillover-error": String(status) });
    const deployment = primary.account.deployments.get(keyOf(target));
    if (deployment === undefined || !this.isServed(deployment)) throw failed(404);
    const serving = { account: primary.account, deployment };
    try {
      const headers = this.count(serving, prompt, name);
      return { serving, headers: { ...headers, "x-ms-spillover-from-deployment": primary.deployment.name } };
    } catch (error) {
      throw error instanceof Refusal ? failed(error.status) : error;
    }
  }

  /** @throws Refusal */
  private count(serving: Serving, prompt: Prompt, name: CallName): Headers {
    const { account, deployment } = serving;
    const { maxProvisionedPromptTokens: most } = this.models.factsOf(deployment.model);
    const prompted = promptTokens(prompt.texts);
    if (most !== undefined && prompted > most && isProvisionedType(deployment.sku.name)) {
      throw promptTooLong(most, prompted);
    }
    const admission = this.quota.admit(account, deployment, estimatedTokens(serving, prompt));
    if (!admission.isAdmitted) throw tooManyRequests({ ...admission, ...name });
    return { ...admission.headers, "x-ms-deployment-name": deployment.name };
  }
}

/** The deployment's own setting overrides the request's header. */
function spilloverTarget({ deployment }: Serving, request: Request): string | undefined {
  if (!isProvisionedType(deployment.sku.name)) return undefined;
  const header = request.headers.get("x-ms-spillover-deployment");
  return textOf(deployment.settings.spilloverDeploymentName) ?? textOf(header);
}
