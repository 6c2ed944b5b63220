/** Random programs, changes by others, and faults: the parts of a random life of a stack. */
import fc from "fast-check";
import type { PlainObject } from "../../../provider/lifecycle/values";
import type { Declared, UpOptions } from "../../helpers/miniEngine/miniEngine";
import type { KillTime } from "../../helpers/miniEngine/process";

/** Values of provider keys, which no error may contain. */
export const PLANTED_VALUES = ["planted-value-one-0123456789abc", "another-planted-value-0123456789"] as const;

/** Keys of objects created outside Pulumi that a program may adopt. */
export const HAND_MADE = {
  CustomProvider: "p-taken",
  ProviderKey: "by-hand-key",
  AccessConfiguration: "by-hand-configuration",
  AccessKey: "by-hand-access-key",
} as const;
export type HandKind = keyof typeof HAND_MADE;
export const HAND_KINDS = Object.keys(HAND_MADE) as HandKind[];
/** Ids of the objects that exist. */
export type HandIds = Readonly<Partial<Record<HandKind, string>>>;

export type AdoptMode = "ifExists" | "required" | "by id";

/** A resource that adopts an object created outside Pulumi. */
export interface Adopter {
  readonly kind: HandKind;
  readonly mode: AdoptMode;
  /** Another name without alias, or another parent, makes it a different resource with the same object. */
  readonly name: "adopts" | "renamed";
  readonly parent: "none" | "team" | "aliased team";
  readonly provider: "default" | "explicit";
  readonly label: string;
}

/** The contents of a program; names of missing objects are left out. */
export interface Program {
  readonly providers: readonly { readonly id: string; readonly name: string; readonly models: readonly string[] }[];
  readonly keys: readonly { readonly name: string; readonly provider: string; readonly value: string }[];
  readonly access: readonly string[] | undefined;
  readonly accessKey:
    | {
        readonly name: string;
        readonly rotation: string;
        readonly linked: boolean;
        readonly resource: string;
        readonly deleteBeforeReplace: boolean;
      }
    | undefined;
  readonly apiKey: { readonly name: string; readonly trigger: string; readonly inTeam: boolean } | undefined;
  readonly settings: { readonly totalTimeout?: string; readonly maxInputTokens?: number } | undefined;
  readonly adopters: readonly Adopter[];
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const adopters: fc.Arbitrary<Adopter> = fc.record({
  kind: fc.constantFrom(...HAND_KINDS),
  mode: fc.constantFrom<AdoptMode>("ifExists", "required", "by id"),
  name: fc.constantFrom("adopts" as const, "renamed" as const),
  parent: fc.constantFrom("none" as const, "team" as const, "aliased team" as const),
  provider: fc.constantFrom("default" as const, "default" as const, "explicit" as const),
  label: fc.constantFrom("first", "second"),
});

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
    fc.record({
      name: fc.constantFrom("a", "b"),
      rotation: fc.constantFrom("1", "2"),
      linked: fc.boolean(),
      resource: fc.constantFrom("application", "renamed-application"),
      deleteBeforeReplace: fc.boolean(),
    }),
  ),
  apiKey: optional(
    fc.record({ name: fc.constantFrom("x", "y"), trigger: fc.constantFrom("1", "2"), inTeam: fc.boolean() }),
  ),
  settings: optional(
    fc.record(
      { totalTimeout: fc.constantFrom("60s", "70s"), maxInputTokens: fc.constantFrom(1_000, 2_000) },
      { requiredKeys: [] },
    ),
  ),
  adopters: fc.uniqueArray(adopters, { selector: ({ kind }) => kind, maxLength: 2 }),
});

/** Conditions for a whole life. */
export interface World {
  /** Owner of the router: rules that a program no longer gives stay at the gateway and refer to their keys. */
  readonly rules: "inline" | "single";
  readonly ownership: "on" | "off";
}

export const worlds: fc.Arbitrary<World> = fc.record({
  rules: fc.constantFrom("inline" as const, "single" as const),
  ownership: fc.constantFrom("on" as const, "on" as const, "off" as const),
});

const TEAM = "my:index:Team";

