/** URNs of resources and references to providers. */
import { UNKNOWN_STRING } from "./values";

export type Urn = string;

export const ROOT_STACK_TYPE = "pulumi:pulumi:Stack";
const PROVIDER_TYPE_PREFIX = "pulumi:providers:";

export interface UrnParts {
  readonly stack: string;
  readonly project: string;
  /** The types of all ancestors except the stack, then the resource's own type, joined by `$`. */
  readonly qualifiedType: string;
  /** May contain `::`. */
  readonly name: string;
}

export function makeUrn(stack: string, project: string, parent: Urn | undefined, type: string, name: string): Urn {
  const parentType = parent === undefined ? "" : qualifiedTypeOf(parent);
  const qualifiedType = parentType === "" || parentType === ROOT_STACK_TYPE ? type : `${parentType}$${type}`;
  return `urn:pulumi:${stack}::${project}::${qualifiedType}::${name}`;
}

export function isUrn(text: string): boolean {
  return text.startsWith("urn:pulumi:") && text.split("::").length >= 4;
}

export function parseUrn(urn: Urn): UrnParts {
  const [head = "", project = "", qualifiedType = "", ...name] = urn.split("::");
  return { stack: head.slice("urn:pulumi:".length), project, qualifiedType, name: name.join("::") };
}

export function qualifiedTypeOf(urn: Urn): string {
  return parseUrn(urn).qualifiedType;
}

export function typeOf(urn: Urn): string {
  return qualifiedTypeOf(urn).split("$").at(-1) ?? "";
}

export function nameOf(urn: Urn): string {
  return parseUrn(urn).name;
}

export function isStackUrn(urn: Urn): boolean {
  return qualifiedTypeOf(urn) === ROOT_STACK_TYPE;
}

export function isProviderType(type: string): boolean {
  return type.startsWith(PROVIDER_TYPE_PREFIX);
}

export function providerTypeOf(packageName: string): string {
  return `${PROVIDER_TYPE_PREFIX}${packageName}`;
}

/** The package of a provider resource's type: `pulumi:providers:aws` → `aws`. */
export function packageOfProviderType(type: string): string {
  return type.slice(PROVIDER_TYPE_PREFIX.length);
}

/** The package of a resource type or function token: `aws:s3/bucket:Bucket` → `aws`. */
export function packageOf(token: string): string {
  return isProviderType(token) ? packageOfProviderType(token) : (token.split(":")[0] ?? "");
}

/** Whether a token has the three parts of a custom resource's type. */
export function isTypeToken(token: string): boolean {
  const parts = token.split(":");
  return parts.length === 3 && parts.every((part) => part !== "");
}

/** `default`, or `default_1_2_3` for a version; one provider resource per package, version and download address. */
export function defaultProviderName(version: string, pluginDownloadUrl: string): string {
  const parts = ["default"];
  if (version !== "") parts.push(version.replace(/[^A-Za-z0-9]/g, "_"));
  if (pluginDownloadUrl !== "") parts.push(pluginDownloadUrl.replace(/[^A-Za-z0-9]+/g, "_"));
  return parts.join("_");
}

export function isDefaultProvider(urn: Urn): boolean {
  return isProviderType(typeOf(urn)) && /^default(_|$)/.test(nameOf(urn));
}

/** Identifies the provider resource of a resource: `<provider urn>::<provider id>`. */
export interface ProviderReference {
  readonly urn: Urn;
  /** The unknown sentinel if the provider is only planned. */
  readonly id: string;
}

export function formatReference(reference: ProviderReference): string {
  return `${reference.urn}::${reference.id === "" ? UNKNOWN_STRING : reference.id}`;
}

/** `undefined` when the text is not a provider reference. */
export function parseReference(text: string): ProviderReference | undefined {
  const end = text.lastIndexOf("::");
  const urn = text.slice(0, Math.max(end, 0));
  if (!isUrn(urn) || !isProviderType(typeOf(urn))) return undefined;
  const id = text.slice(end + 2);
  return { urn, id: id === "" ? UNKNOWN_STRING : id };
}
