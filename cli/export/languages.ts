/** The languages of exported programs, each with a writer that is loaded on use. */
import type { ProgramWriter } from "./programWriter";

const WRITERS = {
  typescript: async () => (await import("./typescript/writer.js")).typescriptWriter,
  yaml: async () => (await import("./yaml/writer.js")).yamlWriter,
} as const satisfies Readonly<Record<string, () => Promise<ProgramWriter>>>;

export type Language = keyof typeof WRITERS;

export const LANGUAGES = Object.keys(WRITERS) as readonly Language[];

export function loadWriter(language: Language): Promise<ProgramWriter> {
  return WRITERS[language]();
}
