/** Random programs, what others do meanwhile, and what goes wrong: all that a random sequence is made of. */
import fc from "fast-check";
import type { Declared } from "./miniEngine";

/** Values of provider keys, which must appear in no error. */
export const PLANTED_VALUES = ["planted-value-one-0123456789abc", "another-planted-value-0123456789"] as const;
/** A provider that somebody made by hand, and that a program may take over. */
export const TAKEN_PROVIDER = "p-taken";

/** What a program says; names of what is not there are left out of it. */
export interface Program {
  readonly providers: readonly { readonly id: string; readonly name: string; readonly models: readonly string[] }[];
  readonly keys: readonly { readonly name: string; readonly provider: string; readonly value: string }[];
  readonly access: readonly string[] | undefined;
  readonly accessKey: { readonly name: string; readonly rotation: string; readonly linked: boolean } | undefined;
  readonly apiKey: { readonly name: string } | undefined;
  readonly settings: { readonly totalTimeout?: string; readonly maxInputTokens?: number } | undefined;
  readonly takesOver: boolean;
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const programs: fc.Arbitrary<Program> = fc.record({
  providers: fc.uniqueArray(
    fc.record({
      id: fc.constantFrom("p-a", "p-b"),
      name: fc.constantFrom("one", "two"),
      models: fc.subarray(["m1", "m2", "m3"]),
    }),
    { selector: ({ id }) => id, maxLength: 2 },
  ),
  keys: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom("k1", "k2", "k3"),
      provider: fc.constantFrom("p-a", "p-b", "openai"),
      value: fc.constantFrom(...PLANTED_VALUES),
    }),
    { selector: ({ name }) => name, maxLength: 3 },
  ),
  access: optional(fc.subarray(["openai", "anthropic"])),
  accessKey: optional(
    fc.record({ name: fc.constantFrom("a", "b"), rotation: fc.constantFrom("1", "2"), linked: fc.boolean() }),
  ),
  apiKey: optional(fc.record({ name: fc.constantFrom("x", "y") })),
  settings: optional(
    fc.record(
      { totalTimeout: fc.constantFrom("60s", "70s"), maxInputTokens: fc.constantFrom(1_000, 2_000) },
      { requiredKeys: [] },
    ),
  ),
  takesOver: fc.boolean(),
});

/** Who owns the router. One for a whole sequence: rules that a program no longer gives stay at the gateway, and hold their keys. */
export const ruleOwners = fc.constantFrom("inline" as const, "single" as const);
export type RuleOwner = "inline" | "single";

/** The resources of a program. */
export function declare(program: Program, rules: RuleOwner): Declared[] {
  const ids = program.providers.map(({ id }) => id);
  const keys = program.keys.filter(({ provider }) => provider === "openai" || ids.includes(provider));
  const keyed = [...new Set(keys.map(({ provider }) => provider))];
  const stepsOf = (provider: string, idOf: (name: string) => string) => [
    { type: "user", keys: keys.filter((key) => key.provider === provider).map(({ name }) => ({ id: idOf(name) })) },
  ];
  const access = program.access && { providers: { allow: [...new Set([...program.access, ...keyed])] } };
  const { accessKey, apiKey, settings } = program;
  return [
    ...program.providers.map(
      ({ id, name, models }): Declared => ({
        kind: "customProvider",
        name: id,
        inputs: () => ({ providerId: id, name, models: [...models], baseUrl: `https://${id}.example.com/v1` }),
      }),
    ),
    ...when(program.takesOver, {
      kind: "customProvider",
      name: "taken",
      inputs: () => ({
        providerId: TAKEN_PROVIDER,
        name: "ours now",
        baseUrl: "https://taken.example.com",
        adopt: "ifExists",
      }),
    }),
    ...keys.map(
      ({ name, provider, value }): Declared => ({
        kind: "providerKey",
        name,
        inputs: () => ({ providerId: provider, value, name }),
      }),
    ),
    {
      kind: "accessConfiguration",
      name: "team",
      inputs: (idOf) => ({
        name: "team",
        ...(access && { access }),
        ...(rules === "inline" && { rules: keyed.map((provider) => ({ provider, steps: stepsOf(provider, idOf) })) }),
      }),
    },
    ...(rules === "single" ? keyed : []).map(
      (provider): Declared => ({
        kind: "routingRule",
        name: `rule-${provider}`,
        inputs: (idOf) => ({ configurationId: idOf("team"), provider, steps: stepsOf(provider, idOf) }),
      }),
    ),
    ...when(accessKey !== undefined, {
      kind: "accessKey",
      name: "application",
      inputs: (idOf) => ({
        name: accessKey?.name,
        rotationTrigger: accessKey?.rotation,
        ...(accessKey?.linked && { configurationId: idOf("team") }),
      }),
    }),
    ...when(apiKey !== undefined, { kind: "apiKey", name: "pipeline", inputs: () => ({ name: apiKey?.name }) }),
    ...when(settings !== undefined, { kind: "gatewaySettings", name: "settings", inputs: () => ({ ...settings }) }),
  ];
}

const when = (isThere: boolean, declared: Declared): Declared[] => (isThere ? [declared] : []);

export const OUTSIDE_CHANGES = ["rename", "delete", "rotate", "empty rules", "limit output", "limit ours"] as const;
export type OutsideChange = (typeof OUTSIDE_CHANGES)[number];

export type Step =
  | { readonly do: "up"; readonly program: Program }
  | { readonly do: "refresh" }
  | { readonly do: "fault"; readonly fault: Readonly<Record<string, unknown>> }
  | { readonly do: "kill"; readonly calls: number; readonly when: "before" | "after" }
  | { readonly do: "outside"; readonly change: OutsideChange };

const [ANY, POST, PATCH, DELETE, GET] = [
  {},
  { method: "POST" },
  { method: "PATCH" },
  { method: "DELETE" },
  { method: "GET" },
];
const timing = { times: fc.integer({ min: 1, max: 8 }), after: fc.integer({ min: 0, max: 4 }) };

const faults = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      match: fc.constantFrom(ANY, POST, PATCH, DELETE, GET),
      ...timing,
      action: fc.constantFrom<unknown>(
        { drop: "before" },
        { drop: "after" },
        { status: 429, headers: { "retry-after": "1" } },
        { status: 500 },
        { status: 503 },
        { delayMs: 5 },
      ),
    }),
  },
  // Only writes: an object whose answer was lost, and which the gateway then refuses to look up, can't be found again.
  {
    weight: 1,
    arbitrary: fc.record({
      match: fc.constantFrom(POST, PATCH, DELETE),
      ...timing,
      action: fc.constant({ status: 400 }),
    }),
  },
);

export const sequences: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant("up" as const), program: programs }) },
    { weight: 1, arbitrary: fc.constant({ do: "refresh" as const }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("fault" as const), fault: faults }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("kill" as const),
        calls: fc.integer({ min: 0, max: 6 }),
        when: fc.constantFrom("before" as const, "after" as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("outside" as const), change: fc.constantFrom(...OUTSIDE_CHANGES) }),
    },
  ),
  { minLength: 1, maxLength: 10 },
);
