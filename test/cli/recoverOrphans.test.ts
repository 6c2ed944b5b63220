/** The objects that `recover` lists, and their verdicts. At the local gateway, with states that the test writes. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readInventory } from "../../cli/account/inventory";
import { readStackState, withStack } from "../../cli/account/stackState";
import { findOrphans, type Orphan, type OrphanOptions } from "../../cli/recover/orphans";
import { markText } from "../../provider/lifecycle/ownership";
import { startTestGateway, type TestGateway } from "../helpers/gateway";

const STACK = "acme/shop/dev";
const CREATE = "0123456789abcdef";
const STACK_URN = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev";
const KEY_TYPE = "pulumi-nodejs:dynamic/ngrok-ai:AccessKey";
const KEY_URN = `urn:pulumi:dev::shop::${KEY_TYPE}::app`;

let gateway: TestGateway;
let folder: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "orphans-"));
});
beforeEach(() => gateway.reset());
afterAll(async () => {
  fs.rmSync(folder, { recursive: true, force: true });
  await gateway.close();
});

const stackResource = { urn: STACK_URN, type: "pulumi:pulumi:Stack" };
const key = (more: object) => ({ urn: KEY_URN, type: KEY_TYPE, inputs: { __owner: `${STACK}::app` }, ...more });

function stateOf(resources: readonly object[], pending: readonly object[] = []) {
  const file = path.join(folder, "state.json");
  const deployment = { manifest: { time: new Date().toISOString() }, resources, pending_operations: pending };
  fs.writeFileSync(file, JSON.stringify({ version: 3, deployment }));
  return readStackState(file);
}

const makeKey = async (create = CREATE, stack = STACK) =>
  (await gateway.client.createAccessKey({ name: "app", metadata: markText({ stack, resource: "app" }, create) })).id;

async function verdicts(state: ReturnType<typeof stateOf>, options: OrphanOptions = {}) {
  const orphans = findOrphans(state, await readInventory(gateway.client), options);
  return orphans.map(({ id, verdict }: Orphan) => [id, verdict]);
}

const noteOf = async (createId = CREATE) => ({
  kind: "AccessKey",
  resource: "0",
  account: (await gateway.client.getGatewayConfig()).accountId,
  createId,
  isMarked: true,
  startedAt: new Date().toISOString(),
  pid: 1,
});

test("the stack of a state without resources of this package is read from its URNs", async () => {
  const id = await makeKey();
  await makeKey(CREATE, "acme/other/dev");
  const state = stateOf([stackResource]);
  expect(state.stack).toBe("shop/dev");
  expect(await verdicts(state)).toEqual([[id, "unclear"]]);
  expect(await verdicts(state, { notes: [await noteOf()] })).toEqual([[id, "removable"]]);
});

test("the stack is also read from pending operations of any package", () => {
  const pending = {
    type: "creating",
    resource: { urn: STACK_URN.replace("Stack", "Other"), type: "other:index:Thing" },
  };
  expect(stateOf([], [pending]).stack).toBe("shop/dev");
  expect(stateOf([], [{ type: "creating", resource: key({}) }]).stack).toBe(STACK);
  expect(stateOf([]).stack).toBeUndefined();
});

test.each([
  ["prod", "shop/prod"],
  ["shop/prod", "shop/prod"],
  ["acme/shop/prod", "acme/shop/prod"],
])("--stack %s selects the stack %s for any state", (flag, stack) => {
  expect(withStack(stateOf([stackResource]), flag).stack).toBe(stack);
});

test("--stack is sufficient for an empty state", async () => {
  const id = await makeKey();
  expect(await verdicts(withStack(stateOf([]), "dev"))).toEqual([[id, "unclear"]]);
  expect(await verdicts(withStack(stateOf([]), "acme/shop/dev"))).toEqual([[id, "unclear"]]);
  expect(await verdicts(withStack(stateOf([]), "other/dev"))).toEqual([]);
});

test("a mark of the plugin, which has no organization, matches the stack in any organization", async () => {
  const id = await makeKey(CREATE, "shop/dev");
  await makeKey("fedcba9876543210", "other/dev");
  const state = stateOf([stackResource, key({ id: "aigk_of_the_dynamic_class" })]);
  expect(state.stack).toBe(STACK);
  expect(await verdicts(state, { notes: [await noteOf()] })).toEqual([[id, "removable"]]);
});

test("an unresolved creation in the state is explained and not deleted", async () => {
  const id = await makeKey();
  const other = await makeKey("fedcba9876543210");
  const state = stateOf([stackResource, key({ id: `unresolved:${CREATE}` })]);
  const orphans = findOrphans(state, await readInventory(gateway.client), { notes: [await noteOf()] });
  expect(orphans.find((orphan) => orphan.id === id)).toMatchObject({
    verdict: "remembered",
    reason: "the state has its creation as unresolved: the next up, refresh or destroy finds it there",
  });
  expect(orphans.find((orphan) => orphan.id === other)?.verdict).toBe("unclear");
});

test("an object in a note may be deleted, only in the note's account", async () => {
  const id = await makeKey();
  const state = stateOf([stackResource]);
  expect(await verdicts(state, { notes: [{ ...(await noteOf()), account: "acc_other" }] })).toEqual([[id, "unclear"]]);
  expect(await verdicts(state, { notes: [await noteOf("fedcba9876543210")] })).toEqual([[id, "unclear"]]);
});

test("an object in the state is no orphan, even if another object has its mark", async () => {
  const id = await makeKey();
  const state = stateOf([stackResource, key({ id })]);
  expect(await verdicts(state, { notes: [await noteOf()] })).toEqual([]);
});
