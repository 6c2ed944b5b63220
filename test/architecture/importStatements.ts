import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

export const repositoryRoot = path.resolve(__dirname, "../..");

/** One import as a rule sees it. */
export interface ImportStatement {
  /** The importing file from the repository's root, without its ending: `sdk/call`. */
  readonly from: string;
  /** A file of this repository in the same form, or a module's name: `sdk/errors`, `node:fs`, `zod`. */
  readonly to: string;
  /** Whether it is gone at run time. */
  readonly isTypeOnly: boolean;
  readonly line: number;
}

const SOURCE_FILE = /\.[cm]?[jt]sx?$/;
const SKIPPED_FOLDERS = new Set(["node_modules", "dist"]);

/** Every source file of a folder, from the repository's root. */
export function sourceFiles(folder: string): string[] {
  const entries = readdirSync(path.join(repositoryRoot, folder), { withFileTypes: true });
  return entries
    .flatMap((entry) => {
      const file = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        return SKIPPED_FOLDERS.has(entry.name) || entry.name.startsWith(".") ? [] : sourceFiles(file);
      }
      return SOURCE_FILE.test(entry.name) ? [file] : [];
    })
    .toSorted();
}

export function parseFile(file: string): ts.SourceFile {
  return parseText(file, readFileSync(path.join(repositoryRoot, file), "utf8"));
}

export function parseText(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
}

/** Every import of a file: `import`, `export … from`, `import x = require()`, `import()`, `require()`, `import("x").Type`. */
export function importsOf(source: ts.SourceFile): ImportStatement[] {
  const found: ImportStatement[] = [];
  const add = (specifier: ts.Node | undefined, isTypeOnly: boolean) => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) {
      const line = source.getLineAndCharacterOfPosition(specifier.getStart()).line + 1;
      found.push({
        from: withoutEnding(source.fileName),
        to: targetOf(source.fileName, specifier.text),
        isTypeOnly,
        line,
      });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, isTypeOnlyImport(node.importClause));
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly || hasOnlyTypes(node.exportClause));
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node.moduleReference.expression, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    } else if (ts.isCallExpression(node) && isLoader(node.expression)) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `import(…)`, `require(…)` and `require.resolve(…)`. */
function isLoader(callee: ts.Expression): boolean {
  const name = ts.isPropertyAccessExpression(callee) && callee.name.text === "resolve" ? callee.expression : callee;
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(name) && name.text === "require");
}

function isTypeOnlyImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) {
    return false;
  }
  return clause.isTypeOnly || (clause.name === undefined && hasOnlyTypes(clause.namedBindings));
}

/** An import whose every name is marked `type` is left out of the code that runs. */
function hasOnlyTypes(bindings: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (bindings === undefined || !(ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) {
    return false;
  }
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

/** A folder stands for its index. */
function targetOf(file: string, specifier: string): string {
  if (!specifier.startsWith(".")) {
    return specifier;
  }
  const target = withoutEnding(path.posix.join(path.posix.dirname(file), specifier));
  return target.replace(/\/(index)?$/, "");
}

function withoutEnding(file: string): string {
  return file.replace(SOURCE_FILE, "");
}
