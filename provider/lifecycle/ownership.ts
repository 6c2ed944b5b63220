/**
 * Ownership: an object made by a program that gives no `metadata` carries a mark there, so that whoever sees it elsewhere
 * knows which stack owns it, and so that an object whose creation was never answered can be found again.
 */
import { randomBytes } from "node:crypto";

/** Who declares the object: put into the inputs by the resource's constructor, as the provider process is not told. */
export interface Owner {
  /** `<organization>/<project>/<stack>` */
  readonly stack: string;
  /** The resource's name in the program. */
  readonly resource: string;
}

const SEPARATOR = "::";
const CREATE_ID_BYTES = 8;

/** The form in which an owner stands in a resource's inputs. */
export function ownerText(owner: Owner): string {
  return `${owner.stack}${SEPARATOR}${owner.resource}`;
}

export function parseOwner(text: unknown): Owner | undefined {
  if (typeof text !== "string") return undefined;
  const at = text.indexOf(SEPARATOR);
  return at < 0 ? undefined : { stack: text.slice(0, at), resource: text.slice(at + SEPARATOR.length) };
}

/** Identifies one attempt to create; kept in state, never an input. */
export function newCreateId(): string {
  return randomBytes(CREATE_ID_BYTES).toString("hex");
}

/** The metadata of a marked object. */
export function markText(owner: Owner, createId: string): string {
  return JSON.stringify({ managedBy: "pulumi", stack: owner.stack, resource: owner.resource, create: createId });
}
