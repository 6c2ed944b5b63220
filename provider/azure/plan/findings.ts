/** Problems and warnings about a component's arguments, collected so that one error reports all of them. */

/** Something about one argument. */
export interface Finding {
  /** Path of the argument, such as `regions.eastus2.priority`. */
  readonly path: string;
  /** Continues the sentence that the path begins: `is "high", but must be a number: correct it`. */
  readonly text: string;
}

export class Findings {
  readonly #problems: Finding[];
  readonly #warnings: Finding[] = [];

  /**
   * @param problems known already
   * @param unreadable paths of arguments that could not be read; nothing else is reported that depends on them
   */
  constructor(
    problems: readonly Finding[] = [],
    private readonly unreadable: readonly string[] = [],
  ) {
    this.#problems = [...problems];
  }

  /** Reports something that cannot work. `dependsOn`: paths of the arguments that it was concluded from, beside its own. */
  problem(path: string, text: string, dependsOn: readonly string[] = []): void {
    if (this.isReadable([path, ...dependsOn])) this.#problems.push({ path, text });
  }

  /** Reports something that may be intended but rarely is. */
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

/** Two parts of a path, as a program would write them. */
export function joined(left: string, right: string): string {
  if (left === "" || right === "") return left + right;
  return right.startsWith("[") ? left + right : `${left}.${right}`;
}

/** Names in quotes, as a list. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
