/** The program in `index.ts` against a local gateway: no account, no Pulumi CLI. Does not prove what the hosted gateway does. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Gateway, OfflineStack, startGateway } from "pulumi-ngrok-ai/emulator";

let gateway: Gateway;
let stack: OfflineStack;
let folder: string;

beforeAll(async () => {
  gateway = await startGateway();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "gateway-test-"));
  stack = await OfflineStack.create({
    workDir: __dirname,
    stackName: "test",
    stateFile: path.join(folder, "state.json"),
    passphrase: "only for this test",
  });
  await stack.setAllConfig({
    "ngrok-ai:apiKey": { value: gateway.apiKey, secret: true },
    "ngrok-ai:apiUrl": { value: gateway.controlUrl },
    azureKey: { value: "a-key-of-azure", secret: true },
  });
  await stack.up();
});

afterAll(async () => {
  await gateway.close();
  fs.rmSync(folder, { recursive: true });
});

test("the team's token is a secret", async () => {
  expect((await stack.outputs()).token?.secret).toBe(true);
});

test("a second run has nothing to do", async () => {
  await stack.preview({ expectNoChanges: true });
});

test("another Azure key changes the stored key in place", async () => {
  await stack.setConfig("azureKey", { value: "another-key-of-azure", secret: true });
  const { summary } = await stack.up();
  expect(summary.resourceChanges).toEqual({ same: 4, update: 1 });
});

test("what somebody deleted by hand comes back", async () => {
  const id = (await stack.outputs()).accessKeyId?.value;
  const deleted = await fetch(`${gateway.controlUrl}/access-keys/${id}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${gateway.apiKey}` },
  });
  expect(deleted.ok).toBe(true);
  const { summary } = await stack.up({ refresh: true });
  expect(summary.resourceChanges.create).toBe(1);
});
