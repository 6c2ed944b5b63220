/**
 * Accounts that were deleted and not purged: the messages of an `up`, and one program that creates a stack, destroys it and
 * creates it again. Does not prove Azure's responses beyond the documented statuses, or `pulumi destroy --run-program`.
 */
import { startAzure, startGateway } from "../../emulator";
import { FaultList } from "../../emulator/faults";
import { RequestLog } from "../../emulator/requestLog";
import { ask } from "../emulator/azure/helpers";
import { gatewayConfig } from "../helpers/gateway";
import { inlineProgram } from "../helpers/inlineProgram";
import { createTestStack, realChanges, type StackUnderTest } from "../helpers/stack";

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;
const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000";
const faults = new FaultList();
const requestLog = new RequestLog();
let azure: Started<typeof startAzure>;
let gateway: Started<typeof startGateway>;
const disposables: { dispose(): void }[] = [];

beforeAll(async () => {
  azure = await startAzure({ faults, requestLog });
  gateway = await startGateway({ azureUrl: azure.azureUrl });
});
afterEach(() => faults.clear());
afterAll(async () => {
  for (const each of disposables) each.dispose();
  await gateway?.close();
  await azure?.close();
});

const programOf = (regions: object) => `
const { AzureOpenAIGateway } = require("pulumi-ngrok-ai/azure");
new AzureOpenAIGateway("ai", {
  regions: ${JSON.stringify(regions)},
  deployments: { "gpt-5-mini": { model: "gpt-5-mini", version: "2025-08-07", capacity: 10 } },
});
`;

async function stackOf(name: string, regions: object) {
  const program = inlineProgram(name, programOf(regions));
  const underTest: StackUnderTest = await createTestStack({
    workDir: program.folder,
    env: { AZURE_EMULATOR_URL: azure.azureUrl },
    config: gatewayConfig(gateway),
  });
  disposables.push(underTest, program);
  return { stack: underTest.stack, setRegions: (others: object) => program.write(programOf(others)) };
}

const failureOf = (act: Promise<unknown>) =>
  act.then(
    () => "",
    (error: Error) => error.message,
  );

async function itemsOf(collection: "accounts" | "deletedAccounts"): Promise<{ name: string; id: string }[]> {
  const url = `https://management.azure.com${SUBSCRIPTION}/providers/Microsoft.CognitiveServices/${collection}?api-version=2025-06-01`;
  return (await ask(azure, url, { headers: { authorization: "Bearer somebody" } })).body.value;
}

const listed = async (collection: "accounts" | "deletedAccounts") =>
  (await itemsOf(collection)).map(({ name }) => name);
const accountIds = async () => (await itemsOf("accounts")).map(({ id }) => id);

/** Deletes a resource outside Pulumi, and waits until it is gone. */
async function deleteInAzure(id: string): Promise<void> {
  const url = `https://management.azure.com${id}?api-version=2025-06-01`;
  const headers = { authorization: "Bearer somebody" };
  const { status } = await ask(azure, url, { method: "DELETE", headers });
  expect([200, 202, 204]).toContain(status);
  while ((await ask(azure, url, { headers })).status !== 404) await new Promise((resolve) => setTimeout(resolve, 20));
}

const requestsFor = (part: string) => requestLog.entries().filter(({ path }) => path.includes(part)).length;

test('restore: "ifDeleted" lets one program create, destroy and create again, and queries Azure only in an up', async () => {
  const { stack } = await stackOf("restored", { eastus2: { account: { restore: "ifDeleted" } } });
  await stack.preview();
  expect(requestsFor("deletedAccounts")).toBe(0);
  await stack.up();
  expect(requestsFor("deletedAccounts")).toBe(1);
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
  const created = await listed("accounts");
  await stack.destroy();
  expect([await listed("accounts"), await listed("deletedAccounts")]).toEqual([[], created]);

  await stack.up();
  expect([await listed("accounts"), await listed("deletedAccounts")]).toEqual([created, []]);
  // Azure's flag is removed once; after that there is no change.
  expect(realChanges((await stack.up()).summary.resourceChanges)).toEqual({ update: 1 });
  expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
  await stack.destroy();
});

