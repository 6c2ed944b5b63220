/** Reads the reported tokens from an upstream's answer, in any API format, complete or streamed. */

export interface TokenCounts {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
  readonly reasoningTokens: number;
}

/** The report in an answer. */
export interface Reported {
  /** `undefined` if it reports no usage. */
  readonly tokens: TokenCounts | undefined;
  /** Empty if it has none. */
  readonly stopReason: string;
  readonly outputTokensEstimate: number;
}

/** The service counts with a tokenizer; this is the usual approximation. */
const CHARS_PER_TOKEN = 4;

/** Approximate number of tokens in the texts of a value, at any depth. */
export function estimateTokens(...values: readonly unknown[]): number {
  return Math.ceil(charsIn(values) / CHARS_PER_TOKEN);
}

function charsIn(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, part) => sum + charsIn(part), 0);
}

interface Usage {
  readonly prompt_tokens?: number;
  readonly input_tokens?: number;
  readonly completion_tokens?: number;
  readonly output_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  readonly input_tokens_details?: { readonly cached_tokens?: number } | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  readonly cache_creation?: {
    readonly ephemeral_5m_input_tokens?: number;
    readonly ephemeral_1h_input_tokens?: number;
  } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null;
  readonly output_tokens_details?: { readonly reasoning_tokens?: number } | null;
}

interface Answer {
  readonly usage?: Usage | null;
  /** OpenAI's chat completions. */
  readonly choices?: readonly { readonly finish_reason?: string | null }[];
  /** OpenAI's responses. */
  readonly status?: string;
  readonly output?: unknown;
  /** Anthropic's messages. */
  readonly stop_reason?: string | null;
  readonly content?: unknown;
}

/** An event of a stream: the answer's own fields, or a member that contains them. */
interface StreamEvent extends Answer {
  readonly response?: Answer;
  readonly message?: Answer;
  readonly delta?: Answer;
}

/** Merges reports of one answer or of several events of a stream; later values take precedence. */
class Reports {
  tokens: TokenCounts | undefined;
  stopReason = "";

  add(event: StreamEvent): void {
    for (const answer of [event, event.response, event.message, event.delta]) {
      if (answer !== undefined && answer !== null && typeof answer === "object") this.addOne(answer);
    }
  }

  private addOne({ usage, choices, status, stop_reason }: Answer): void {
    this.stopReason = textOf(choices?.[0]?.finish_reason ?? stop_reason ?? (usage && status)) ?? this.stopReason;
    if (!usage || typeof usage !== "object") return;
    const before = this.tokens;
    const inputDetails = usage.prompt_tokens_details ?? usage.input_tokens_details;
    const outputDetails = usage.completion_tokens_details ?? usage.output_tokens_details;
    const cached = inputDetails?.cached_tokens ?? usage.cache_read_input_tokens;
    const writes = usage.cache_creation;
    this.tokens = {
      inputTokens: countOf(usage.prompt_tokens ?? usage.input_tokens) ?? before?.inputTokens ?? 0,
      outputTokens: countOf(usage.completion_tokens ?? usage.output_tokens) ?? before?.outputTokens ?? 0,
      cacheReadTokens: countOf(cached) ?? before?.cacheReadTokens ?? 0,
      cacheWriteTokens: countOf(usage.cache_creation_input_tokens) ?? before?.cacheWriteTokens ?? 0,
      cacheWrite5mTokens: countOf(writes?.ephemeral_5m_input_tokens) ?? before?.cacheWrite5mTokens ?? 0,
      cacheWrite1hTokens: countOf(writes?.ephemeral_1h_input_tokens) ?? before?.cacheWrite1hTokens ?? 0,
      reasoningTokens: countOf(outputDetails?.reasoning_tokens) ?? before?.reasoningTokens ?? 0,
    };
  }
}

/** Largest accepted number of tokens. */
const MAX_COUNT = 2 ** 32 - 1;

/** An upstream may send any value as a count. */
function countOf(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_COUNT
    ? (value as number)
    : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** An upstream may send any answer; one that is not a JSON object reports nothing. */
function parseObject(json: string): StreamEvent | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The report in the text of a complete answer. */
export function readReport(json: string): Reported {
  return reportOf(parseObject(json));
}

/** The report in a complete answer; `undefined` if it is not a JSON object. */
export function reportOf(answer: StreamEvent | undefined): Reported {
  const reports = new Reports();
  if (answer !== undefined) reports.add(answer);
  const { tokens, stopReason } = reports;
  const outputTokensEstimate = estimateTokens(answer?.choices, answer?.output, answer?.content);
  return { tokens, stopReason, outputTokensEstimate };
}

/** Longest line of an event that is parsed, in characters: lines that report tokens are short. */
const MAX_LINE_CHARS = 65_536;

/** Reads a stream of server-sent events while it is passed on. */
export class StreamedReport implements Reported {
  private readonly reports = new Reports();
  private readonly decoder = new TextDecoder();
  /** Pieces of an incomplete line. */
  private pieces: string[] = [];
  private pieceChars = 0;
  private events = 0;

  get tokens(): TokenCounts | undefined {
    return this.reports.tokens;
  }

  get stopReason(): string {
    return this.reports.stopReason;
  }

  /** Models stream about one token per event. */
  get outputTokensEstimate(): number {
    return this.events;
  }

  add(chunk: Uint8Array): void {
    const [first = "", ...others] = this.decoder.decode(chunk, { stream: true }).split("\n");
    this.addPiece(first);
    for (const piece of others) {
      this.addLine(this.pieces.join(""));
      this.pieces = [];
      this.pieceChars = 0;
      this.addPiece(piece);
    }
  }

  private addPiece(piece: string): void {
    this.pieceChars += piece.length;
    if (this.pieceChars <= MAX_LINE_CHARS) this.pieces.push(piece);
  }

  private addLine(line: string): void {
    if (!line.startsWith("data:")) return;
    this.events += 1;
    if (!/"(usage|finish_reason|stop_reason)"/.test(line)) return;
    const event = parseObject(line.slice("data:".length));
    if (event !== undefined) this.reports.add(event);
  }
}
