/**
 * Connections of the client are kept and used again. Does not prove how long a server or a proxy keeps its end open.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GatewayClient } from "../../sdk";

test("ten calls one after the other need two connections at most, and forty at once no more than twice maxConcurrency", async () => {
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
  // The second is opened where a call begins in the moment in which the one before it ends.
  expect(connections).toBeLessThanOrEqual(2);
  await Promise.all(Array.from({ length: 40 }, () => client.getCreditBalance()));
  expect(connections).toBeLessThanOrEqual(8);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
