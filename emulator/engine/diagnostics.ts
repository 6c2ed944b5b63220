/** What the engine, the program and the providers have to say, with the configuration's secrets masked. */
import { stripVTControlCharacters } from "node:util";
import type { Diagnostic } from "./results";
import type { Urn } from "./urn";

/** Shorter texts are not masked: they would make holes into ordinary words. */
const MIN_MASKED_CHARS = 3;

export const MASK = "[secret]";

export class Diagnostics {
  readonly all: Diagnostic[] = [];
  /** How many errors there are per resource. */
  readonly errorCounts = new Map<Urn, number>();
  private readonly maskedTexts: readonly string[];

  constructor(
    secretTexts: readonly string[],
    private readonly listener: (diagnostic: Diagnostic, isEphemeral: boolean) => void,
  ) {
    const texts = secretTexts.filter((text) => text.length >= MIN_MASKED_CHARS);
    // The longest first: a secret may be part of another one.
    this.maskedTexts = [...new Set(texts)].sort((a, b) => b.length - a.length);
  }

  report(severity: Diagnostic["severity"], message: string, urn?: Urn, isEphemeral = false): void {
    const text = this.masked(stripVTControlCharacters(message)).trimEnd();
    const diagnostic: Diagnostic = { severity, message: text, ...(urn !== undefined && urn !== "" && { urn }) };
    if (!isEphemeral) this.all.push(diagnostic);
    if (severity === "error") this.errorCounts.set(urn ?? "", (this.errorCounts.get(urn ?? "") ?? 0) + 1);
    this.listener(diagnostic, isEphemeral);
  }

  error(message: string, urn?: Urn): void {
    this.report("error", message, urn);
  }

  warning(message: string, urn?: Urn): void {
    this.report("warning", message, urn);
  }

  info(message: string, urn?: Urn): void {
    this.report("info", message, urn);
  }

  masked(text: string): string {
    return this.maskedTexts.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
  }
}
