/** The gateway's time according to its responses. Does not prove that intermediaries keep the gateway's own date. */
import { GatewayClient } from "../../sdk";
import { ServerClock } from "../../sdk/serverClock";
import { startTestGateway } from "../helpers/gateway";

test("the gateway's time continues from the last date received, and ignores invalid dates", () => {
  const clock = new ServerClock();
  clock.observe(undefined);
  for (const text of ["soon", "5", "Sat, 31 Feb 2026 12:00:00 GMT", "2026-11-25T12:00:00Z"]) clock.observe(text);
  expect(clock.nowMs()).toBeUndefined();
  clock.observe("Wed, 25 Nov 2026 12:00:00 GMT");
  const nowMs = clock.nowMs() ?? 0;
  expect(nowMs).toBeGreaterThanOrEqual(Date.UTC(2026, 10, 25, 12));
  expect(nowMs).toBeLessThan(Date.UTC(2026, 10, 25, 12, 5));
  clock.observe("soon");
  expect(clock.nowMs()).toBeGreaterThanOrEqual(nowMs);
});

test("the client knows the gateway's time from its first response on, for any local clock", async () => {
  const gateway = await startTestGateway();
  try {
    const clock = { nowMs: () => 0, sleep: () => Promise.resolve(), random: () => 0.5 };
    const client = new GatewayClient({ apiUrl: gateway.controlUrl, apiKey: gateway.apiKey, clock });
    expect(client.serverNowMs()).toBeUndefined();
    await client.getGatewayConfig();
    const behindMs = Date.now() - (client.serverNowMs() ?? 0);
    expect(Math.abs(behindMs)).toBeLessThan(60_000);
  } finally {
    await gateway.close();
  }
});
