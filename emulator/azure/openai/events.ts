/** Server-sent events of a streamed answer. */
import type { Headers } from "../http";

export function eventStream(events: Iterable<string>, headers: Headers): Response {
  const iterator = events[Symbol.iterator]();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8", ...headers } });
}

export function dataEvent(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

export function namedEvent(type: string, data: object): string {
  return `event: ${type}\n${dataEvent({ type, ...data })}`;
}

/** The end of a stream of chat completions. */
export const DONE_EVENT = "data: [DONE]\n\n";
