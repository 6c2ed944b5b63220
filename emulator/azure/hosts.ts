/** Who a request is for, told by its `Host` header: the real names are kept on the way to the stand-in. */

export type Cloud = "public" | "usgovernment" | "china";

export type Recipient =
  /** The resource manager of a cloud. */
  | { readonly kind: "manager"; readonly cloud: Cloud }
  /** The data plane of one account, by its custom subdomain. */
  | { readonly kind: "account"; readonly subdomain: string }
  /** The data plane of the accounts of a region that have no custom subdomain, told apart by their keys. */
  | { readonly kind: "region"; readonly location: string }
  /** The stand-in's own address. */
  | { readonly kind: "standIn" };

const MANAGER_HOSTS: Readonly<Record<Cloud, string>> = {
  public: "management.azure.com",
  usgovernment: "management.usgovcloudapi.net",
  china: "management.chinacloudapi.cn",
};

/** The host of an account's OpenAI endpoint is its subdomain before this. */
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

/** The host of an account without a subdomain is its region before this. */
export const REGIONAL_DOMAINS: Readonly<Record<Cloud, string>> = {
  public: "api.cognitive.microsoft.com",
  usgovernment: "api.cognitive.microsoft.us",
  china: "api.cognitive.azure.cn",
};

const CLOUDS = ["public", "usgovernment", "china"] as const satisfies readonly Cloud[];

export function managerHost(cloud: Cloud): string {
  return MANAGER_HOSTS[cloud];
}

export function recipientOf(hostHeader: string): Recipient {
  const host = hostHeader.toLowerCase().replace(/:\d+$/, "");
  for (const cloud of CLOUDS) {
    if (host === MANAGER_HOSTS[cloud]) return { kind: "manager", cloud };
    for (const domains of [OPENAI_DOMAINS, COGNITIVE_DOMAINS, FOUNDRY_DOMAINS]) {
      const subdomain = labelBefore(host, domains[cloud]);
      if (subdomain !== undefined) return { kind: "account", subdomain };
    }
    const location = labelBefore(host, REGIONAL_DOMAINS[cloud]);
    if (location !== undefined) return { kind: "region", location };
  }
  return { kind: "standIn" };
}

function labelBefore(host: string, domain: string): string | undefined {
  if (!host.endsWith(`.${domain}`)) return undefined;
  return host.slice(0, -domain.length - 1);
}
