/** Texts that shells and templates produce for a missing value. */
const PLACEHOLDER = /^(\$\{.*\}|\$\(.*\)|\$[A-Z_][A-Z0-9_]*|%[A-Z_][A-Z0-9_]*%|\{\{.*\}\}|<[^<>]*>)$/is;
const QUOTES = /^["'`‘’“”«»„‚]|["'`‘’“”«»„‚]$/;

/**
 * The reason why a text cannot be a credential, as the end of a sentence about it; `undefined` if it can. Every key is sent in a
 * header, so it contains only visible ASCII characters. The reason never contains the text itself.
 */
export function credentialProblem(text: string): string | undefined {
  if (text.trim() === "") return "is empty: give the key";
  if (/[\r\n]$/.test(text)) return "ends with a line break: remove it (in a shell, use printf or echo -n)";
  if (text.trim() !== text) return "begins or ends with a space: remove it";
  if (/^bearer\s/i.test(text)) return 'begins with "Bearer": give the key alone';
  if (PLACEHOLDER.test(text)) return "is a placeholder that was not replaced: give the key itself";
  if (QUOTES.test(text)) return "is in quotes: remove them";
  if (/\s/.test(text)) return "has a space or a line break, which no key has: was it copied with its surroundings?";
  if (!/^[\x21-\x7e]+$/.test(text)) return "has a character that no key has: was it copied with its surroundings?";
  return undefined;
}
