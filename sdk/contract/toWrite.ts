/**
 * Entries of sets that a write replaces as a whole: from what was read to what a write sends back. Fields and values that are
 * newer than this client are kept. Without the schema library, as programs load this.
 */
import type { RouterRule, RouterRuleWrite, RouterStepWrite } from "./accessKeyConfigurations";
import type { ProviderModel, ProviderModelCreate } from "./providers";

/** A rule without what only answers show of its keys. */
export function toRuleWrite({ steps, ...rule }: RouterRule): RouterRuleWrite {
  const written = steps.map(({ keys, ...step }) =>
    keys === undefined ? step : { ...step, keys: keys.map(({ name: _, keyRedacted: __, ...key }) => key) },
  );
  return { ...rule, steps: written as RouterStepWrite[] };
}

/** A model without its own id. */
export function toModelWrite({ id: _, ...model }: ProviderModel): ProviderModelCreate {
  return model;
}
