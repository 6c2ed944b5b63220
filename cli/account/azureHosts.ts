/** Reads host, Azure account, region and deployment from a provider's base URL, and prints the URL without secrets. */
import { LOCATION_NAMES } from "../../emulator/azure/locations";

export interface Upstream {
  readonly host: string;
  /** The Azure OpenAI account: the first part of the host name. */
  readonly account: string | undefined;
  /** Such as `eastus2`, if the host name contains it. */
  readonly location: string | undefined;
  readonly deployment: string | undefined;
  /** The URL without credentials and with no query except `api-version`. */
  readonly shown: string;
}

const ACCOUNT_HOST = /^([a-z0-9-]+)\.(?:openai|cognitiveservices|services\.ai)\.azure\.(?:com|us|cn)$/;
const REGIONAL_HOST = /^([a-z0-9]+)\.api\.cognitive\.(?:microsoft\.com|microsoft\.us|azure\.cn)$/;
const locations = new Set(LOCATION_NAMES);

/** `undefined` if the text is not a URL: in a preview it may not be known yet. */
export function upstreamOf(baseUrl: string): Upstream | undefined {
  if (!URL.canParse(baseUrl)) return undefined;
  const { protocol, hostname, port, pathname, searchParams } = new URL(baseUrl);
  const account = ACCOUNT_HOST.exec(hostname)?.[1];
  const version = searchParams.get("api-version");
  const host = port === "" ? hostname : `${hostname}:${port}`;
  return {
    host,
    account,
    location: REGIONAL_HOST.exec(hostname)?.[1] ?? locationIn(account),
    deployment: decoded(/\/deployments\/([^/]+)/.exec(pathname)?.[1]),
    shown: `${protocol}//${host}${pathname}${version === null ? "" : `?api-version=${version}`}`,
  };
}

export function isAzure({ account, location }: Upstream): boolean {
  return account !== undefined || location !== undefined;
}

/** A region's name between the hyphens of another name: `eastus2` in `ai-eastus2-458b8a`. */
export function locationIn(name: string | undefined): string | undefined {
  return name
    ?.toLowerCase()
    .split("-")
    .find((part) => locations.has(part));
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // an invalid percent sign
  }
}
