// @ts-check
const { kindOf, knownResources, plain, textList } = require("../resources");

/** Properties that the provider marks as secret in every kind that has them, and that the gateway shows to nobody. */
const SECRET_PROPERTIES = ["value", "token"];

/** Forms of credentials that are recognized wherever they stand. */
const CREDENTIALS = [
  { noun: "a key of OpenAI or Anthropic", pattern: /\bsk-[\w-]{20,}/ },
  { noun: "a key of Google", pattern: /\bAIza[\w-]{35}/ },
  { noun: "a key of Groq", pattern: /\bgsk_\w{20,}/ },
  { noun: "a key of xAI", pattern: /\bxai-\w{20,}/ },
  { noun: "a key of Azure", pattern: /\b(?:[0-9a-fA-F]{32}|\w{52}JQQJ99\w{26})\b/ },
  { noun: "a token of the gateway", pattern: /\bng-\w+-g\d+-\w{16,}/ },
  { noun: "a bearer token", pattern: /\bbearer\s+[\w.~+/=-]{16,}/i },
  { noun: "a JSON Web Token", pattern: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/ },
  { noun: "a private key", pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { noun: "a key in its query", pattern: /[?&](?:api[-_]?key|key|token|subscription-key|code|sig)=[^&\s]+/i },
  { noun: "a password in its address", pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/?#@:]*:[^\s/?#@]+@/i },
];
/** Shorter values are no credentials, and would be found by chance. */
const MIN_SECRET_CHARS = 8;

/** @type {import("@pulumi/policy").ResourceValidationPolicy & import("@pulumi/policy").StackValidationPolicy} */
const noSecretsInClearText = {
  name: "no-secrets-in-clear-text",
  description: "No property that is stored or shown in clear text contains a key or token.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: {
    properties: {
      patterns: textList("Further forms of credentials, as JavaScript regular expressions."),
      except: textList("Names of resources that are not inspected."),
    },
  },
  validateResource: ({ type, name, props, getConfig }, reportViolation) => {
    const kind = kindOf(type);
    const { patterns = [], except = [] } = /** @type {{ patterns?: string[], except?: string[] }} */ (getConfig());
    if (kind === undefined || except.includes(name)) return;
    const further = patterns.map((pattern) => ({ noun: "a credential", pattern: new RegExp(pattern) }));
    for (const { path, text } of shownTexts(plain(props))) {
      const found = [...CREDENTIALS, ...further].find(({ pattern }) => pattern.test(text));
      if (found !== undefined) reportViolation(violation(kind, name, path, found.noun));
    }
  },
  /** Finds the stack's own keys and tokens, whatever their form is. */
  validateStack: (args, reportViolation) => {
    const { except = [] } = /** @type {{ except?: string[] }} */ (args.getConfig());
    const resources = knownResources(args);
    const secrets = resources.flatMap(({ kind, name, props }) =>
      SECRET_PROPERTIES.map((property) => ({
        of: `${kind} "${name}"`,
        property,
        value: props[property],
      })),
    );
    const known = secrets.filter(({ value }) => typeof value === "string" && value.length >= MIN_SECRET_CHARS);
    for (const { kind, name, urn, props } of resources.filter((each) => !except.includes(each.name))) {
      for (const { path, text } of shownTexts(props)) {
        const secret = known.find(({ value }) => text.includes(value));
        if (secret !== undefined) {
          reportViolation(violation(kind, name, path, `the ${secret.property} of ${secret.of}`), urn);
        }
      }
    }
  },
};

/**
 * Never contains the text itself.
 * @param {string} kind
 * @param {string} name
 * @param {string} path
 * @param {string} noun
 */
function violation(kind, name, path, noun) {
  return (
    `${kind} "${name}" contains ${noun} in ${path}, which everyone who may read the account sees in clear text. Remove it there, give ` +
    "credentials only as the value of a ProviderKey, and replace the key, because others may have read it."
  );
}

/**
 * Every text in properties that are not secret, with its path.
 * @param {Record<string, any>} props
 */
function shownTexts(props) {
  return Object.keys(props)
    .filter((property) => !SECRET_PROPERTIES.includes(property))
    .flatMap((property) => textsIn(props[property], property));
}

/**
 * @param {unknown} value
 * @param {string} path
 * @returns {{ path: string, text: string }[]}
 */
function textsIn(value, path) {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, `${path}[${index}]`));
  if (!(value instanceof Object)) return [];
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, `${path}.${key}`));
}

module.exports = { SECRET_PROPERTIES, noSecretsInClearText };
