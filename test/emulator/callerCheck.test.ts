/**
 * Access to `/_emulator/`: programs are allowed, pages of other sites are not. Does not prove which headers each
 * browser sends.
 */
import { request } from "node:http";
import { startAzure } from "../../emulator/azure/startAzure";
import { callerRefusal } from "../../emulator/callerCheck";
import { startTestGateway } from "../helpers/gateway";

const refusal = (headers: Readonly<Record<string, string>>, method = "POST") =>
  callerRefusal({ method, header: (name) => headers[name] }, "emulator.example.com");

test.each<[string, Record<string, string>]>([
  ["a program on this machine", { host: "127.0.0.1:4000" }],
  ["a program with the machine's name", { host: "localhost:4000" }],
  ["a program over IPv6", { host: "[::1]:4000" }],
  ["a program in another container", { host: "emulator:4000" }],
  ["a program on an internal network", { host: "emulator.build.internal" }],
  ["the host name that the emulator listens on", { host: "emulator.example.com:4000" }],
  [
    "a page of the emulator itself",
    { host: "localhost:1", origin: "http://localhost:1", "sec-fetch-site": "same-origin" },
  ],
  ["an address typed into a browser", { host: "localhost:1", "sec-fetch-site": "none" }],
])("%s is allowed", (_caller, headers) => {
  expect(refusal(headers)).toBeUndefined();
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    "a page whose host name resolves to this machine",
    { host: "evil.example:4000" },
    /Host header names "evil.example:4000"/,
  ],
  ["a host name that starts with localhost", { host: "localhost.evil.example" }, /Host header/],
  ["a request without a Host header", {}, /Host header/],
  ["a simple request of another site", { host: "localhost:1", origin: "https://evil.example" }, /Origin header/],
  ["a page in a sandbox", { host: "localhost:1", origin: "null" }, /Origin header/],
  ["another port of this machine", { host: "localhost:1", origin: "http://localhost:2" }, /Origin header/],
  ["a request without origin of another site", { host: "localhost:1", "sec-fetch-site": "cross-site" }, /another site/],
  [
    "a form of another site",
    { host: "localhost:1", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
    /another site/,
  ],
])("%s is refused", (_caller, headers, reason) => {
  expect(refusal(headers)).toMatch(reason);
});

test("a link from another site to a checkout page works", () => {
  const headers = { host: "localhost:1", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  expect(refusal(headers, "GET")).toBeUndefined();
});

function send(url: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on("error", reject);
    sent.end();
  });
}

test("a reset from another site is refused on both servers, and no data is deleted", async () => {
  const azure = await startAzure();
  const gateway = await startTestGateway({ azureUrl: azure.azureUrl });
  await gateway.client.createApiKey({ name: "kept" });
  const resets = [`${gateway.controlUrl}/_emulator/reset`, `${azure.azureUrl}/_emulator/azure/reset`];
  for (const url of resets) {
    expect(await send(url, { origin: "https://evil.example", "content-type": "text/plain" })).toBe(403);
    expect(await send(url, { host: "evil.example" })).toBe(403);
  }
  const names = [];
  for await (const { name } of gateway.client.listApiKeys()) names.push(name);
  expect(names).toEqual(["kept"]);
  for (const url of resets) expect(await send(url, {})).toBeLessThan(300);
  await gateway.close();
  await azure.close();
});
