/**
 * The content filter for prompts, with Azure's default policy and with policies of the account. Does not prove the
 * decisions of Azure's models.
 */
import { AT_ONCE, ask, closeAzures, deploymentBody, Manager } from "../helpers";
import { askSeeded, chatUrl, V1 } from "./seeded";

afterEach(closeAzures);

const safe = { filtered: false, severity: "safe" };
const MARKED = "Hello [[content-filter]]";
const FILTERED = {
  error: {
    code: "content_filter",
    param: "prompt",
    status: 400,
    type: null,
    message:
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
    innererror: {
      code: "ResponsibleAIPolicyViolation",
      content_filter_result: {
        hate: { filtered: true, severity: "medium" },
        jailbreak: { filtered: false, detected: false },
        self_harm: safe,
        sexual: safe,
        violence: safe,
      },
    },
  },
};

test("a prompt with the marker is refused on every generating surface", async () => {
  const chat = { messages: [{ role: "user", content: [{ type: "text", text: MARKED }] }] };
  const one = await askSeeded(chatUrl(), { body: chat });
  expect([one.status, one.body]).toEqual([400, FILTERED]);
  const other = await askSeeded(`${V1}/responses`, { body: { model: "chat", input: MARKED } });
  expect([other.status, other.body]).toEqual([400, FILTERED]);
  expect((await askSeeded(`${V1}/embeddings`, { body: { model: "vectors", input: MARKED } })).status).toBe(200);
});

/** Status and what the filter says of hate, with a policy of the account. */
async function withPolicy(filters: readonly object[]) {
  const manager = await Manager.start(AT_ONCE);
  await manager.putAccount("acc");
  const properties = { basePolicyName: "Microsoft.Default", contentFilters: filters };
  expect((await manager.send("PUT", manager.raiPolicyId("acc", "own"), { properties })).status).toBe(201);
  const { properties: ofDeployment } = deploymentBody() as { properties: object };
  await manager.putDeployment("acc", "chat", { properties: { ...ofDeployment, raiPolicyName: "own" } });
  const { key1 } = (await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body;
  const { status, body } = await ask(manager.azure, "https://acc.openai.azure.com/openai/v1/chat/completions", {
    headers: { "api-key": key1 },
    body: { model: "chat", messages: [{ role: "user", content: MARKED }] },
  });
  return [status, body.prompt_filter_results?.[0].content_filter_results.hate];
}

const hate = (change: object) => ({ name: "Hate", source: "Prompt", enabled: true, blocking: true, ...change });
const NOTED = [200, { filtered: false, severity: "medium" }];

test.each<[string, object, readonly unknown[]]>([
  ["blocks from a low severity", { severityThreshold: "Low" }, [400, undefined]],
  ["blocks from a medium severity", { severityThreshold: "Medium" }, [400, undefined]],
  ["blocks a high severity only", { severityThreshold: "High" }, NOTED],
  ["only annotates", { severityThreshold: "Low", blocking: false }, NOTED],
  ["is off", { severityThreshold: "Low", enabled: false }, NOTED],
  ["is for completions", { source: "Completion", blocking: false }, [400, undefined]],
])("a policy whose filter %s is applied", async (_what, change, expected) => {
  expect(await withPolicy([hate(change)])).toEqual(expected);
});

test("a policy without a filter for hate uses the default filter for hate", async () => {
  expect(await withPolicy([])).toEqual([400, undefined]);
});
