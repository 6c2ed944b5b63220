/**
 * A local gateway behind a proxy that imitates a later version of the service: every object in a response has an additional
 * field, and some values are unknown ones. A write must send such additions back for entries that stay: the proxy records missing
 * ones. It sends no requests of its own to the local gateway, so the numbers of requests do not change.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { GatewayClient } from "../../sdk";
import { startTestGateway, type TestGateway } from "./gateway";

export interface FutureGateway extends TestGateway {
  /** Additions that writes did not send back, each as `PATCH <path>: <what>`. */
  lost(): readonly string[];
  /** URL of the management API without the additions. */
  readonly presentUrl: string;
}

type Json = Record<string, unknown>;

const LOOPBACK = "127.0.0.1";
/** Added to every object. */
const FIELD = "futureField";
const ADDED = "kept";
/** Replaces the only documented strategy. */
const STRATEGY = "round-robin";
/** A rule of an undocumented kind, added to every configuration that is created without a router. */
const FOREIGN_RULE = { futureSelector: "tag:beta", steps: [{ type: "quota-pool", pools: ["a", "b"], [FIELD]: ADDED }] };
/** Objects of lists that contain an additional kind. */
const MORE_ITEMS: Readonly<Record<string, Json>> = {
  "/credits/transactions": { type: "refund", createdAt: "2026-01-01T00:00:00Z", amountCents: 1 },
};

export async function startFutureGateway(options: Parameters<typeof startTestGateway>[0] = {}): Promise<FutureGateway> {
  const gateway = await startTestGateway(options);
  const proxy = new FutureProxy(gateway.controlUrl);
  const controlUrl = await proxy.listen();
  return {
    ...gateway,
    controlUrl,
    presentUrl: gateway.controlUrl,
    client: new GatewayClient({ apiUrl: controlUrl, apiKey: gateway.apiKey, retryBudgetMs: 5_000 }),
    lost: () => proxy.lost,
    reset: async () => {
      await gateway.reset();
      proxy.forget();
    },
    close: async () => {
      await proxy.close();
      await gateway.close();
    },
  };
}

class FutureProxy {
  lost: string[] = [];
  /** Objects in their last response, by path. */
  private readonly known = new Map<string, Json>();
  /** Ids of the configurations that have the foreign rule. */
  private readonly withForeignRule = new Set<string>();
  private readonly server = createServer((request, response) => {
    this.serve(request, response).catch((error: Error) => response.destroy(error));
  });

  constructor(private readonly targetUrl: string) {}

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, LOOPBACK, resolve));
    return `http://${LOOPBACK}:${(this.server.address() as AddressInfo).port}`;
  }

  forget(): void {
    this.lost = [];
    this.known.clear();
    this.withForeignRule.clear();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    const path = url.split("?")[0] ?? "";
    const body = text === "" || path.startsWith("/_emulator") ? undefined : (JSON.parse(text) as Json);
    const { authorization, "content-type": type, "idempotency-key": key } = request.headers;
    const headers = { authorization, "content-type": type, "idempotency-key": key as string | undefined };
    // Faults distinguish requests by their host.
    const target = new URL(url, this.targetUrl);
    target.hostname = new URL(`http://${request.headers.host}`).hostname;
    const losses: string[] = [];
    const answer = await fetch(target, {
      method,
      headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Record<
        string,
        string
      >,
      ...(body === undefined
        ? text === ""
          ? {}
          : { body: text }
        : { body: JSON.stringify(this.received(method, path, body, losses)) }),
    });
    // Requests to another host are writes of other users.
    if (target.hostname === LOOPBACK) this.lost.push(...losses);
    const answered = await answer.text();
    const isJson = answer.headers.get("content-type")?.startsWith("application/json") === true && answered !== "";
    const isAdded = isJson && !path.startsWith("/_emulator");
    if (answer.ok && method === "POST" && path === "/access-key-configurations" && body?.router === undefined)
      this.withForeignRule.add(String((JSON.parse(answered) as Json).id));
    const passedOn = ["content-type", "retry-after", "date", "allow"].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    response.writeHead(answer.status, Object.fromEntries(passedOn));
    response.end(isAdded ? JSON.stringify(this.answered(method, path, JSON.parse(answered) as Json)) : answered);
  }

  /** The body that is sent to the local gateway: without the additions, whose absence is recorded. */
  private received(method: string, path: string, body: Json, losses: string[]): Json {
    const miss = (what: string) => losses.push(`${method} ${path}: ${what}`);
    const before = this.known.get(path);
    const id = path.split("/")[2] ?? "";
    let { router } = body as { router?: { rules?: Json[] } | null };
    if (router !== undefined && this.withForeignRule.has(id)) {
      const isKept = router?.rules?.some((rule) => isDeepStrictEqual(rule, this.foreignRule()));
      if (!isKept) {
        this.withForeignRule.delete(id);
        if (router !== null) miss("the rule of a kind that nobody knows");
      }
      router = router && { ...router, rules: router.rules?.filter((rule) => rule.futureSelector === undefined) ?? [] };
    }
    if (before !== undefined) compareSets(before, body, miss);
    return withoutAdditions({ ...body, ...(router === undefined ? {} : { router }) }) as Json;
  }

  private answered(method: string, path: string, answer: Json): Json {
    const more = MORE_ITEMS[path];
    const whole = more === undefined ? answer : { ...answer, items: [more, ...(answer.items as Json[])] };
    const added = this.addTo(whole) as Json;
    for (const object of [added, ...Object.values(added).filter(Array.isArray).flat()] as Json[]) {
      const noun = path.split("/")[1] ?? "";
      if (typeof object.id === "string" && method !== "DELETE") this.known.set(`/${noun}/${object.id}`, object);
    }
    return added;
  }

  private foreignRule(): Json {
    return { ...FOREIGN_RULE, [FIELD]: ADDED };
  }

  private addTo(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.addTo(item));
    if (typeof value !== "object" || value === null) return value;
    const added: Json = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.addTo(item)]));
    if (added.keySelectionStrategy !== undefined) added.keySelectionStrategy = STRATEGY;
    if (this.withForeignRule.has(String(added.id))) {
      const { rules = [], ...router } = (added.router ?? {}) as { rules?: Json[] };
      added.router = { ...router, rules: [...rules, this.foreignRule()] };
    }
    return { ...added, [FIELD]: ADDED };
  }
}

