/**
 * Stored responses, for `previous_response_id` and `GET /responses/{id}`. Only the newest are kept, in memory; Azure keeps
 * responses for 30 days.
 */
import { type Account, accountKey } from "../../state";

/** Largest number for all accounts together. */
const MAX_RESPONSES = 1_000;

export interface StoredResponse {
  readonly response: Readonly<Record<string, unknown>> & { readonly id: string; readonly output: readonly object[] };
  /** The prompt of the model: its texts count again in a following response. */
  readonly texts: readonly string[];
}

export class StoredResponses {
  private readonly responses = new Map<string, StoredResponse>();

  add(account: Account, stored: StoredResponse): void {
    const key = keyFor(account, stored.response.id);
    // The same request gets the same id, and becomes the newest again.
    this.responses.delete(key);
    this.responses.set(key, stored);
    const oldest = this.responses.keys().next().value;
    if (this.responses.size > MAX_RESPONSES && oldest !== undefined) this.responses.delete(oldest);
  }

  find(account: Account, id: string): StoredResponse | undefined {
    return this.responses.get(keyFor(account, id));
  }

  /** Returns whether the response existed. */
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
