/** What an upstream's answer says of the tokens it took, in the words of any API format, whole or as a stream. */

export interface TokenCounts {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly reasoningTokens: number;
  readonly stopReason: string;
}

interface Usage {
  readonly prompt_tokens?: number;
  readonly input_tokens?: number;
  readonly completion_tokens?: number;
  readonly output_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  readonly input_tokens_details?: { readonly cached_tokens?: number } | null;
  readonly cache_read_input_tokens?: number | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null;
  readonly output_tokens_details?: { readonly reasoning_tokens?: number } | null;
}

interface Told {
  readonly usage?: Usage | null;
  /** OpenAI's chat completions. */
  readonly choices?: readonly { readonly finish_reason?: string | null }[];
  /** OpenAI's responses. */
  readonly status?: string;
  /** Anthropic's messages. */
  readonly stop_reason?: string | null;
}

/** An event of a stream: an answer's own fields, or one of these with such fields in it. */
interface ToldInStream extends Told {
  readonly response?: Told;
  readonly message?: Told;
  readonly delta?: Told;
}

/** What is told of tokens, put together from one answer or from several events; later ones win. */
export class TokenCounter {
  private counts: TokenCounts | undefined;

  /** `undefined` where nothing was told. */
  get total(): TokenCounts | undefined {
    return this.counts;
  }

  addText(json: string): void {
    try {
      this.add(JSON.parse(json) as ToldInStream | null);
    } catch {
      // An upstream may answer what it likes; what is no JSON tells no tokens.
    }
  }

  private add(event: ToldInStream | null): void {
    if (event === null || typeof event !== "object") return;
    for (const told of [event, event.response, event.message, event.delta]) {
      if (told !== undefined && told !== null && typeof told === "object") this.addOne(told);
    }
  }

  private addOne({ usage, choices, status, stop_reason }: Told): void {
    const stopReason = textOf(choices?.[0]?.finish_reason ?? stop_reason ?? (usage && status));
    if (!usage && stopReason === undefined) return;
    const before = this.counts;
    const known = usage ?? {};
    const inputDetails = known.prompt_tokens_details ?? known.input_tokens_details;
    const outputDetails = known.completion_tokens_details ?? known.output_tokens_details;
    this.counts = {
      inputTokens: countOf(known.prompt_tokens ?? known.input_tokens) ?? before?.inputTokens ?? 0,
      outputTokens: countOf(known.completion_tokens ?? known.output_tokens) ?? before?.outputTokens ?? 0,
      cacheReadTokens:
        countOf(inputDetails?.cached_tokens ?? known.cache_read_input_tokens) ?? before?.cacheReadTokens ?? 0,
      reasoningTokens: countOf(outputDetails?.reasoning_tokens) ?? before?.reasoningTokens ?? 0,
      stopReason: stopReason ?? before?.stopReason ?? "",
    };
  }
}

/** An upstream may answer what it likes, also in the place of a count. */
function countOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Longest event line that is looked into, in characters: those that tell tokens are short. */
const MAX_LINE_CHARS = 65_536;

/** Looks into a stream of server-sent events as it goes by. */
export class StreamedTokens {
  readonly counter = new TokenCounter();
  private readonly decoder = new TextDecoder();
  private rest = "";

  add(chunk: Uint8Array): void {
    const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split("\n");
    const last = lines.pop() ?? "";
    this.rest = last.length > MAX_LINE_CHARS ? "" : last;
    for (const line of lines) {
      if (line.startsWith("data:") && /"(usage|finish_reason|stop_reason)"/.test(line)) {
        this.counter.addText(line.slice("data:".length));
      }
    }
  }
}
