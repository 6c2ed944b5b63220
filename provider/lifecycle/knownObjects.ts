/**
 * What one provider process knows of the resources of one kind and of their objects. Pulumi never says whether a create is a
 * replacement, nor whether another resource has the object of a delete: this record of the calls so far does. The decisions that
 * follow from it are in `claims.ts`.
 */
import type { Resource } from "./memory";
import { identityOf, type Owner } from "./ownership";
import { SharedLock } from "./sharedLock";

/** What a resource says of an object that it has. */
export interface Claim {
  readonly owner: Owner;
  /** The creation or adoption by which the resource has it. */
  readonly createId: string | undefined;
  /** Fields of the object that the resource manages. */
  readonly managed: readonly string[];
  /** `state`: as the stack's state says; else as this process did it. */
  readonly origin: "state" | "created" | "adopted";
}

interface KnownResource {
  readonly owner: Owner;
  /** The program of this run declares it. */
  isDeclared: boolean;
  /** The state has an object of it, or had one when this process began. */
  isInState: boolean;
  /** Unique keys of its object: as the program wants it, and as the state has it. */
  wantedKey?: string | undefined;
  storedKey?: string | undefined;
  /** What the state has in the place of an object: its creation is unresolved. */
  unresolved?: Resource;
}

export class KnownObjects {
  private readonly resources = new Map<string, KnownResource>();
  /** Unique key → the resource that wants its object to have it. */
  private readonly wanting = new Map<string, KnownResource>();
  /** Object id → identity of a resource → its claim. */
  private readonly claims = new Map<string, Map<string, Claim>>();
  private readonly deleted = new Set<string>();
  /** Create ids of this process. */
  readonly ownCreateIds = new Set<string>();
  /** Shared by requests to create objects without a mark; held alone by whoever looks for such an object by its content. */
  readonly unmarkedCreations = new SharedLock();

  /**
   * The program declares the resource. A key is given only where it is unique and known.
   * @returns The other declared resource that has the same key.
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

  /** The state has an object of the resource; which one it is, the call did not say. */
  noteStored(owner: Owner, storedKey: string | undefined): void {
    const resource = this.resource(owner);
    resource.isInState = true;
    resource.storedKey = storedKey ?? resource.storedKey;
  }

  /** The state says that the creation of the resource's object is unresolved. */
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

  /** What was to be adopted was not. */
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

  /** Whether the program of this run declares the resource, as far as the calls so far say. */
  isDeclared(owner: Owner): boolean {
    return this.resources.get(identityOf(owner))?.isDeclared ?? false;
  }

  /** Whether a create of the resource now makes something in the place of an object that it has or had. */
  isReplacement(owner: Owner): boolean {
    return this.resources.get(identityOf(owner))?.isInState ?? false;
  }

  /** Whether the resource is to have an object with another key than before. */
  hasOtherKey(owner: Owner): boolean {
    const { wantedKey, storedKey } = this.resource(owner);
    return wantedKey !== undefined && storedKey !== undefined && wantedKey !== storedKey;
  }

  /**
   * Claims that count: of this process, and of resources that the program declares. What the state alone says, of a resource that
   * nobody declared, may be about to leave it.
   */
  holders(id: string): Claim[] {
    const claims = [...(this.claims.get(id)?.values() ?? [])];
    return claims.filter(({ owner, origin }) => origin !== "state" || this.isDeclared(owner));
  }

  /** Whether any resource has the object, as far as the calls so far say. */
  isClaimed(id: string): boolean {
    return (this.claims.get(id)?.size ?? 0) > 0;
  }

  /** Whether this process made or adopted an object for the resource. */
  hasMade(owner: Owner): boolean {
    const identity = identityOf(owner);
    return [...this.claims.values()].some((claims) => (claims.get(identity)?.origin ?? "state") !== "state");
  }

  /** The other resource that has the object. */
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