/** The resources of a program. `claimsTwice` adds a resource that adopts another resource's object. */
export function declare(program: Program, world: World, hand: HandIds, claimsTwice = false): Declared[] {
  const ids = program.providers.map(({ id }) => id);
  const keys = program.keys.filter(({ provider }) => provider === "openai" || ids.includes(provider));
  const keyed = [...new Set(keys.map(({ provider }) => provider))];
  const stepsOf = (provider: string, idOf: (name: string) => string) => [
    { type: "user", keys: keys.filter((key) => key.provider === provider).map(({ name }) => ({ id: idOf(name) })) },
  ];
  const access = program.access && { providers: { allow: [...new Set([...program.access, ...keyed])] } };
  const { accessKey, apiKey, settings } = program;
  const isMarked = world.ownership === "on";
  const adopting = program.adopters.map((adopter) => declareAdopter(adopter, hand));
  const twins = program.adopters
    .filter(({ kind }) => claimsTwice && hand[kind] !== undefined)
    .map((adopter) => declareAdopter({ ...adopter, mode: "by id" }, hand))
    .map((declared) => ({ ...declared, name: `${declared.name}-twice` }));
  return [
    ...program.providers.map(
      ({ id, name, models }): Declared => ({
        kind: "CustomProvider",
        name: id,
        inputs: () => ({ providerId: id, name, models: [...models], baseUrl: `https://${id}.example.com/v1` }),
      }),
    ),
    ...adopting,
    ...twins,
    ...keys.map(
      ({ name, provider, value }): Declared => ({
        kind: "ProviderKey",
        name,
        inputs: () => ({ providerId: provider, value, name }),
      }),
    ),
    {
      kind: "AccessConfiguration",
      name: "team",
      inputs: (idOf) => ({
        name: "team",
        ...(access && { access }),
        ...(world.rules === "inline" && {
          rules: keyed.map((provider) => ({ provider, steps: stepsOf(provider, idOf) })),
        }),
      }),
    },
    ...(world.rules === "single" ? keyed : []).map(
      (provider): Declared => ({
        kind: "RoutingRule",
        name: `rule-${provider}`,
        inputs: (idOf) => ({ configurationId: idOf("team"), provider, steps: stepsOf(provider, idOf) }),
      }),
    ),
    ...when(accessKey, ({ name, rotation, linked, resource, deleteBeforeReplace }) => ({
      kind: "AccessKey",
      name: resource,
      deleteBeforeReplace,
      inputs: (idOf) => ({ name, rotationTrigger: rotation, ...(linked && { configurationId: idOf("team") }) }),
    })),
    ...when(apiKey, ({ name, trigger, inTeam }) => ({
      kind: "ApiKey",
      name: "pipeline",
      // Without a mark, the old object cannot be distinguished from a new one whose response was lost.
      trigger: isMarked ? trigger : "1",
      ...(inTeam && { parent: TEAM }),
      inputs: () => ({ name }),
    })),
    ...when(settings, (inputs) => ({ kind: "GatewaySettings", name: "settings", inputs: () => ({ ...inputs }) })),
  ];
}

function declareAdopter({ kind, mode, name, parent, provider, label }: Adopter, hand: HandIds): Declared {
  const id = hand[kind];
  // An object that was deleted with its adopting resource can no longer be required.
  const adopt = id === undefined ? "ifExists" : mode === "by id" ? id : mode;
  const key = HAND_MADE[kind];
  const inputs: Record<HandKind, PlainObject> = {
    CustomProvider: { providerId: key, name: label, baseUrl: "https://taken.example.com" },
    ProviderKey: { providerId: "openai", name: key, value: PLANTED_VALUES[0], description: label },
    AccessConfiguration: { name: key, description: label },
    AccessKey: { name: key, description: label },
  };
  return {
    kind,
    name: `${name}-${kind}`,
    ...(parent !== "none" && { parent: TEAM }),
    ...(parent === "aliased team" && { aliases: [{ parent: undefined }] }),
    ...(provider === "explicit" && { provider }),
    inputs: () => ({ ...inputs[kind], adopt }),
  };
}

function when<T>(given: T | undefined, toDeclared: (given: T) => Declared): Declared[] {
  return given === undefined ? [] : [toDeclared(given)];
}

export const OUTSIDE_CHANGES = ["rename", "delete", "rotate", "empty rules", "limit output", "limit ours"] as const;
export type OutsideChange = (typeof OUTSIDE_CHANGES)[number];

export interface Kill {
  readonly requests: number;
  readonly when: KillTime;
  readonly what: "run" | "provider";
}

export type Step =
  | { readonly do: "up"; readonly program: Program; readonly options: UpOptions; readonly claimsTwice: boolean }
  | { readonly do: "refresh" }
  | { readonly do: "fault"; readonly fault: Readonly<Record<string, unknown>> }
  | { readonly do: "kill"; readonly kill: Kill }
  | { readonly do: "recover" }
  | { readonly do: "outside"; readonly change: OutsideChange };

const [ANY, POST, PATCH, DELETE, GET] = [
  {},
  { method: "POST" },
  { method: "PATCH" },
  { method: "DELETE" },
  { method: "GET" },
];
const timing = { times: fc.integer({ min: 1, max: 8 }), after: fc.integer({ min: 0, max: 4 }) };
const HTML = { status: 200, headers: { "content-type": "text/html" }, body: "<html>a proxy's page</html>" };

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
  { weight: 2, arbitrary: fc.record({ match: fc.constantFrom(DELETE, GET), ...timing, action: fc.constant(HTML) }) },
  // Look-ups that fail until the budget is used up.
  {
    weight: 2,
    arbitrary: fc.record({
      match: fc.constant(GET),
      times: fc.constant(1_000),
      after: fc.integer({ min: 0, max: 8 }),
      action: fc.constantFrom<unknown>({ status: 503 }, HTML),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      match: fc.constantFrom(ANY, POST, PATCH, DELETE, GET),
      ...timing,
      action: fc.constant({ status: 400 }),
    }),
  },
);

export const sequences: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("up" as const),
        program: programs,
        options: fc.record(
          {
            replace: fc.constantFrom(
              ...[["application"], ["pipeline"], ["k1", "team"], HAND_KINDS.map((kind) => `adopts-${kind}`)],
            ),
            refresh: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
        claimsTwice: fc.boolean().chain((first) => (first ? fc.boolean() : fc.constant(false))),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ do: "refresh" as const }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("fault" as const), fault: faults }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("kill" as const),
        kill: fc.record({
          requests: fc.integer({ min: 0, max: 12 }),
          when: fc.constantFrom("before" as const, "after" as const),
          what: fc.constantFrom("run" as const, "provider" as const),
        }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ do: "recover" as const }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("outside" as const), change: fc.constantFrom(...OUTSIDE_CHANGES) }),
    },
  ),
  { minLength: 1, maxLength: 10 },
);
