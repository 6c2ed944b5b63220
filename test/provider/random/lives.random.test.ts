/**
 * Random programs, random edits, random changes by others and random faults, on the local gateway: whatever happened, once the
 * faults stop the next `up` brings exactly the program's objects, and nobody else's were touched. `RANDOM_RUNS=5000` runs longer.
 * Does not prove anything of Pulumi's engine and processes, which a small engine of the test stands in for, nor of an object whose
 * answer was lost and whose look-up is refused: it stays, with this stack's mark on it.
 */
import fc from "fast-check";
import { readInventory } from "../../../cli/account/inventory";
import { findOrphans, removeOrphans } from "../../../cli/recover/orphans";
import { GatewayClient } from "../../../sdk";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { MiniEngine } from "./miniEngine";
import {
  declare,
  type OutsideChange,
  PLANTED_VALUES,
  type RuleOwner,
  ruleOwners,
  type Step,
  sequences,
  TAKEN_PROVIDER,
} from "./programs";

const RUNS = Number(process.env.RANDOM_RUNS ?? 300);
/** The same sequences each time, so that a change that breaks one is the change at hand; `RANDOM_SEED=$RANDOM` plays others. */
const SEED = Number(process.env.RANDOM_SEED ?? 1);
/** On a machine that does nothing else, a sequence takes a twentieth of a second. */
const MOST_MS_PER_RUN = 1_000;
const STACK = "acme/shop/dev";
/** The account's settings before any program. */
const SETTINGS = { totalTimeout: "90s", maxInputTokens: 500, maxOutputTokens: 600 };

/** Sequences that are played side by side, each lane at a gateway of its own: most of a sequence is waiting. */
const LANES = 3;

/** A client whose waits take no time. */
function patientClient(gateway: TestGateway): GatewayClient {
  let nowMs = Date.now();
  const sleep = (delayMs: number) => {
    nowMs += delayMs;
    return Promise.resolve();
  };
  const clock = { nowMs: () => nowMs, sleep, random: () => 0.5 };
  return new GatewayClient({ apiUrl: gateway.controlUrl, apiKey: gateway.apiKey, clock });
}

/** Objects of somebody else, which must be as they are at the end. */
async function addOthers({ client }: TestGateway): Promise<void> {
  await client.createProvider({ providerId: "foreign", name: "foreign", baseUrl: "https://foreign.example.com" });
  const key = await client.createProviderKey({
    providerId: "foreign",
    name: "k1",
    value: "a foreign value, 0123456789",
  });
  const rules = [{ provider: "foreign", steps: [{ type: "user" as const, keys: [{ id: key.id }] }] }];
  const configuration = await client.createAccessKeyConfiguration({ name: "team", router: { rules } });
  await client.createAccessKey({ name: "a", accessKeyConfigurationId: configuration.id });
  await client.updateGatewayConfig(SETTINGS);
  // Of a stack of the same name elsewhere, and of another one.
  for (const stack of [STACK, "acme/shop/prod"]) {
    const mark = { managedBy: "pulumi", stack, resource: "not in this program", create: "0000000000000000" };
    await client.createApiKey({ name: "x", metadata: JSON.stringify(mark) });
  }
}

async function world({ client }: TestGateway): Promise<Map<string, unknown>> {
  const { settings: _, ...kinds } = await readInventory(client);
  return new Map(Object.values(kinds).flatMap((objects) => objects.map((object) => [object.id, object] as const)));
}

/** What another person does to one of our objects, or to what we leave alone. */
async function changeOutside({ client }: TestGateway, engine: MiniEngine, change: OutsideChange): Promise<void> {
  const of = (kind: string) => [...engine.state.values()].find((entry) => entry.kind === kind)?.id;
  const attempts: Readonly<Record<OutsideChange, () => Promise<unknown>>> = {
    rename: async () => {
      const id = of("customProvider");
      return id && client.updateProvider(id, { name: "by hand", models: [{ modelId: "by-hand" }] });
    },
    delete: async () => {
      const id = of("accessKey");
      return id && client.deleteAccessKey(id);
    },
    rotate: async () => {
      const id = of("providerKey");
      return id && client.rotateProviderKey(id, { value: "rotated by hand, 0123456789", name: "k1" });
    },
    "empty rules": async () => {
      const id = of("accessConfiguration");
      return id && client.updateAccessKeyConfiguration(id, { router: { rules: [] } });
    },
    "limit output": () => client.updateGatewayConfig({ maxOutputTokens: 77 }),
    "limit ours": async () => {
      const managed = engine.state.get("settings")?.resource.memory.managed ?? [];
      return managed.includes("totalTimeout") && client.updateGatewayConfig({ totalTimeout: "5s" });
    },
  };
  // What is gone already, or meets a fault, is not changed; that is the other person's matter.
  await attempts[change]().catch(() => undefined);
}

async function recover({ client }: TestGateway, engine: MiniEngine): Promise<void> {
  const resources = [...engine.state.values(), ...engine.condemned];
  const state = { stack: STACK, writtenAt: new Date(), resources, pendingCreates: engine.pendingCreates };
  await removeOrphans(client, findOrphans(state, await readInventory(client)));
  engine.pendingCreates.length = 0;
}

