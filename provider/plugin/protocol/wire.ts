/**
 * Property values between messages and handlers. A message wraps secrets, outputs and references to resources in objects with a
 * signature; a handler gets plain values, and the secrets are remembered beside them, so that what is sent back is wrapped again.
 */
import { hideSecrets } from "../../../sdk/secrets";
import { isPlainObject, type Path, type PlainObject, UNKNOWN } from "../../lifecycle/values";
import { type Struct, structProto } from "./stubs";

const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** A shorter secret is a word: hiding it everywhere would make a message unreadable. */
const MIN_HIDDEN_CHARS = 4;

/** A resource that was given where a value is meant. */
export interface ResourceReference {
  readonly urn: string;
  /** `UNKNOWN` while it is being created, absent for a component. */
  readonly id: string | undefined;
}

/** What is read in place of a reference. */
export type Dereference = (reference: ResourceReference, path: Path) => unknown;

const toId: Dereference = ({ urn, id }) => id ?? urn;

/** Values of a message, plain, with `UNKNOWN` in the place of each unknown one. */
export interface Received {
  readonly values: PlainObject;
  readonly secrets: Secrets;
}

/** The secrets among received values. */
export class Secrets {
  static readonly none = new Secrets([], new Set());

  private constructor(
    private readonly paths: readonly Path[],
    private readonly texts: ReadonlySet<string>,
  ) {}

  static of(found: readonly { readonly path: Path; readonly value: unknown }[]): Secrets {
    const texts = new Set<string>();
    for (const { value } of found) collectTexts(value, texts);
    return new Secrets(
      found.map(({ path }) => path),
      texts,
    );
  }

  /** Those of both. */
  with(other: Secrets): Secrets {
    return new Secrets([...this.paths, ...other.paths], new Set([...this.texts, ...other.texts]));
  }

  /**
   * Whether a value must be marked: it is where a secret was, or it is a text that was secret elsewhere, as a handler may write an input in
   * another form than the program.
   */
  covers(path: Path, value: unknown): boolean {
    if (typeof value === "string" && this.texts.has(value)) return true;
    return this.paths.some((secret) => secret.length === path.length && secret.every((part, at) => part === path[at]));
  }

  get isEmpty(): boolean {
    return this.paths.length === 0;
  }

  /** The text without any of the secrets. */
  hiddenIn(text: string): string {
    return hideSecrets(
      text,
      [...this.texts].filter((secret) => secret.length >= MIN_HIDDEN_CHARS),
    );
  }
}

function collectTexts(value: unknown, texts: Set<string>): void {
  if (typeof value === "string") {
    if (value !== "" && value !== UNKNOWN) texts.add(value);
  } else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) collectTexts(part, texts);
  }
}

/** Reads a message's values. `undefined` is no values. */
export function fromStruct(struct: Struct.Struct | undefined, dereference: Dereference = toId): Received {
  if (struct === undefined) return { values: {}, secrets: Secrets.none };
  const found: { path: Path; value: unknown }[] = [];
  const read = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => read(item, [...path, index]));
    if (!isPlainObject(value)) return value;
    const secret = (inner: unknown) => {
      found.push({ path, value: inner });
      return inner;
    };
    switch (value[SIGNATURE_KEY]) {
      case SECRET:
        return secret(read(value.value, path));
      case OUTPUT_VALUE: {
        const inner = "value" in value ? read(value.value, path) : UNKNOWN;
        return value.secret === true ? secret(inner) : inner;
      }
      case RESOURCE_REFERENCE:
        return dereference(toReference(value), path);
      default:
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, read(item, [...path, key])]));
    }
  };
  const values = read(struct.toJavaScript(), []) as PlainObject;
  return { values, secrets: Secrets.of(found) };
}

function toReference({ urn, id }: PlainObject): ResourceReference {
  return { urn: String(urn), id: id === undefined ? undefined : id === "" ? UNKNOWN : String(id) };
}

/** A message of the values: secrets and all of `secretNames` wrapped, members without a value left out. */
export function toStruct(
  values: PlainObject,
  secrets: Secrets = Secrets.none,
  secretNames: readonly string[] = [],
): Struct.Struct {
  const write = (value: unknown, path: Path): unknown => {
    if (!secrets.isEmpty && secrets.covers(path, value)) return wrapped(present(value));
    if (Array.isArray(value)) return value.map((item, index) => write(item ?? null, [...path, index]));
    if (isPlainObject(value)) return members(value, (item, key) => write(item, [...path, key]));
    return value;
  };
  const wire = members(values, (value, name) =>
    secretNames.includes(name) ? wrapped(present(value)) : write(value, [name]),
  );
  return structProto.Struct.fromJavaScript(wire as Record<string, Struct.JavaScriptValue>);
}

function wrapped(value: unknown): PlainObject {
  return { [SIGNATURE_KEY]: SECRET, value };
}

/** A copy without members that have no value, which a message cannot hold. */
function present(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => present(item ?? null));
  return isPlainObject(value) ? members(value, present) : value;
}

function members(object: PlainObject, convert: (value: unknown, key: string) => unknown): PlainObject {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, convert(value, key)]));
}
