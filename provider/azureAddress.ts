/**
 * Addresses and API versions of Azure OpenAI: the only check for base URLs, for those in programs and those that components
 * build.
 * @see https://learn.microsoft.com/azure/ai-services/openai/reference
 */

export type Cloud = "public" | "usgovernment" | "china";

/** Domain of an account's OpenAI endpoint, without the account's subdomain. */
export const OPENAI_DOMAINS: Readonly<Record<Cloud, string>> = {
  public: "openai.azure.com",
  usgovernment: "openai.azure.us",
  china: "openai.azure.cn",
};

const ACCOUNT_HOST = /^[^.]+\.(openai|cognitiveservices|services\.ai)\.azure\.(com|us|cn)$/;
const REGIONAL_HOST = /^[^.]+\.api\.cognitive\.(microsoft\.com|microsoft\.us|azure\.cn)$/;

/** Newest dated version that is not a preview. */
export const DEFAULT_API_VERSION = "2024-10-21";

/** Dated versions that the data plane serves. */
export const API_VERSIONS: readonly string[] = [
  "2022-12-01",
  "2023-05-15",
  "2023-06-01-preview",
  "2023-10-01-preview",
  "2024-02-01",
  "2024-02-15-preview",
  "2024-03-01-preview",
  "2024-04-01-preview",
  "2024-05-01-preview",
  "2024-06-01",
  "2024-07-01-preview",
  "2024-08-01-preview",
  "2024-09-01-preview",
  "2024-10-01-preview",
  "2024-10-21",
  "2024-12-01-preview",
  "2025-01-01-preview",
  "2025-02-01-preview",
  "2025-03-01-preview",
  "2025-04-01-preview",
];

/** Dated versions that Azure has retired. */
export const RETIRED_API_VERSIONS: readonly string[] = [
  "2023-03-15-preview",
  "2023-07-01-preview",
  "2023-08-01-preview",
  "2023-09-01-preview",
  "2023-12-01-preview",
];

/** Versions sort by date; the preview of a day precedes the release of that day. */
export function isOlder(apiVersion: string, than: string): boolean {
  const [date, thanDate] = [apiVersion.slice(0, 10), than.slice(0, 10)];
  if (date !== thanDate) return date < thanDate;
  return apiVersion.endsWith("-preview") && !than.endsWith("-preview");
}

/** Path of an account's v1 API, which serves all of its deployments. */
export const V1_PATH = "/openai/v1";

/** Path and query of the dated API of one deployment. */
export function deploymentPath(deploymentName: string, apiVersion: string): string {
  return `/openai/deployments/${encodeURIComponent(deploymentName)}?api-version=${apiVersion}`;
}

/** Path of Anthropic's API on Azure AI Foundry. */
export const ANTHROPIC_PATH = "/anthropic/v1";

/** An account's address on Azure AI Foundry, from its OpenAI endpoint. Returns any other address unchanged. */
export function foundryAddress(endpoint: string): string {
  return endpoint.replace(/^(https:\/\/[^./]+)\.(?:openai|cognitiveservices)\.azure\./, "$1.services.ai.azure.");
}

/** The reason why a text is no valid dated version, as the end of a sentence about it; `undefined` if it is valid. */
export function apiVersionProblem(apiVersion: string): string | undefined {
  const useDefault = `use ${JSON.stringify(DEFAULT_API_VERSION)}`;
  if (!/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(apiVersion)) {
    return `a version is a date such as ${JSON.stringify(DEFAULT_API_VERSION)}, followed by "-preview" for a preview: ${useDefault}`;
  }
  return RETIRED_API_VERSIONS.includes(apiVersion) ? `Azure has retired it: ${useDefault}` : undefined;
}

/**
 * The reason why a base URL does not reach Azure, with the correct URL, as the end of a sentence about it. `undefined` if it
 * does, or if the host is not one of Azure's. The gateway appends the path of a surface, for example `/chat/completions`, and
 * keeps the query.
 * @param surface the only surface that uses the address
 */
export function azureAddressProblem(baseUrl: string, surface?: string): string | undefined {
  if (!URL.canParse(baseUrl)) return undefined;
  const url = new URL(baseUrl);
  if (!ACCOUNT_HOST.test(url.hostname) && !REGIONAL_HOST.test(url.hostname)) return undefined;
  const path = url.pathname.replace(/(?<!\/)\/+$/, "");
  const version = url.searchParams.get("api-version");
  const v1 = /^(\/api\/projects\/[^/]+)?\/openai\/v1(?=\/|$)/.exec(path);
  if (v1 !== null) return v1Problem(url.origin + v1[0], path.slice(v1[0].length), version);
  const deployment = /^\/openai\/deployments\/([^/]+)/.exec(path);
  if (deployment !== null) {
    return deploymentProblem(url.origin + deployment[0], path.slice(deployment[0].length), version);
  }
  if (path.startsWith("/anthropic")) return anthropicProblem(url.origin, path);
  const isDatedResponses = surface === "responses" && path === "/openai" && version !== null;
  if (isDatedResponses && apiVersionProblem(version) === undefined) return undefined;
  return `is an address of Azure OpenAI without the path of its API: use ${url.origin}${V1_PATH}`;
}

function v1Problem(base: string, rest: string, version: string | null): string | undefined {
  if (rest !== "") return `contains ${rest}, which the gateway appends itself: use ${base}`;
  if (version === null || ["v1", "preview"].includes(version)) return undefined;
  return `has the api-version ${JSON.stringify(version)}, but Azure's v1 API takes no dated version: use ${base}`;
}

function deploymentProblem(base: string, rest: string, version: string | null): string | undefined {
  const isDated = version !== null && apiVersionProblem(version) === undefined;
  const right = `${base}?api-version=${isDated ? version : (datePart(version) ?? DEFAULT_API_VERSION)}`;
  if (rest !== "") return `contains ${rest}, which the gateway appends itself: use ${right}`;
  if (version === null || version === "") {
    return `is an Azure OpenAI deployment URL without api-version, which Azure answers with 404: use ${right}`;
  }
  if (isDated) return undefined;
  const what = `has the api-version ${JSON.stringify(version)}, but`;
  if (version === "v1" || version === "preview")
    return `${what} a deployment's URL takes a dated version: use ${right}`;
  return `${what} ${apiVersionProblem(version)?.replace(/: use .*/s, "")}: use ${right}`;
}

/** The date in `api-version=2024-10-21`. */
function datePart(version: string | null): string | undefined {
  const date = /\d{4}-\d{2}-\d{2}(-preview)?/.exec(version ?? "")?.[0];
  return date !== undefined && apiVersionProblem(date) === undefined ? date : undefined;
}

/** The API of Anthropic's models on Azure AI Foundry, for the surface `messages`. */
function anthropicProblem(origin: string, path: string): string | undefined {
  const right = origin + ANTHROPIC_PATH;
  return path === ANTHROPIC_PATH ? undefined : `is not the base of Anthropic's API on Azure: use ${right}`;
}
