/**
 * Checks of inputs, without network or Pulumi. Does not prove that the gateway's bounds are the same; the contract's tests do.
 */

import { checkInputs } from "../../../provider/lifecycle/check";
import type { AnyDefinition } from "../../../provider/lifecycle/definition";
import { UNKNOWN } from "../../../provider/lifecycle/values";
import { definition as accessConfiguration } from "../../../provider/resources/accessConfiguration";
import { definition as accessKey } from "../../../provider/resources/accessKey";
import { definition as customProvider } from "../../../provider/resources/customProvider";
import { definition as providerKey } from "../../../provider/resources/providerKey";
import { definition as routingRule } from "../../../provider/resources/routingRule";

const AZURE_URL = "https://contoso.openai.azure.com/openai/deployments/gpt-5-mini?api-version=2024-10-21";
const provider = { providerId: "azure-openai", baseUrl: AZURE_URL, name: "azure" };

function failuresOf(definition: AnyDefinition, inputs: Record<string, unknown>): string[] {
  return checkInputs(definition, inputs).failures.map(({ property, reason }) => `${property}: ${reason}`);
}

function warningsOf(definition: AnyDefinition, inputs: Record<string, unknown>): string[] {
  const { failures, warnings } = checkInputs(definition, inputs);
  expect(failures).toEqual([]);
  return warnings.map(({ property, reason }) => `${property}: ${reason}`);
}

describe("CustomProvider", () => {
  const failures = (inputs: Record<string, unknown>) => failuresOf(customProvider, { ...provider, ...inputs });

  test("accepts an Azure deployment's URL with api-version", () => {
    expect(failures({})).toEqual([]);
  });

  test("names the property and the fix of an Azure deployment's URL without api-version", () => {
    expect(failures({ baseUrl: AZURE_URL.split("?")[0] })).toEqual([
      "baseUrl: is an Azure OpenAI deployment URL without api-version, which Azure answers with 404: use https://contoso.openai.azure.com/openai/deployments/gpt-5-mini?api-version=2024-10-21",
    ]);
  });

  test.each([
    ["http://example.com/v1", "baseUrl: must begin with https:// (http:// is allowed for *.internal hosts only)"],
    ["example.com/v1", "baseUrl: is not a URL: write it as https://host/path"],
    [
      "https://user:pass@example.com",
      "baseUrl: must not hold a user name or password: store credentials as a ProviderKey",
    ],
    [
      `https://example.com/${"a".repeat(2048)}`,
      "baseUrl: is 2068 characters long; at most 2048 are allowed: shorten it",
    ],
  ])("refuses a base URL that the gateway would not accept (%#)", (baseUrl, failure) => {
    expect(failures({ baseUrl })).toEqual([failure]);
  });

  test("accepts http:// for *.internal hosts", () => {
    expect(failures({ baseUrl: "http://vllm.internal/v1" })).toEqual([]);
  });

  test("warns of built-in provider ids and refuses unaddressable ones", () => {
    expect(warningsOf(customProvider, { ...provider, providerId: "openai" })).toEqual([
      'providerId: "openai" is a built-in provider of the gateway, which refuses a second one: choose another, for example "my-openai"',
    ]);
    expect(warningsOf(customProvider, provider)).toEqual([]);
    expect(failures({ providerId: "Azure:East" })).toEqual([
      'providerId: "Azure:East" can\'t be addressed as <providerId>:<model>: use lower-case letters, digits, "-", "_" and "." only',
    ]);
  });

  test("refuses a model that is listed twice, in either form", () => {
    expect(failures({ models: ["gpt-5-mini", { modelId: "gpt-5-mini" }] })).toEqual([
      'models: lists "gpt-5-mini" twice: remove the repetition',
    ]);
  });

  test("refuses over-long names and metadata with the bound", () => {
    expect(failures({ name: "n".repeat(256), metadata: "m".repeat(4097) })).toEqual([
      "name: is 256 characters long; at most 255 are allowed: shorten it",
      "metadata: is 4097 characters long; at most 4096 are allowed: shorten it",
    ]);
  });

  test("names a missing required input", () => {
    expect(failuresOf(customProvider, { name: "azure", baseUrl: AZURE_URL })).toEqual([
      "providerId: is required: give a string",
    ]);
  });

  test("names the type that an input with a wrong type must have", () => {
    expect(failures({ models: "gpt-5-mini" })).toEqual(["models: must be an array, not a string"]);
  });

  test("accepts unknown values at any level", () => {
    expect(failures({ providerId: UNKNOWN, baseUrl: UNKNOWN, models: UNKNOWN, supportedApiSurfaces: UNKNOWN })).toEqual(
      [],
    );
    expect(failures({ models: [UNKNOWN, { modelId: UNKNOWN }, "gpt-5-mini"] })).toEqual([]);
    expect(failures({ supportedApiSurfaces: [{ format: UNKNOWN, surface: UNKNOWN }] })).toEqual([]);
  });

  test("refuses a wrong value next to an unknown value", () => {
    expect(failures({ models: UNKNOWN, name: "n".repeat(256) })).toEqual([
      "name: is 256 characters long; at most 255 are allowed: shorten it",
    ]);
  });
});

