/** Which URNs and aliases the resources of a run use, and under which URN the old state has them. */
import { BailError } from "../errors";
import type { Goal } from "../program/goal";
import type { Run } from "../run";
import type { ResourceState } from "../state/resourceState";
import type { Urn } from "../values/urn";
import { aliasUrns } from "./aliases";

export interface FoundOld {
  readonly old: ResourceState | undefined;
  /** The alias it was found under. */
  readonly aliasUrn: Urn | undefined;
  /** A conflict was reported. */
  readonly isInvalid: boolean;
}

export class RegisteredUrns {
  private readonly aliasOf = new Map<Urn, Urn>();

  constructor(private readonly run: Run) {}

  /** The alias under which a resource was found in the old state. */
  aliasFor(urn: Urn): Urn | undefined {
    return this.aliasOf.get(urn);
  }

  /** @throws Error when the program names a parent that it has not registered. */
  checkParent(parent: Urn | undefined): void {
    if (parent !== undefined && !this.run.progress.seen.has(parent))
      throw new Error(`could not find parent resource ${parent}`);
  }

  /** The URN of a registration. @throws BailError after reporting a duplicate. */
  claim(goal: { parent: Urn | undefined; type: string; name: string }): Urn {
    const urn = this.run.urnOf(goal);
    if (this.run.progress.seen.has(urn)) {
      this.run.diagnostics.error(`Duplicate resource URN '${urn}'; try giving it a unique name`, urn);
      throw new BailError(`duplicate resource URN ${urn}`);
    }
    this.run.progress.seen.add(urn);
    return urn;
  }

  /** Finds the resource's old state, first under its own URN, then under its aliases in order. Conflicts are reported. */
  findOld(urn: Urn, goal: Goal): FoundOld {
    const claimedBy = this.run.progress.aliased.get(urn);
    if (claimedBy !== undefined) {
      this.run.diagnostics.error(
        `Duplicate resource URN '${urn}' conflicting with alias on resource with URN '${claimedBy}'`,
        urn,
      );
    }
    const own = this.run.olds.get(urn);
    if (own !== undefined) return { old: own, aliasUrn: undefined, isInvalid: claimedBy !== undefined };
    const { stackName: stack, project } = this.run.request;
    const matchedAlias = (parent: Urn) => this.aliasOf.get(parent);
    const aliasUrn = aliasUrns(goal, { stack, project: project.name, matchedAlias }).find((alias) =>
      this.run.olds.get(alias),
    );
    if (aliasUrn === undefined) return { old: undefined, aliasUrn, isInvalid: claimedBy !== undefined };
    const isFree = this.claimAlias(urn, aliasUrn);
    return { old: this.run.olds.get(aliasUrn), aliasUrn, isInvalid: claimedBy !== undefined || !isFree };
  }

  /** Returns false after reporting that another resource uses the alias. */
  private claimAlias(urn: Urn, aliasUrn: Urn): boolean {
    const other = this.run.progress.seen.has(aliasUrn) ? aliasUrn : this.run.progress.aliased.get(aliasUrn);
    if (other !== undefined) {
      this.run.diagnostics.error(
        `Duplicate resource alias '${aliasUrn}' applied to resource with URN '${urn}' conflicting with resource with URN '${other}'`,
        urn,
      );
    }
    this.run.progress.aliased.set(aliasUrn, urn);
    this.aliasOf.set(urn, aliasUrn);
    this.run.registry.addAlias(aliasUrn, urn);
    return other === undefined;
  }
}
