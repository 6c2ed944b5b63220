/** Messages of the engine, the program and the providers, with every secret known to the run masked. */
import { stripVTControlCharacters } from "node:util";
import type { Diagnostic } from "./results";
import type { Urn } from "./values/urn";
import { type PropertyMap, type PropertyValue, Secret, someValue } from "./values/values";

/** Shorter texts are not masked: masking them would also remove parts of ordinary words. */
const MIN_MASKED_CHARS = 3;

export const MASK = "[secret]";

export class Diagnostics {
  readonly all: Diagnostic[] = [];
  /** Number of errors per resource. */
  readonly errorCounts = new Map<Urn, number>();
  private readonly secretTexts = new Set<string>();
  /** The texts to mask, longest first: one secret may be part of another. */
  private maskedTexts: readonly string[] | undefined;

  constructor(
    /** Whether debug messages are kept. */
    private readonly keepsDebug: boolean,
    private readonly listener: (diagnostic: Diagnostic, isEphemeral: boolean) => void,
  ) {}

  addSecret(text: string): void {
    if (text.length < MIN_MASKED_CHARS || this.secretTexts.has(text)) return;
    this.secretTexts.add(text);
    this.maskedTexts = undefined;
  }

  /** Masks every text inside a secret of these properties from now on. */
  addSecretsOf(properties: PropertyMap): void {
    const addTexts = (part: PropertyValue) => {
      if (typeof part === "string") this.addSecret(part);
      return false;
    };
    someValue(properties, (part) => part instanceof Secret && someValue(part.element, addTexts));
  }

  report(severity: Diagnostic["severity"], message: string, urn?: Urn, isEphemeral = false): void {
    if (severity === "debug" && !this.keepsDebug) return;
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
    this.maskedTexts ??= [...this.secretTexts].sort((a, b) => b.length - a.length);
    return this.maskedTexts.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
  }
}
