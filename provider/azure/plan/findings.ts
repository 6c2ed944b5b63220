/** What is wrong, or merely doubtful, with the arguments of a component. Collected, so that one run tells all of it. */

export class Findings {
  readonly #problems = new Set<string>();
  readonly #warnings = new Set<string>();

  /** `component`: the Pulumi name, with which every line begins. */
  constructor(private readonly component: string) {}

  /** Something that cannot work. `path` is where it stands in the arguments, `text` goes on from there. */
  problem(path: string, text: string): void {
    this.#problems.add(`${joined(this.component, path)} ${text}`);
  }

  /** Something that may be meant, but rarely is. */
  warning(path: string, text: string): void {
    this.#warnings.add(`${joined(this.component, path)} ${text}`);
  }

  get problems(): readonly string[] {
    return [...this.#problems];
  }

  get warnings(): readonly string[] {
    return [...this.#warnings];
  }
}

/** The path of a member: `at("regions.eastus2", "deployments", "gpt-5-mini")` as one would write it in the program. */
export function at(path: string, ...members: (string | number)[]): string {
  return members.reduce<string>((parent, member) => joined(parent, step(member)), path);
}

function step(member: string | number): string {
  if (typeof member === "number") return `[${member}]`;
  return /^[A-Za-z_$][\w$]*$/.test(member) ? member : `[${JSON.stringify(member)}]`;
}

function joined(left: string, right: string): string {
  if (left === "" || right === "") return left + right;
  return right.startsWith("[") ? left + right : `${left}.${right}`;
}

/** Names in quotes, as a list. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}

/** The candidate that was probably meant, if one is near. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const distances = candidates.map((candidate) => ({ candidate, distance: distance(plain(text), plain(candidate)) }));
  const [best] = distances.sort((left, right) => left.distance - right.distance);
  return best !== undefined && best.distance <= Math.max(2, text.length / 3) ? best.candidate : undefined;
}

/** Levenshtein's distance: how many letters must be put in, taken out or changed. */
function distance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const changed = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(changed, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

/** A value that only an `up` can tell; nothing is checked of it. */
export function isLater(value: unknown): boolean {
  if (typeof value !== "object" && typeof value !== "function") return false;
  return value !== null && ("__pulumiOutput" in value || "then" in value);
}
