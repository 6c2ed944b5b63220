/**
 * Plain values between an adapter and a handler. An unknown value (one that only an `up` determines) is represented by `UNKNOWN`
 * and listed in an `UnknownPaths`, so that a handler need not search for it.
 */

/** Pulumi's own placeholder for a value that is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type PlainObject = Record<string, unknown>;
export type Path = readonly PropertyKey[];

export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The paths of an object's unknown values. */
export class UnknownPaths {
  private constructor(private readonly paths: readonly Path[]) {}

  static of(value: unknown): UnknownPaths {
    const paths: Path[] = [];
    // The current path of the walk: one array for the whole walk, copied only for each result.
    const here: PropertyKey[] = [];
    const visit = (current: unknown): void => {
      if (current === UNKNOWN) paths.push([...here]);
      else if (typeof current === "object" && current !== null) {
        const isList = Array.isArray(current);
        for (const key of Object.keys(current)) {
          here.push(isList ? Number(key) : key);
          visit(Reflect.get(current, key));
          here.pop();
        }
      }
    };
    visit(value);
    return new UnknownPaths(paths);
  }

  /** Whether the value at this path, or a value that contains it, is unknown. */
  covers(path: Path): boolean {
    return this.paths.some((unknown) => isPrefix(unknown, path));
  }

  /**
   * Whether the value at this path is not completely known: the value itself, one that contains it, or one inside it is unknown.
   */
  touches(path: Path): boolean {
    return this.paths.some((unknown) => isPrefix(unknown, path) || isPrefix(path, unknown));
  }
}

function isPrefix(prefix: Path, path: Path): boolean {
  return prefix.length <= path.length && prefix.every((part, index) => String(part) === String(path[index]));
}

/** A copy without `undefined` and `null` members at any depth: neither has a meaning in the gateway's create and read. */
export function withoutEmpty<T>(value: T): T {
  if (Array.isArray(value)) return value.filter((item) => item !== undefined).map(withoutEmpty) as T;
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutEmpty(item)])) as T;
}

/** Whether the gateway treats the values as equal: the order of keys does not matter, and undefined, null and "" are the same. */
export function isSame(left: unknown, right: unknown): boolean {
  const a = left ?? "";
  const b = right ?? "";
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  }
  if (isPlainObject(a) && isPlainObject(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]));
  }
  return a === b;
}

/** Equality of sets: the order and form of the members do not matter. */
export function isSameSet(toText: (member: unknown) => string): (left: unknown, right: unknown) => boolean {
  return (left, right) => {
    if (!Array.isArray(left) || !Array.isArray(right)) return isSame(left, right);
    const texts = (members: unknown[]) => members.map(toText).sort();
    return isSame(texts(left), texts(right));
  };
}

/** The value at a path; `undefined` if there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (current, part) =>
      (isPlainObject(current) || Array.isArray(current)) && Object.hasOwn(current, part)
        ? Reflect.get(current, part)
        : undefined,
    value,
  );
}

/** The path in Pulumi's notation, for example `models[2].modelId`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const key = String(part);
    if (!/^[\w$-]+$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}
