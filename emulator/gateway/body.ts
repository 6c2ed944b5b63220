/** Request bodies: limited in size while they arrive, and rejected in the API's format. */
import type { Context, Env } from "hono";
import type { z } from "zod";
import { type ErrorCode, errorCodes } from "../../sdk/contract/errorCodes";
import { ApiError } from "./apiError";

/** Largest body of the management API, in bytes; the service's own limit is not published. */
export const MAX_CONTROL_BODY_BYTES = 1024 * 1024;

/** A request's body, parsed as JSON. */
export async function readJson<E extends Env>(context: Context<E>): Promise<unknown> {
  const type = context.req.header("content-type")?.toLowerCase() ?? "";
  if (!/^application\/json\s*(;|$)/.test(type)) {
    const message = "The request body must be JSON: send content-type: application/json.";
    throw new ApiError(errorCodes.badRequest, message, { status: 415 });
  }
  const text = await readText(context, MAX_CONTROL_BODY_BYTES, errorCodes.badRequest);
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(errorCodes.badRequest, "The request body is not valid JSON.");
  }
}

/** A request's body as text, up to a limit. */
export async function readText<E extends Env>(
  context: Context<E>,
  maxBytes: number,
  error: ErrorCode,
): Promise<string> {
  const tooLarge = () => new ApiError(error, `The request body is over ${maxBytes} bytes.`, { status: 413 });
  const announced = context.req.header("content-length");
  if (Number(announced ?? 0) > maxBytes) throw tooLarge();
  if (announced !== undefined) return await context.req.text();
  // Its length was not announced, so it is counted while it arrives.
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (context.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Checks a body whose problems all have one code. */
export function parseBody<Schema extends z.ZodType>(what: string, schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ApiError(errorCodes.badRequest, `The ${what} is not valid: ${describeIssue(parsed.error)}.`);
}

/** Path and kind of the first problem, without the value, which may be a secret. */
export function describeIssue({ issues: [issue] }: z.ZodError): string {
  const place = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  const isUnknownField = issue?.code === "unrecognized_keys";
  return place + (isUnknownField ? `unknown field ${issue.keys.join(", ")}` : (issue?.message ?? "invalid"));
}
