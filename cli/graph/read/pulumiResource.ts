/** A resource of a state or a preview, without its secrets. */
import { kindOfTypeToken } from "../../../provider/lifecycle/typeTokens";
import { hideSecrets } from "../../../sdk/secrets";

/** Pulumi writes values that are not plain JSON as objects with this member, whose value identifies the type. */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
/** Pulumi writes this in place of a text that is known after the update. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** A shorter secret is not masked in other texts, because it may be a common word. */
const MIN_SECRET_CHARS = 8;

/** A resource in the document's form. */
export interface RawResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string | undefined;
  readonly parent?: string | undefined;
  readonly inputs?: Readonly<Record<string, unknown>> | undefined;
  readonly outputs?: Readonly<Record<string, unknown>> | undefined;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>> | null | undefined;
}

export interface PulumiResource {
  readonly urn: string;
  readonly type: string;
  /** `ProviderKey`; undefined for a resource of another package. */
  readonly kind: string | undefined;
  /** Its name in the program. */
  readonly name: string;
  /** The object's id, or the resource's URN before it has one. */
  readonly id: string;
  /** Secrets are `[secret]`, unknown values undefined. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The resources that a field's value comes from. */
  dependenciesOf(field: string): readonly string[];
}

/** @param planned whether inputs take precedence over outputs, as in a preview, whose outputs are old */
export function toPulumiResource(raw: RawResource, planned: boolean, secrets: readonly string[]): PulumiResource {
  const { urn, type, inputs = {}, outputs = {} } = raw;
  const merged = planned ? { ...outputs, ...inputs } : { ...inputs, ...outputs };
  return {
    urn,
    type,
    kind: kindOfTypeToken(type),
    name: hideSecrets(nameOf(urn), secrets),
    id: raw.id && raw.id !== UNKNOWN ? raw.id : urn,
    fields: withoutSecrets(merged, secrets) as Record<string, unknown>,
    dependenciesOf: (field) => raw.propertyDependencies?.[field] ?? [],
  };
}

export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** `shop/dev` of any resource's URN. */
export function stackOf(urn: string): string {
  const [stack = "", project = ""] = urn.slice("urn:pulumi:".length).split("::");
  return `${project}/${stack}`;
}

/** Every secret that the documents contain in plain text, as `pulumi stack export --show-secrets` writes them. */
export function secretsIn(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) for (const part of value) secretsIn(part, found);
  else if (isRecord(value)) {
    if (value[SIGNATURE_KEY] === SECRET_SIGNATURE && typeof value.plaintext === "string")
      addTexts(parsed(value.plaintext), found);
    else for (const part of Object.values(value)) secretsIn(part, found);
  }
  return found;
}

function addTexts(value: unknown, found: Set<string>): void {
  if (typeof value === "string") {
    if (value.length >= MIN_SECRET_CHARS) found.add(value);
  } else if (value !== null && typeof value === "object") {
    for (const part of Object.values(value)) addTexts(part, found);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // not JSON: the text itself is the secret
  }
}

function withoutSecrets(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return value === UNKNOWN ? undefined : hideSecrets(value, secrets);
  if (Array.isArray(value)) return value.map((part) => withoutSecrets(part, secrets));
  if (!isRecord(value)) return value;
  if (SIGNATURE_KEY in value) return value[SIGNATURE_KEY] === SECRET_SIGNATURE ? "[secret]" : undefined;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutSecrets(part, secrets)]));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : undefined;
}

export function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
