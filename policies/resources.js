// @ts-check
/**
 * What the policies read from resources: their kind, and their properties with a mark for what preview does not know yet.
 * The pack also runs in projects without the package (programs in YAML use only its plugin), so it imports nothing of the package;
 * a test compares each list here with the package's own.
 */

/** Begins the type of a resource of the classes, and of the plugin. */
const TOKEN_PREFIXES = ["pulumi-nodejs:dynamic/ngrok-ai:", "ngrok-ai:index:"];
/** Types of the newest, a chosen and a separately installed version of azure-native's module. */
const AZURE_TOKEN = /^azure-native\w*:cognitiveservices(?:\/\w+)?:(Account|Deployment)$/;
const AZURE_HOST =
  /^[^.]+\.(?:(?:openai|cognitiveservices|services\.ai)\.azure\.(?:com|us|cn)|api\.cognitive\.(?:microsoft\.com|microsoft\.us|azure\.cn))$/;

/** Stands for a value that preview does not know yet. */
const UNKNOWN = Symbol("unknown until the update");

/**
 * `ProviderKey` for a resource of the provider, `AzureAccount` or `AzureDeployment` for one of azure-native, otherwise `undefined`.
 * @param {string} type
 * @returns {string | undefined}
 */
function kindOf(type) {
  const prefix = TOKEN_PREFIXES.find((each) => type.startsWith(each));
  if (prefix !== undefined) return type.slice(prefix.length);
  const azure = AZURE_TOKEN.exec(type)?.[1];
  return azure && `Azure${azure}`;
}

/**
 * A copy of properties in which `UNKNOWN` stands for each value that preview does not know: reading such a value from Pulumi's
 * object throws, which would end the policy.
 * @param {any} value
 * @returns {any}
 */
function plain(value) {
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => plainMember(value, index));
  if (!(value instanceof Object)) return value;
  return Object.fromEntries(Object.keys(value).map((key) => [key, plainMember(value, key)]));
}

/**
 * @param {any} container
 * @param {string | number} key
 */
function plainMember(container, key) {
  try {
    return plain(container[key]);
  } catch (error) {
    if (error instanceof Error && "unknownTypeSentinel" in error) return UNKNOWN;
    throw error;
  }
}

/**
 * A resource of a stack, as the stack policies use it.
 * @typedef {{
 *   readonly urn: string,
 *   readonly name: string,
 *   readonly kind: string,
 *   readonly props: Record<string, any>,
 *   readonly refersTo: (property: string, other: { readonly urn: string }) => boolean,
 * }} StackResource
 */

/**
 * The stack's resources that the policies know.
 * @param {import("@pulumi/policy").StackValidationArgs} args
 * @returns {StackResource[]}
 */
function knownResources({ resources }) {
  return resources.flatMap(({ type, urn, name, props, propertyDependencies }) => {
    const kind = kindOf(type);
    if (kind === undefined) return [];
    // A policy is not given the ids of resources, so only the dependencies tell which resource a property refers to.
    const refersTo = (/** @type {string} */ property, /** @type {{ readonly urn: string }} */ other) =>
      propertyDependencies[property]?.some((dependency) => dependency.urn === other.urn) ?? false;
    return [{ urn, name, kind, props: plain(props), refersTo }];
  });
}

/**
 * Whether a provider's address is one of Azure's.
 * @param {unknown} baseUrl
 */
function isAzureAddress(baseUrl) {
  return typeof baseUrl === "string" && URL.canParse(baseUrl) && AZURE_HOST.test(new URL(baseUrl).hostname);
}

/**
 * The items of a list; none of what is missing or unknown.
 * @param {any} value
 * @returns {any[]}
 */
const listOf = (value) => (Array.isArray(value) ? value : []);

/**
 * The schema of a list of texts in a policy's configuration.
 * @param {string} description
 * @returns {{ type: "array", items: { type: "string" }, description: string }}
 */
const textList = (description) => ({ type: "array", items: { type: "string" }, description });

/** @param {readonly string[]} values */
const quoted = (values) => values.map((value) => JSON.stringify(value)).join(", ");

module.exports = { TOKEN_PREFIXES, UNKNOWN, isAzureAddress, kindOf, knownResources, listOf, plain, quoted, textList };
