/** Replaces a secret in an error. */
export const SECRET_PLACEHOLDER = "[secret]";

/** The fields of this API's request bodies that hold secrets, at any depth. */
const SECRET_FIELDS: ReadonlySet<string> = new Set(["value", "token"]);

/** Every secret in a request body. */
export function collectSecrets(body: unknown): string[] {
  if (typeof body !== "object" || body === null) {
    return [];
  }
  return Object.entries(body).flatMap(([field, value]) =>
    typeof value === "string" ? (SECRET_FIELDS.has(field) ? [value] : []) : collectSecrets(value),
  );
}

/** The forms in which a server may repeat a secret: unchanged, escaped for JSON, or encoded for a URL. */
function spellings(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())];
}

/**
 * Replaces every form of every secret in `text`. Longer secrets are replaced first, because one secret may be part of another.
 */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap(spellings)
    .filter((spelling) => spelling !== "")
    .sort((one, other) => other.length - one.length)
    .reduce((hidden, spelling) => hidden.replaceAll(spelling, SECRET_PLACEHOLDER), text);
}
