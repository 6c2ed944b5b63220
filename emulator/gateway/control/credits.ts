/** Credits: granted and bought ones, minus the used ones. No card is charged. */
import { randomBytes } from "node:crypto";
import type { Hono } from "hono";
import {
  type CreditPurchase,
  checkoutSessionCreateSchema,
  creditPurchaseCreateSchema,
} from "../../../sdk/contract/credits";
import { errorCodes } from "../../../sdk/contract/errorCodes";
import { MAX_IDEMPOTENCY_KEY_CHARS } from "../../../sdk/contract/limits";
import { ApiError } from "../apiError";
import { parseBody, readJson } from "../body";
import type { Accounts } from "../store/accounts";
import type { Store, StoredPurchase } from "../store/store";
import type { ControlEnv } from "./controlEnv";

const CHECKOUT_PATH = "/_emulator/checkout";
/** Time during which bought credits can be used. */
const CREDIT_LIFETIME_MS = 365 * 24 * 60 * 60 * 1000;

export function addCreditRoutes(app: Hono<ControlEnv>, baseUrl: () => string): void {
  app.get("/credits/balance", (context) => context.json({ balanceCents: context.var.store.balanceCents() }));
  app.get("/credits/transactions", (context) => context.json({ items: context.var.store.credits.toReversed() }));
  app.post("/credits/checkout-session", async (context) => {
    const { amount } = parseBody("checkout session", checkoutSessionCreateSchema, await readJson(context));
    const sessionId = `cs_${randomBytes(12).toString("hex")}`;
    openCheckouts.set(sessionId, { store: context.var.store, amountCents: amount });
    return context.json({ sessionId, sessionUrl: `${baseUrl()}${CHECKOUT_PATH}/${sessionId}` });
  });
  app.post("/credits/purchases", async (context) => {
    const { amount } = parseBody("purchase", creditPurchaseCreateSchema, await readJson(context));
    const key = context.req.header("idempotency-key")?.trim();
    return context.json(shown(startPurchase(context.var.store, amount, key === "" ? undefined : key)));
  });
  app.get("/credits/purchases/:id", (context) => {
    const id = context.req.param("id");
    const purchase = context.var.store.purchases.get(id);
    if (purchase === undefined) throw new ApiError(errorCodes.notFound, `The purchase ${id} was not found.`);
    return context.json(shown(settlePurchase(context.var.store, purchase)));
  });
}

/** The purchase that the request starts, or that an earlier request with the same key started. */
function startPurchase(store: Store, amountCents: number, idempotencyKey: string | undefined): StoredPurchase {
  if (idempotencyKey !== undefined && idempotencyKey.length > MAX_IDEMPOTENCY_KEY_CHARS) {
    const message = `The Idempotency-Key is over ${MAX_IDEMPOTENCY_KEY_CHARS} characters.`;
    throw new ApiError(errorCodes.badRequest, message, { details: { reason: "invalid_idempotency_key" } });
  }
  const [earlier] = idempotencyKey === undefined ? [] : store.purchases.allBy("idempotencyKey", idempotencyKey);
  if (earlier !== undefined) {
    if (earlier.amountCents === amountCents) return earlier;
    throw conflict("idempotency_key_reuse", earlier, "The Idempotency-Key was used for another amount.");
  }
  // A charge needs an account that has bought credits before, through the checkout page.
  if (store.credits.length === 0) {
    const message = "The account is not set up for purchases: buy credits by a checkout session first.";
    throw new ApiError(errorCodes.badRequest, message, { details: { reason: "metronome_not_provisioned" } });
  }
  const [unresolved] = store.purchases.allBy("status", "pending");
  if (unresolved !== undefined)
    throw conflict("purchase_in_progress", unresolved, "Another purchase of the account has no outcome yet.");
  const now = Date.now();
  return store.purchases.set({
    id: store.purchases.newId(),
    status: "pending",
    amountCents,
    currency: "usd",
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + CREDIT_LIFETIME_MS).toISOString(),
    failureCode: null,
    failureMessage: null,
    idempotencyKey,
  });
}

function conflict(reason: string, { id }: StoredPurchase, message: string): ApiError {
  return new ApiError(errorCodes.alreadyExists, message, { details: { reason, purchase_id: id } });
}

/** A purchase succeeds when it is first queried. */
function settlePurchase(store: Store, purchase: StoredPurchase): StoredPurchase {
  if (purchase.status !== "pending") return purchase;
  store.addCredit(bought(purchase.amountCents, purchase.expiresAt));
  return store.purchases.set({ ...purchase, status: "succeeded" });
}

function shown({ idempotencyKey: _, ...purchase }: StoredPurchase): CreditPurchase {
  return purchase;
}

function bought(amountCents: number, expiresAt: string | null) {
  const createdAt = new Date().toISOString();
  return { type: "credits", createdAt, category: "purchase", amountCents, expiresAt, invoiceUrl: null } as const;
}

/** Lost at a restart: an unopened checkout has changed nothing. */
const openCheckouts = new Map<string, { store: Store; amountCents: number }>();

/** The page on which the service would ask for a card; opening it counts as payment. */
export function addCheckoutPage(app: Hono, accounts: Accounts): void {
  app.get("/checkout/:id", async (context) => {
    const id = context.req.param("id");
    const checkout = openCheckouts.get(id);
    if (checkout === undefined) throw new ApiError(errorCodes.notFound, `The checkout ${id} is not open.`);
    openCheckouts.delete(id);
    const { store, amountCents } = checkout;
    store.addCredit(bought(amountCents, null));
    await accounts.settled();
    return context.text(`${amountCents} cents were added. Nobody was charged.\n`);
  });
}
