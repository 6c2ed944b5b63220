/**
 * The contents of the management API in a second, simple implementation: maps, and the rules of its documentation. It
 * shares no code with the emulator, so a mistake in one of them is found.
 */
export type Json = Record<string, unknown>;
export type NounName = "providers" | "provider-keys" | "access-key-configurations" | "access-keys" | "api-keys";

interface Model {
  modelId: string;
  providerModelId?: string;
  unsupportedParams?: string[];
}

interface Rule {
  provider?: string;
  model?: string;
  steps: { type: string; keys?: { id?: string; name?: string; value?: string }[] }[];
}

const BUILT_IN =
  "openai anthropic google deepseek groq moonshotai z-ai openrouter hyperbolic inceptionlabs inference-net minimax qwencloud xai".split(
    " ",
  );
const SURFACES = ["openai chat-completions", "openai responses", "anthropic messages"];
/** What PATCH with null does not clear, as an answer must hold it. */
const REQUIRED = ["name"];

export class PlainModel {
  readonly nouns: Record<NounName, Map<string, Json>> = {
    providers: new Map(),
    "provider-keys": new Map(),
    "access-key-configurations": new Map(),
    "access-keys": new Map(),
    "api-keys": new Map(),
  };
  /** Model requests that were made, by id. */
  readonly requests = new Map<string, Json>();
  private readonly purchases = new Map<string, Json>();
  private readonly purchaseIds = new Map<string, string>();
  config: Json = {
    totalTimeout: "120s",
    perRequestTimeout: "60s",
    maxInputTokens: null,
    maxOutputTokens: null,
    metadata: null,
  };

  /** What a path with an id is about. */
  objectsAt(path: string): Map<string, Json> | undefined {
    if (path.startsWith("/usage/requests/")) return this.requests;
    if (path.startsWith("/credits/purchases/")) return this.purchases;
    return this.nouns[path.split("/")[1] as NounName];
  }

  /** Whether a purchase is accepted; the answer shows what it became. */
  purchase({ amount }: Json, idempotencyKey: string, answer: Json | undefined): boolean {
    const key = idempotencyKey.trim();
    if (key.length > 255) return false;
    const earlier = this.purchases.get(this.purchaseIds.get(key) ?? "");
    if (earlier !== undefined) return earlier.amountCents === amount && earlier.id === answer?.id;
    if ([...this.purchases.values()].some(({ status }) => status === "pending")) return false;
    this.purchases.set(String(answer?.id), { ...answer });
    if (key !== "") this.purchaseIds.set(key, String(answer?.id));
    return answer?.status === "pending" && answer.amountCents === amount;
  }

  /** A purchase succeeds when it is first read. */
  readPurchase(id: string): Json | undefined {
    const purchase = this.purchases.get(id);
    if (purchase !== undefined) purchase.status = "succeeded";
    return purchase;
  }

  /** Ids of the access keys that are linked to a configuration. */
  keysOf(configurationId: string): string[] {
    const keys = [...this.nouns["access-keys"]];
    return keys.filter(([, key]) => key.accessKeyConfigurationId === configurationId).map(([id]) => id);
  }

  /** Whether a body that the document allows is accepted. */
  accepts(noun: NounName, body: Json): boolean {
    if (noun === "providers") return this.acceptsProvider(body);
    if (noun === "provider-keys")
      return body.value !== "" && (!("providerId" in body) || this.isProvider(body.providerId));
    if (noun === "access-key-configurations") {
      const { rules = [] } = (body.router ?? {}) as { rules?: Rule[] };
      return rules.every((rule) => this.acceptsRule(rule)) && !this.hasTwoRulesForOne(rules);
    }
    const { accessKeyConfigurationId: link } = body;
    return link === undefined || link === null || this.nouns["access-key-configurations"].has(String(link));
  }

  /** What an answer to a create must hold of what was sent. */
  created(noun: NounName, body: Json, answer: Json): void {
    this.nouns[noun].set(String(answer.id), this.kept(noun, body));
    this.takeInlineKeys(body, answer);
  }

  updated(noun: NounName, id: string, body: Json, answer: Json): void {
    const merged = { ...this.nouns[noun].get(id) };
    for (const [field, value] of Object.entries(this.kept(noun, body))) {
      if (value !== null) merged[field] = value;
      else if (!REQUIRED.includes(field) || noun === "access-keys" || noun === "api-keys") delete merged[field];
    }
    this.nouns[noun].set(id, merged);
    this.takeInlineKeys(body, answer);
  }

  canDelete(noun: NounName, id: string): boolean {
    if (noun === "access-key-configurations") return this.keysOf(id).length === 0;
    const rules = this.rules();
    if (noun === "provider-keys")
      return !rules.some(({ steps }) => steps.some(({ keys = [] }) => keys.some((key) => key.id === id)));
    if (noun !== "providers") return true;
    const names = [id, this.nouns.providers.get(id)?.providerId];
    const isAllowed = [...this.nouns["access-key-configurations"].values()].some(({ access }) =>
      (access as { providers?: { allow?: string[] } } | undefined)?.providers?.allow?.some((name) =>
        names.includes(name),
      ),
    );
    const hasKeys = [...this.nouns["provider-keys"].values()].some(({ providerId }) =>
      names.includes(providerId as string),
    );
    const hasRules = rules.some(
      ({ provider, model }) => names.includes(provider) || names.includes(model?.split(":")[0] ?? ""),
    );
    return !isAllowed && !hasKeys && !hasRules;
  }

