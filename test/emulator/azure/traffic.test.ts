/** Faults and the request log of the Azure plane. Does not prove the endpoints under `/_emulator/` that set them. */

import type { Azure } from "../../../emulator/azure/startAzure";
import { FaultList } from "../../../emulator/faults";
import { RequestLog } from "../../../emulator/requestLog";
import { ask, azureWith, closeAzures } from "./helpers";

const HOST = "contoso.openai.azure.com";
const PATH = "/openai/deployments/chat/chat/completions";
const URL = `https://${HOST}${PATH}?api-version=2024-10-21`;
const CALL = { headers: { "api-key": "key-one" }, body: { messages: [{ role: "user", content: "Hello" }] } };

const faults = new FaultList();
const requestLog = new RequestLog();
let azure: Azure;

beforeEach(async () => {
  faults.clear();
  requestLog.clear();
  azure = await azureWith({
    faults,
    requestLog,
    seed: {
      azure: [
        { resource: "contoso", keys: ["key-one", "key-two"], deployments: [{ name: "chat", model: "gpt-5-mini" }] },
      ],
    },
  });
});
afterEach(closeAzures);

function logged(): { plane: string; method: string; host: string; path: string; status: number }[] {
  return requestLog.entries().map(({ plane, method, host, path, status }) => ({ plane, method, host, path, status }));
}

test("every request is recorded with host, path and status, without its query", async () => {
  await ask(azure, URL, CALL);
  await ask(azure, URL, { ...CALL, headers: {} });
  const common = { plane: "azure", method: "POST", host: HOST, path: PATH };
  expect(logged()).toEqual([
    { ...common, status: 200 },
    { ...common, status: 401 },
  ]);
});

test("a streamed response is recorded when it ends", async () => {
  await ask(azure, URL, { ...CALL, body: { ...CALL.body, stream: true } });
  expect(logged().map(({ status }) => status)).toEqual([200]);
});

test("a request to the host of no resource is recorded with status 0", async () => {
  await expect(ask(azure, URL.replace("contoso", "nobody"), CALL)).rejects.toThrow("other side closed");
  expect(logged().map(({ status }) => status)).toEqual([0]);
});

test("a status fault replaces the deployment's response, with its headers and body, for the given number of times", async () => {
  faults.add({
    plane: "azure",
    match: { host: "contoso" },
    action: { status: 503, headers: { "retry-after": "1" }, body: { error: "busy" } },
  });
  const [first, second] = [await ask(azure, URL, CALL), await ask(azure, URL, CALL)];
  expect(first).toMatchObject({ status: 503, body: { error: "busy" }, headers: { "retry-after": "1" } });
  expect(second.status).toBe(200);
});

test("a fault for another plane or path has no effect", async () => {
  faults.add({ plane: "gateway", action: { status: 500 } });
  faults.add({ plane: "azure", match: { path: "/openai/v1" }, action: { status: 500 } });
  expect((await ask(azure, URL, CALL)).status).toBe(200);
});

test.each(["before", "after"] as const)("drop %s closes the connection without a response", async (drop) => {
  faults.add({ plane: "azure", action: { drop } });
  await expect(ask(azure, URL, CALL)).rejects.toThrow("other side closed");
  expect(logged().map(({ status }) => status)).toEqual([0]);
});

test("recorded times include a delay", async () => {
  faults.add({ plane: "azure", action: { delayMs: 30 } });
  await ask(azure, URL, CALL);
  const [entry] = requestLog.entries();
  expect(Date.parse(entry?.endedAt ?? "") - Date.parse(entry?.startedAt ?? "")).toBeGreaterThanOrEqual(29);
});
