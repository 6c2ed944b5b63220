/** The page's script: the modules of the folder `page` in one text, each in its own function, `main.js` last. */
import { readFileSync } from "node:fs";
import path from "node:path";

/** Each module requires only earlier ones. */
const MODULES = ["graph.js", "arrange.js", "cards.js", "lines.js", "details.js", "main.js"];

export function pageScript(): string {
  const modules = MODULES.map((name) => `define("./${name}", (module, require) => {\n${pageFile(name).trimEnd()}\n});`);
  return `(() => {
const loaded = {};
const require = (name) => loaded[name];
const define = (name, load) => {
  const module = { exports: {} };
  load(module, require);
  loaded[name] = module.exports;
};
${modules.join("\n")}
})();
`;
}

export function pageFile(name: string): string {
  return readFileSync(path.join(__dirname, "..", "page", name), "utf8");
}