  /** How an object reads, as far as it was written: the fields that are to be equal, and those that are to be absent. */
  matches(noun: NounName, id: string, shown: Json): string[] {
    const expected = this.nouns[noun].get(id) ?? {};
    const fields =
      "providerId name baseUrl description metadata access accessKeyConfigurationId keyCount models surfaces".split(
        " ",
      );
    const read = this.kept(noun, shown);
    if (noun === "access-key-configurations" && shown.accessKeyCount !== this.keysOf(id).length)
      return [`${id}: accessKeyCount is ${shown.accessKeyCount}, not ${this.keysOf(id).length}`];
    return fields
      .filter((field) => JSON.stringify(read[field]) !== JSON.stringify(expected[field]))
      .map(
        (field) => `${noun} ${id}: ${field} is ${JSON.stringify(read[field])}, not ${JSON.stringify(expected[field])}`,
      );
  }

  private kept(noun: NounName, body: Json): Json {
    const {
      models,
      router,
      value: _value,
      token: _token,
      accessKeyConfiguration,
      supportedApiSurfaces,
      ...rest
    } = body;
    if (models !== undefined)
      rest.models =
        (models as Model[] | null)?.map(({ modelId, providerModelId, unsupportedParams }) => [
          modelId,
          providerModelId || undefined,
          unsupportedParams ?? [],
        ]) ?? null;
    if (supportedApiSurfaces !== undefined) rest.surfaces = supportedApiSurfaces;
    if (router !== undefined) {
      rest.rules = (router as { rules?: Rule[] } | null)?.rules ?? null;
      rest.keyCount = router === null ? null : keysIn((rest.rules as Rule[] | null) ?? []).length;
    }
    if (noun === "access-keys" && accessKeyConfiguration)
      rest.accessKeyConfigurationId = (accessKeyConfiguration as { id: string }).id;
    return rest;
  }

  /** The answer's rules name the keys that the write created, and the ids that the rules refer to. */
  private takeInlineKeys(body: Json, answer: Json): void {
    if (!body.router) return;
    const sent = ((body.router as { rules?: Rule[] }).rules ?? []) as Rule[];
    const read = ((answer.router as { rules?: Rule[] } | undefined)?.rules ?? []) as Rule[];
    const object = this.nouns["access-key-configurations"].get(String(answer.id));
    if (object !== undefined) object.rules = read;
    for (const [index, rule] of sent.entries()) {
      for (const [at, key] of keysIn([rule]).entries()) {
        if (key.id) continue;
        const made = keysIn(read.slice(index, index + 1))[at];
        const providerId = rule.provider || rule.model?.split(":")[0];
        this.nouns["provider-keys"].set(String(made?.id), { providerId, name: key.name });
      }
    }
  }

  private acceptsProvider({ providerId, baseUrl, supportedApiSurfaces, models }: Json): boolean {
    if (providerId !== undefined && BUILT_IN.includes(providerId as string)) return false;
    if (providerId !== undefined && [...this.nouns.providers.values()].some((other) => other.providerId === providerId))
      return false;
    const isUrl = (url: unknown) => /^(https:\/\/.|http:\/\/[^/]+\.internal(\/|$))/.test(url as string);
    if (baseUrl !== undefined && !isUrl(baseUrl)) return false;
    const given = (models ?? []) as Model[];
    if (new Set(given.map(({ modelId }) => modelId)).size < given.length) return false;
    for (const { unsupportedParams: params = [] } of given)
      if (params.length > 100 || params.includes("") || new Set(params).size < params.length) return false;
    return ((supportedApiSurfaces ?? []) as { format: string; surface?: string; baseUrl?: string }[]).every(
      ({ format, surface, baseUrl: own }) =>
        (own === undefined || isUrl(own)) &&
        SURFACES.some((known) =>
          surface === undefined ? known.startsWith(`${format} `) : known === `${format} ${surface}`,
        ),
    );
  }

  private acceptsRule({ provider, model, steps }: Rule): boolean {
    if (!provider && !model) return false;
    if (provider && !this.isProvider(provider)) return false;
    const upstream = provider || (model ?? "").split(":")[0];
    return steps.every(({ type, keys = [] }) =>
      type === "ngrok"
        ? keys.length === 0 && (!provider || BUILT_IN.includes(provider))
        : keys.length > 0 &&
          keys.every(({ id, name, value }) =>
            id ? this.nouns["provider-keys"].has(id) : Boolean(name) && Boolean(value) && this.isProvider(upstream),
          ),
    );
  }

  private hasTwoRulesForOne(rules: Rule[]): boolean {
    const upstreams = rules
      .filter(({ provider, model }) => provider && !model)
      .map(({ provider }) => this.idOf(provider ?? ""));
    return new Set(upstreams).size < upstreams.length;
  }

  private idOf(provider: string): string {
    const found = [...this.nouns.providers].find(([, { providerId }]) => providerId === provider);
    return found?.[0] ?? provider;
  }

  private isProvider(name: unknown): boolean {
    return BUILT_IN.includes(name as string) || this.nouns.providers.has(this.idOf(name as string));
  }

  private rules(): Rule[] {
    return [...this.nouns["access-key-configurations"].values()].flatMap(({ rules }) => (rules ?? []) as Rule[]);
  }
}

function keysIn(rules: Rule[]) {
  return rules.flatMap(({ steps }) => steps.flatMap(({ keys = [] }) => keys));
}
