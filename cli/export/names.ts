/** Names for variables and resources, derived from the objects' names at the gateway. */

/**
 * Letters that compilers of the last ten years accept in an identifier, and digits. Every other character ends a word.
 * Ranges instead of \p{L}: Node may know letters that the user's compiler does not know yet.
 */
const WORD = /(?:[A-Za-z0-9]|(?=\p{L})[\u00c0-\u024f\u0370-\u04ff\u3041-\u30fa\u4e00-\u9fa5\uac00-\ud7a3])+/gu;
/** Faster test for ASCII texts, which most names are. */
const ASCII_WORD = /[A-Za-z0-9]+/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII, including control characters
const ASCII = /^[\x00-\x7f]*$/;
const MAX_IDENTIFIER_CHARS = 60;
const MAX_RESOURCE_NAME_CHARS = 100;
/** Texts that need no escape in a URN, a shell or a mark. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Words that cannot name a variable of the program, or that would shadow a name that it uses. */
const TAKEN = [
  ..."abstract any arguments as async await boolean break case catch class const constructor continue debugger declare".split(
    " ",
  ),
  ..."default delete do else enum eval export extends false finally for from function get if implements import in".split(
    " ",
  ),
  ..."instanceof interface let module namespace never new null number object of package private protected public".split(
    " ",
  ),
  ..."readonly require return set static string super switch symbol this throw true try type typeof undefined".split(
    " ",
  ),
  ..."unknown var void while with yield Infinity NaN globalThis exports process console Error".split(" "),
  ..."pulumi ngrok config options currentValue".split(" "),
];

/** `Azure OpenAI (eastus2)` → `azureOpenAIEastus2`; undefined if the text has no usable character. */
function identifierOf(text: string): string | undefined {
  const words = wordsOf(text);
  const joined = words
    .map((word, index) => (index === 0 ? lowerFirst(word) : upperFirst(word)))
    .join("")
    .slice(0, MAX_IDENTIFIER_CHARS);
  return joined === "" || /^[0-9]/.test(joined) ? undefined : joined;
}

function wordsOf(text: string): readonly string[] {
  return (ASCII.test(text) ? text.match(ASCII_WORD) : text.normalize("NFC").match(WORD)) ?? [];
}

/** `URL` → `url`, `OpenAI` → `openAI`: capitals at the start of a name form one word. */
function lowerFirst(word: string): string {
  return word === word.toUpperCase() ? word.toLowerCase() : word.slice(0, 1).toLowerCase() + word.slice(1);
}

function upperFirst(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** Assigns each variable name once. */
export class VariableNames {
  private readonly taken = new Set(TAKEN);
  private readonly lastNumbers = new Map<string, number>();

  /** `azure`, else `azureProvider`, else `azureProvider2`; `kind` is such a suffix: `Provider`. */
  next(text: string, kind: string): string {
    const base = identifierOf(text);
    const ending = base?.toLowerCase().endsWith(kind.toLowerCase()) ? "" : kind;
    const withKind = base === undefined ? lowerFirst(kind) : `${base}${ending}`;
    const free = [base, withKind].find((name) => name !== undefined && !this.taken.has(name));
    const name = free ?? numbered(withKind, "", this.taken, this.lastNumbers);
    this.taken.add(name);
    return name;
  }
}

/** Assigns each resource name once per kind. */
export class ResourceNames {
  private readonly taken = new Map<string, Set<string>>();
  private readonly lastNumbers = new Map<string, number>();

  /** The object's own name if it is a valid resource name, else its words. */
  next(text: string, kind: string, fallback: string): string {
    const taken = this.taken.get(kind) ?? new Set();
    this.taken.set(kind, taken);
    const isPlain = PLAIN_NAME.test(text) && text.length <= MAX_RESOURCE_NAME_CHARS;
    const words = () => wordsOf(text).join("-").toLowerCase().slice(0, MAX_RESOURCE_NAME_CHARS);
    const base = isPlain ? text : words() || fallback;
    const name = taken.has(base) ? numbered(base, "-", taken, this.lastNumbers, kind) : base;
    taken.add(name);
    return name;
  }
}

/** The first unused name of `base2`, `base3`, … Remembers its position, so that many equal names stay cheap. */
function numbered(
  base: string,
  separator: string,
  taken: ReadonlySet<string>,
  lastNumbers: Map<string, number>,
  group = "",
): string {
  const key = `${group} ${base}`;
  for (let number = (lastNumbers.get(key) ?? 1) + 1; ; number++) {
    const name = `${base}${separator}${number}`;
    if (taken.has(name)) continue;
    lastNumbers.set(key, number);
    return name;
  }
}
