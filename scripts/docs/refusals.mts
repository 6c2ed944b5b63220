/**
 * What a preview refuses. The table is made by asking: each case goes through the same check as a program's inputs, so the
 * messages are those that a user sees.
 */
import { check, definitionOf, plan } from "./build.mts";
import { code, table } from "./markdown.mts";

interface Cases {
  /** Inputs that are right, for a case to spoil. */
  readonly valid: Readonly<Record<string, unknown>>;
  /** What is given in place of it. A value of `undefined` leaves the input out. */
  readonly spoilt: readonly Readonly<Record<string, unknown>>[];
}

const ANSWERS = ["given", "refused with, or warned of"];

const LONG = "x".repeat(256);
const user = (...keys: string[]) => ({ type: "user", keys });

const CASES: Readonly<Record<string, Cases>> = {
  CustomProvider: {
    valid: { providerId: "contoso", baseUrl: "https://contoso.example/v1", name: "contoso" },
    spoilt: [
      { baseUrl: undefined },
      { name: LONG },
      { providerId: "openai" },
      { providerId: "My Provider" },
      { baseUrl: "contoso.example" },
      { baseUrl: "http://contoso.example/v1" },
      { baseUrl: "https://user:password@contoso.example" },
      { baseUrl: "https://contoso.openai.azure.com/openai/deployments/gpt-5-mini" },
      { models: ["gpt-5-mini", "gpt-5-mini"] },
      { colour: "blue" },
    ],
  },
  ProviderKey: {
    valid: { providerId: "contoso", value: "sk-1", name: "contoso" },
    spoilt: [{ providerId: undefined }, { value: "" }, { name: LONG }, { description: LONG }],
  },
  AccessConfiguration: {
    valid: { name: "team-a" },
    spoilt: [
      { description: LONG },
      { rules: [{ steps: [user("aigpk_1")] }] },
      { rules: [{ provider: "contoso", steps: [] }] },
      { rules: [{ provider: "contoso", steps: [{ type: "user" }] }] },
      { rules: [{ provider: "contoso", steps: [{ type: "ngrok" }] }] },
      {
        rules: [
          { provider: "openai", keys: ["aigpk_1"] },
          { provider: "openai", keys: ["aigpk_2"] },
        ],
      },
      { access: { providers: { allow: ["openai"] } }, rules: [{ provider: "anthropic", keys: ["aigpk_1"] }] },
      {
        access: { providers: { allow: ["openai", "contoso"] } },
        rules: [{ provider: "openai", steps: [{ type: "ngrok" }] }],
      },
    ],
  },
  RoutingRule: {
    valid: { configurationId: "aigakc_1", provider: "contoso", keys: ["aigpk_1"] },
    spoilt: [
      { configurationId: undefined },
      { provider: undefined },
      { keys: undefined },
      { keys: undefined, steps: [] },
      { keys: undefined, steps: [{ type: "user" }] },
      { keys: undefined, steps: [{ type: "ngrok" }] },
      { keys: undefined, provider: "openai", steps: [{ type: "ngrok", keys: ["aigpk_1"] }] },
    ],
  },
  AccessKey: { valid: { name: "team-a" }, spoilt: [{ name: LONG }, { description: LONG }, { configurationId: "" }] },
  GatewaySettings: {
    valid: {},
    spoilt: [
      { totalTimeout: "2 minutes" },
      { perRequestTimeout: "0s" },
      { totalTimeout: "30s", perRequestTimeout: "1m" },
      { maxInputTokens: 0 },
    ],
  },
  RouteCheck: {
    valid: { token: "token", model: "contoso:gpt-5-mini" },
    spoilt: [{ token: undefined }, { model: undefined }, { retryForSeconds: 3600 }],
  },
};

/** Of a kind whose inputs are only labels. */
const LABELS: Cases = { valid: { name: "a" }, spoilt: [{ name: LONG }, { description: LONG }] };

