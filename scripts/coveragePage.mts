/** Writes docs/emulator-coverage.md from the data of the built emulator: `npm run build && node scripts/coveragePage.mts`. */
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const load = createRequire(import.meta.url);
const { coverage } = load("../dist/emulator/gateway/coverage.js") as typeof import("../emulator/gateway/coverage.ts");
const { renderCoverage } = load(
  "../dist/emulator/gateway/coveragePage.js",
) as typeof import("../emulator/gateway/coveragePage.ts");

fs.mkdirSync(path.join(root, "docs"), { recursive: true });
fs.writeFileSync(path.join(root, "docs", "emulator-coverage.md"), renderCoverage(coverage));
