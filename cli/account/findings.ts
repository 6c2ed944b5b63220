/** Finds probable mistakes in an account: objects that nothing uses or can use, and traffic that takes an unintended route. */
import type { UsageEvent } from "../../sdk";
import { KINDS_WITH_LAST_USE, type Kind, type ListOf, listOf } from "../kinds";
import { isAzure, upstreamOf } from "./azureHosts";

interface FindingInfo {
  readonly concerns: readonly Kind[];
  readonly message: string;
  /** Advice to the user. */
  readonly advice: string;
  /** Label on a card of the picture. */
  readonly words: string;
  /** `broken`: no request can succeed. `unused`: nothing fails. */
  readonly weight: "broken" | "unused";
}

/** Every finding by its id. The ids are stable: pipelines compare them. */
export const FINDINGS = {
  "key-never-used": {
    concerns: KINDS_WITH_LAST_USE,
    message: "The key has never been used.",
    advice: "Delete it, or find out which application should use it.",
    words: "never used",
    weight: "unused",
  },
  "key-not-routed": {
    concerns: ["ProviderKey"],
    message: "No routing rule uses the key.",
    advice: "Add it to a rule, or delete it.",
    words: "not routed",
    weight: "unused",
  },
  "provider-not-allowed": {
    concerns: ["CustomProvider"],
    message: "No access key's configuration allows the provider.",
    advice: "Add it to access.providers.allow of a configuration, or delete it.",
    words: "not allowed",
    weight: "broken",
  },
  "provider-without-key": {
    concerns: ["CustomProvider"],
    message: "The provider has no key, so the gateway cannot call it.",
    advice: "Store a provider key and add it to a rule.",
    words: "no key",
    weight: "broken",
  },
  "configuration-unattached": {
    concerns: ["AccessConfiguration"],
    message: "No access key uses the configuration.",
    advice: "Attach it to an access key, or delete it.",
    words: "unattached",
    weight: "unused",
  },
  "billed-to-credits": {
    concerns: ["AccessKey"],
    message: "Requests were billed to ngrok credits although a key of your own is stored for the provider.",
    advice: "Put your key into a rule of the access key's configuration, before or in place of the ngrok step.",
    words: "billed to credits",
    weight: "unused",
  },
} as const satisfies Readonly<Record<string, FindingInfo>>;

export type FindingId = keyof typeof FINDINGS;

/** A finding about one object. */
export interface Finding {
  readonly finding: FindingId;
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  /** Details of the object, for example `created 2026-01-02T03:04:05Z`. */
  readonly detail?: string;
  /** Why it is reported and what to do, in full sentences. */
  readonly reason: string;
}

/** The inspected objects: an account's inventory, or the same objects from a state. */
export interface Inspected extends UsedObjects {
  readonly providers: readonly { readonly id: string; readonly providerId: string; readonly baseUrl: string }[];
  readonly providerKeys: readonly (StoredKey & { readonly providerId: string })[];
  readonly configurations: readonly {
    readonly id: string;
    readonly name?: string | undefined;
    readonly access?:
      | { readonly providers?: { readonly allow?: readonly string[] | undefined } | undefined }
      | undefined;
    readonly router?: { readonly rules?: readonly Rule[] | undefined } | undefined;
  }[];
  readonly accessKeys: readonly (StoredKey & {
    readonly accessKeyConfiguration?: { readonly id: string } | null | undefined;
  })[];
}

/** Kinds whose objects have a time of last use. */
type UsedObjects = { readonly [K in (typeof KINDS_WITH_LAST_USE)[number] as ListOf<K>]: readonly StoredKey[] };

interface StoredKey {
  readonly id: string;
  readonly name?: string | undefined;
  readonly createdAt: string;
  readonly lastUsed?: string | null | undefined;
}

interface Rule {
  readonly steps: readonly { readonly keys?: readonly { readonly id: string }[] | undefined }[];
}

export function findingsOf(inventory: Inspected, usage: readonly UsageEvent[] = []): Finding[] {
  return [
    ...neverUsed(inventory),
    ...keysNotRouted(inventory),
    ...providersNotAllowed(inventory),
    ...providersWithoutKey(inventory),
    ...unattachedConfigurations(inventory),
    ...billedToCredits(inventory, usage),
  ];
}

function toFinding(
  finding: FindingId,
  kind: Kind,
  { id, name = "" }: { readonly id: string; readonly name?: string | undefined },
  detail?: string,
): Finding {
  const { message, advice } = FINDINGS[finding];
  const reason = [message.replace(/\.$/, detail === undefined ? "." : ` (${detail}).`), advice].join(" ");
  return { finding, kind, id, name, ...(detail !== undefined && { detail }), reason };
}

function neverUsed(inventory: Inspected): Finding[] {
  const isStandby = standbyTest(inventory);
  return KINDS_WITH_LAST_USE.flatMap((kind) =>
    inventory[listOf(kind)]
      .filter(({ id, lastUsed }) => !lastUsed && !isStandby(id))
      .map((key) => toFinding("key-never-used", kind, key, `created ${key.createdAt}`)),
  );
}

