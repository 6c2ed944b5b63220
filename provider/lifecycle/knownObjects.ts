/**
 * Record of one provider process about the resources of one kind and their objects. Pulumi does not report whether a create is a
 * replacement, or whether another resource owns the object of a delete; this record derives both from the calls so far.
 * `claims.ts` makes the decisions that follow from it.
 */
import type { Resource } from "./memory";
import { identityOf, type Owner } from "./ownership";
import { SharedLock } from "./sharedLock";

/** A resource's claim to an object. */
export interface Claim {
  readonly owner: Owner;
  /** The creation or adoption through which the resource owns the object. */
  readonly createId: string | undefined;
  /** Fields of the object that the resource manages. */
  readonly managed: readonly string[];
  /** The source of the claim: the stack's state, or a creation or adoption by this process. */
  readonly origin: "state" | "created" | "adopted";
}

interface KnownResource {
  readonly owner: Owner;
  /** The program of this run declares the resource. */
  isDeclared: boolean;
  /** The state has an object of the resource, or had one when this process started. */
  isInState: boolean;
  /** Unique keys of its object: according to the program, and according to the state. */
  wantedKey?: string | undefined;
  storedKey?: string | undefined;
  /** The unresolved creation that the state holds in place of an object. */
  unresolved?: Resource;
}

export class KnownObjects {
  private readonly resources = new Map<string, KnownResource>();
  /** Unique key → the resource whose object is to have it. */
  private readonly wanting = new Map<string, KnownResource>();
  /** Object id → identity of a resource → its claim. */
  private readonly claims = new Map<string, Map<string, Claim>>();
  private readonly deleted = new Set<string>();
  /** Create ids of this process. */
  readonly ownCreateIds = new Set<string>();
  /** Shared by requests that create objects without a mark; held exclusively by a search for such an object by its content. */
  readonly unmarkedCreations = new SharedLock();

  /**
   * Records that the program declares the resource. A key is given only if it is unique and known.
   * @returns The other declared resource with the same key.
   */
  declare(owner: Owner, wantedKey: string | undefined): Owner | undefined {
    const resource = this.resource(owner);
    const { wantedKey: formerKey } = resource;
    if (formerKey !== undefined && this.wanting.get(formerKey) === resource) this.wanting.delete(formerKey);
    resource.isDeclared = true;
    resource.wantedKey = wantedKey;
    if (wantedKey === undefined) return undefined;
    const other = this.wanting.get(wantedKey);
    if (other !== undefined) return other.owner;
    this.wanting.set(wantedKey, resource);
    return undefined;
  }

  /** Records that the state has an object of the resource; the call does not name the object. */
  noteStored(owner: Owner, storedKey: string | undefined): void {
    const resource = this.resource(owner);
    resource.isInState = true;
    resource.storedKey = storedKey ?? resource.storedKey;
  }

  /** Records that the state marks the creation of the resource's object as unresolved. */
  noteUnresolved(owner: Owner, stored: Resource): void {
    const resource = this.resource(owner);
    resource.unresolved = stored;
    resource.isInState = stored.memory.unresolved?.isReplacement ?? false;
  }

  unresolvedOf(owner: Owner): Resource | undefined {
    return this.resources.get(identityOf(owner))?.unresolved;
  }

  claim(id: string, claim: Claim): void {
    if (claim.origin === "state") this.noteStored(claim.owner, undefined);
    else this.deleted.delete(id);
    const claims = this.claims.get(id) ?? new Map<string, Claim>();
    this.claims.set(id, claims);
    const identity = identityOf(claim.owner);
    const isOlder = claim.origin === "state" && (claims.get(identity)?.origin ?? "state") !== "state";
    if (!isOlder) claims.set(identity, claim);
  }

  /** Withdraws the claim of an adoption that failed. */
  release(id: string, owner: Owner): void {
    this.claims.get(id)?.delete(identityOf(owner));
  }

  noteDeleted(id: string, owner: Owner | undefined): void {
    this.claims.delete(id);
    this.deleted.add(id);
    if (owner !== undefined) this.noteStored(owner, undefined);
  }

  /** Whether this process deleted the object. */
  isDeleted(id: string): boolean {
    return this.deleted.has(id);
  }

  /** Whether the program of this run declares the resource, according to the calls so far. */
  isDeclared(owner: Owner): boolean {
    return this.resources.get(identityOf(owner))?.isDeclared ?? false;
  }

  /** Whether a create of the resource now replaces an object that it has or had. */
  isReplacement(owner: Owner): boolean {
    return this.resources.get(identityOf(owner))?.isInState ?? false;
  }

  /** Whether the resource's new object has a different key. */
  hasOtherKey(owner: Owner): boolean {
    const { wantedKey, storedKey } = this.resource(owner);
    return wantedKey !== undefined && storedKey !== undefined && wantedKey !== storedKey;
  }

  /**
   * The valid claims: those of this process, and those of resources that the program declares. A claim from the state of a
   * resource that is not declared does not count, because the resource may be about to be deleted.
   */
  holders(id: string): Claim[] {
    const claims = [...(this.claims.get(id)?.values() ?? [])];
    return claims.filter(({ owner, origin }) => origin !== "state" || this.isDeclared(owner));
  }

  /** Whether any resource owns the object, according to the calls so far. */
  isClaimed(id: string): boolean {
    return (this.claims.get(id)?.size ?? 0) > 0;
  }

  /** Whether this process created or adopted an object for the resource. */
  hasMade(owner: Owner): boolean {
    const identity = identityOf(owner);
    return [...this.claims.values()].some((claims) => (claims.get(identity)?.origin ?? "state") !== "state");
  }

  /** The other resource that owns the object. */
  otherHolder(id: string, owner: Owner): Claim | undefined {
    const identity = identityOf(owner);
    return this.holders(id).find((claim) => identityOf(claim.owner) !== identity);
  }

  private resource(owner: Owner): KnownResource {
    const identity = identityOf(owner);
    const known = this.resources.get(identity) ?? { owner, isDeclared: false, isInState: false };
    this.resources.set(identity, known);
    return known;
  }
}
