/** A real browser for tests of pages: the one in the environment variable CHROMIUM, or the installed one. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const FLAGS = [
  "--no-sandbox", // Chromium's sandbox does not run as root; the pages are the project's own and load nothing
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function findChromium(): string | undefined {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== "") return existsSync(named) ? named : undefined;
  return NAMES.map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout?.trim()).find(Boolean);
}

const executablePath = findChromium();

/** The reason why tests in a browser cannot run; undefined if they can. */
export const noBrowserReason =
  executablePath === undefined
    ? "no Chromium on this machine: install the package chromium, or name one in the environment variable CHROMIUM"
    : undefined;

export function launchChromium(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(noBrowserReason);
  return chromium.launch({ executablePath, args: FLAGS });
}
