/**
 * Responses that were stored, for `previous_response_id` and `GET /responses/{id}`. The newest are kept, in memory alone:
 * Azure keeps them for 30 days.
 */
import { type Account, accountKey } from "../../state";

/** Of all accounts together. */
const MAX_RESPONSES = 1_000;

export interface StoredResponse {
  readonly response: Readonly<Record<string, unknown>> & { readonly id: string; readonly output: readonly object[] };
  /** What the model had read: its texts count again in the response that follows. */
  readonly texts: readonly string[];
}

export class StoredResponses {
  private readonly responses = new Map<string, StoredResponse>();

  add(account: Account, stored: StoredResponse): void {
    const key = keyFor(account, stored.response.id);
    // The same request gets the same id: it becomes the newest again.
    this.responses.delete(key);
    this.responses.set(key, stored);
    const oldest = this.responses.keys().next().value;
    if (this.responses.size > MAX_RESPONSES && oldest !== undefined) this.responses.delete(oldest);
  }

  find(account: Account, id: string): StoredResponse | undefined {
    return this.responses.get(keyFor(account, id));
  }

  /** Whether there was one. */
  delete(account: Account, id: string): boolean {
    return this.responses.delete(keyFor(account, id));
  }

  clear(): void {
    this.responses.clear();
  }
}

function keyFor(account: Account, id: string): string {
  return `${accountKey(account)} ${id}`;
}
