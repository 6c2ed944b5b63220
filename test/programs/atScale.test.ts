/**
 * A thousand objects of a kind in Pulumi's own provider process, called like an engine calls it: the number of requests of a
 * refresh, and that check and diff send none. Does not prove the duration; `npm run bench` measures it.
 */
import { startTestGateway, type TestGateway } from "../helpers/gateway";
import { type InlineProgram, inlineProgram } from "../helpers/inlineProgram";
import { ProviderProcess } from "../helpers/providerProcess";

const OBJECTS = 1_000;
const MOST_REQUESTS = 12;
/** Number of concurrent calls of an engine on a machine with four processors. */
const WORKERS = 16;

let gateway: TestGateway;
let program: InlineProgram;
let provider: ProviderProcess;

beforeAll(async () => {
  gateway = await startTestGateway();
  program = inlineProgram("at-scale");
  const config = { "ngrok-ai:apiKey": gateway.apiKey, "ngrok-ai:apiUrl": gateway.controlUrl };
  provider = await ProviderProcess.start(program.folder, config);
});

afterAll(async () => {
  await provider?.close();
  program?.dispose();
  await gateway?.close();
});

async function inParallel<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results[next[0]] = await act(next[1]);
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return results;
}

test("a refresh of a thousand objects costs at most twelve requests; check and diff cost none", async () => {
  const __provider = `exports.handler=()=>require("pulumi-ngrok-ai/dynamic").provider("CustomProvider")`;
  const indices = Array.from({ length: OBJECTS }, (_, index) => index);
  const made = await inParallel(indices, async (index) => {
    const name = `p-${index}`;
    const __owner = `org/project/dev::${name}`;
    const inputs = { __provider, __owner, providerId: name, baseUrl: "https://example.com/v1", name };
    const { id, outs } = await provider.create(inputs);
    return { id, inputs, outs: { __provider, ...outs } };
  });
  await gateway.requests();

  const read = await inParallel(made, ({ id, outs }) => provider.read(id, outs));
  const requests = await gateway.requests();
  expect(requests.length).toBeLessThanOrEqual(MOST_REQUESTS);
  expect(new Set(requests)).toEqual(new Set(["GET /providers"]));
  expect(read.map(({ id, inputs }) => [id, inputs.name])).toEqual(made.map(({ id, inputs }) => [id, inputs.name]));

  const diffs = await inParallel(made, async ({ id, inputs, outs }) => {
    const checked = await provider.check(inputs, inputs);
    expect(checked.failures).toEqual([]);
    return provider.diff(id, outs, { ...checked.inputs, name: "another" });
  });
  expect(diffs.every(({ replaces }) => replaces.length === 0)).toBe(true);
  expect(await gateway.requests()).toEqual([]);
}, 180_000);
