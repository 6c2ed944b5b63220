import { GatewayUnexpectedResponseError } from "./errors";

/** One page, independent of the field name of its items. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageUri: string | null | undefined;
}

/**
 * All items of a list whose pages are identified by the last item before them. Follows only the ids, never the URL in
 * `nextPageUri`, so that the API key is sent only to the configured host.
 */
export async function* pagesById<Item extends { readonly id: string }>(
  path: string,
  fetchPage: (beforeId: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let beforeId: string | undefined;
  for (let pages = 1; ; pages += 1) {
    const page = await fetchPage(beforeId);
    yield* page.items;
    if (isLast(page)) {
      return;
    }
    beforeId = advance(path, beforeId, page.items.at(-1)?.id, pages);
  }
}

/** All items of a list whose pages are identified by a cursor in `nextPageUri`. */
export async function* pagesByCursor<Item>(
  path: string,
  fetchPage: (cursor: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined;
  for (let pages = 1; ; pages += 1) {
    const page = await fetchPage(cursor);
    yield* page.items;
    if (isLast(page)) {
      return;
    }
    const query = page.nextPageUri?.split("?")[1] ?? "";
    cursor = advance(path, cursor, new URLSearchParams(query).get("cursor") ?? undefined, pages);
  }
}

function isLast(page: Page<unknown>): boolean {
  return page.nextPageUri === null || page.nextPageUri === undefined || page.nextPageUri === "";
}

/**
 * Throws if a list announces another page without naming it, or names the same page again: the result would be incomplete or
 * endless.
 */
function advance(path: string, previous: string | undefined, next: string | undefined, pages: number): string {
  if (next === undefined || next === previous) {
    const message = `list failed: GET ${path} promised another page after page ${pages}, but that page cannot be asked for.`;
    throw new GatewayUnexpectedResponseError(
      message,
      { operation: "list", method: "GET", path, status: 200, attempts: 1, isRetryable: false, outcome: "unknown" },
      ["nextPageUri"],
    );
  }
  return next;
}