/** What a sequence did that its end depends on. */
interface History {
  wasKilled: boolean;
  /** Something failed, or others did something, that only a refresh can see. */
  needsRefresh: boolean;
  hasTakenOver: boolean;
  /** What stood in the settings before ours was lost with a killed process. */
  lostSettings: boolean;
}

async function play(
  gateway: TestGateway,
  engine: MiniEngine,
  rules: RuleOwner,
  step: Step,
  history: History,
): Promise<void> {
  if (step.do === "fault") return gateway.fault({ ...step.fault });
  if (step.do === "kill") {
    engine.kill = { calls: step.calls, when: step.when };
    return;
  }
  if (step.do === "outside") {
    history.needsRefresh = true;
    await changeOutside(gateway, engine, step.change);
    return;
  }
  const hadKill = engine.kill !== undefined;
  const act = step.do === "up" ? engine.up(declare(step.program, rules)) : engine.refresh();
  // In the midst of faults anything may fail; what it says must not hold a secret.
  const message = await act.then(
    () => "",
    (error: Error) => `${error.message} ${error.stack}`,
  );
  for (const value of PLANTED_VALUES) expect(message).not.toContain(value);
  history.needsRefresh ||= message !== "";
  if (engine.state.has("taken")) history.hasTakenOver = true;
  if (hadKill && engine.kill === undefined) {
    history.wasKilled = true;
    history.lostSettings = true;
    await gateway.clearFaults();
    await recover(gateway, engine);
  }
}

async function run(gateway: TestGateway, rules: RuleOwner, sequence: readonly Step[]): Promise<void> {
  await gateway.reset();
  await addOthers(gateway);
  const others = await world(gateway);
  const taken = await gateway.client.createProvider({
    providerId: TAKEN_PROVIDER,
    name: "by hand",
    baseUrl: "https://taken.example.com",
  });
  const engine = new MiniEngine(patientClient(gateway), STACK);
  const history: History = {
    wasKilled: false,
    needsRefresh: false,
    hasTakenOver: false,
    lostSettings: false,
  };
  for (const step of sequence) await play(gateway, engine, rules, step, history);
  await gateway.clearFaults();
  engine.kill = undefined;

  const program = sequence.findLast((step) => step.do === "up")?.program;
  const declared = program === undefined ? [] : declare(program, rules);
  if (history.needsRefresh) await engine.refresh();
  await engine.up(declared);
  history.hasTakenOver ||= engine.state.has("taken");
  expect(engine.preview(declared)).toEqual([]);
  expect(await engine.refresh()).toEqual([]);
  await expectWorld(gateway, engine, others, taken, history);
  await engine.up([]);
  await expectWorld(gateway, engine, others, taken, history);
  if (history.lostSettings) return;
  const { totalTimeout, maxInputTokens } = await gateway.client.getGatewayConfig();
  expect({ totalTimeout, maxInputTokens }).toEqual({
    totalTimeout: SETTINGS.totalTimeout,
    maxInputTokens: SETTINGS.maxInputTokens,
  });
}

async function leftOfTakenOver(
  { client }: TestGateway,
  ours: readonly string[],
  wasKilled: boolean,
): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id, providerId } of client.listProviders()) {
    if (wasKilled && providerId === TAKEN_PROVIDER && !ours.includes(id)) ids.push(id);
  }
  return ids;
}

/** The gateway holds ours and those of others, these untouched. */
async function expectWorld(
  gateway: TestGateway,
  engine: MiniEngine,
  others: ReadonlyMap<string, unknown>,
  taken: { readonly id: string },
  { hasTakenOver, wasKilled }: History,
): Promise<void> {
  const now = await world(gateway);
  const isOneObject = ({ kind }: { kind: string }) => kind !== "routingRule" && kind !== "gatewaySettings";
  const ours = [...engine.state.values()].filter(isOneObject).map(({ id }) => id);
  // A killed run may have made it itself, as it was gone; recover lists it and leaves it, as it can't tell the two apart.
  const left = await leftOfTakenOver(gateway, ours, wasKilled);
  for (const id of left) now.delete(id);
  // What was never taken over is somebody else's like all the rest; only the mark of a killed run may stand on it.
  const isTheirs = !hasTakenOver && !ours.includes(taken.id) && !left.includes(taken.id);
  expect([...now.keys()].sort()).toEqual([...others.keys(), ...ours, ...(isTheirs ? [taken.id] : [])].sort());
  for (const [id, object] of others) expect(now.get(id)).toEqual(object);
  if (isTheirs && !wasKilled) expect(now.get(taken.id)).toEqual(taken);
}

test(
  `${RUNS} random sequences end with exactly what the program says`,
  async () => {
    const lane = async (_: unknown, number: number) => {
      const gateway = await startTestGateway();
      try {
        const property = fc.asyncProperty(ruleOwners, sequences, (rules, sequence) => run(gateway, rules, sequence));
        await fc.assert(property, { numRuns: Math.ceil(RUNS / LANES), seed: SEED + number });
      } finally {
        await gateway.close();
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  },
  RUNS * MOST_MS_PER_RUN,
);
