/** Masking of secrets for display. */
import { MASK } from "../diagnostics";
import { type Json, SIGNATURE_KEY, SIGNATURES } from "../values/values";

/** A document with every secret, at any depth, replaced by the plain text `[secret]`. */
export function maskSecrets(value: Json): Json {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (value === null || typeof value !== "object") return value;
  if (value[SIGNATURE_KEY] === SIGNATURES.secret) return MASK;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, maskSecrets(part)]));
}
