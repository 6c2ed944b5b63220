/** The management API: its routes and the behavior common to all nouns. `nouns/` contains the differences. */
import type { Context, Hono } from "hono";
import type { RouterRoute } from "hono/types";
import type { z } from "zod";
import { MAX_PAGE_ITEMS } from "../../../sdk/contract/common";
import { errorCodes } from "../../../sdk/contract/errorCodes";
import { ApiError, withErrors } from "../apiError";
import { describeIssue, readJson } from "../body";
import { listAllModels } from "../catalog";
import type { Accounts } from "../store/accounts";
import type { Collection, Stored } from "../store/collection";
import type { ControlEnv } from "./controlEnv";
import { addCreditRoutes } from "./credits";
import { type Noun, nouns } from "./nouns";
import { changeSettings, settingsOf } from "./settings";

/** Adds all routes of the management API. The key of a request determines its account. */
export function addControlPlane(app: Hono<ControlEnv>, accounts: Accounts, baseUrl: () => string): void {
  withErrors(app);
  const others = app.routes.length;
  app.use(async (context, next) => {
    const token = /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1];
    const store = token === undefined ? undefined : accounts.byApiKey(token);
    if (store === undefined) {
      throw new ApiError(errorCodes.authenticationFailed, "Authentication failed: send an API key as a bearer token.");
    }
    context.set("store", store);
    await next();
    await accounts.settled();
  });
  for (const noun of nouns) addNoun(app, noun, baseUrl);
  app.get("/gateway-config", (context) => context.json(settingsOf(context.var.store, baseUrl())));
  app.patch("/gateway-config", async (context) => {
    const body = await readJson(context);
    return context.json(changeSettings(context.var.store, body, baseUrl()));
  });
  app.get("/v1/models", (context) => context.json(listAllModels(context.var.store)));
  app.get("/usage", (context) => context.json(context.var.store.usage.list(context.req.query(), baseUrl())));
  app.get("/usage/overview", (context) =>
    context.json(context.var.store.usage.overview(context.req.query(), baseUrl())),
  );
  app.get("/usage/requests/:requestId", (context) =>
    context.json(context.var.store.usage.request(context.req.param("requestId"), baseUrl())),
  );
  addCreditRoutes(app, baseUrl);
  refuseOtherMethods(app, app.routes.slice(others));
  app.notFound(() => {
    throw new ApiError(errorCodes.notFound, "There is no such resource.");
  });
}

function addNoun(app: Hono<ControlEnv>, noun: Noun, baseUrl: () => string): void {
  const collectionOf = (context: Context<ControlEnv>) => noun.collection(context.var.store) as Collection<Stored>;
  const shown = (context: Context<ControlEnv>, record: Stored) =>
    noun.show(context.var.store, { ...record, uri: `${baseUrl()}${noun.path}/${record.id}` }, baseUrl());
  // Called after the body has arrived, because another request may change or remove the record meanwhile.
  const find = (context: Context<ControlEnv>): Stored => {
    const id = context.req.param("id") ?? "";
    const record = collectionOf(context).get(id);
    if (record === undefined) throw new ApiError(errorCodes.notFound, `The ${noun.title} ${id} was not found.`);
    return record;
  };
  app.get(noun.path, (context) => {
    const query = context.req.query();
    const limit = parseLimit(query.limit);
    const { items, hasMore } = collectionOf(context).page(limit, query.beforeId, noun.filter?.(query));
    const next = new URLSearchParams({ ...query, beforeId: items.at(-1)?.id ?? "", limit: String(limit) });
    return context.json({
      [noun.listField]: items.map((record) => shown(context, record)),
      uri: `${baseUrl()}${noun.path}`,
      nextPageUri: hasMore ? `${baseUrl()}${noun.path}?${next}` : null,
    });
  });
  app.post(noun.path, async (context) => {
    const body = parse(noun, noun.createSchema, await readJson(context));
    const { record, once } = noun.create(context.var.store, body);
    return context.json({ ...shown(context, collectionOf(context).set(record)), ...once }, 201);
  });
  app.get(`${noun.path}/:id`, (context) => context.json(shown(context, find(context))));
  app.patch(`${noun.path}/:id`, async (context) => {
    const body = await readJson(context);
    const record = find(context);
    const changed = noun.update(context.var.store, record, parse(noun, noun.updateSchema, body));
    return context.json(shown(context, collectionOf(context).set(touched(changed))));
  });
  app.delete(`${noun.path}/:id`, (context) => {
    const record = find(context);
    noun.refuseDelete(context.var.store, record);
    collectionOf(context).delete(record.id);
    return context.body(null, 204);
  });
  if (noun.rotate === undefined) return;
  const { schema, apply } = noun.rotate;
  app.post(`${noun.path}/:id/rotate`, async (context) => {
    const body = await readJson(context);
    const record = find(context);
    return context.json(shown(context, collectionOf(context).set(touched(apply(record, parse(noun, schema, body))))));
  });
}

/** 405 with the allowed methods, for a known path with another method. */
function refuseOtherMethods(app: Hono<ControlEnv>, routes: readonly RouterRoute[]): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of routes) {
    if (method === "ALL") continue;
    const known = methods.get(path) ?? new Set();
    methods.set(path, known.add(method));
    if (method === "GET") known.add("HEAD");
  }
  for (const [path, known] of methods) {
    app.all(path, (context) => {
      context.header("allow", [...known].join(", "));
      throw new ApiError(errorCodes.methodNotAllowed, `The method ${context.req.method} is not allowed here.`);
    });
  }
}

function touched<T extends Stored>(record: T): T {
  return { ...record, updatedAt: new Date().toISOString() };
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return MAX_PAGE_ITEMS;
  const limit = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (limit >= 1 && limit <= MAX_PAGE_ITEMS) return limit;
  throw new ApiError(errorCodes.badRequest, `limit must be a whole number from 1 to ${MAX_PAGE_ITEMS}.`);
}

function parse(noun: Noun, schema: z.ZodType, body: unknown): Record<string, unknown> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join(".") ?? "";
  const kind = issue?.code === "invalid_type" && isGiven(body, issue.path) ? "wrong_type" : (issue?.code ?? "");
  const error = noun.refusals.find(({ fits }) => fits(kind, path))?.error ?? errorCodes.badRequest;
  throw new ApiError(error, `The ${noun.title} is not valid: ${describeIssue(parsed.error)}.`);
}

function isGiven(body: unknown, path: readonly PropertyKey[]): boolean {
  let value = body;
  for (const name of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[name];
  return value !== undefined;
}
