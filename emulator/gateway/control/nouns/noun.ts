/** What each kind of object tells of itself, and what several of them need for that. */
import { randomBytes } from "node:crypto";
import type { z } from "zod";
import { ApiError } from "../../apiError";
import type { Stored } from "../../store/collection";
import type { Store } from "../../store/store";

export type Plain = Record<string, unknown>;

/** The code of whatever has none of its own. */
export const BAD_REQUEST = "ERR_NGROK_27606";

export interface Noun {
  readonly path: string;
  readonly title: string;
  readonly listField: string;
  readonly createSchema: z.ZodType;
  readonly updateSchema: z.ZodType;
  /** The first that fits what is wrong (zod's word for it, or `wrong_type`) and where. */
  readonly codes: readonly { code: string; fits(issue: string, path: string): boolean }[];
  readonly rotate?: { schema: z.ZodType; apply(record: Stored, body: Plain): Stored };
  collection(store: Store): unknown;
  filter?(query: Readonly<Record<string, string>>): ((record: Stored) => boolean) | undefined;
  create(store: Store, body: Plain): { record: Stored; once?: Plain };
  update(store: Store, record: Stored, body: Plain): Stored;
  refuseDelete(store: Store, record: Stored): void;
  /** The record as the API tells it now: without what it keeps to itself, and with the present names of what it points to. */
  show(store: Store, record: Plain, baseUrl: string): Plain;
}

const user = { id: "usr_emulator", uri: "https://api.ngrok.ai/users/usr_emulator" };

export function stamped(id: string): Plain & Stored {
  const now = new Date().toISOString();
  return { id, uri: "", createdAt: now, updatedAt: now, createdBy: user, lastUpdatedBy: user };
}

/** PATCH: an absent field stays, `null` clears it, everything else replaces. */
export function patched(record: Stored, body: Plain): Stored & Plain {
  const merged: Stored & Plain = { ...record };
  for (const [name, value] of Object.entries(body)) {
    if (value === null) delete merged[name];
    else if (value !== undefined) merged[name] = value;
  }
  return merged;
}

export const tooLong = (field: string, code: string) => ({
  code,
  fits: (issue: string, path: string) => issue === "too_big" && path === field,
});

export const missing = (code: string) => ({
  code,
  fits: (issue: string) => issue === "invalid_type" || issue === "too_small",
});

export function newToken(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString("hex")}-g1-${randomBytes(18).toString("base64url")}`;
}

export function conflict(code: string, message: string): ApiError {
  return new ApiError(409, code, message);
}

export function unprocessable(code: string, message: string): ApiError {
  return new ApiError(422, code, message);
}
