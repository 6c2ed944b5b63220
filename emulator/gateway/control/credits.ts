/** Credits: what was given and bought, less what was used. Nobody is charged: opening a checkout's page is paying. */
import { randomBytes } from "node:crypto";
import type { Hono } from "hono";
import { checkoutSessionCreateSchema } from "../../../sdk/contract/credits";
import { ApiError } from "../apiError";
import { readJson } from "../body";
import type { Accounts } from "../store/accounts";
import type { Store } from "../store/store";
import type { ControlEnv } from "./controlPlane";

const CHECKOUT_PATH = "/_emulator/checkout";

export function addCreditRoutes(app: Hono<ControlEnv>, baseUrl: () => string): void {
  app.get("/credits/balance", (context) => context.json({ balanceCents: context.var.store.balanceCents() }));
  app.get("/credits/transactions", (context) => context.json({ items: context.var.store.credits.toReversed() }));
  app.post("/credits/checkout-session", async (context) => {
    const parsed = checkoutSessionCreateSchema.safeParse(await readJson(context));
    if (!parsed.success) {
      throw new ApiError(
        400,
        "ERR_NGROK_27606",
        "The checkout session is not valid: amount must be whole cents above 0.",
      );
    }
    const sessionId = `cs_${randomBytes(12).toString("hex")}`;
    openCheckouts.set(sessionId, { store: context.var.store, amountCents: parsed.data.amount });
    return context.json({ sessionId, sessionUrl: `${baseUrl()}${CHECKOUT_PATH}/${sessionId}` });
  });
}

/** Not kept over a restart, as a page that nobody opened is nothing to keep. */
const openCheckouts = new Map<string, { store: Store; amountCents: number }>();

/** The page where the service would ask for a card. */
export function addCheckoutPage(app: Hono, accounts: Accounts): void {
  app.get("/checkout/:id", async (context) => {
    const id = context.req.param("id");
    const checkout = openCheckouts.get(id);
    if (checkout === undefined) throw new ApiError(404, "ERR_NGROK_27611", `The checkout ${id} is not open.`);
    openCheckouts.delete(id);
    const { store, amountCents } = checkout;
    const createdAt = new Date().toISOString();
    store.addCredit({ type: "credits", createdAt, category: "purchase", amountCents, expiresAt: null });
    await accounts.settled();
    return context.text(`${amountCents} cents were added. Nobody was charged.\n`);
  });
}
