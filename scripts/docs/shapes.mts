/** Types of the package that a page describes besides its arguments, and the places where all other types are described. */
import type { DeclarationReflection, SomeType } from "typedoc";
import { kinds } from "./build.mts";
import type { Docstrings, Entry } from "./docstrings.mts";
import { anchorOf, fileNameOf } from "./markdown.mts";
import { inlineMembers, namesIn, type TypeNames } from "./types.mts";

/** Classes with a page of their own. */
export const RESOURCES = kinds.ALL_KINDS;
export const COMPONENTS = ["AzureOpenAIGateway", "AzureOpenAIRegion"] as const;
const PAGES: readonly string[] = [...RESOURCES, ...COMPONENTS, "Provider"];

export interface Shape {
  readonly name: string;
  readonly members: readonly DeclarationReflection[];
  readonly comment?: DeclarationReflection["comment"];
}

/** Objects with fields that members refer to, and the objects that those refer to. */
export function shapesOf(docs: Docstrings, entry: Entry, start: readonly DeclarationReflection[]): Shape[] {
  const found = new Map<string, Shape>();
  const visit = (members: readonly DeclarationReflection[]): void => {
    for (const name of members.flatMap(namesOfMember)) {
      const declaration = PAGES.includes(name) ? undefined : docs.find(entry, name);
      if (declaration === undefined || found.has(name)) continue;
      const own = membersOf(declaration);
      if (own.length === 0) continue;
      found.set(name, { name, members: own, ...(declaration.comment && { comment: declaration.comment }) });
      visit(own);
    }
  };
  visit(start);
  return [...found.values()];
}

function namesOfMember({ type, signatures = [] }: DeclarationReflection): string[] {
  const types = [type, ...signatures.flatMap((each) => [each.type, ...(each.parameters ?? []).map((one) => one.type)])];
  return types.flatMap((each) => (each === undefined ? [] : namesIn(each)));
}

function membersOf(declaration: DeclarationReflection): readonly DeclarationReflection[] {
  if (declaration.children !== undefined) return declaration.children;
  return declaration.type === undefined ? [] : inlineMembers(declaration.type);
}

export function typeNames(docs: Docstrings, entry: Entry, shapes: readonly Shape[]): TypeNames {
  return {
    linkOf: (name) => {
      if (PAGES.includes(name)) return `${fileNameOf(name)}.md`;
      return shapes.some((shape) => shape.name === name) ? `#${anchorOf(name)}` : undefined;
    },
    aliasOf: (name): SomeType | undefined => docs.find(entry, name)?.type,
  };
}
