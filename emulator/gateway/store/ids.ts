/** Ids that increase with time and never repeat, even if the clock stops or goes back, and after a restart. */
import { randomBytes, randomUUID } from "node:crypto";

const TIME_DIGITS = 9;
const SEQUENCE_DIGITS = 4;
const MAX_SEQUENCE = 36 ** SEQUENCE_DIGITS - 1;

let lastMs = 0;
let sequence = 0;

export function newId(prefix: string): string {
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = 0;
  } else if (sequence === MAX_SEQUENCE) {
    lastMs += 1;
    sequence = 0;
  } else {
    sequence += 1;
  }
  const time = lastMs.toString(36).padStart(TIME_DIGITS, "0");
  return `${prefix}${time}${sequence.toString(36).padStart(SEQUENCE_DIGITS, "0")}${randomBytes(6).toString("hex")}`;
}

/** Makes every later id greater than a stored one, whose machine's clock may have been ahead. */
export function startAfter(id: string): void {
  const time = Number.parseInt(id.slice(id.indexOf("_") + 1).slice(0, TIME_DIGITS), 36);
  if (Number.isFinite(time) && time >= lastMs) {
    lastMs = time + 1;
    sequence = 0;
  }
}

const REQUEST_PREFIX = "aigr_";

export function newRequestId(): string {
  return REQUEST_PREFIX + randomUUID();
}

/** Whether a text is the id of a request that this emulator may have served. */
export function isRequestId(text: string): boolean {
  return /^aigr_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

const wordBytes = Buffer.alloc(16);

/** A request's id as four 32-bit numbers, which use less memory than the text. */
export type RequestIdWords = readonly [number, number, number, number];

export function wordsOf(requestId: string): RequestIdWords {
  wordBytes.write(requestId.slice(REQUEST_PREFIX.length).replaceAll("-", ""), "hex");
  return [wordBytes.readUInt32BE(0), wordBytes.readUInt32BE(4), wordBytes.readUInt32BE(8), wordBytes.readUInt32BE(12)];
}

export function requestIdOf(words: RequestIdWords): string {
  const digits = words.map((word) => word.toString(16).padStart(8, "0")).join("");
  return REQUEST_PREFIX + digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