/** One row per input that is refused or warned of, with the message of the preview. */
export function refusalTable(kind: string): string {
  const { valid, spoilt } = CASES[kind] ?? LABELS;
  const definition = definitionOf(kind);
  const answers = (inputs: object) => {
    const { failures, warnings } = check.checkInputs(definition, { ...inputs });
    return [...failures.map((failure) => lineOf(failure)), ...warnings.map((warning) => `warning: ${lineOf(warning)}`)];
  };
  const wrong = answers(valid);
  if (wrong.length > 0) throw new Error(`the valid ${kind} is refused: ${wrong.join("; ")}`);
  const rows = spoilt.map((change) => {
    const [answer, ...more] = answers({ ...valid, ...change });
    if (answer === undefined || more.length > 0) {
      const count = answer === undefined ? 0 : more.length + 1;
      throw new Error(`${kind} ${JSON.stringify(change)}: one failure or warning was expected, not ${count}`);
    }
    return [Object.entries(change).map(written).join("<br>"), code(answer)];
  });
  return table(ANSWERS, rows);
}

function lineOf({ property, reason }: { readonly property: string; readonly reason: string }): string {
  return property === "" ? reason : `${property} ${reason}`;
}

function written([name, value]: readonly [string, unknown]): string {
  if (value === undefined) return `no ${code(name)}`;
  if (value === LONG) return `${code(name)} of ${LONG.length} characters`;
  return code(`${name}: ${asProgram(value)}`);
}

/** A value as a program writes it. */
function asProgram(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asProgram).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `${key}: ${asProgram(member)}`;
  });
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

const MODEL = { model: "gpt-5-mini", version: "2025-08-07", capacity: 50 };

/** Arguments of the components that cannot work; the whole list of checks stands in `provider/azure/plan`. */
const GATEWAY_CASES: readonly Readonly<Record<string, unknown>>[] = [
  { regions: {} },
  { regions: ["eastus2", { location: "eastus2", key: "east:us" }] },
  { regions: { eastus: { deployments: { "gpt-5-mini": null } } } },
  { deployments: { "gpt-5-mini": { ...MODEL, sku: "GlobalBatch" } } },
  { deployments: { "gpt-5-mini": { ...MODEL, capacity: 0 } } },
  { regions: { eastus2: { account: { publicNetworkAccess: false } } } },
  { regions: { eastus2: { account: { disableLocalAuth: true } } } },
  { providerIdPrefix: "Azure OpenAI" },
  { failover: { order: ["westus"] } },
  { failover: { append: ["gpt-5-mini"] } },
  { verify: true, accessKey: false },
];

const REGION_CASES: readonly Readonly<Record<string, unknown>>[] = [
  { location: undefined },
  { account: { name: "a" } },
  { deployments: { "gpt-5-mini": { ...MODEL, name: "gpt 5" } } },
  { deployments: { "gpt-5-mini": { ...MODEL, sku: "Global-Standard" } } },
  { deployments: { "gpt-5-mini": { ...MODEL, capacity: 0 } } },
  { account: { existing: { resourceGroupName: "group", name: "contoso" }, kind: "OpenAI" } },
];

const CONTEXT = { stack: "organization/project/dev", today: "2026-01-01", hash: () => "0".repeat(64) };
const DEPLOYMENTS = { deployments: { "gpt-5-mini": MODEL } };

export function gatewayRefusalTable(): string {
  const valid = { regions: { eastus2: {} }, ...DEPLOYMENTS };
  return findingTable(GATEWAY_CASES, (change) => plan.planGatewayArguments("ai", { ...valid, ...change }, CONTEXT));
}

export function regionRefusalTable(): string {
  const valid = { location: "eastus2", ...DEPLOYMENTS };
  return findingTable(REGION_CASES, (change) => plan.planRegionArguments("ai", { ...valid, ...change }, CONTEXT));
}

interface Finding {
  readonly path: string;
  readonly text: string;
}

interface Answer {
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

function findingTable(
  cases: readonly Readonly<Record<string, unknown>>[],
  answerTo: (change: object) => Answer,
): string {
  const findingsOf = (change: object) => {
    const { problems, warnings } = answerTo(change);
    const line = ({ path, text }: Finding) => `ai.${path} ${text}`;
    return [...problems.map(line), ...warnings.map((warning) => `warning: ${line(warning)}`)];
  };
  const wrong = findingsOf({});
  if (wrong.length > 0) throw new Error(`the valid arguments are refused: ${wrong.join("; ")}`);
  const rows = cases.map((change) => {
    const findings = findingsOf(change);
    if (findings.length === 0) throw new Error(`${JSON.stringify(change)} is neither refused nor warned of`);
    return [Object.entries(change).map(written).join("<br>"), findings.map(code).join("<br>")];
  });
  return table(ANSWERS, rows);
}
