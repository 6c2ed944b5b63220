/**
 * Finds the service that a request is for: from its `Host` header, so that base URLs of production work unchanged, or from its path at
 * the server's own address, for clients that cannot set a `Host`:
 *
 *     http://127.0.0.1:PORT/resources/<subdomain>/openai/…    the data plane of one account
 *     http://127.0.0.1:PORT/subscriptions/…                   the resource manager of the public cloud
 */

export type Cloud = "public" | "usgovernment" | "china";

export type Recipient =
  /** The resource manager of a cloud. */
  | { readonly kind: "manager"; readonly cloud: Cloud; readonly origin: string }
  /** The data plane of one account, by its custom subdomain. `path` is the path on the account's own host. */
  | { readonly kind: "account"; readonly subdomain: string; readonly path: string; readonly isByPath: boolean }
  /** The data plane of the accounts of a region that have no custom subdomain; each request's key identifies its account. */
  | { readonly kind: "region"; readonly location: string; readonly path: string }
  /** The server's own address, with a path that belongs to no service. */
  | { readonly kind: "own" };

const MANAGER_HOSTS: Readonly<Record<Cloud, string>> = {
  public: "management.azure.com",
  usgovernment: "management.usgovcloudapi.net",
  china: "management.chinacloudapi.cn",
};

/** Suffix of an account's OpenAI host, after the subdomain. */
export const OPENAI_DOMAINS: Readonly<Record<Cloud, string>> = {
  public: "openai.azure.com",
  usgovernment: "openai.azure.us",
  china: "openai.azure.cn",
};

export const COGNITIVE_DOMAINS: Readonly<Record<Cloud, string>> = {
  public: "cognitiveservices.azure.com",
  usgovernment: "cognitiveservices.azure.us",
  china: "cognitiveservices.azure.cn",
};

export const FOUNDRY_DOMAINS: Readonly<Record<Cloud, string>> = {
  public: "services.ai.azure.com",
  usgovernment: "services.ai.azure.us",
  china: "services.ai.azure.cn",
};

/** Suffix of the host of accounts without a subdomain, after the region. */
export const REGIONAL_DOMAINS: Readonly<Record<Cloud, string>> = {
  public: "api.cognitive.microsoft.com",
  usgovernment: "api.cognitive.microsoft.us",
  china: "api.cognitive.azure.cn",
};

const CLOUDS = ["public", "usgovernment", "china"] as const satisfies readonly Cloud[];

export function managerHost(cloud: Cloud): string {
  return MANAGER_HOSTS[cloud];
}

/** @param url of the request, as received at the server's own address. */
export function recipientOf(hostHeader: string, url: URL): Recipient {
  const host = hostHeader.toLowerCase().replace(/:\d+$/, "");
  const path = url.pathname;
  for (const cloud of CLOUDS) {
    if (host === MANAGER_HOSTS[cloud]) return { kind: "manager", cloud, origin: `https://${host}` };
    for (const domains of [OPENAI_DOMAINS, COGNITIVE_DOMAINS, FOUNDRY_DOMAINS]) {
      const subdomain = labelBefore(host, domains[cloud]);
      if (subdomain !== undefined) return { kind: "account", subdomain, path, isByPath: false };
    }
    const location = labelBefore(host, REGIONAL_DOMAINS[cloud]);
    if (location !== undefined) return { kind: "region", location, path };
  }
  return recipientByPath(url);
}

/** The address of one account's data plane for plain clients. */
export function endpointAt(azureUrl: string, subdomain: string): string {
  return `${azureUrl}/resources/${encodeURIComponent(subdomain)}`;
}

function recipientByPath({ pathname, origin }: URL): Recipient {
  const [, subdomain, path] = /^\/resources\/([^/]+)(\/.*)?$/.exec(pathname) ?? [];
  if (subdomain !== undefined) return { kind: "account", subdomain, path: path ?? "/", isByPath: true };
  return pathname.startsWith("/subscriptions/") ? { kind: "manager", cloud: "public", origin } : { kind: "own" };
}

function labelBefore(host: string, domain: string): string | undefined {
  if (!host.endsWith(`.${domain}`)) return undefined;
  return host.slice(0, -domain.length - 1);
}
