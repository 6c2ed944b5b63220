/** What a failed question to a model means, and what to do: the guide's troubleshooting table, matched to what was seen. */
import type { NoAnswer } from "../../sdk/attempt";
import type { CompletionAnswer } from "../../sdk/completion";

export interface Diagnosis {
  /** What was seen, in one line. */
  readonly seen: string;
  readonly advice: string;
  /** Whether it may pass by itself: Azure needs minutes after a deployment or key was made. */
  readonly mayPass: boolean;
}

const ADVICE = {
  token: "The gateway does not know the token: it is another account's, or its AccessKey was deleted or replaced.",
  key:
    "The provider's stored key is not the Azure resource's key, or no rule of the access key's configuration attaches it: " +
    "correct the ProviderKey's value, or add the rule. A new Azure resource may refuse its keys for some minutes.",
  deployment:
    "Azure has no such deployment: correct the deployment's name in the provider's baseUrl. A new one may take five minutes.",
  apiVersion:
    'The api-version in the provider\'s baseUrl is missing or not supported by Azure: set a supported one ("2024-10-21").',
  path: 'The address is not one that Azure serves: look for a missing api-version ("2024-10-21") or a wrong path in the provider\'s baseUrl.',
  quota:
    "The deployment's quota is used up: raise its capacity, add a region, or ask Azure for more quota. A second key of the " +
    "same resource shares the quota.",
  scope: "The access key's configuration does not allow it: add the provider, or the model, to its access.",
  credentials: "The access key's configuration brings no key for this provider: add a rule with a ProviderKey.",
  model: "The gateway knows neither such a provider nor such a model: correct it to <providerId>:<model>.",
  network: "Azure refuses the gateway's network: allow public access, or a reachable address, for the resource.",
  upstream: "The upstream fails or does not answer in time. Try again later, or add a region.",
  unreachable: "The gateway cannot be reached: check ngrok-ai:gatewayUrl, the network and the proxy.",
  unexpected: "This is no answer of a chat completion: check that the provider's baseUrl is the API's address.",
} as const;

/** `undefined`: the model answered. */
export function diagnose(answer: CompletionAnswer | NoAnswer): Diagnosis | undefined {
  if ("why" in answer) return { seen: `no answer: ${answer.problem}`, advice: ADVICE.unreachable, mayPass: true };
  if (answer.status < 300 && answer.problem === "") return undefined;
  const { status, code, problem } = answer;
  const seen = `${status}${code === undefined ? "" : ` ${code}`} ${JSON.stringify(problem)}`;
  const [advice, mayPass] = judge(answer);
  return { seen, advice, mayPass };
}

function judge({ status, code, problem }: CompletionAnswer): readonly [advice: string, mayPass: boolean] {
  switch (code) {
    case "ERR_NGROK_27007":
    case "ERR_NGROK_27201":
      return [ADVICE.token, false];
    case "ERR_NGROK_27231":
    case "ERR_NGROK_27232":
      return [ADVICE.scope, false];
    case "ERR_NGROK_3802":
      return [ADVICE.credentials, true];
    case "ERR_NGROK_27225":
    case "ERR_NGROK_27230":
      return [ADVICE.model, false];
    default:
      return judgeUpstream(status, problem);
  }
}

/** What upstreams answer, passed on as it is or listed in the gateway's last word about all attempts. */
function judgeUpstream(status: number, problem: string): readonly [advice: string, mayPass: boolean] {
  const statuses = [status, ...[...problem.matchAll(/\b(?:40[134]|408|429|5\d\d)\b/g)].map(Number)];
  const says = (pattern: RegExp) => pattern.test(problem);
  if (says(/api.?version/i)) return [ADVICE.apiVersion, false];
  if (says(/public access is disabled|virtual network|firewall/i)) return [ADVICE.network, false];
  if (statuses.includes(401)) return [ADVICE.key, true];
  if (statuses.includes(404)) return says(/resource not found/i) ? [ADVICE.path, true] : [ADVICE.deployment, true];
  if (statuses.includes(429)) return [ADVICE.quota, true];
  if (statuses.includes(403)) return [ADVICE.key, true];
  if (statuses.some((seen) => seen === 408 || seen >= 500)) return [ADVICE.upstream, true];
  return [ADVICE.unexpected, status < 300];
}
