/** The provider's own definitions, which check what an export writes. */
import type { AnyDefinition } from "../../provider/lifecycle/definition";
import { definitionOf } from "../../provider/registry";
import { EXPORTED_KINDS } from "../kinds";

export type Definitions = Readonly<Record<string, AnyDefinition>>;

/** Loads the provider and Pulumi's SDK, preferably while requests are in flight. */
export function loadDefinitions(): Definitions {
  return Object.fromEntries(
    EXPORTED_KINDS.flatMap((kind) => {
      const definition = definitionOf(kind);
      return definition === undefined ? [] : [[kind, definition]];
    }),
  );
}