describe("ProviderKey", () => {
  test("refuses an empty value without printing any value", () => {
    expect(failuresOf(providerKey, { providerId: "openai", name: "key", value: "" })).toEqual([
      "value: must not be empty",
    ]);
  });

  test("names an unknown field and the known ones", () => {
    expect(failuresOf(providerKey, { providerId: "openai", name: "key", value: "v", vaule: "x" })).toEqual([
      ': has no field "vaule": remove it or correct its spelling; ProviderKey takes providerId, value, name, description, metadata, adopt',
    ]);
  });
});

describe("AccessConfiguration", () => {
  const failures = (inputs: Record<string, unknown>) => failuresOf(accessConfiguration, { name: "c", ...inputs });
  const azureRule = { provider: "azure-openai", keys: ["aigpk_1"] };

  test("takes keys as a short form of one user step", () => {
    expect(checkInputs(accessConfiguration, { name: "c", rules: [azureRule] }).inputs).toEqual({
      name: "c",
      rules: [{ provider: "azure-openai", steps: [{ type: "user", keys: [{ id: "aigpk_1" }] }] }],
    });
  });

  test("refuses unknown fields in access", () => {
    expect(failures({ access: { provider: { allow: [] } } })).toEqual([
      'access: has no field "provider": remove it or correct its spelling',
    ]);
  });

  test("refuses a rule for a provider outside the access scope", () => {
    expect(failures({ access: { providers: { allow: ["openai"] } }, rules: [azureRule] })).toEqual([
      'rules[0]: is for provider "azure-openai", which access.providers.allow leaves out: add it there, or remove the rule',
    ]);
  });

  test("warns about an allowed provider that is not known to be built in and has no rule with a key", () => {
    const inputs = { name: "c", access: { providers: { allow: ["azure-openai", "openai"] } }, rules: [] };
    expect(warningsOf(accessConfiguration, inputs)).toEqual([
      'access.providers.allow: allows "azure-openai", but no rule gives it a key: if it is a custom provider, each of its requests fails; add a rule with keys, or remove it',
    ]);
    expect(warningsOf(accessConfiguration, { ...inputs, rules: UNKNOWN })).toEqual([]);
    expect(warningsOf(accessConfiguration, { ...inputs, access: UNKNOWN })).toEqual([]);
  });

  test("accepts credits for any built-in provider, and warns if no known provider has the name", () => {
    const rule = (id: string) => ({ name: "c", rules: [{ provider: id, steps: [{ type: "ngrok" }] }] });
    expect(warningsOf(accessConfiguration, rule("deepseek"))).toEqual([]);
    expect(warningsOf(accessConfiguration, rule("mistral"))).toEqual([
      'rules[0].steps[0]: is of type "ngrok", which only built-in providers can use, and "mistral" is not a known one: make it a "user" step with keys if it is a custom provider',
    ]);
  });

  test("accepts a model rule with keys as a key for its provider", () => {
    const rules = [{ model: "azure-openai:gpt-5-mini", keys: ["aigpk_1"] }];
    expect(failures({ access: { providers: { allow: ["azure-openai"] } }, rules })).toEqual([]);
  });

  test("refuses two provider rules for one upstream", () => {
    expect(failures({ rules: [azureRule, { provider: "azure-openai", keys: ["aigpk_2"] }] })).toEqual([
      'rules[1]: is the second provider rule for "azure-openai" (the first is rules[0]): merge their steps into one',
    ]);
  });

  test("accepts an unknown value in a rule, because it may become a key", () => {
    const access = { providers: { allow: ["azure-openai"] } };
    const steps = [UNKNOWN, [UNKNOWN], [{ type: UNKNOWN }], [{ type: "user", keys: UNKNOWN }]];
    for (const unknown of steps) {
      expect(failures({ access, rules: [{ provider: "azure-openai", steps: unknown }] })).toEqual([]);
    }
    expect(failures({ access, rules: [UNKNOWN] })).toEqual([]);
    expect(failures({ access, rules: [UNKNOWN, { provider: "openai", keys: ["aigpk_1"] }] })).toEqual([
      'rules[1]: is for provider "openai", which access.providers.allow leaves out: add it there, or remove the rule',
    ]);
  });

  test("skips cross-field rules while the scope is unknown", () => {
    expect(failures({ access: { providers: { allow: [UNKNOWN] } }, rules: [azureRule] })).toEqual([]);
    expect(failures({ access: UNKNOWN, rules: UNKNOWN })).toEqual([]);
  });
});

