/** The routes' interface to each kind of object, and functions for several kinds. */
import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { ErrorCode } from "../../../../sdk/contract/errorCodes";
import type { Stored } from "../../store/collection";
import type { Store } from "../../store/store";

export type Plain = Record<string, unknown>;

/** An error code for a kind of problem (zod's name of it, or `wrong_type`) at certain paths. */
interface Refusal {
  readonly error: ErrorCode;
  fits(issue: string, path: string): boolean;
}

export interface Noun {
  readonly path: string;
  readonly title: string;
  readonly listField: string;
  readonly createSchema: z.ZodType;
  readonly updateSchema: z.ZodType;
  /** The first matching one is used; without a match, the body is a bad request. */
  readonly refusals: readonly Refusal[];
  readonly rotate?: { schema: z.ZodType; apply(record: Stored, body: Plain): Stored };
  collection(store: Store): unknown;
  filter?(query: Readonly<Record<string, string>>): ((record: Stored) => boolean) | undefined;
  create(store: Store, body: Plain): { record: Stored; once?: Plain };
  update(store: Store, record: Stored, body: Plain): Stored;
  refuseDelete(store: Store, record: Stored): void;
  /** The record as the API returns it: without secrets, and with the present names of the objects that it refers to. */
  show(store: Store, record: Plain, baseUrl: string): Plain;
}

const user = { id: "usr_emulator", uri: "https://api.ngrok.ai/users/usr_emulator" };

export function stamped(id: string): Plain & Stored {
  const now = new Date().toISOString();
  return { id, uri: "", createdAt: now, updatedAt: now, createdBy: user, lastUpdatedBy: user };
}

/** PATCH: an absent field stays, `null` clears the field, any other value replaces it. */
export function patched(record: Stored, body: Plain): Stored & Plain {
  const merged: Stored & Plain = { ...record };
  for (const [name, value] of Object.entries(body)) {
    if (value === null) delete merged[name];
    else if (value !== undefined) merged[name] = value;
  }
  return merged;
}

export const tooLong = (field: string, error: ErrorCode): Refusal => ({
  error,
  fits: (issue, path) => issue === "too_big" && path === field,
});

export const missing = (error: ErrorCode): Refusal => ({
  error,
  fits: (issue) => issue === "invalid_type" || issue === "too_small",
});

export function newToken(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString("hex")}-g1-${randomBytes(18).toString("base64url")}`;
}
