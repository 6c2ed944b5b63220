/**
 * The page in Chromium, by mouse, keyboard and touch, at several sizes; it sends no request and does not run names as
 * code. Skipped, with the reason, if Chromium is not installed. Does not prove that it looks good: screenshots were
 * inspected.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { draw } from "../../../cli/graph/draw";
import type { Topology } from "../../../cli/graph/topology";
import { launchChromium, noBrowserReason } from "../../helpers/chromium";
import { largeTopology, sampleTopology } from "../../helpers/sampleTopology";
import { HOSTILE_NAMES } from "./hostileNames";
import { accessKey, provider, providerKey, smallObjects, topologyOf } from "./smallTopology";

if (noBrowserReason !== undefined) console.log(`skipped: ${noBrowserReason}`);
const inBrowser = noBrowserReason === undefined ? test : test.skip;

/** The size of an account whose page must open quickly, and the time for it. */
const MANY_OBJECTS = 1000;
const OPENED_WITHIN_MS = 2000;

let folder: string;
let browser: Browser | undefined;
let page: Page;
let trouble: string[];

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "graph-page-"));
  if (noBrowserReason === undefined) browser = await launchChromium();
});
afterEach(() => page?.close());
afterAll(async () => {
  await browser?.close();
  fs.rmSync(folder, { recursive: true });
});

interface Window {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
  readonly hasTouch?: boolean;
}