function withoutAdditions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAdditions);
  if (typeof value !== "object" || value === null) return value;
  const { [FIELD]: _, ...rest } = value as Json;
  const entries = Object.entries(rest).map(([name, item]) => [
    name,
    item === STRATEGY ? "ordered" : withoutAdditions(item),
  ]);
  return Object.fromEntries(entries);
}

type Miss = (what: string) => void;

/** Each entry of a set that a write replaces must still have the additions if the entry existed before. */
function compareSets(before: Json, body: Json, miss: Miss): void {
  compareEntries("model", before.models, body.models, ["modelId"], miss);
  compareEntries("surface", before.supportedApiSurfaces, body.supportedApiSurfaces, ["format", "surface"], miss);
  if (isObject(before.access) && isObject(body.access)) compareFields("access", before.access, body.access, miss);
  const rulesOf = (object: Json) => (object.router as { rules?: unknown } | null | undefined)?.rules;
  compareEntries("rule", rulesOf(before), rulesOf(body), ["provider", "model"], miss, (old, sent, name) => {
    const [oldSteps = [], steps = []] = [old.steps, sent.steps] as [Json[]?, Json[]?];
    for (const [index, step] of steps.entries()) {
      const oldStep = oldSteps[index];
      if (oldStep === undefined || oldStep.type !== step.type) continue;
      compareFields(`step ${index} of ${name}`, oldStep, step, miss);
      if (oldStep.keySelectionStrategy !== step.keySelectionStrategy) miss(`the strategy of step ${index} of ${name}`);
      compareEntries(`key of ${name}`, oldStep.keys, step.keys, ["id"], miss);
    }
  });
}

function compareEntries(
  kind: string,
  before: unknown,
  sent: unknown,
  identity: readonly string[],
  miss: Miss,
  compareMore: (old: Json, sent: Json, name: string) => void = () => undefined,
): void {
  if (!Array.isArray(before) || !Array.isArray(sent)) return;
  const nameOf = (entry: Json) => `${kind} ${JSON.stringify(identity.map((field) => entry[field] ?? null))}`;
  const old = new Map((before as Json[]).map((entry) => [nameOf(entry), entry]));
  for (const entry of sent as Json[]) {
    const was = old.get(nameOf(entry));
    if (was === undefined) continue;
    compareFields(nameOf(entry), was, entry, miss);
    compareMore(was, entry, nameOf(entry));
  }
}

function compareFields(name: string, before: Json, sent: Json, miss: Miss): void {
  if (before[FIELD] !== undefined && sent[FIELD] === undefined) miss(`${FIELD} of ${name}`);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}
