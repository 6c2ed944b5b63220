/**
 * The effect of a change, computed without the network. Does not prove how Pulumi uses the result; the whole-program tests do.
 */

import { type AnyDefinition, isAction } from "../../../provider/lifecycle/definition";
import { KnownObjects } from "../../../provider/lifecycle/knownObjects";
import { diff, STATE_SCHEMA } from "../../../provider/lifecycle/lifecycle";
import { markText } from "../../../provider/lifecycle/ownership";
import { type PlainObject, UNKNOWN } from "../../../provider/lifecycle/values";
import { definition as accessConfiguration } from "../../../provider/resources/accessConfiguration";
import { definition as accessKey } from "../../../provider/resources/accessKey";
import { definition as customProvider } from "../../../provider/resources/customProvider";
import { definition as providerKey } from "../../../provider/resources/providerKey";
import { definition as routingRule } from "../../../provider/resources/routingRule";

const owner = { stack: "org/project/dev", resource: "azure" };
const options = { ownership: "on" as const, owner, known: new KnownObjects() };
const create = "0123456789abcdef";
const mark = markText(owner, create);

function outcome(definition: AnyDefinition, inputs: PlainObject, state: PlainObject, news: PlainObject) {
  const memory = { schema: STATE_SCHEMA, managed: Object.keys(inputs), create };
  const metadata = !isAction(definition) && definition.isMarkable ? { metadata: mark } : {};
  return diff(definition, "id", { state: { ...metadata, ...inputs, ...state }, memory }, news, options);
}

const provider = { providerId: "azure-openai", baseUrl: "https://example.com/v1", name: "azure", models: ["a", "b"] };

test("equal inputs are no change", () => {
  expect(outcome(customProvider, provider, {}, { ...provider })).toEqual({ changes: false, replaces: [] });
});

test("an ordinary change is left to the comparison of inputs", () => {
  expect(outcome(customProvider, provider, {}, { ...provider, name: "other" })).toEqual({
    changes: undefined,
    replaces: [],
  });
});

test.each([
  ["CustomProvider.providerId", customProvider, provider, { providerId: "azure-eastus2" }, ["providerId"]],
  [
    "ProviderKey.providerId",
    providerKey,
    { providerId: "a", value: "v", name: "k" },
    { providerId: "b" },
    ["providerId"],
  ],
  [
    "AccessKey.rotationTrigger",
    accessKey,
    { name: "k", rotationTrigger: "1" },
    { rotationTrigger: "2" },
    ["rotationTrigger"],
  ],
  [
    "RoutingRule.provider",
    routingRule,
    { configurationId: "c", provider: "a", steps: [{ type: "user", keys: [{ id: "k" }] }] },
    { provider: "b" },
    ["provider"],
  ],
])("a change of %s replaces", (_, definition, inputs: PlainObject, change: PlainObject, replaces) => {
  expect(outcome(definition, inputs, {}, { ...inputs, ...change }).replaces).toEqual(replaces);
});

test("an unknown value that may replace is reported as a replacement", () => {
  const key = { providerId: "a", value: "v", name: "k" };
  expect(outcome(providerKey, key, {}, { ...key, providerId: UNKNOWN })).toEqual({
    changes: undefined,
    replaces: ["providerId"],
  });
});

test("a rotated value does not replace", () => {
  const key = { providerId: "a", value: "v", name: "k" };
  expect(outcome(providerKey, key, {}, { ...key, value: "w" })).toEqual({ changes: undefined, replaces: [] });
});

test("models in another order or form are no change", () => {
  expect(outcome(customProvider, provider, {}, { ...provider, models: [{ modelId: "b" }, "a"] })).toEqual({
    changes: false,
    replaces: [],
  });
});

test("rules and scopes in another order are no change", () => {
  const step = { type: "user", keys: [{ id: "k" }] };
  const rules = [
    { provider: "a", steps: [step] },
    { model: "a:m", steps: [step] },
  ];
  const inputs = { name: "c", access: { providers: { allow: ["a", "b"] } }, rules };
  const news = { name: "c", access: { providers: { allow: ["b", "a"] } }, rules: [...rules].reverse() };
  expect(outcome(accessConfiguration, inputs, {}, news)).toEqual({ changes: false, replaces: [] });
});

test("removing rules from the program leaves the router unchanged", () => {
  const inputs = { name: "c", rules: [{ provider: "a", steps: [{ type: "ngrok" }] }] };
  expect(outcome(accessConfiguration, inputs, {}, { name: "c" })).toEqual({ changes: false, replaces: [] });
});

test("a field that was set outside Pulumi and that the program does not give is no change", () => {
  const inputs = { name: "k" };
  expect(outcome(accessKey, inputs, { description: "by hand" }, inputs)).toEqual({ changes: false, replaces: [] });
});

test("a field that is removed from the program is a change", () => {
  const inputs = { name: "k", description: "ours" };
  expect(outcome(accessKey, inputs, {}, { name: "k" })).toEqual({ changes: undefined, replaces: [] });
});

test("a field that is given for the first time is recorded even if it has its stored value", () => {
  const inputs = { name: "k" };
  expect(outcome(accessKey, inputs, { description: "same" }, { ...inputs, description: "same" })).toEqual({
    changes: undefined,
    replaces: [],
  });
});

test("a mark that was changed outside Pulumi is a change that no input shows", () => {
  expect(outcome(accessKey, { name: "k" }, { metadata: "mine now" }, { name: "k" })).toEqual({
    changes: true,
    replaces: [],
  });
});

test("metadata is ignored with ownership off", () => {
  const memory = { schema: STATE_SCHEMA, managed: ["name"], create };
  const old = { state: { name: "k", metadata: "theirs" }, memory };
  expect(diff(accessKey, "id", old, { name: "k" }, { ...options, ownership: "off" })).toEqual({
    changes: false,
    replaces: [],
  });
});

test("adopt has no effect after creation", () => {
  expect(outcome(accessKey, { name: "k", adopt: "ifExists" }, {}, { name: "k" })).toEqual({
    changes: false,
    replaces: [],
  });
});