async function open(topology: Topology, { width = 1600, height = 900, ...options }: Window = {}): Promise<void> {
  const file = path.join(folder, "page.html");
  fs.writeFileSync(file, draw(topology, "html").text);
  page = await browser!.newPage({ viewport: { width, height }, ...options });
  trouble = [];
  page.on("console", (message) => trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("dialog", (dialog) => trouble.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) trouble.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
}

const titlesOf = (selector: string) =>
  page.$$eval(selector, (elements) => elements.map((element) => element.querySelector(".title")?.textContent ?? ""));
const exactly = (title: string) => new RegExp(`^${title}$`);
const node = (title: string) =>
  page.locator("button.node", { has: page.locator(".title", { hasText: exactly(title) }) }).first();
const fold = (title: string) => page.getByRole("button", { name: new RegExp(`^\\d+ \\w+ of ${title}$`) });
const drawn = async () => (await titlesOf("button.node")).toSorted();
const lit = async () => (await titlesOf("button.node.on")).toSorted();
const selected = () => titlesOf("button.node[aria-pressed=true]");
// biome-ignore lint/performance/useDomNodeTextContent: lines as they are read are what is compared
const details = () => page.locator("#details").innerText();
const found = () => page.locator("#found").textContent();
const EVERYTHING = [
  "ai-eastus2-1",
  "ai-westus3-1",
  "app",
  "azure-east",
  "azure-west",
  "ngrok credits",
  "openai",
  "team",
];

inBrowser("rules are folded into their configuration and keys into their provider until they are opened", async () => {
  await open(topologyOf(smallObjects));
  expect(await drawn()).toEqual(EVERYTHING);
  expect(await fold("team").textContent()).toBe("2 rules");
  await fold("team").click();
  await fold("azure-east").click();
  expect(await drawn()).toEqual([...EVERYTHING, "azure-east", "azure-west", "east-1", "east-2"].toSorted());
  expect(await page.$$eval(".part", (parts) => parts.map(({ textContent }) => textContent))).toEqual([
    "azure-east2 keys in order",
    "azure-west1 key",
    "2east-1",
    "1east-2",
  ]);
  await fold("team").click();
  expect(await fold("team").getAttribute("aria-expanded")).toBe("false");
  expect(trouble).toEqual([]);
});

inBrowser("pointing at a rule highlights its edges and shows its details until the pointer leaves", async () => {
  await open(topologyOf(smallObjects));
  await fold("team").click();
  await fold("azure-west").click();
  await page.locator(".part", { hasText: "azure-west" }).hover();
  expect(await lit()).toEqual(["ai-westus3-1", "app", "azure-west", "azure-west", "team", "west-1"]);
  expect(await details()).toMatch(/Rule 2\s+Routing rule\s+Provider\s+azure-west\s+Step 1\s+west-1/);
  await page.mouse.move(5, 5);
  expect(await lit()).toEqual([]);
  expect(await details()).toContain("Select an object");
  expect(trouble).toEqual([]);
});

inBrowser("a click shows only the connected objects; a second click shows all objects", async () => {
  await open(topologyOf(smallObjects));
  await node("azure-east").click();
  expect(await drawn()).toEqual(["ai-eastus2-1", "app", "azure-east", "azure-east", "east-1", "east-2", "team"]);
  expect(await selected()).toEqual(["azure-east"]);
  expect(await page.locator("#viewing").textContent()).toContain("Connected to azure-east: 7 of 13 objects");
  await page.locator("button.node[aria-pressed=true]").click();
  expect(await drawn()).toEqual(EVERYTHING);
  expect(await page.locator("#viewing").isVisible()).toBe(false);
});

inBrowser("a neighbor's button selects the neighbor, and Escape shows all objects", async () => {
  await open(topologyOf(smallObjects));
  await node("azure-east").click();
  await page.locator("#details").getByRole("button", { name: "east-2" }).click();
  expect(await selected()).toEqual(["east-2"]);
  expect(await details()).toMatch(/^Details\s+east-2\s+Provider key/);
  await page.keyboard.press("Escape");
  expect(await drawn()).toEqual(EVERYTHING);
  expect(await selected()).toEqual([]);
});

inBrowser(
  "with the keyboard alone, a user enters the picture, follows edges, opens a card and selects an object",
  async () => {
    await open(topologyOf(smallObjects));
    for (let presses = 0; presses < 10; presses++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate("document.activeElement?.classList.contains('node')")) break;
    }
    const focused = () => page.evaluate("document.activeElement?.getAttribute('aria-label')");
    expect(await focused()).toBe("Access key app");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toBe("Configuration team, 2 rules");
    await page.keyboard.press("Space");
    expect(await fold("team").getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("ArrowDown");
    expect(await focused()).toBe("Routing rule Rule 1, azure-east");
    await page.keyboard.press("ArrowDown");
    expect(await focused()).toBe("Routing rule Rule 2, azure-west");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toBe("Custom provider azure-west, westus3, 1 key");
    await page.keyboard.press("Enter");
    expect(await selected()).toEqual(["azure-west"]);
    expect(await focused()).toBe("Custom provider azure-west, westus3, 1 key");
  },
);

inBrowser("every object is a button whose accessible name contains its kind and its findings", async () => {
  const providers = [...smallObjects.providers, provider("azure-lost", "ai-japaneast-1")];
  await open(topologyOf({ ...smallObjects, providers }));
  const name = "Custom provider azure-lost, japaneast, not allowed, no key";
  expect(await page.getByRole("button", { name, exact: true }).count()).toBe(1);
});

inBrowser(
  "findings are grouped with counts; a group is shown in the picture, and a click on its object selects the object",
  async () => {
    const providers = ["lost", "found"].map((name) => provider(`azure-${name}`, `ai-japaneast-${name}`));
    await open(topologyOf({ ...smallObjects, providers: [...smallObjects.providers, ...providers] }));
    expect(await page.$$eval(".finding summary", (groups) => groups.map(({ textContent }) => textContent))).toEqual([
      "not allowed 2",
      "no key 2",
    ]);
    await page.locator(".finding summary", { hasText: "no key" }).click();
    await page.getByRole("button", { name: "Show all 2 in the picture" }).last().click();
    expect(await drawn()).toEqual(["ai-japaneast-found", "ai-japaneast-lost", "azure-found", "azure-lost"]);
    await page.locator(".finding[open] .ways").getByRole("button", { name: "azure-lost" }).click();
    expect(await selected()).toEqual(["azure-lost"]);
    expect(await details()).toContain("The provider has no key, so the gateway cannot call it. Store a provider key");
  },
);

inBrowser(
  "search matches a region, shows the number of matches, and shows only matches and connected objects",
  async () => {
    await open(topologyOf(smallObjects));
    await page.keyboard.press("/");
    await page.keyboard.type("westus3");
    expect(await lit()).toEqual(["ai-westus3-1", "azure-west", "west-1"]);
    expect(await found()).toBe("3 of 13");
    expect(await drawn()).toEqual(["ai-westus3-1", "app", "azure-west", "azure-west", "team", "west-1"]);
    await page.keyboard.press("Enter");
    expect(await found()).toBe("1 of 3");
    await page.keyboard.press("Escape");
    expect([await lit(), await drawn(), await found()]).toEqual([[], EVERYTHING, ""]);
  },
);

inBrowser("a search without a match reports this and shows all objects", async () => {
  await open(topologyOf(smallObjects));
  await page.locator("#search").fill("no such thing");
  expect([await found(), await drawn()]).toEqual(["0 of 13", EVERYTHING]);
});

inBrowser("colors follow the system setting until the user selects a theme", async () => {
  const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
  await open(topologyOf(smallObjects), { colorScheme: "dark" });
  const dark = await background();
  const theme = page.locator("#theme");
  await theme.click();
  expect(await theme.getAttribute("aria-label")).toBe("Colors: light");
  const light = await background();
  expect(light).not.toBe(dark);
  await theme.click();
  expect(await background()).toBe(dark);
  await page.emulateMedia({ colorScheme: "light" });
  expect(await background()).toBe(dark);
  await theme.click();
  expect(await background()).toBe(light);
});

inBrowser("names are shown unchanged, and none runs, loads or opens anything", async () => {
  const hostile = {
    ...smallObjects,
    providers: HOSTILE_NAMES.map((name) => ({ ...provider(name, "ai-eastus2-1", name), description: name })),
    providerKeys: HOSTILE_NAMES.map((name) => providerKey(name, name)),
    accessKeys: HOSTILE_NAMES.map((name) => accessKey(name, name)),
  };
  await open(topologyOf(hostile, { title: HOSTILE_NAMES[0]!, notes: HOSTILE_NAMES }));
  for (const element of await page.locator(".node").all()) {
    await element.dispatchEvent("click");
    await page.keyboard.press("Escape");
  }
  expect(trouble).toEqual([]);
  expect(await page.locator("h1").textContent()).toBe(HOSTILE_NAMES[0]);
  expect(await page.locator("img, iframe, object, embed, link:not([rel=icon])").count()).toBe(0);
});

inBrowser("the page's security policy blocks added scripts and all requests", async () => {
  await open(topologyOf(smallObjects));
  const outcome = await page.evaluate(`(async () => {
    const script = document.createElement("script");
    script.textContent = "window.hasRun = true";
    document.body.append(script);
    const loaded = await fetch("http://127.0.0.1:9/").then(() => "loaded", () => "refused");
    return [window.hasRun === true, loaded];
  })()`);
  expect(outcome).toEqual([false, "refused"]);
  expect(trouble.filter((text) => text.startsWith("request:"))).toEqual([]);
  expect(trouble.some((text) => text.includes("Content Security Policy"))).toBe(true);
});

/** Size of each text that is drawn, in px, and whether everything fits the window. */
const measures = () =>
  page.evaluate(`(() => {
    const shown = [...document.querySelectorAll("main *, header *")].filter((element) => element.checkVisibility());
    const own = (element) => [...element.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim() !== "");
    const sizes = shown.filter(own).map((element) => Number.parseFloat(getComputedStyle(element).fontSize));
    const picture = document.getElementById("picture");
    return {
      smallest: Math.min(...sizes),
      isScrolledDown: picture.scrollHeight > picture.clientHeight,
      isScrolledAcross: picture.scrollWidth > picture.clientWidth || document.documentElement.scrollWidth > innerWidth,
    };
  })()`) as Promise<{ smallest: number; isScrolledDown: boolean; isScrolledAcross: boolean }>;

/** Texts in the lanes' headings that are shown in part. */
const cutHeadings = () =>
  page.evaluate(`[...document.querySelectorAll(".lane>h2")].flatMap((heading) => {
    const room = heading.getBoundingClientRect();
    const counts = [...heading.querySelectorAll(".count")].map((each) => [each.textContent, each.getBoundingClientRect()]);
    return counts.filter(([, { top, right }]) => top < room.bottom && right > room.right + 1).map(([text]) => text);
  })`);

inBrowser(
  "an account of 60 providers, 200 keys, 192 rules and 48 access keys fits the window with 12 px text",
  async () => {
    for (const [width, height] of [
      [1280, 800],
      [1600, 900],
    ] as const) {
      await open(largeTopology(), { width, height });
      expect(await measures()).toEqual({ smallest: 12, isScrolledDown: false, isScrolledAcross: false });
      expect(await cutHeadings()).toEqual([]);
      // 48 access keys, an API key, 12 configurations, 61 providers, 20 Azure accounts, the credits.
      expect(await page.locator(".node").count()).toBe(48 + 1 + 12 + 61 + 20 + 1);
      await page.close();
    }
  },
);

inBrowser("at 500 px, lanes and details are stacked without horizontal scrolling", async () => {
  await open(largeTopology(), { width: 500, height: 900, hasTouch: true });
  expect(await measures()).toMatchObject({ smallest: 12, isScrolledAcross: false });
  await node("azure-westus3-7").tap();
  expect(await selected()).toEqual(["azure-westus3-7"]);
  const [picture, aside] = [await page.locator("#picture").boundingBox(), await page.locator("aside").boundingBox()];
  expect(aside!.y).toBeGreaterThanOrEqual(picture!.y + picture!.height - 1);
  expect(await measures()).toMatchObject({ isScrolledAcross: false });
});

inBrowser("the page explains mouse, touch and keyboard use", async () => {
  await open(topologyOf(smallObjects), { width: 1280 });
  expect(await page.locator(".help").isVisible()).toBe(false);
  await page.getByRole("button", { name: "Help" }).click();
  const help = await page.locator(".help").textContent();
  for (const word of ["Click or tap", "Point", "Enter", "Space", "Esc", "/"]) expect(help).toContain(word);
});

inBrowser("the headings remain visible while a large picture is scrolled", async () => {
  await open(sampleTopology(1000), { height: 500 });
  await page.locator("#picture").evaluate((element) => element.scrollTo(0, 600));
  const heading = page.locator(".lane h2").first();
  const [box, picture] = [await heading.boundingBox(), await page.locator("#picture").boundingBox()];
  expect(Math.abs(box!.y - picture!.y)).toBeLessThanOrEqual(1);
});

inBrowser(`a page of ${MANY_OBJECTS} objects opens`, async () => {
  await open(sampleTopology(MANY_OBJECTS));
  expect(await page.locator(".card").count()).toBeGreaterThan(400);
  const openedMs = Number(await page.evaluate("performance.getEntriesByType('navigation')[0].domComplete"));
  // How long it takes depends on what else the machine does; \`npm run bench -- graph\` measures against the goal.
  console.log(`opened ${MANY_OBJECTS} objects in ${Math.round(openedMs)} ms (goal: ${OPENED_WITHIN_MS} ms)`);
  expect(trouble).toEqual([]);
});