test("purgeOnDelete purges accounts that are removed from the program", async () => {
  const purged = { account: { purgeOnDelete: true } };
  const { stack, setRegions } = await stackOf("purged", { eastus2: purged, westus3: purged });
  await stack.up();
  const before = await listed("deletedAccounts");
  setRegions({ westus3: purged });
  await stack.up();
  expect(await listed("deletedAccounts")).toEqual(before);
  setRegions({ eastus2: purged, westus3: purged });
  await stack.up();
  expect(await listed("accounts")).toHaveLength(2);
});

test("purgeOnDelete refuses a destroy without the program, and purges before a creation an account that was deleted elsewhere", async () => {
  const { stack } = await stackOf("purged-later", { swedencentral: { account: { purgeOnDelete: true } } });
  await stack.up();
  const error = await failureOf(stack.destroy());
  expect(error).toContain('purge the deleted account (run "pulumi destroy --run-program", or purge it by hand)');
  const id = (await accountIds()).find((each) => each.includes("swedencentral")) ?? "";
  const name = id.split("/").at(-1);
  await deleteInAzure(`${id}/deployments/gpt-5-mini`);
  await deleteInAzure(id);
  expect(await listed("deletedAccounts")).toContain(name);
  await stack.refresh();
  await stack.up();
  expect(await listed("accounts")).toContain(name);
  expect(await listed("deletedAccounts")).not.toContain(name);
});

test("without restore and purgeOnDelete, the up fails with advice that contains the command", async () => {
  const { stack } = await stackOf("refused", { japaneast: {} });
  await stack.up();
  await stack.destroy();
  const [name = ""] = (await listed("deletedAccounts")).filter((each) => each.includes("japaneast"));
  const error = await failureOf(stack.up());
  expect(error).toContain("FlagMustBeSetForRestore");
  expect(error).toContain(
    `Set account.restore to "ifDeleted", or account.purgeOnDelete to true, or give another nameSuffix, or purge it: ` +
      `az cognitiveservices account purge --name ${name} --resource-group ai-`,
  );
});

test("a look-up that Azure refuses is only a warning", async () => {
  const refused = { status: 403, body: { error: { code: "AuthorizationFailed", message: "no permission" } } };
  // Only the look-up: operations are polled under the location too.
  const path = `${SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/uksouth/resourceGroups/`;
  faults.add({ plane: "azure", match: { method: "GET", path }, times: 2, action: refused });
  const { stack, setRegions } = await stackOf("unpermitted", { uksouth: {} });
  expect((await stack.up()).stdout).not.toContain("AuthorizationFailed");
  setRegions({ uksouth: { account: { restore: "ifDeleted" } } });
  const { stdout, summary } = await stack.up();
  expect([summary.result, realChanges(summary.resourceChanges)]).toEqual(["succeeded", {}]);
  expect(stdout).toMatch(
    /warning: Azure refuses to create account "ai-uksouth-[0-9a-f]{6}" if one with that name was deleted in the last 48 hours, which could not be checked: Azure answered 403 to a look-up of deleted accounts: AuthorizationFailed no permission/,
  );
});

test("an account that was deleted outside Pulumi is reported without a stack trace, and up --refresh creates it again", async () => {
  const { stack, setRegions } = await stackOf("gone", { japaneast: {} });
  await stack.up();
  const [id = ""] = (await accountIds()).filter((each) => each.includes("japaneast"));
  for await (const deployment of [`${id}/deployments/gpt-5-mini`, id]) await deleteInAzure(deployment);

  const message = await failureOf(stack.up());
  expect(message).toMatch(
    /Azure did not list the keys of account "ai-japaneast-[0-9a-f]{6}" in resource group "[^"]+": .*ResourceNotFound.*\n.*If it was deleted outside Pulumi, run `pulumi up --refresh`/s,
  );
  expect(message).not.toMatch(/unhandled|^\s+at /im);
  setRegions({ japaneast: { account: { restore: "ifDeleted" } } });
  await stack.up({ refresh: true });
  expect((await accountIds()).filter((each) => each.includes("japaneast"))).toEqual([id]);
});
