/**
 * One attempt over a simulated connection: which requests count as sent. Does not prove that undici starts requests as simulated
 * here (call.test.ts uses the real one).
 */
import type { Dispatcher } from "undici";
import { sendOnce } from "../../sdk/attempt";

const request = { origin: "http://127.0.0.1:1", target: "/", method: "POST", headers: {}, body: "{}" } as const;

/** A dispatcher that only stores the handler, and a controller that counts its aborts. */
function playedConnection() {
  let handler: Dispatcher.DispatchHandler | undefined;
  const dispatcher = {
    dispatch(_options: unknown, given: Dispatcher.DispatchHandler) {
      handler = given;
      return true;
    },
  } as unknown as Dispatcher;
  const abort = jest.fn();
  const controller = { abort } as unknown as Dispatcher.DispatchController;
  return { dispatcher, abort, controller, handler: () => handler as Required<Dispatcher.DispatchHandler> };
}

test("a request that was canceled before it started is not sent when its connection opens later", async () => {
  const { dispatcher, abort, controller, handler } = playedConnection();
  const result = await sendOnce(dispatcher, request, 1, undefined);
  expect(result).toEqual({ why: "no-answer", code: "TIMEOUT", problem: "none within 1 ms", isSent: false });
  handler().onRequestStart(controller, undefined);
  expect(abort).toHaveBeenCalledTimes(1);
});

test("a request that was canceled after it started counts as sent, and its connection is closed", async () => {
  const { dispatcher, abort, controller, handler } = playedConnection();
  const cancellation = new AbortController();
  const result = sendOnce(dispatcher, request, 60_000, cancellation.signal);
  handler().onRequestStart(controller, undefined);
  cancellation.abort();
  expect(await result).toEqual({
    why: "no-answer",
    code: "ABORT_ERR",
    problem: "the caller canceled it",
    isSent: true,
  });
  expect(abort).toHaveBeenCalledTimes(1);
});

test("only the code of a network error is kept, not its message", async () => {
  const { dispatcher, controller, handler } = playedConnection();
  const result = sendOnce(dispatcher, request, 60_000, undefined);
  const error = Object.assign(new Error("Response does not match: planted-secret"), {
    code: "HPE_INVALID",
    data: "planted-secret",
  });
  handler().onResponseError(controller, error);
  expect(await result).toEqual({
    why: "no-answer",
    code: "HPE_INVALID",
    problem: "the connection failed (HPE_INVALID)",
    isSent: false,
  });
});
