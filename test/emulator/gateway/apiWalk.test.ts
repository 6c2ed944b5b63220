/**
 * A random walk over every operation of the API's document, with bodies generated from the document: the document
 * allows each response, and the store then equals a simple model of it. `API_WALKS=500` runs more walks. Does not prove
 * that the service responds the same; the suite in test/conformance requests the service if a key is given.
 */
import Ajv, { type ValidateFunction } from "ajv";
import fc from "fast-check";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { describeWithDocument, type OpenApiDocument, type RawSchema, readDocument } from "../../sdk/contractDocument";
import { Bodies, pick, type Random, randomFrom } from "./bodies";
import { type Json, type NounName, PlainModel } from "./plainModel";

const WALKS = Number(process.env.API_WALKS ?? 15);
/** One that goes everywhere in as many steps; others find other ways: `API_WALK_SEED=$RANDOM`. */
const SEED = Number(process.env.API_WALK_SEED ?? 1);
const STEPS = 200;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly success: number;
  readonly request: RawSchema | undefined;
  readonly acceptsBody: ValidateFunction | undefined;
  readonly acceptsAnswer: ValidateFunction | undefined;
}

/** OpenAPI 3.0's `nullable` in the words of JSON Schema. */
function toJsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(toJsonSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const { nullable, discriminator: _, ...rest } = schema as Record<string, unknown>;
  const converted = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, toJsonSchema(value)]));
  return nullable === true ? { anyOf: [converted, { type: "null" }] } : converted;
}

function readOperations(document: OpenApiDocument): { operations: Operation[]; acceptsError: ValidateFunction } {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: "document", components: toJsonSchema(document.components) } as object);
  const compile = (schema: RawSchema | undefined) => {
    if (schema === undefined) return undefined;
    const text = JSON.stringify(toJsonSchema(schema)).replaceAll('"#/components', '"document#/components');
    return ajv.compile(JSON.parse(text) as object);
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== "parameters")
      .map(([method, { requestBody, responses }]) => {
        const success = Number(Object.keys(responses).find((status) => status.startsWith("2")));
        const request = requestBody?.content?.["application/json"].schema;
        const answer = responses[success]?.content?.["application/json"].schema;
        const acceptsAnswer = compile(answer);
        return { method: method.toUpperCase(), path, success, request, acceptsBody: compile(request), acceptsAnswer };
      }),
  );
  return { operations, acceptsError: compile({ $ref: "#/components/schemas/Error" })! };
}

const QUERIES: readonly (readonly [text: string, isRight: boolean])[] = [
  ["", true],
  ["?limit=1", true],
  ["?limit=100", true],
  ["?limit=0", false],
  ["?limit=101", false],
  ["?limit=x", false],
  ["?beforeId=a", true],
  ["?provider=one&limit=2", true],
];
/** Those of which a query can't be wrong. */
const PLAIN_PATHS = ["/gateway-config", "/v1/models", "/credits/balance", "/credits/transactions"];
const IDEMPOTENCY_KEYS = ["", "", "k1", "k2", " k2 ", "k3", "x".repeat(255), "x".repeat(256)];
const TIMED_QUERIES: readonly (readonly [text: string, isRight: boolean])[] = [
  ["", false],
  ["?startTime=2020-01-01T00:00:00Z", true],
  ["?startTime=2020-01-01T00:00:00%2B02:00&endTime=2030-01-01T00:00:00.5Z", true],
  ["?startTime=yesterday", false],
  ["?startTime=2020-01-01T00:00:00Z&endTime=1", false],
];

/** Ways to send a body that no operation takes. */
const MALFORMED: readonly { type: string; body: string; status: number }[] = [
  { type: "application/json", body: "{", status: 400 },
  { type: "application/json", body: "", status: 400 },
  { type: "application/json", body: '{"name":"\u0001"', status: 400 },
  { type: "text/plain", body: "{}", status: 415 },
  { type: "application/jsonp", body: "{}", status: 415 },
  { type: "application/json", body: `{"name":"${"x".repeat(1024 * 1024)}"}`, status: 413 },
];

