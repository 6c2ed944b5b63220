/** Arguments for governance: kinds of content, metrics, and the defaults. */
import type { AlertsInputs, CommonInputs, ContentFilterInputs, DiagnosticsInputs } from "./inputs";
import type { Values } from "./values";

/** Governance arguments with their defaults. */
export interface Governance<V extends Values> {
  readonly contentFilters: Readonly<Record<string, ContentFilterInputs<V>>>;
  readonly diagnostics: DiagnosticsInputs<V> | undefined;
  readonly alerts: Alerts<V> | undefined;
}

type Alerts<V extends Values> = { readonly [Name in keyof AlertsInputs<V>]-?: NonNullable<AlertsInputs<V>[Name]> };

/** Kinds of content with severity levels. */
export const GRADED_CONTENT: readonly string[] = ["Hate", "Sexual", "Violence", "Selfharm"];
/** Kinds of content that are filtered on one side only. */
export const CONTENT_SOURCES: Readonly<Record<string, string>> = {
  Jailbreak: "Prompt",
  "Indirect Attack": "Prompt",
  "Protected Material Text": "Completion",
  "Protected Material Code": "Completion",
};
export const SOURCES: readonly string[] = ["Prompt", "Completion"];

/** Windows over which Azure can evaluate a metric alert, in minutes, with their ISO 8601 form. */
export const ALERT_WINDOWS: Readonly<Record<number, string>> = {
  1: "PT1M",
  5: "PT5M",
  15: "PT15M",
  30: "PT30M",
  60: "PT1H",
};
const DEFAULT_WINDOW_MINUTES = 5;
const DEFAULT_THROTTLED_REQUESTS = 10;
const DEFAULT_RESPONSE_TIME_MS = 10_000;
const DEFAULT_ALERT_SEVERITY = 2;

export function normalizeGovernance<V extends Values>(inputs: CommonInputs<V>): Governance<V> {
  const { contentFilters = {}, diagnostics, alerts } = inputs;
  return {
    contentFilters,
    diagnostics,
    alerts: alerts && {
      actionGroupIds: alerts.actionGroupIds ?? [],
      throttledRequests: alerts.throttledRequests ?? DEFAULT_THROTTLED_REQUESTS,
      responseTimeMs: alerts.responseTimeMs ?? DEFAULT_RESPONSE_TIME_MS,
      windowMinutes: alerts.windowMinutes ?? DEFAULT_WINDOW_MINUTES,
      severity: alerts.severity ?? DEFAULT_ALERT_SEVERITY,
    },
  };
}
