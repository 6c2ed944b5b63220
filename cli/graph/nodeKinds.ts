/** Kinds of nodes: resources of this package, and kinds that only the picture has. */
import { infoOf, KINDS, type Kind } from "../kinds";

const PICTURE_NOUNS = {
  BuiltInProvider: "built-in provider",
  Everything: "everything that is stored",
  Credits: "credits",
  AzureAccount: "Azure account",
  Upstream: "upstream",
} as const;

export type NodeKind = Kind | keyof typeof PICTURE_NOUNS;

/** `provider key` */
export function nounOf(kind: NodeKind): string {
  return kind in PICTURE_NOUNS ? PICTURE_NOUNS[kind as keyof typeof PICTURE_NOUNS] : KINDS[kind as Kind].noun;
}

/** `Provider key` */
export function titleOf(kind: NodeKind): string {
  const noun = nounOf(kind);
  return noun.charAt(0).toUpperCase() + noun.slice(1);
}

/** Nodes of the kind share a frame and have no connections. */
export function isStandalone(kind: NodeKind): boolean {
  return infoOf(kind)?.picture !== undefined;
}
