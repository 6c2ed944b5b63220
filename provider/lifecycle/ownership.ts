/**
 * Ownership: an object of a program that gives no `metadata` carries a mark there. The mark names the stack and resource that own
 * the object, and identifies an object whose create response was lost. Only this file writes and reads marks.
 */
import { randomBytes } from "node:crypto";

/**
 * The resource that declares an object. The constructor adds it to the inputs, because Pulumi does not pass it to the provider
 * process.
 */
export interface Owner {
  /** `<organization>/<project>/<stack>`, or without the organization if the adapter does not know it. */
  readonly stack: string;
  /** The resource's name in the program. */
  readonly resource: string;
  /**
   * Types of the resource's ancestors, as in its URN: `my:index:Team$my:index:App`. Absent directly below the stack.
   * Distinguishes equal names.
   */
  readonly parent?: string | undefined;
}

/** The owner that an object's metadata names. */
export interface Mark {
  readonly stack: string;
  readonly resource: string;
  /** Id of the creation or adoption that wrote the mark. */
  readonly create: string | undefined;
}

const SEPARATOR = "::";
const CREATE_ID_BYTES = 8;
const MARK_START = '{"managedBy":"pulumi"';

/** The text that a resource's inputs store for an owner's stack and name. */
export function ownerText(owner: Owner): string {
  return `${owner.stack}${SEPARATOR}${owner.resource}`;
}

/** `parent` is stored beside the text, so that states without it stay valid. */
export function parseOwner(text: unknown, parent?: unknown): Owner | undefined {
  if (typeof text !== "string") return undefined;
  const at = text.indexOf(SEPARATOR);
  if (at < 0) return undefined;
  const owner = { stack: text.slice(0, at), resource: text.slice(at + SEPARATOR.length) };
  return typeof parent === "string" && parent !== "" ? { ...owner, parent } : owner;
}

/** Different for any two resources of one kind, like their URNs. */
export function identityOf({ stack, parent = "", resource }: Owner): string {
  return [stack, parent, resource].join("\n");
}

/** The resource's name for messages. */
export function ownerName({ resource, parent }: Owner): string {
  return parent === undefined ? `"${resource}"` : `"${resource}" (in ${parent})`;
}

/** Creates the id of one attempt to create; stored in the state, never an input. */
export function newCreateId(): string {
  return randomBytes(CREATE_ID_BYTES).toString("hex");
}

/** The metadata of a marked object. */
export function markText({ stack, resource }: Owner, createId: string): string {
  return JSON.stringify({ managedBy: "pulumi", stack, resource, create: createId });
}

/** `undefined` if the metadata is no mark but free text. */
export function readMark(metadata: unknown): Mark | undefined {
  if (typeof metadata !== "string" || !metadata.startsWith(MARK_START)) return undefined;
  const { stack, resource, create } = parseObject(metadata) ?? {};
  if (typeof stack !== "string" || typeof resource !== "string") return undefined;
  return { stack, resource, create: typeof create === "string" ? create : undefined };
}

/** Whether the mark names this resource. Does not distinguish equal names under different parents. */
export function isMarkOf(mark: Mark, { stack, resource }: Owner): boolean {
  return isSameStack(mark.stack, stack) && mark.resource === resource;
}

/** Whether both name the same stack: `acme/shop/dev` and `shop/dev` do, because a URN has no organization. */
export function isSameStack(left: string, right: string): boolean {
  return left === right || left.endsWith(`/${right}`) || right.endsWith(`/${left}`);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>; // the text starts with a brace
  } catch {
    return undefined; // it only starts like a mark
  }
}
