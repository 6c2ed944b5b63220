/** The management API: routes and what they have in common. What is particular to a noun stands in `nouns.ts`. */
import { Hono } from "hono";
import type { z } from "zod";
import { MAX_PAGE_ITEMS } from "../../sdk/contract/common";
import { ApiError, withErrors } from "./apiError";
import { type Noun, nouns } from "./nouns";
import { changeSettings, settingsOf } from "./settings";
import type { Collection, Store, Stored } from "./store";

const MAX_BODY_BYTES = 1024 * 1024;

/** All control-plane routes over a store; `isKey` tells whether a bearer token may manage the account. */
export function controlPlane(store: Store, isKey: (token: string) => boolean, baseUrl: () => string): Hono {
  const app = withErrors(new Hono());
  app.use(async (context, next) => {
    const token = /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1];
    if (token === undefined || !isKey(token)) {
      throw new ApiError(401, "ERR_NGROK_27201", "Authentication failed: send an API key as a bearer token.");
    }
    await next();
  });
  for (const noun of nouns) addNoun(app, store, noun, baseUrl);
  app.get("/gateway-config", (context) => context.json(settingsOf(store, baseUrl())));
  app.patch("/gateway-config", async (context) =>
    context.json(changeSettings(store, await readBody(context.req.raw), baseUrl())),
  );
  app.get("/usage", (context) => context.json(store.usage.list(context.req.query(), baseUrl())));
  app.get("/usage/overview", (context) => context.json(store.usage.overview(context.req.query(), baseUrl())));
  app.notFound(() => {
    throw new ApiError(404, "ERR_NGROK_27611", "There is no such resource.");
  });
  return app;
}

function addNoun(app: Hono, store: Store, noun: Noun, baseUrl: () => string): void {
  const collection = noun.collection(store) as Collection<Stored>;
  const shown = (record: Stored) => noun.show({ ...record, uri: `${baseUrl()}${noun.path}/${record.id}` });
  const find = (id: string): Stored => {
    const record = collection.get(id);
    if (record === undefined) throw new ApiError(404, "ERR_NGROK_27611", `The ${noun.title} ${id} was not found.`);
    return record;
  };
  app.get(noun.path, (context) => {
    const limit = parseLimit(context.req.query("limit"));
    const { items, hasMore } = collection.page(
      limit,
      context.req.query("beforeId"),
      noun.filter?.(context.req.query()) ?? (() => true),
    );
    const last = items.at(-1);
    const next = new URLSearchParams({ ...context.req.query(), beforeId: last?.id ?? "", limit: String(limit) });
    return context.json({
      [noun.listField]: items.map(shown),
      uri: `${baseUrl()}${noun.path}`,
      nextPageUri: hasMore ? `${baseUrl()}${noun.path}?${next}` : null,
    });
  });
  app.post(noun.path, async (context) => {
    const body = parse(noun, noun.createSchema, await readBody(context.req.raw));
    const { record, once } = noun.create(store, body);
    return context.json({ ...shown(collection.set(record)), ...once }, 201);
  });
  app.get(`${noun.path}/:id`, (context) => context.json(shown(find(context.req.param("id")))));
  app.patch(`${noun.path}/:id`, async (context) => {
    const record = find(context.req.param("id"));
    const body = parse(noun, noun.updateSchema, await readBody(context.req.raw));
    return context.json(shown(collection.set(touched(noun.update(store, record, body)))));
  });
  app.delete(`${noun.path}/:id`, (context) => {
    const record = find(context.req.param("id"));
    noun.refuseDelete(store, record);
    collection.delete(record.id);
    return context.body(null, 204);
  });
  if (noun.rotate === undefined) return;
  const { schema, apply } = noun.rotate;
  app.post(`${noun.path}/:id/rotate`, async (context) => {
    const record = find(context.req.param("id"));
    const body = parse(noun, schema, await readBody(context.req.raw));
    return context.json(shown(collection.set(touched(apply(record, body)))));
  });
}

function touched<T extends Stored>(record: T): T {
  return { ...record, updatedAt: new Date().toISOString() };
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return MAX_PAGE_ITEMS;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE_ITEMS) return limit;
  throw new ApiError(400, "ERR_NGROK_27606", `limit must be a whole number from 1 to ${MAX_PAGE_ITEMS}.`);
}

export async function readBody(request: Request): Promise<unknown> {
  if (!request.headers.get("content-type")?.toLowerCase().startsWith("application/json")) {
    throw new ApiError(415, "ERR_NGROK_27606", "The request body must be JSON: send content-type: application/json.");
  }
  const text = await request.text();
  if (text.length > MAX_BODY_BYTES)
    throw new ApiError(413, "ERR_NGROK_27606", `The request body is over ${MAX_BODY_BYTES} bytes.`);
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, "ERR_NGROK_27606", "The request body is not valid JSON.");
  }
}

function parse(noun: Noun, schema: z.ZodType, body: unknown): Record<string, unknown> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join(".") ?? "";
  const code = noun.codes.find((candidate) => candidate.fits(issue?.code ?? "", path))?.code ?? "ERR_NGROK_27606";
  const status = code === "ERR_NGROK_27606" ? 400 : 422;
  // A value may be a secret: only where it stands is told.
  const what =
    issue?.code === "unrecognized_keys" ? `unknown field ${issue.keys.join(", ")}` : (issue?.message ?? "invalid");
  throw new ApiError(status, code, `The ${noun.title} is not valid: ${path === "" ? "" : `${path}: `}${what}.`);
}
