/** The resources that a run with `target` operates on. */
import { isProviderType, isStackUrn, typeOf, type Urn } from "../values/urn";

/** URNs or globs, in which `*` matches anything but a colon and `**` matches anything. */
export class Targets {
  private readonly patterns: readonly RegExp[];
  private readonly dependents = new Set<Urn>();

  constructor(
    readonly texts: readonly string[] = [],
    private readonly includesDependents = false,
  ) {
    this.patterns = texts.map(toPattern);
  }

  get isConstrained(): boolean {
    return this.texts.length > 0;
  }

  /** Whether a target matches the URN itself. */
  names(urn: Urn): boolean {
    return !this.isConstrained || this.patterns.some((pattern) => pattern.test(urn)) || this.dependents.has(urn);
  }

  /** Whether the run operates on the resource; it always operates on providers and the stack. */
  includes(urn: Urn): boolean {
    return this.names(urn) || isProviderType(typeOf(urn)) || isStackUrn(urn);
  }

  /** Includes a resource that depends on a target, if dependents are requested. */
  noteDependencies(urn: Urn, dependencies: Iterable<Urn>): void {
    if (!this.isConstrained || !this.includesDependents || this.names(urn)) return;
    for (const dependency of dependencies) {
      if (!this.names(dependency)) continue;
      this.dependents.add(urn);
      return;
    }
  }

  get takesDependents(): boolean {
    return this.includesDependents;
  }

  /** Targets without a glob that match no URN of `urns`. */
  unmatched(urns: ReadonlySet<Urn>): string[] {
    return this.texts.filter((text) => !text.includes("*") && !urns.has(text));
  }
}

function toPattern(text: string): RegExp {
  const parts = text.split(/(\*\*|\*)/).map((part) => {
    if (part === "**") return ".*";
    return part === "*" ? "[^:]*" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`, "s");
}
