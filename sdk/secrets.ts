/** Written in an error in place of a secret. */
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

/** The ways in which a server may repeat a secret: as it is, inside JSON, inside a URL. */
function spellings(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())];
}

/** `text` with every spelling of every secret replaced. Longer ones go first: one secret may be part of another. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap(spellings)
    .filter((spelling) => spelling !== "")
    .sort((one, other) => other.length - one.length)
    .reduce((hidden, spelling) => hidden.replaceAll(spelling, SECRET_PLACEHOLDER), text);
}
