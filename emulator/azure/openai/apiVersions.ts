/** The dated api-versions of the data plane. The resource manager has separate api-versions. */

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

/** Whether the dated routes accept it. The retired previews of 2023 are rejected like a version that never existed. */
export function isServedApiVersion(apiVersion: string | null): apiVersion is string {
  return apiVersion !== null && SUPPORTED.has(apiVersion);
}

/**
 * Whether `/openai/v1` accepts it: `v1` is the default, `preview` the other stage.
 * @see https://github.com/Azure/azure-rest-api-specs/tree/main/specification/ai/data-plane/OpenAI.v1
 */
export function isServedOnV1(apiVersion: string | null): boolean {
  return apiVersion === null || ["v1", "preview", "latest"].includes(apiVersion);
}

/** Versions sort by date; the preview of a day precedes the release of that day. */
export function isAtLeast(apiVersion: string, minimum: string): boolean {
  const [date, minimumDate] = [apiVersion.slice(0, 10), minimum.slice(0, 10)];
  if (date !== minimumDate) return date > minimumDate;
  return !apiVersion.endsWith("-preview") || minimum.endsWith("-preview");
}
