/** Connections of the client are kept and reused. Does not prove how long a server or a proxy keeps its end open. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GatewayClient } from "../../sdk";

test("ten sequential calls need at most two connections, and forty concurrent ones at most twice maxConcurrency", async () => {
  let connections = 0;
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end('{"balanceCents":1}');
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new GatewayClient({ apiUrl, apiKey: "k", maxConcurrency: 4 });
  for (let call = 0; call < 10; call++) await client.getCreditBalance();
  // The second connection is opened if a call starts at the moment when the previous one ends.
  expect(connections).toBeLessThanOrEqual(2);
  await Promise.all(Array.from({ length: 40 }, () => client.getCreditBalance()));
  expect(connections).toBeLessThanOrEqual(8);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
