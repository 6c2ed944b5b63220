/** Type-checks TypeScript blocks against the package's types, all in one program. */
import path from "node:path";
import ts from "typescript";
import { type CodeBlock, root } from "./documents";

/** Set up like a user's project: strict, ESM, and without this repository's additional rules. */
const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ["node", "jest"],
  typeRoots: [path.join(root, "node_modules", "@types")],
};

/** `page.md:12: problem`; empty if all blocks are valid. */
export function typeProblems(blocks: readonly CodeBlock[]): string[] {
  // Inside the repository, so that node_modules is found; no file is written there.
  const files = new Map(blocks.map((block, index) => [path.join(root, ".local", "blocks", `${index}.mts`), block]));
  const host = ts.createCompilerHost(OPTIONS);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => files.has(path.normalize(file)) || fileExists(file);
  host.readFile = (file) => files.get(path.normalize(file))?.text ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const block = files.get(path.normalize(file));
    // An empty export makes each block a module, so that blocks do not share names.
    if (block !== undefined) return ts.createSourceFile(file, `${block.text}\nexport {};`, version, true);
    return getSourceFile(file, version, ...rest);
  };
  const program = ts.createProgram([...files.keys()], OPTIONS, host);
  return [...files].flatMap(([file, block]) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map((diagnostic) => `${placeOf(block, source, diagnostic)}: ${textOf(diagnostic)}`);
  });
}

function placeOf({ place }: CodeBlock, source: ts.SourceFile | undefined, { start = 0 }: ts.Diagnostic): string {
  const [file, line = "0"] = place.split(":");
  const lineInBlock = source?.getLineAndCharacterOfPosition(start).line ?? 0;
  return `${file}:${Number(line) + 1 + lineInBlock}`;
}

function textOf({ messageText }: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(messageText, " ");
}