describe("RoutingRule", () => {
  const failures = (inputs: Record<string, unknown>) =>
    failuresOf(routingRule, { configurationId: "aigac_1", ...inputs });

  test("refuses empty steps and a user step without keys, and warns about credits for an unknown provider", () => {
    expect(failures({ provider: "azure-openai", steps: [] })).toEqual(["steps: needs at least 1 entry"]);
    expect(failures({ provider: "azure-openai", keys: [] })).toEqual([
      'steps.0: is of type "user" without keys: give at least one ProviderKey in keys'.replace(".0", "[0]"),
    ]);
    const inputs = { configurationId: "aigac_1", provider: "azure-openai", steps: [{ type: "ngrok" }] };
    expect(warningsOf(routingRule, inputs)).toEqual([
      'steps[0]: is of type "ngrok", which only built-in providers can use, and "azure-openai" is not a known one: make it a "user" step with keys if it is a custom provider',
    ]);
  });

  test("refuses a rule that names neither provider nor model", () => {
    expect(failures({ keys: ["aigpk_1"] })).toEqual([": names neither provider nor model: give at least one of them"]);
  });

  test("accepts unknown keys", () => {
    expect(failures({ provider: "azure-openai", keys: UNKNOWN })).toEqual([]);
    expect(failures({ provider: UNKNOWN, keys: [UNKNOWN] })).toEqual([]);
  });
});

describe("AccessKey", () => {
  test("requires only a name", () => {
    expect(failuresOf(accessKey, { name: "application" })).toEqual([]);
  });
});

describe("The value of a ProviderKey", () => {
  const failures = (value: unknown) => failuresOf(providerKey, { providerId: "openai", name: "key", value });

  test.each([
    ["planted-key\n", "value: ends with a line break: remove it (in a shell, use printf or echo -n)"],
    ["Bearer planted-key", 'value: begins with "Bearer": give the key alone'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is what is tested
    ["${PLANTED_KEY}", "value: is a placeholder that was not replaced: give the key itself"],
    ["\u201cplanted-key\u201d", "value: is in quotes: remove them"],
    ["planted key", "value: has a space or a line break, which no key has: was it copied with its surroundings?"],
  ])("refuses %j like the management API's key, without repeating it", (value, failure) => {
    expect(failures(value)).toEqual([failure]);
  });

  test("accepts a key, and one that is known only at up", () => {
    expect([failures("sk-proj-1"), failures(UNKNOWN)]).toEqual([[], []]);
  });
});
