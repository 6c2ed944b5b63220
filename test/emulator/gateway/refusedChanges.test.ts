/** Changes that the management API refuses: the message names the field, and no part of the change is stored. */
import { startTestGateway, type TestGateway } from "../../helpers/gateway";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

async function send(method: string, target: string, body?: object) {
  const answer = await fetch(gateway.controlUrl + target, {
    method,
    headers: { authorization: `Bearer ${gateway.apiKey}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

test.each([
  ["/gateway-config", { foo: 1 }, "The configuration is not valid: unknown field foo."],
  ["/gateway-config", { maxInputTokens: "many" }, "The configuration is not valid: maxInputTokens: "],
  ["/gateway-config", { totalTimeout: "1".repeat(500_000) }, "The configuration is not valid: totalTimeout: "],
])("the error for an invalid change of %s names the field", async (target, body, message) => {
  const { status, json } = await send("PATCH", target, body);
  expect([status, json.msg]).toEqual([400, expect.stringContaining(message)]);
});

test("a refused router creates no key", async () => {
  const rule = (steps: object[]) => ({ provider: "openai", steps });
  const inline = rule([{ type: "user", keys: [{ name: "k", value: "v" }] }]);
  const body = { name: "c", router: { rules: [inline, rule([{ type: "user" }])] } };
  expect((await send("POST", "/access-key-configurations", body)).status).toBe(422);
  expect((await send("GET", "/provider-keys")).json.aiGatewayProviderKeys).toEqual([]);
});
