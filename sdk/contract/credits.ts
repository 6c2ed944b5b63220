import { z } from "zod";
import { absentIfNull, answerObject, MAX_PURCHASE_CENTS, openEnum, openUnion } from "./common";

// All amounts are US cents.

const invoiceFields = {
  createdAt: z.string(),
  periodStart: z.string(),
  periodEnd: z.string(),
  totalCents: z.int(),
  appliedCreditsCents: z.int(),
  amountDueCents: z.int(),
  /** Absent if the billing provider does not report it. */
  amountPaidCents: absentIfNull(z.int()),
  /** Absent if the billing provider does not report it. */
  amountRemainingCents: absentIfNull(z.int()),
};

export const creditTransactionSchema = openUnion("type", [
  answerObject({
    type: z.literal("credits"),
    createdAt: z.string(),
    category: openEnum(["purchase", "promotional"]),
    amountCents: z.int(),
    expiresAt: z.string().nullish(),
    invoiceUrl: z.string().nullish(),
  }),
  answerObject({ type: z.literal("usageInvoice"), ...invoiceFields, invoiceUrl: z.string().nullable() }),
  answerObject({ type: z.literal("usageInvoicePreview"), ...invoiceFields }),
]);
export type CreditTransaction = z.infer<typeof creditTransactionSchema>;

export const creditTransactionListSchema = answerObject({ items: z.array(creditTransactionSchema) });
export type CreditTransactionList = z.infer<typeof creditTransactionListSchema>;

export const creditBalanceSchema = answerObject({ balanceCents: z.int() });
export type CreditBalance = z.infer<typeof creditBalanceSchema>;

export const checkoutSessionCreateSchema = z.strictObject({ amount: z.int().min(1) });
export type CheckoutSessionCreate = z.infer<typeof checkoutSessionCreateSchema>;

export const checkoutSessionSchema = answerObject({ sessionId: z.string(), sessionUrl: z.string() });
export type CheckoutSession = z.infer<typeof checkoutSessionSchema>;

export const creditPurchaseCreateSchema = z.strictObject({ amount: z.int().min(1).max(MAX_PURCHASE_CENTS) });
export type CreditPurchaseCreate = z.infer<typeof creditPurchaseCreateSchema>;

/**
 * A request that repeats a key returns the purchase that the first request started. A key can never be used for a second
 * purchase.
 */
export const creditPurchaseHeadersSchema = z.strictObject({ "Idempotency-Key": z.string().optional() });

/** A charge of the account's saved card. `pending` means that the outcome is not recorded yet. */
export const creditPurchaseSchema = answerObject({
  id: z.string(),
  status: openEnum(["pending", "actionRequired", "succeeded", "failed"]),
  amountCents: z.int(),
  /** ISO 4217, in lower case. */
  currency: z.string(),
  createdAt: z.string(),
  /** When the credits expire. */
  expiresAt: z.string(),
  failureCode: z.string().nullish(),
  failureMessage: z.string().nullish(),
});
export type CreditPurchase = z.infer<typeof creditPurchaseSchema>;
