/** What is doubtful in an account: things that nobody uses, that nobody can use, and traffic that took another way than meant. */
import type { UsageEvent } from "../../sdk";
import { KINDS_WITH_LAST_USE, type ListOf, listOf } from "../kinds";

/** What is looked at: an account's inventory, or what a state tells of one. */
export interface Inspected extends Used {
  readonly providers: readonly { readonly id: string; readonly providerId: string }[];
  readonly providerKeys: readonly (Stored & { readonly providerId: string })[];
  readonly configurations: readonly {
    readonly id: string;
    readonly name?: string | undefined;
    readonly access?:
      | { readonly providers?: { readonly allow?: readonly string[] | undefined } | undefined }
      | undefined;
    readonly router?: { readonly rules?: readonly Rule[] | undefined } | undefined;
  }[];
  readonly accessKeys: readonly (Stored & {
    readonly accessKeyConfiguration?: { readonly id: string } | null | undefined;
  })[];
}

/** The lists of the kinds of which the API reports when an object was last used. */
type Used = { readonly [K in (typeof KINDS_WITH_LAST_USE)[number] as ListOf<K>]: readonly Stored[] };

interface Stored {
  readonly id: string;
  readonly name?: string | undefined;
  readonly createdAt: string;
  readonly lastUsed?: string | null | undefined;
}

interface Rule {
  readonly steps: readonly { readonly keys?: readonly { readonly id: string }[] | undefined }[];
}

export interface Finding {
  /** Class of the resource that manages such an object: `ProviderKey`. */
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly finding:
    | "never-used"
    | "in-no-rule"
    | "allowed-to-nobody"
    | "without-key"
    | "of-no-access-key"
    | "on-credits";
  /** Why it is found, and what may be done. */
  readonly reason: string;
}

export function findingsOf(inventory: Inspected, usage: readonly UsageEvent[] = []): Finding[] {
  return [
    ...neverUsed(inventory),
    ...keysInNoRule(inventory),
    ...providersOfNobody(inventory),
    ...providersWithoutKey(inventory),
    ...configurationsOfNobody(inventory),
    ...trafficOnCredits(inventory, usage),
  ];
}

function neverUsed(inventory: Inspected): Finding[] {
  return KINDS_WITH_LAST_USE.flatMap((kind) =>
    inventory[listOf(kind)]
      .filter(({ lastUsed }) => !lastUsed)
      .map(({ id, name, createdAt }) => ({
        kind,
        id,
        name: name ?? "",
        finding: "never-used" as const,
        reason: `never used since it was made at ${createdAt}: remove it, or find out who should use it`,
      })),
  );
}

/** A key without a configuration may use everything that is stored. */
function hasAllowAll({ accessKeys }: Inspected): boolean {
  return accessKeys.some(({ accessKeyConfiguration }) => !accessKeyConfiguration?.id);
}

function rulesOf({ configurations }: Inspected) {
  return configurations.flatMap(({ router }) => router?.rules ?? []);
}

function keysInNoRule(inventory: Inspected): Finding[] {
  if (hasAllowAll(inventory)) return [];
  const used = new Set(
    rulesOf(inventory).flatMap(({ steps }) => steps.flatMap(({ keys }) => (keys ?? []).map(({ id }) => id))),
  );
  return inventory.providerKeys
    .filter(({ id }) => !used.has(id))
    .map(({ id, name }) => ({
      kind: "ProviderKey",
      id,
      name: name ?? "",
      finding: "in-no-rule",
      reason: "no routing rule uses it: add it to a rule, or remove it",
    }));
}

function providersOfNobody(inventory: Inspected): Finding[] {
  if (hasAllowAll(inventory)) return [];
  const given = new Set(inventory.accessKeys.map(({ accessKeyConfiguration }) => accessKeyConfiguration?.id));
  const inUse = inventory.configurations.filter(({ id }) => given.has(id));
  const lists = inUse.map(({ access }) => access?.providers?.allow);
  if (lists.includes(undefined)) return [];
  const allowed = new Set(lists.flat());
  return inventory.providers
    .filter(({ id, providerId }) => !allowed.has(id) && !allowed.has(providerId))
    .map(({ id, providerId }) => ({
      kind: "CustomProvider",
      id,
      name: providerId,
      finding: "allowed-to-nobody",
      reason: "no access key's configuration allows it: add it to access.providers.allow, or remove it",
    }));
}

function providersWithoutKey({ providers, providerKeys }: Inspected): Finding[] {
  const withKey = new Set(providerKeys.map(({ providerId }) => providerId));
  return providers
    .filter(({ id, providerId }) => !withKey.has(providerId) && !withKey.has(id))
    .map(({ id, providerId }) => ({
      kind: "CustomProvider",
      id,
      name: providerId,
      finding: "without-key",
      reason: "it has no provider key, so the gateway can send it nothing: store one and add it to a rule",
    }));
}

function configurationsOfNobody({ configurations, accessKeys }: Inspected): Finding[] {
  const given = new Set(accessKeys.map(({ accessKeyConfiguration }) => accessKeyConfiguration?.id));
  return configurations
    .filter(({ id }) => !given.has(id))
    .map(({ id, name }) => ({
      kind: "AccessConfiguration",
      id,
      name: name ?? "",
      finding: "of-no-access-key",
      reason: "no access key has it: assign it to one, or remove it",
    }));
}

/** The gateway's credits paid although the account has keys of its own for the provider. */
function trafficOnCredits({ providerKeys, accessKeys }: Inspected, usage: readonly UsageEvent[]): Finding[] {
  const own = new Set(providerKeys.map(({ providerId }) => providerId));
  const onCredits = usage.filter(({ keySource, provider }) => keySource === "ngrok" && own.has(provider));
  const groups = Map.groupBy(onCredits, ({ accessKeyId, provider }) => JSON.stringify([accessKeyId, provider]));
  return [...groups].map(([group, events]) => {
    const [id, provider] = JSON.parse(group) as [string, string];
    const cost = events.reduce((sum, { totalCost }) => sum + Number(totalCost), 0).toFixed(2);
    return {
      kind: "AccessKey",
      id,
      name: accessKeys.find((key) => key.id === id)?.name ?? "",
      finding: "on-credits",
      reason:
        `${events.length} requests to ${provider} were paid with the gateway's credits (${cost} USD), though a key of your own is stored: ` +
        "put it into a rule of the key's configuration, before or instead of the ngrok step",
    };
  });
}
