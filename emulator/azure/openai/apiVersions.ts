/** The dated api-versions of the data plane. The resource manager's api-versions are another family. */

const SUPPORTED = new Set([
  "2022-12-01",
  "2023-05-15",
  "2024-02-01",
  "2024-06-01",
  "2024-10-21",
  "2023-06-01-preview",
  "2023-10-01-preview",
  "2024-02-15-preview",
  "2024-03-01-preview",
  "2024-04-01-preview",
  "2024-05-01-preview",
  "2024-07-01-preview",
  "2024-08-01-preview",
  "2024-09-01-preview",
  "2024-10-01-preview",
  "2024-12-01-preview",
  "2025-01-01-preview",
  "2025-02-01-preview",
  "2025-03-01-preview",
  "2025-04-01-preview",
]);

/** Whether the dated routes answer to it. The retired previews of 2023 are not served, like a version that never existed. */
export function isServedApiVersion(apiVersion: string | null): apiVersion is string {
  return apiVersion !== null && SUPPORTED.has(apiVersion);
}

/**
 * Whether `/openai/v1` answers to it: `v1` is its default, `preview` its other stage.
 * @see https://github.com/Azure/azure-rest-api-specs/tree/main/specification/ai/data-plane/OpenAI.v1
 */
export function isServedOnV1(apiVersion: string | null): boolean {
  return apiVersion === null || ["v1", "preview", "latest"].includes(apiVersion);
}

/** Versions sort by date; a preview of a day comes before the day's release. */
export function isAtLeast(apiVersion: string, minimum: string): boolean {
  const [date, minimumDate] = [apiVersion.slice(0, 10), minimum.slice(0, 10)];
  if (date !== minimumDate) return date > minimumDate;
  return !apiVersion.endsWith("-preview") || minimum.endsWith("-preview");
}