describeWithDocument("The emulated API", () => {
  const document = readDocument();
  const { operations, acceptsError } = readOperations(document);
  let gateway: TestGateway;
  let requests = 0;
  /** Which operations came to a right answer, and which to a refusal. */
  const seen = { right: new Set<string>(), refused: new Set<string>() };
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.close());

  async function send(
    method: string,
    target: string,
    body?: string,
    type = "application/json",
    headers: Readonly<Record<string, string>> = {},
  ) {
    requests++;
    const answer = await fetch(gateway.controlUrl + target, {
      method,
      headers: {
        authorization: `Bearer ${gateway.apiKey}`,
        ...(body === undefined ? {} : { "content-type": type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === "" ? undefined : (JSON.parse(text) as Json) };
  }

  /** Makes one model request, so that there is one to ask for. */
  async function useOnce(): Promise<string> {
    const { json: key } = await send("POST", "/access-keys", "{}");
    const answer = await fetch(`${gateway.gatewayUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${String(key?.token)}` },
      body: JSON.stringify({ model: "openai:gpt-5", messages: [] }),
    });
    expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)]);
    await send("DELETE", `/access-keys/${String(key?.id)}`);
    const { json } = await send("GET", "/usage?startTime=2020-01-01T00:00:00Z");
    return (json as { aiGatewayUsage: { requestId: string }[] }).aiGatewayUsage[0]?.requestId ?? "";
  }

  /** Sends one request, and checks its answer and the model's change against each other. */
  async function step(model: PlainModel, random: Random): Promise<void> {
    const operation = pick(random, operations);
    const { method, path, success } = operation;
    const noun = path.split("/")[1] as NounName;
    const objects = model.objectsAt(path);
    const id =
      random() < 0.85
        ? (pick(random, [...(objects?.keys() ?? [])]) ?? "none")
        : pick(random, ["none", "%00", "a%2Fb", "é"]);
    const isOfOne = path.includes("{");
    const isThere = !isOfOne || (objects?.has(id) ?? false);
    const target = path.replace(/\{\w+\}/, id);

    let [query, isRight] = ["", true] as readonly [string, boolean];
    if (method === "GET" && !isOfOne && !PLAIN_PATHS.includes(path))
      [query, isRight] = pick(random, path.startsWith("/usage") ? TIMED_QUERIES : QUERIES);

    let body: unknown;
    let answer: Awaited<ReturnType<typeof send>>;
    if (operation.request === undefined) {
      answer = await send(method, target + query);
      if (method === "DELETE") isRight = isThere && model.canDelete(noun, id);
    } else if (random() < 0.04) {
      const malformed = pick(random, MALFORMED);
      answer = await send(method, target, malformed.body, malformed.type);
      isRight = false;
      expect([method, target, answer.status]).toEqual([method, target, malformed.status]);
    } else {
      body = bodies(model, random).of(operation.request, random() < 0.6 ? 0 : 0.08);
      const idempotencyKey = path === "/credits/purchases" ? pick(random, IDEMPOTENCY_KEYS) : "";
      const headers = idempotencyKey === "" ? {} : { "idempotency-key": idempotencyKey };
      answer = await send(method, target, JSON.stringify(body), undefined, headers);
      // As it arrives: what JSON can't say is gone.
      body = JSON.parse(JSON.stringify(body));
      isRight = operation.acceptsBody?.(body) === true && isMeaningful(model, path, noun, body as Json);
      if (isRight && path === "/credits/purchases") isRight = model.purchase(body as Json, idempotencyKey, answer.json);
    }

    const where = `${method} ${target}${query} ${JSON.stringify(body)?.slice(0, 2_000)} answered ${answer.status} ${JSON.stringify(answer.json)?.slice(0, 500)}`;
    if (isRight && isThere) {
      if (answer.status !== success) throw new Error(`${where}: it is right`);
      if (method !== "HEAD" && operation.acceptsAnswer?.(answer.json) === false)
        throw new Error(`${where}: ${JSON.stringify(operation.acceptsAnswer.errors)}`);
    } else {
      if (answer.status < 400 || answer.status >= 500) throw new Error(`${where}: it is wrong`);
      if (method !== "HEAD" && !acceptsError(answer.json)) throw new Error(`${where}: no error body`);
      if (method !== "HEAD" && answer.json?.statusCode !== answer.status) throw new Error(`${where}: another status`);
      seen.refused.add(`${method} ${path}`);
      return;
    }
    seen.right.add(`${method} ${path}`);
    if (path === "/credits/purchases/{id}") expect(model.readPurchase(id)).toEqual(answer.json);
    else if (method === "POST" && success === 201) model.created(noun, body as Json, answer.json ?? {});
    else if (method === "DELETE") objects?.delete(id);
    else if (path === "/gateway-config" && method === "PATCH") model.config = { ...model.config, ...(body as Json) };
    else if (method === "PATCH" || path.endsWith("/rotate")) model.updated(noun, id, body as Json, answer.json ?? {});
    if (model.nouns[noun]?.has(id) && answer.json?.id === id) expect(model.matches(noun, id, answer.json)).toEqual([]);
  }

  function bodies(model: PlainModel, random: Random): Bodies {
    const idsOf = (noun: NounName) => [...model.nouns[noun].keys()];
    const meaningful: Record<string, readonly unknown[]> = {
      providerId: ["one", "two", "three", "four", "openai", ...idsOf("providers").slice(0, 1)],
      provider: ["one", "two", "openai", "groq", ...idsOf("providers").slice(0, 1)],
      model: ["one:m", "openai:gpt", "two:n"],
      baseUrl: [
        "https://one.example/v1?a=b",
        "http://x.internal/v1",
        "https://two.example",
        "http://x.example",
        "ftp://x",
      ],
      format: ["openai", "anthropic", "openai", "other"],
      surface: ["chat-completions", "responses", "messages"],
      modelId: ["m", "n", "o"],
      unsupportedParams: ["temperature", "top_p", "seed", ""],
      allow: ["one", "openai", "one:m"],
      value: ["a-key-of-some-length-01234", "short"],
      id: [...idsOf("provider-keys"), ""],
      accessKeyConfigurationId: [...idsOf("access-key-configurations"), "none"],
      totalTimeout: ["30s", "1m30s", "0s", "-1s", "soon"],
      perRequestTimeout: ["1s", "500ms", "1", "1h"],
    };
    return new Bodies(document, random, (field) => meaningful[field] ?? []);
  }

  function isMeaningful(model: PlainModel, path: string, noun: NounName, body: Json): boolean {
    if (path === "/gateway-config") {
      const isDuration = (text: unknown) =>
        text === undefined || (/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text as string) && !/^0s$/.test(text as string));
      return isDuration(body.totalTimeout) && isDuration(body.perRequestTimeout);
    }
    return path.startsWith("/credits") || model.accepts(noun, body);
  }

  /** Everything that is listed, page by page, against the model. */
  async function compareAll(model: PlainModel): Promise<void> {
    for (const [noun, objects] of Object.entries(model.nouns) as [NounName, Map<string, Json>][]) {
      const listed: Json[] = [];
      for (let next: string | undefined = `/${noun}?limit=7`; next !== undefined; ) {
        const { json } = await send("GET", next);
        listed.push(...(Object.values(json ?? {}).find(Array.isArray) as Json[]));
        next = (json?.nextPageUri as string | null)?.slice(gateway.controlUrl.length);
      }
      expect(listed.map(({ id }) => id).toSorted()).toEqual([...objects.keys()].toSorted());
      expect(listed.flatMap((shown) => model.matches(noun, String(shown.id), shown))).toEqual([]);
      expect(JSON.stringify(listed)).not.toContain("a-key-of-some-length-01234");
    }
    for (const id of [...model.nouns["access-key-configurations"].keys(), "none"]) {
      const { json } = await send("GET", `/access-keys?accessKeyConfigurationId=${id}`);
      const found = (json as { aiGatewayAccessKeys: Json[] }).aiGatewayAccessKeys.map((key) => key.id);
      expect(found.toSorted()).toEqual(model.keysOf(id).toSorted());
    }
    expect((await send("GET", "/gateway-config")).json).toMatchObject(model.config);
  }

  test(`returns documented responses in ${WALKS} walks of ${STEPS} requests, and equals a simple model`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: STEPS, max: STEPS }), async (seed, steps) => {
        await gateway.reset();
        const model = new PlainModel();
        model.requests.set(await useOnce(), {});
        const random = randomFrom(seed);
        for (let index = 0; index < steps; index++) await step(model, random);
        await compareAll(model);
      }),
      { numRuns: WALKS, seed: SEED, endOnFailure: true },
    );
    expect(requests).toBeGreaterThan(WALKS * STEPS);
    // The walk went everywhere: every operation was answered, and refused unless nothing about it can be wrong.
    const all = operations.map(({ method, path }) => `${method} ${path}`);
    expect([...seen.right].toSorted()).toEqual(all.toSorted());
    const mayBeWrong = all.filter(
      (name) => !/^(GET|HEAD)/.test(name) || !PLAIN_PATHS.includes(name.split(" ")[1] ?? ""),
    );
    expect(mayBeWrong.filter((name) => !seen.refused.has(name) && !/^HEAD \/[^{]*$/.test(name))).toEqual([]);
  }, 600_000);

  test.each([
    ["an unknown path", "GET", "/nothing", 404],
    ["a path below an object", "GET", "/providers/x/y", 404],
    ["a method that a path does not have", "PUT", "/providers", 405],
    ["a method that an object does not have", "POST", "/providers/x", 405],
    ["a path with invalid encoding", "GET", "/providers/%E0%A4%A", 404],
  ])("%s is refused with the API's error format", async (_what, method, target, status) => {
    const answer = await send(method, target);
    expect([answer.status, acceptsError(answer.json)]).toEqual([status, true]);
  });

  test("refuses a body of unknown length when it exceeds the limit", async () => {
    const piece = new Uint8Array(64 * 1024).fill(0x20);
    let sent = 0;
    const body = new ReadableStream({
      pull: (controller) => (sent++ < 64 ? controller.enqueue(piece) : controller.close()),
    });
    const answer = await fetch(`${gateway.controlUrl}/providers`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.apiKey}`, "content-type": "application/json" },
      body,
      duplex: "half",
    } as RequestInit);
    expect([answer.status, acceptsError(await answer.json())]).toEqual([413, true]);
  });
});
