/**
 * Requests to the resource manager's stand-in under the resource manager's own host name, waiting for what takes its time.
 * Unlike azure-native it asks again at once, not after 10 or 30 seconds, and repeats no request that was refused.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { type Cloud, managerHost } from "../hosts";
import { isObject, type JsonObject } from "./values";

/** Any bearer token will do. */
export const STAND_IN_TOKEN = "stand-in";
const POLL_MS = 10;
const UNFINISHED = ["Accepted", "Creating", "Deleting", "Moving", "Running", "Updating"];

/** What Azure refused, in azure-native's words. */
export class AzureError extends Error {
  constructor(
    readonly status: number,
    body: unknown,
  ) {
    const { code, message } = isObject(body) && isObject(body.error) ? body.error : {};
    super(`Status=${status} Code="${code ?? ""}" Message="${message ?? ""}"`);
  }
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: unknown;
}

export class ArmClient {
  constructor(
    /** Address of the stand-in. */
    private readonly azureUrl: string,
    private readonly cloud: Cloud,
  ) {}

  /** Undefined where there is none. */
  async find(path: string, apiVersion: string): Promise<JsonObject | undefined> {
    const answer = await this.send("GET", path, apiVersion);
    if (answer.status === 404) return undefined;
    return toObject(answer);
  }

  /** Creates or changes, and waits for the end of it. */
  async put(path: string, apiVersion: string, body: JsonObject): Promise<JsonObject> {
    let view = toObject(await this.send("PUT", path, apiVersion, body));
    while (UNFINISHED.includes(provisioningStateOf(view))) {
      await sleep(POLL_MS);
      view = toObject(await this.send("GET", path, apiVersion));
    }
    return view;
  }

  async post(path: string, apiVersion: string): Promise<JsonObject> {
    return toObject(await this.send("POST", path, apiVersion, {}));
  }

  /** Deletes, and waits for the end of it. Nothing there is no error. */
  async delete(path: string, apiVersion: string): Promise<void> {
    let answer = await this.send("DELETE", path, apiVersion);
    if (answer.status === 404) return;
    while (answer.status === 202 && answer.location !== undefined) {
      await sleep(POLL_MS);
      const { pathname, searchParams } = new URL(answer.location);
      answer = await this.send("GET", pathname, searchParams.get("api-version") ?? apiVersion);
    }
    if (answer.status >= 300) throw new AzureError(answer.status, answer.body);
  }

  private async send(
    method: "GET" | "PUT" | "POST" | "DELETE",
    path: string,
    apiVersion: string,
    body?: JsonObject,
  ): Promise<Answer> {
    const response = await request(`${this.azureUrl}${path}?api-version=${apiVersion}`, {
      method,
      headers: {
        host: managerHost(this.cloud),
        authorization: `Bearer ${STAND_IN_TOKEN}`,
        "content-type": "application/json",
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    const { location } = response.headers;
    return {
      status: response.statusCode,
      location: typeof location === "string" ? location : undefined,
      body: text === "" ? undefined : (JSON.parse(text) as unknown),
    };
  }
}

export function provisioningStateOf({ properties }: JsonObject): string {
  return isObject(properties) ? String(properties.provisioningState ?? "Succeeded") : "Succeeded";
}

function toObject({ status, body }: Answer): JsonObject {
  if (status >= 300) throw new AzureError(status, body);
  return isObject(body) ? body : {};
}
