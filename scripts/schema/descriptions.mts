/** Docstrings as descriptions for users of any language. */
import type { Comment } from "typedoc";
import { summaryOf, tagOf } from "../docs/docstrings.mts";

/** A declaration with a docstring. */
interface Commented {
  readonly name: string;
  readonly comment?: Comment | undefined;
  readonly signatures?: readonly { readonly comment?: Comment }[];
}

/** Words that are meaningful only in a TypeScript program. */
const TYPESCRIPT_ONLY = /\bTypeScript\b|\bJavaScript\b|\bundefined\b|\bnew \w+\(|\bpulumi\.\w+|\bOutputs?<|\bnpm\b/;

/** The docstring with its default. @throws Error when it contains words that other languages do not have */
export function descriptionOf(reflection: Commented): string {
  const summary = summaryOf(reflection);
  const told = tagOf(reflection, "@default");
  const text = told === undefined ? summary : `${summary}\n\nDefault: ${told.replace(/\.?$/, ".")}`;
  const found = TYPESCRIPT_ONLY.exec(text)?.[0];
  if (found !== undefined) {
    throw new Error(
      `the docstring of ${reflection.name} says "${found}", which means nothing in other languages: ${text}`,
    );
  }
  return text;
}
