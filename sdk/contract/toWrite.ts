/**
 * Converts entries of sets that a write replaces as a whole, from the form that was read to the form to write. Keeps fields and
 * values that are newer than this client. Does not load the schema library, because programs load this file.
 */
import type { RouterRule, RouterRuleWrite, RouterStepWrite } from "./accessKeyConfigurations";
import type { ProviderModel, ProviderModelCreate } from "./providers";

/** The rule without the fields of its keys that only responses have. */
export function toRuleWrite({ steps, ...rule }: RouterRule): RouterRuleWrite {
  const written = steps.map(({ keys, ...step }) =>
    keys === undefined ? step : { ...step, keys: keys.map(({ name: _, keyRedacted: __, ...key }) => key) },
  );
  return { ...rule, steps: written as RouterStepWrite[] };
}

/** The model without its own id. */
export function toModelWrite({ id: _, ...model }: ProviderModel): ProviderModelCreate {
  return model;
}
