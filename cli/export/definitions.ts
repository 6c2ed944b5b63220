/** The provider's own definitions, by which an export checks what it writes. */
import type { AnyDefinition } from "../../provider/lifecycle/definition";
import { definitionOf } from "../../provider/registry";
import { EXPORTED_KINDS } from "../kinds";

export type Definitions = Readonly<Record<string, AnyDefinition>>;

/** Loads the provider, and Pulumi's SDK with it: best done while requests are in flight. */
export function loadDefinitions(): Definitions {
  return Object.fromEntries(
    EXPORTED_KINDS.flatMap((kind) => {
      const definition = definitionOf(kind);
      return definition === undefined ? [] : [[kind, definition]];
    }),
  );
}
