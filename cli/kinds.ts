/**
 * The one table of kinds: each resource class with its words and its place in lists, programs, pictures and documents.
 * In this order, a kind refers only to kinds before it. Loads nothing.
 */
import type { CallOptions, GatewayClient } from "../sdk";

interface KindInfo {
  /** Words inside a sentence. The plural of `counted` ends in "s". */
  readonly noun: string;
  /** The API's noun, as in `listApiKeys`, and the name of its list in an inventory. Absent: the account has no such list. */
  readonly listed?: { readonly api: string; readonly list: string };
  /** The API reports when an object was last used. */
  readonly hasLastUsed?: true;
  /** How `export` writes the kind. Absent: it is not exported. */
  readonly program?: ProgramInfo;
  /** Drawn without connections, with this line below its name. Absent: the picture has specific rules for the kind. */
  readonly picture?: { readonly subtitle: string };
}

interface ProgramInfo {
  /** Suffix for a variable whose name is in use. */
  readonly suffix: string;
  /** Name of a resource whose object's name has no letters. */
  readonly fallbackName: string;
  /** Objects of the kind have a name at the gateway. */
  readonly isNamed: boolean;
  /** Other resources may refer to it, so it needs a variable. */
  readonly isReferable: boolean;
  /** It is exported with its parent and cannot be chosen alone. */
  readonly isPart?: true;
  /** Comment above the first resource of the kind in a program. */
  readonly comment: readonly string[];
}

export const KINDS = {
  CustomProvider: {
    noun: "custom provider",
    listed: { api: "Provider", list: "providers" },
    program: {
      suffix: "Provider",
      fallbackName: "provider",
      isNamed: true,
      isReferable: true,
      comment: ["Your own upstreams."],
    },
  },
  ProviderKey: {
    noun: "provider key",
    listed: { api: "ProviderKey", list: "providerKeys" },
    hasLastUsed: true,
    program: {
      suffix: "Key",
      fallbackName: "provider-key",
      isNamed: true,
      isReferable: true,
      comment: ["Credentials of providers. The values come from the stack config; see README.md."],
    },
  },
  AccessConfiguration: {
    noun: "configuration",
    listed: { api: "AccessKeyConfiguration", list: "configurations" },
    program: {
      suffix: "Configuration",
      fallbackName: "configuration",
      isNamed: true,
      isReferable: true,
      comment: ["What access keys may use, and with which credentials."],
    },
  },
  RoutingRule: {
    noun: "routing rule",
    program: { suffix: "Rule", fallbackName: "rule", isNamed: false, isReferable: false, isPart: true, comment: [] },
  },
  AccessKey: {
    noun: "access key",
    listed: { api: "AccessKey", list: "accessKeys" },
    hasLastUsed: true,
    program: {
      suffix: "AccessKey",
      fallbackName: "access-key",
      isNamed: true,
      isReferable: true,
      comment: [
        "Keys of applications. The gateway returns a token only when it creates the key, so an adopted key has none here.",
        "A changed rotationTrigger creates a new key, with a token.",
      ],
    },
  },
  ApiKey: {
    noun: "API key",
    listed: { api: "ApiKey", list: "apiKeys" },
    hasLastUsed: true,
    program: {
      suffix: "ApiKey",
      fallbackName: "api-key",
      isNamed: true,
      isReferable: true,
      comment: ["Keys of the management API, without their tokens. One of them may be the key that Pulumi uses."],
    },
    picture: { subtitle: "manages the account" },
  },
  GatewaySettings: {
    noun: "account settings",
    program: {
      suffix: "Settings",
      fallbackName: "settings",
      isNamed: false,
      isReferable: false,
      comment: ["Settings of the whole account."],
    },
  },
  RouteCheck: { noun: "route check" },
} as const satisfies Readonly<Record<string, KindInfo>>;

export type Kind = keyof typeof KINDS;

type KindWith<Property extends keyof KindInfo> = {
  [K in Kind]: (typeof KINDS)[K] extends Readonly<Record<Property, object | true>> ? K : never;
}[Kind];
/** Kinds with a list in the account. */
export type ListedKind = KindWith<"listed">;
export type ExportedKind = KindWith<"program">;
export type StandaloneKind = KindWith<"picture">;

/** The name of a kind's list in an inventory. */
export type ListOf<K extends ListedKind> = (typeof KINDS)[K]["listed"]["list"];
type MethodOf<K extends ListedKind> = `list${(typeof KINDS)[K]["listed"]["api"]}s`;
/** An object of the kind, as the API lists it. */
export type ObjectOf<K extends ListedKind> =
  ReturnType<GatewayClient[MethodOf<K>]> extends AsyncIterable<infer Item> ? Item : never;

export const ALL_KINDS = Object.keys(KINDS) as readonly Kind[];
export const LISTED_KINDS = kindsWith("listed");
export const EXPORTED_KINDS = kindsWith("program");
export const STANDALONE_KINDS = kindsWith("picture");
export const KINDS_WITH_LAST_USE = kindsWith("hasLastUsed") as readonly Extract<ListedKind, KindWith<"hasLastUsed">>[];

function kindsWith<Property extends keyof KindInfo>(property: Property): readonly KindWith<Property>[] {
  return ALL_KINDS.filter((kind): kind is KindWith<Property> => property in KINDS[kind]);
}

/** The entry of a kind by its name; `undefined` for a kind of a later version. */
export function infoOf(kind: string): KindInfo | undefined {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind as Kind] : undefined;
}

export function listOf<K extends ListedKind>(kind: K): ListOf<K> {
  return KINDS[kind].listed.list;
}

/** Reads the account's list of a kind, page by page. */
export function readList<K extends ListedKind>(
  client: GatewayClient,
  kind: K,
  options: CallOptions,
): AsyncIterable<ObjectOf<K>> {
  const lists = client as unknown as Readonly<Record<string, (options: CallOptions) => AsyncIterable<ObjectOf<K>>>>;
  return lists[`list${KINDS[kind].listed.api}s`]!(options);
}

/** Deletes an object of a kind. */
export async function removeObject(client: GatewayClient, kind: ListedKind, id: string): Promise<void> {
  const deletions = client as unknown as Readonly<Record<string, (id: string) => Promise<unknown>>>;
  await deletions[`delete${KINDS[kind].listed.api}`]!(id);
}
