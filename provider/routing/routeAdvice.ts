/**
 * The meaning of a failed model request, and advice: derived from the gateway's error code, otherwise from the upstream's
 * response.
 */
import type { NoAnswer } from "../../sdk/attempt";
import type { CompletionAnswer } from "../../sdk/completion";
import { type ErrorCode, errorCodes } from "../../sdk/contract/errorCodes";

export interface Diagnosis {
  /** The failure, in one line. */
  readonly seen: string;
  readonly advice: string;
  /** Whether the failure is transient: Azure needs minutes after a deployment or key was created. */
  readonly mayPass: boolean;
}

const ADVICE = {
  token: "The gateway does not know the token: it is another account's, or its AccessKey was deleted or replaced.",
  key:
    "The provider's stored key is not the Azure resource's key, or no rule of the access key's configuration attaches it: " +
    "correct the ProviderKey's value, or add the rule. A new Azure resource may refuse its keys for some minutes.",
  deployment:
    "Azure has no such deployment: correct the deployment's name in the provider's baseUrl or in the model's providerModelId. A new one may take five minutes.",
  apiVersion:
    'The api-version in the provider\'s baseUrl is missing or not supported by Azure: set a supported one ("2024-10-21").',
  path: 'The address is not one that Azure serves: look for a missing api-version ("2024-10-21") or a wrong path in the provider\'s baseUrl.',
  quota:
    "The deployment's quota is used up: raise its capacity, add a region, or ask Azure for more quota. A second key of the " +
    "same resource shares the quota.",
  scope: "The access key's configuration does not allow it: add the provider, or the model, to its access.",
  credentials: "The access key's configuration has no key for this provider: add a rule with a ProviderKey.",
  ownKey: "Credits do not pay for this model at this provider: add a rule with a ProviderKey of your own.",
  model: "The gateway knows neither such a provider nor such a model: correct it to <providerId>:<model>.",
  surface:
    "The provider or the model does not serve this API surface: add the surface to the provider's supportedApiSurfaces, or ask another model.",
  input: "The input is longer than the account allows: raise maxInputTokens in GatewaySettings, or shorten message.",
  loop: "The provider's baseUrl is the gateway itself: set it to the upstream's address.",
  network: "Azure refuses the gateway's network: allow public access, or a reachable address, for the resource.",
  upstream: "The upstream fails or does not answer in time. Try again later, or add a region.",
  unreachable: "The gateway cannot be reached: check ngrok-ai:gatewayUrl, the network and the proxy.",
  tooLong: "Another server may be at ngrok-ai:gatewayUrl: check the address.",
  unexpected: "This is no answer of a model: check that the provider's baseUrl is the API's address.",
} as const;

interface Judgment {
  readonly codes: readonly ErrorCode[];
  readonly advice: string;
  readonly mayPass: boolean;
}

const JUDGMENTS: readonly Judgment[] = [
  { codes: [errorCodes.accessKeyInvalid, errorCodes.authenticationFailed], advice: ADVICE.token, mayPass: false },
  {
    codes: [errorCodes.creditsEmpty, errorCodes.creditsTooLow],
    advice: errorCodes.creditsEmpty.nextStep,
    mayPass: false,
  },
  { codes: [errorCodes.tokenScopeRequired], advice: errorCodes.tokenScopeRequired.nextStep, mayPass: false },
  {
    codes: [errorCodes.providerNotAllowed, errorCodes.modelNotAllowed, errorCodes.modelSelectionFailed],
    advice: ADVICE.scope,
    mayPass: false,
  },
  { codes: [errorCodes.noCredentials, errorCodes.noKeysForProvider], advice: ADVICE.credentials, mayPass: true },
  {
    codes: [
      errorCodes.modelNotInCatalog,
      errorCodes.modelWithoutPrice,
      errorCodes.managedModelUnknown,
      errorCodes.managedModelNotOffered,
      errorCodes.managedFeatureUnbillable,
    ],
    advice: ADVICE.ownKey,
    mayPass: false,
  },
  { codes: [errorCodes.managedModelUnavailable], advice: ADVICE.ownKey, mayPass: true },
  {
    codes: [
      errorCodes.providerUnknown,
      errorCodes.modelUnknown,
      errorCodes.modelAndProviderUnknown,
      errorCodes.modelAddressInvalid,
      errorCodes.noMatchingModel,
    ],
    advice: ADVICE.model,
    mayPass: false,
  },
  {
    codes: [errorCodes.surfaceNotServedByProvider, errorCodes.requestBodyNotServedByProvider],
    advice: ADVICE.surface,
    mayPass: false,
  },
  { codes: [errorCodes.inputTooLong], advice: ADVICE.input, mayPass: false },
  { codes: [errorCodes.routingLoop], advice: ADVICE.loop, mayPass: false },
];

/** Returns `undefined` if the model answered. */
export function diagnose(answer: CompletionAnswer | NoAnswer): Diagnosis | undefined {
  if ("why" in answer) {
    const isTooLong = answer.code === "ANSWER_TOO_LARGE";
    const advice = isTooLong ? ADVICE.tooLong : ADVICE.unreachable;
    return { seen: `no answer: ${answer.problem}`, advice, mayPass: !isTooLong };
  }
  if (answer.status < 300 && answer.problem === "") return undefined;
  const { status, code, problem } = answer;
  const seen = `${status}${code === undefined ? "" : ` ${code}`} ${JSON.stringify(problem)}`;
  const known = JUDGMENTS.find(({ codes }) => codes.some((candidate) => candidate.code === code));
  if (known !== undefined) return { seen, advice: known.advice, mayPass: known.mayPass };
  const [advice, mayPass] = judgeUpstream(status, problem);
  return { seen, advice, mayPass };
}

/** An upstream's response: passed through, or listed in the gateway's message about all attempts. */
function judgeUpstream(status: number, problem: string): readonly [advice: string, mayPass: boolean] {
  const statuses = [status, ...[...problem.matchAll(/\b(?:40[134]|408|429|5\d\d)\b/g)].map(Number)];
  const has = (pattern: RegExp) => pattern.test(problem);
  if (has(/api.?version/i)) return [ADVICE.apiVersion, false];
  if (has(/public access is disabled|virtual network|firewall/i)) return [ADVICE.network, false];
  if (statuses.includes(401)) return [ADVICE.key, true];
  if (statuses.includes(404)) return has(/resource not found/i) ? [ADVICE.path, true] : [ADVICE.deployment, true];
  if (statuses.includes(429)) return [ADVICE.quota, true];
  if (statuses.includes(403)) return [ADVICE.key, true];
  if (statuses.some((seen) => seen === 408 || seen >= 500)) return [ADVICE.upstream, true];
  return [ADVICE.unexpected, status < 300];
}

/** Whether a model refused a chat completion because it is an embedding model. */
export function isForEmbeddings({ status, code, problem }: CompletionAnswer): boolean {
  if (status < 400 || status >= 500) return false;
  // Azure's code, or the messages of OpenAI.
  return code === "OperationNotSupported" || /does not work with the specified model|not a chat model/i.test(problem);
}
