import { z } from "zod";

/** All amounts are US cents. */
const invoiceFields = {
  createdAt: z.string(),
  periodStart: z.string(),
  periodEnd: z.string(),
  totalCents: z.int(),
  appliedCreditsCents: z.int(),
  amountDueCents: z.int(),
  amountPaidCents: z.int(),
  amountRemainingCents: z.int(),
};

export const creditTransactionSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("credits"),
    createdAt: z.string(),
    category: z.enum(["purchase", "promotional"]),
    amountCents: z.int(),
    expiresAt: z.string().nullish(),
  }),
  z.object({ type: z.literal("usageInvoice"), ...invoiceFields, invoiceUrl: z.string().nullable() }),
  z.object({ type: z.literal("usageInvoicePreview"), ...invoiceFields }),
]);
export type CreditTransaction = z.infer<typeof creditTransactionSchema>;

export const creditTransactionListSchema = z.object({ items: z.array(creditTransactionSchema) });
export type CreditTransactionList = z.infer<typeof creditTransactionListSchema>;

export const creditBalanceSchema = z.object({ balanceCents: z.int() });
export type CreditBalance = z.infer<typeof creditBalanceSchema>;

/** `amount` is in US cents. */
export const checkoutSessionCreateSchema = z.strictObject({ amount: z.int().min(1) });
export type CheckoutSessionCreate = z.infer<typeof checkoutSessionCreateSchema>;

export const checkoutSessionSchema = z.object({ sessionId: z.string(), sessionUrl: z.string() });
export type CheckoutSession = z.infer<typeof checkoutSessionSchema>;
