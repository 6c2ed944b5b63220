/** Problems and warnings about a component's arguments, collected so that one error reports all of them. */

/** A problem or warning about one argument. */
export interface Finding {
  /** Path of the argument, such as `regions.eastus2.priority`. */
  readonly path: string;
  /** Completes the sentence that begins with the path: `is "high", but must be a number: correct it`. */
  readonly text: string;
}

export class Findings {
  readonly #problems: Finding[];
  readonly #warnings: Finding[] = [];

  /**
   * @param problems already known problems
   * @param unreadable paths of arguments that could not be read; findings that depend on them are not reported
   */
  constructor(
    problems: readonly Finding[] = [],
    private readonly unreadable: readonly string[] = [],
  ) {
    this.#problems = [...problems];
  }

  /** Reports an invalid argument. `dependsOn`: paths of further arguments that the problem was derived from. */
  problem(path: string, text: string, dependsOn: readonly string[] = []): void {
    if (this.isReadable([path, ...dependsOn])) this.#problems.push({ path, text });
  }

  /** Reports a valid argument that is rarely intended. */
  warning(path: string, text: string): void {
    if (this.isReadable([path])) this.#warnings.push({ path, text });
  }

  private isReadable(paths: readonly string[]): boolean {
    return !paths.some((path) => this.unreadable.some((other) => isWithin(path, other) || isWithin(other, path)));
  }

  get problems(): readonly Finding[] {
    return this.#problems;
  }

  get warnings(): readonly Finding[] {
    return this.#warnings;
  }
}

function isWithin(path: string, container: string): boolean {
  if (!path.startsWith(container)) return false;
  return path.length === container.length || container === "" || [".", "["].includes(path.charAt(container.length));
}

/** The path of a member: `at("regions.eastus2", "deployments", "gpt-5.1")` is `regions.eastus2.deployments["gpt-5.1"]`. */
export function at(path: string, ...members: readonly PropertyKey[]): string {
  return members.reduce<string>((parent, member) => joined(parent, step(member)), path);
}

function step(member: PropertyKey): string {
  if (typeof member === "number") return `[${member}]`;
  const name = String(member);
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `[${JSON.stringify(name)}]`;
}

/** Joins two parts of a path in the notation of programs. */
export function joined(left: string, right: string): string {
  if (left === "" || right === "") return left + right;
  return right.startsWith("[") ? left + right : `${left}.${right}`;
}

/** Names in quotes, as a list. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
