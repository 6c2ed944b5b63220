/**
 * Ownership: an object made by a program that gives no `metadata` carries a mark there. The mark shows which stack and resource own
 * the object, and finds an object again whose creation was never answered. Marks are written and read in this file alone.
 */
import { randomBytes } from "node:crypto";

/** The resource that declares an object; put into its inputs by the constructor, as the provider process is not told. */
export interface Owner {
  /** `<organization>/<project>/<stack>`, or without the organization where the adapter does not know it. */
  readonly stack: string;
  /** The resource's name in the program. */
  readonly resource: string;
  /**
   * Types of the resources around it, as its URN has them: `my:index:Team$my:index:App`. Absent directly below the stack. Equal names
   * are told apart by it.
   */
  readonly parent?: string | undefined;
}

/** What an object's metadata says about its owner. */
export interface Mark {
  readonly stack: string;
  readonly resource: string;
  /** Identifies the creation or adoption that wrote the mark. */
  readonly create: string | undefined;
}

const SEPARATOR = "::";
const CREATE_ID_BYTES = 8;
const MARK_START = '{"managedBy":"pulumi"';

/** The form in which an owner's stack and name are kept in a resource's inputs. */
export function ownerText(owner: Owner): string {
  return `${owner.stack}${SEPARATOR}${owner.resource}`;
}

/** `parent` is kept beside the text, so that states without it keep their meaning. */
export function parseOwner(text: unknown, parent?: unknown): Owner | undefined {
  if (typeof text !== "string") return undefined;
  const at = text.indexOf(SEPARATOR);
  if (at < 0) return undefined;
  const owner = { stack: text.slice(0, at), resource: text.slice(at + SEPARATOR.length) };
  return typeof parent === "string" && parent !== "" ? { ...owner, parent } : owner;
}

/** Different for any two resources of one kind, as their URNs are. */
export function identityOf({ stack, parent = "", resource }: Owner): string {
  return [stack, parent, resource].join("\n");
}

/** A resource as a message names it. */
export function ownerName({ resource, parent }: Owner): string {
  return parent === undefined ? `"${resource}"` : `"${resource}" (in ${parent})`;
}

/** Identifies one attempt to create; kept in state, never an input. */
export function newCreateId(): string {
  return randomBytes(CREATE_ID_BYTES).toString("hex");
}

/** The metadata of a marked object. */
export function markText({ stack, resource }: Owner, createId: string): string {
  return JSON.stringify({ managedBy: "pulumi", stack, resource, create: createId });
}

/** `undefined` where the metadata is somebody's own text. */
export function readMark(metadata: unknown): Mark | undefined {
  if (typeof metadata !== "string" || !metadata.startsWith(MARK_START)) return undefined;
  const { stack, resource, create } = parseObject(metadata) ?? {};
  if (typeof stack !== "string" || typeof resource !== "string") return undefined;
  return { stack, resource, create: typeof create === "string" ? create : undefined };
}

/** Whether a mark names this resource. It does not tell equal names under different parents apart. */
export function isMarkOf(mark: Mark, { stack, resource }: Owner): boolean {
  return isSameStack(mark.stack, stack) && mark.resource === resource;
}

/** Whether both name one stack: `acme/shop/dev` and `shop/dev` do, as a URN has no organization. */
export function isSameStack(left: string, right: string): boolean {
  return left === right || left.endsWith(`/${right}`) || right.endsWith(`/${left}`);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>; // it begins with a brace
  } catch {
    return undefined; // it only begins like a mark
  }
}
