/** Request bodies: bounded while they come in, and refused in the API's shape. */
import type { Context, Env } from "hono";
import { ApiError } from "./apiError";

/** Largest body of the management API, in bytes; the service's own bound is not published. */
export const MAX_CONTROL_BODY_BYTES = 1024 * 1024;

/** The JSON of a request's body. */
export async function readJson<E extends Env>(context: Context<E>): Promise<unknown> {
  const type = context.req.header("content-type")?.toLowerCase() ?? "";
  if (!/^application\/json\s*(;|$)/.test(type)) {
    throw new ApiError(415, "ERR_NGROK_27606", "The request body must be JSON: send content-type: application/json.");
  }
  const text = await readText(context, MAX_CONTROL_BODY_BYTES, "ERR_NGROK_27606");
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, "ERR_NGROK_27606", "The request body is not valid JSON.");
  }
}

/** The text of a request's body, as far as it keeps to a bound. */
export async function readText<E extends Env>(context: Context<E>, maxBytes: number, code: string): Promise<string> {
  const tooLarge = () => new ApiError(413, code, `The request body is over ${maxBytes} bytes.`);
  const announced = context.req.header("content-length");
  if (Number(announced ?? 0) > maxBytes) throw tooLarge();
  if (announced !== undefined) return await context.req.text();
  // Nobody said how long it is: it is counted while it comes.
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (context.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
