/**
 * Decides who may call `/_emulator/`, which needs no key: programs on this machine and its network, but not web pages. A page of another
 * site can send simple requests to a local address, and can reach it under its own name if that resolves to it (DNS rebinding).
 */
import { isIP } from "node:net";

interface Caller {
  readonly method: string;
  header(name: string): string | undefined | null;
}

/**
 * The reason to reject a request; `undefined` if it is allowed.
 * @param ownHost The address that the emulator listens on.
 */
export function callerRefusal({ method, header }: Caller, ownHost: string): string | undefined {
  const host = header("host") ?? "";
  if (!isNearName(host, ownHost))
    return `the Host header names ${JSON.stringify(host)}, not an address of this machine`;
  const origin = header("origin");
  if (origin && origin !== `http://${host}`) return "the Origin header names another site";
  const site = header("sec-fetch-site");
  const isFollowedLink = (method === "GET" || method === "HEAD") && header("sec-fetch-mode") === "navigate";
  if (site && site !== "same-origin" && site !== "none" && !isFollowedLink) return "a page of another site sent it";
  return undefined;
}

/** A name that cannot be registered, an IP address, or the emulator's own listening address. */
function isNearName(host: string, ownHost: string): boolean {
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : "";
  const isAddress = isIP(name.replace(/^\[|\]$/g, "")) > 0;
  const isReserved = name !== "" && (!name.includes(".") || name.endsWith(".localhost") || name.endsWith(".internal"));
  return isAddress || isReserved || name === ownHost;
}
