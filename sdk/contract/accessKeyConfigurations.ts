import { z } from "zod";
import {
  absentIfNull,
  answerObject,
  descriptionText,
  labelUpdateFields,
  metadataText,
  nameText,
  openEnum,
  pageFields,
  storedFields,
} from "./common";
import { withoutValue } from "./redaction";

/** Credentials of a router step: the account's own provider keys, or ngrok's (built-in providers only). */
export const ROUTER_STEP_TYPES = ["user", "ngrok"] as const;
/** Order in which the keys of a step are tried. */
export const KEY_SELECTION_STRATEGIES = ["ordered"] as const;

// ── as read ──────────────────────────────────────────────────────────────────────────────────────────────────────

const accessDimensionSchema = answerObject({ allow: absentIfNull(z.array(z.string())) });

/** Providers and models that a key may use. A dimension that is left out is not restricted; an empty `allow` allows nothing. */
export const accessScopeSchema = answerObject({
  providers: absentIfNull(accessDimensionSchema),
  models: absentIfNull(accessDimensionSchema),
});
export type AccessScope = z.infer<typeof accessScopeSchema>;

export const routerStepKeySchema = answerObject({
  id: z.string(),
  name: z.string(),
  keyRedacted: z.string(),
}).transform(withoutValue);
export type RouterStepKey = z.infer<typeof routerStepKeySchema>;

export const routerStepSchema = answerObject({
  type: openEnum(ROUTER_STEP_TYPES),
  keys: absentIfNull(z.array(routerStepKeySchema)),
  keySelectionStrategy: absentIfNull(openEnum(KEY_SELECTION_STRATEGIES)),
});
export type RouterStep = z.infer<typeof routerStepSchema>;

export const routerRuleSchema = answerObject({
  provider: absentIfNull(z.string()),
  model: absentIfNull(z.string()),
  steps: z.array(routerStepSchema),
});
export type RouterRule = z.infer<typeof routerRuleSchema>;

export const routerSchema = answerObject({ rules: absentIfNull(z.array(routerRuleSchema)) });
export type Router = z.infer<typeof routerSchema>;

export const accessKeyConfigurationSchema = answerObject({
  ...storedFields,
  /** Number of access keys linked to the configuration. */
  accessKeyCount: z.int(),
  name: z.string(),
  description: absentIfNull(z.string()),
  metadata: absentIfNull(z.string()),
  access: absentIfNull(accessScopeSchema),
  router: absentIfNull(routerSchema),
});
export type AccessKeyConfiguration = z.infer<typeof accessKeyConfigurationSchema>;

export const accessKeyConfigurationListSchema = answerObject({
  ...pageFields,
  aiGatewayAccessKeyConfigurations: z.array(accessKeyConfigurationSchema),
});
export type AccessKeyConfigurationList = z.infer<typeof accessKeyConfigurationListSchema>;

// ── as written ───────────────────────────────────────────────────────────────────────────────────────────────────

const accessDimensionWriteSchema = z.strictObject({ allow: z.array(z.string()).optional() });

export const accessScopeWriteSchema = z.strictObject({
  providers: accessDimensionWriteSchema.optional(),
  models: accessDimensionWriteSchema.optional(),
});
export type AccessScopeWrite = z.infer<typeof accessScopeWriteSchema>;

/** Either `id` of a stored provider key, or `name` and `value` of one that the write creates. */
export const routerStepKeyWriteSchema = z.strictObject({
  id: z.string().optional(),
  name: nameText.optional(),
  value: z.string().optional(),
});
export type RouterStepKeyWrite = z.infer<typeof routerStepKeyWriteSchema>;

export const routerStepWriteSchema = z.strictObject({
  type: z.enum(ROUTER_STEP_TYPES),
  keys: z.array(routerStepKeyWriteSchema).optional(),
  keySelectionStrategy: z.enum(KEY_SELECTION_STRATEGIES).optional(),
});
export type RouterStepWrite = z.infer<typeof routerStepWriteSchema>;

export const routerRuleWriteSchema = z.strictObject({
  provider: z.string().optional(),
  model: z.string().optional(),
  steps: z.array(routerStepWriteSchema).min(1),
});
export type RouterRuleWrite = z.infer<typeof routerRuleWriteSchema>;

export const routerWriteSchema = z.strictObject({ rules: z.array(routerRuleWriteSchema).optional() });
export type RouterWrite = z.infer<typeof routerWriteSchema>;

export const accessKeyConfigurationCreateSchema = z.strictObject({
  name: nameText,
  description: descriptionText.optional(),
  metadata: metadataText.optional(),
  access: accessScopeWriteSchema.optional(),
  router: routerWriteSchema.optional(),
});
export type AccessKeyConfigurationCreate = z.infer<typeof accessKeyConfigurationCreateSchema>;

/** Absent fields keep their values; `null` clears. `router` replaces all rules: to add one, read, merge and write. */
export const accessKeyConfigurationUpdateSchema = z.strictObject({
  ...labelUpdateFields,
  access: accessScopeWriteSchema.nullish(),
  router: routerWriteSchema.nullish(),
});
export type AccessKeyConfigurationUpdate = z.infer<typeof accessKeyConfigurationUpdateSchema>;
