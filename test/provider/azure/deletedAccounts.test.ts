/**
 * The look-up of a deleted account at a resource manager with invalid responses: a response is read and shown only up
 * to a limit. `test/programs/deletedAccounts.test.ts` covers valid responses. Does not prove Azure's responses.
 */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AzureOpenAIGateway } from "../../../provider/azure";
import { run } from "./mocks";

let server: Server | undefined;
afterEach(async () => {
  delete process.env.AZURE_EMULATOR_URL;
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

/** Warnings of an `up` that looks for a deleted account where `answer` answers. */
async function warningsWith(answer: RequestListener): Promise<readonly string[]> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  process.env.AZURE_EMULATOR_URL = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const regions = { eastus2: { account: { restore: "ifDeleted" as const } } };
  const deployments = { "gpt-5-mini": { model: "gpt-5-mini", version: "2025-08-07" } };
  const { warnings } = await run(() => new AzureOpenAIGateway("ai", { regions, deployments }), {
    answer: (token) => {
      if (token.endsWith(":getClientToken")) return { token: "planted" };
      return token.endsWith(":getClientConfig") ? { subscriptionId: "s" } : undefined;
    },
  });
  return warnings;
}

test("an endless response to the look-up is cut off and causes a warning", async () => {
  let sent = 0;
  const warnings = await warningsWith((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const piece = Buffer.alloc(1024 * 1024, 0x20);
    const write = () => {
      sent += 1;
      if (!response.destroyed) response.write(piece, write);
    };
    write();
  });
  expect(warnings).toEqual([expect.stringMatching(/which could not be checked: Response content exceeded max size$/)]);
  expect(sent).toBeLessThan(100);
});

test("a refusal with 100,000 characters is shown as one short line without control characters", async () => {
  const message = `\u202egnp\u0085\u001b[2J${"x".repeat(100_000)}`;
  const [warning = "", ...others] = await warningsWith((_request, response) => {
    response.writeHead(403, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { code: "AuthorizationFailed", message } }));
  });
  expect(others).toEqual([]);
  expect(warning).toContain("answered 403 to a look-up of deleted accounts: AuthorizationFailed \\u202egnp [2Jxxx");
  expect(warning).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  expect(warning.length).toBeLessThan(1_500);
});