/**
 * Returns a test for provider keys that are unused as long as nothing fails: every rule with the key lists another key of the same
 * provider before it, or the key is the later one of an Azure account, which always has two.
 */
function standbyTest(inventory: Inspected): (id: string) => boolean {
  const { providers, providerKeys } = inventory;
  const keys = new Map(providerKeys.map((key) => [key.id, key]));
  const keysOfProvider = Map.groupBy(providerKeys, ({ providerId }) => providerId);
  const baseUrls = new Map(
    providers.flatMap(({ id, providerId, baseUrl }) => [[id, baseUrl] as const, [providerId, baseUrl] as const]),
  );
  const [leading, following] = [new Set<string>(), new Set<string>()];
  for (const { steps } of rulesOf(inventory)) {
    const seen = new Set<string | undefined>();
    for (const { id } of steps.flatMap((step) => step.keys ?? [])) {
      const provider = keys.get(id)?.providerId;
      (seen.has(provider) ? following : leading).add(id);
      seen.add(provider);
    }
  }
  return (id) => {
    const key = keys.get(id);
    if (key === undefined || leading.has(id)) return false;
    if (following.has(id)) return true;
    const isLater = keysOfProvider.get(key.providerId)?.some(({ createdAt }) => createdAt < key.createdAt) === true;
    const upstream = isLater ? upstreamOf(baseUrls.get(key.providerId) ?? "") : undefined;
    return upstream !== undefined && isAzure(upstream);
  };
}

/** An access key without a configuration may use every provider and every stored key. */
function hasUnrestrictedKey({ accessKeys }: Inspected): boolean {
  return accessKeys.some(({ accessKeyConfiguration }) => !accessKeyConfiguration?.id);
}

function rulesOf({ configurations }: Inspected): readonly Rule[] {
  return configurations.flatMap(({ router }) => router?.rules ?? []);
}

function keysNotRouted(inventory: Inspected): Finding[] {
  if (hasUnrestrictedKey(inventory)) return [];
  const routed = new Set(
    rulesOf(inventory).flatMap(({ steps }) => steps.flatMap(({ keys }) => (keys ?? []).map(({ id }) => id))),
  );
  return inventory.providerKeys
    .filter(({ id }) => !routed.has(id))
    .map((key) => toFinding("key-not-routed", "ProviderKey", key));
}

function providersNotAllowed(inventory: Inspected): Finding[] {
  if (hasUnrestrictedKey(inventory)) return [];
  const attached = attachedConfigurations(inventory);
  const inUse = inventory.configurations.filter(({ id }) => attached.has(id));
  const lists = inUse.map(({ access }) => access?.providers?.allow);
  if (lists.includes(undefined)) return [];
  const allowed = new Set(lists.flat());
  return inventory.providers
    .filter(({ id, providerId }) => !allowed.has(id) && !allowed.has(providerId))
    .map(({ id, providerId }) => toFinding("provider-not-allowed", "CustomProvider", { id, name: providerId }));
}

function providersWithoutKey({ providers, providerKeys }: Inspected): Finding[] {
  const withKey = new Set(providerKeys.map(({ providerId }) => providerId));
  return providers
    .filter(({ id, providerId }) => !withKey.has(providerId) && !withKey.has(id))
    .map(({ id, providerId }) => toFinding("provider-without-key", "CustomProvider", { id, name: providerId }));
}

function unattachedConfigurations(inventory: Inspected): Finding[] {
  const attached = attachedConfigurations(inventory);
  return inventory.configurations
    .filter(({ id }) => !attached.has(id))
    .map((configuration) => toFinding("configuration-unattached", "AccessConfiguration", configuration));
}

function attachedConfigurations({ accessKeys }: Inspected): ReadonlySet<string | undefined> {
  return new Set(accessKeys.map(({ accessKeyConfiguration }) => accessKeyConfiguration?.id));
}

function billedToCredits({ providerKeys, accessKeys }: Inspected, usage: readonly UsageEvent[]): Finding[] {
  const withOwnKey = new Set(providerKeys.map(({ providerId }) => providerId));
  const billed = usage.filter(({ keySource, provider }) => keySource === "ngrok" && withOwnKey.has(provider));
  const groups = Map.groupBy(billed, ({ accessKeyId, provider }) => JSON.stringify([accessKeyId, provider]));
  return [...groups].map(([group, events]) => {
    const [id, provider] = JSON.parse(group) as [string, string];
    const cost = events.reduce((sum, { totalCost }) => sum + Number(totalCost), 0).toFixed(2);
    const name = accessKeys.find((key) => key.id === id)?.name;
    const detail = `${events.length} ${events.length === 1 ? "request" : "requests"} to ${provider}, ${cost} USD`;
    return toFinding("billed-to-credits", "AccessKey", { id, name }, detail);
  });
}
