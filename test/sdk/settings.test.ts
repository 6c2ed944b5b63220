/**
 * The checks of connection settings: the same value has the same result from every source. Does not prove that the settings are
 * used; the tests of the client and the provider do.
 */
import { GatewayClient, GatewayConfigurationError } from "../../sdk";
import { credentialProblem } from "../../sdk/credentials";
import { readSettings, type SettingSources, type Settings } from "../../sdk/settings";

const KEY = "ngrok-key-1";

function config(entries: Readonly<Record<string, string>>): SettingSources {
  return { config: { get: (key) => entries[key], keys: Object.keys(entries) }, environment: {} };
}

const valid = (entries: Readonly<Record<string, string>>) => config({ "ngrok-ai:apiKey": KEY, ...entries });

/** Message of the error, or the settings if there is none. */
function messageOf(sources: SettingSources): string | Settings {
  try {
    return readSettings(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayConfigurationError);
    return (error as Error).message;
  }
}

test("the default settings are those of the reference", () => {
  expect(readSettings(valid({}))).toEqual({
    apiKey: KEY,
    apiKeySource: "stack config ngrok-ai:apiKey",
    apiUrl: "https://api.ngrok.ai",
    gatewayUrl: "https://gateway.ngrok.ai",
    requestTimeoutMs: 30_000,
    retryBudgetMs: 120_000,
    maxConcurrency: 16,
    ownership: "on",
  });
});

test("a flag takes precedence over config, config over the environment, and an empty value is not given", () => {
  const environment = { AI_GATEWAY_API_KEY: "of-environment", AI_GATEWAY_API_URL: "https://environment.example" };
  const get = (entries: Record<string, string>) => ({ get: (key: string) => entries[key] });
  const urlOf = (sources: Omit<SettingSources, "environment">) => readSettings({ ...sources, environment }).apiUrl;
  expect(urlOf({})).toBe("https://environment.example");
  expect(urlOf({ config: get({ "ngrok-ai:apiUrl": "https://config.example" }) })).toBe("https://config.example");
  expect(urlOf({ config: get({ "ngrok-ai:apiUrl": "" }) })).toBe("https://environment.example");
  expect(
    urlOf({ flags: { apiUrl: "https://flag.example" }, config: get({ "ngrok-ai:apiUrl": "https://config.example" }) }),
  ).toBe("https://flag.example");
});

test("the gateway's address may be given as clients need it, with /v1", () => {
  const { gatewayUrl } = readSettings(valid({ "ngrok-ai:gatewayUrl": "http://127.0.0.1:8081/v1/" }));
  expect(gatewayUrl).toBe("http://127.0.0.1:8081");
});

test("with the management API on this machine, the hosted gateway is not the default", () => {
  const problem = (entries: Record<string, string>) => readSettings(valid(entries)).gatewayUrlProblem;
  const local = { "ngrok-ai:apiUrl": "http://127.0.0.1:8080" };
  expect(problem(local)).toBe(
    "ngrok-ai:apiUrl is an address of this machine, and ngrok-ai:gatewayUrl is not given: its default, https://gateway.ngrok.ai, is not the " +
      "data plane of a local gateway. Set ngrok-ai:gatewayUrl or AI_GATEWAY_URL",
  );
  expect(problem({ ...local, "ngrok-ai:gatewayUrl": "https://gateway.ngrok.ai" })).toBeUndefined();
  expect(problem({ "ngrok-ai:apiUrl": "https://api.example" })).toBeUndefined();
  expect(problem({ "ngrok-ai:apiUrl": "http://api.internal" })).toBeUndefined();
  expect(problem({})).toBeUndefined();
});

test.each<[string, SettingSources, string]>([
  ["stack config", valid({}), "stack config ngrok-ai:apiKey"],
  ["an explicit provider", valid({ "ngrok-ai:explicit": "true" }), "the explicit provider's apiKey"],
  ["the environment", { environment: { AI_GATEWAY_API_KEY: KEY } }, "the environment variable AI_GATEWAY_API_KEY"],
])("the source of a key is recorded for the message of a 401: %s", (_what, sources, source) => {
  expect(readSettings(sources).apiKeySource).toBe(source);
});

test("a missing key names the available ways to set it", () => {
  expect(messageOf({ environment: {} })).toBe(
    "No API key for the ngrok AI Gateway. Set the environment variable AI_GATEWAY_API_KEY to one of the account's API keys.",
  );
  expect(messageOf(config({}))).toBe(
    "No API key for the ngrok AI Gateway. Give one of: an explicit provider (new Provider(name, { apiKey })), " +
      "stack config (pulumi config set --secret ngrok-ai:apiKey), or the environment variable AI_GATEWAY_API_KEY.",
  );
});

describe("an address", () => {
  const OK = "";
  const cases: readonly (readonly [url: string, refusal: string])[] = [
    ["https://api.ngrok.ai", OK],
    ["https://api.ngrok.ai/base/", OK],
    ["http://localhost:8080", OK],
    ["http://gw.localhost:8080", OK],
    ["http://127.0.0.1:8080", OK],
    ["http://127.1.2.3", OK],
    ["http://[::1]:8080", OK],
    ["http://gateway.internal", OK],
    [
      "http://api.ngrok.ai",
      "is http://api.ngrok.ai: http:// is for loopback and *.internal hosts only, as the key would be sent in clear. Use https://",
    ],
    ["http://localhost.example", "is http://localhost.example: http:// is for loopback"],
    ["http://127.0.0.1.example", "is http://127.0.0.1.example: http:// is for loopback"],
    ["http://internal", "is http://internal: http:// is for loopback"],
    ["https://user:planted@api.ngrok.ai", "must have no user, password, query or fragment: give the address alone"],
    ["https://planted@api.ngrok.ai", "must have no user, password, query or fragment: give the address alone"],
    ["https://api.ngrok.ai?token=planted", "must have no user, password, query or fragment: give the address alone"],
    ["https://api.ngrok.ai#planted", "must have no user, password, query or fragment: give the address alone"],
    ["api.ngrok.ai", "is not an https:// URL: write it as https://host"],
    ["ftp://api.ngrok.ai", "is not an https:// URL: write it as https://host"],
    [" ", "is not an https:// URL: write it as https://host"],
  ];

  test.each(cases)(
    "%j has the same result in config, in the environment, as a flag and as the client's option",
    (url, refusal) => {
      const environment = { AI_GATEWAY_API_KEY: KEY };
      const answers = [
        messageOf(valid({ "ngrok-ai:apiUrl": url })),
        messageOf(valid({ "ngrok-ai:gatewayUrl": url })),
        messageOf({ environment: { ...environment, AI_GATEWAY_API_URL: url } }),
        messageOf({ environment: { ...environment, AI_GATEWAY_URL: url } }),
        messageOf({ flags: { apiUrl: url }, environment }),
        clientMessageOf({ apiUrl: url }),
      ];
      const places = [
        "ngrok-ai:apiUrl",
        "ngrok-ai:gatewayUrl",
        "AI_GATEWAY_API_URL",
        "AI_GATEWAY_URL",
        "--api-url",
        "apiUrl",
      ];
      expect(answers).toEqual(
        places.map((place) => (refusal === OK ? expect.any(Object) : expect.stringContaining(`${place} ${refusal}`))),
      );
      expect(JSON.stringify(answers.filter((answer) => typeof answer === "string"))).not.toContain("planted");
    },
  );

  test("is stored without a trailing slash", () => {
    expect(readSettings(valid({ "ngrok-ai:apiUrl": "https://API.ngrok.ai/base//" })).apiUrl).toBe(
      "https://api.ngrok.ai/base",
    );
  });

  test("of very many slashes is read at once", () => {
    const apiUrl = `https://api.ngrok.ai/${"/".repeat(100_000)}x`;
    const startedAt = performance.now();
    expect(readSettings(valid({ "ngrok-ai:apiUrl": apiUrl })).apiUrl === apiUrl).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

function clientMessageOf(options: object): string | object {
  try {
    return new GatewayClient({ apiUrl: "https://api.ngrok.ai", apiKey: KEY, ...options });
  } catch (error) {
    return (error as Error).message;
  }
}

describe("a number", () => {
  test.each([
    ["maxConcurrency", "1.5", "must be a whole number above 0"],
    ["maxConcurrency", "0", "must be a whole number above 0"],
    ["maxConcurrency", "many", "must be a whole number above 0"],
    ["requestTimeoutSeconds", "0", "must be a number of seconds above 0 and at most 86400"],
    ["requestTimeoutSeconds", "-1", "must be a number of seconds above 0 and at most 86400"],
    ["requestTimeoutSeconds", "30s", "must be a number of seconds above 0 and at most 86400"],
    ["requestTimeoutSeconds", " ", "must be a number of seconds above 0 and at most 86400"],
    ["retryBudgetSeconds", "Infinity", "must be a number of seconds above 0 and at most 86400"],
    ["retryBudgetSeconds", "2147484", "must be a number of seconds above 0 and at most 86400"],
  ])("%s %j is refused", (name, value, refusal) => {
    expect(messageOf(valid({ [`ngrok-ai:${name}`]: value }))).toBe(`ngrok-ai:${name} ${refusal}`);
  });

  test("as the client's option follows the same rules", () => {
    expect(clientMessageOf({ maxConcurrency: 1.5, requestTimeoutMs: 0 })).toBe(
      "requestTimeoutMs must be a number of milliseconds above 0 and at most 86400000\nmaxConcurrency must be a whole number above 0",
    );
    expect(
      readSettings(valid({ "ngrok-ai:requestTimeoutSeconds": "0.5", "ngrok-ai:maxConcurrency": "4" })),
    ).toMatchObject({
      requestTimeoutMs: 500,
      maxConcurrency: 4,
    });
  });
});

test("a config key that does not exist is refused with the nearest existing one", () => {
  expect(messageOf(valid({ "ngrok-ai:apiurl": "https://elsewhere.example" }))).toBe(
    "ngrok-ai:apiurl is not a setting: did you mean apiUrl?",
  );
  expect(messageOf(valid({ "ngrok-ai:timeoutSeconds": "5" }))).toBe(
    "ngrok-ai:timeoutSeconds is not a setting: there are apiKey, apiUrl, gatewayUrl, requestTimeoutSeconds, retryBudgetSeconds, maxConcurrency, ownership",
  );
  expect(messageOf(valid({ "azure-native:location": "eastus2", "ngrok-ai:explicit": "true", apiurl: "x" }))).toEqual(
    expect.any(Object),
  );
});

test("all errors are in one message", () => {
  const message = messageOf(
    config({
      "ngrok-ai:apiurl": "x",
      "ngrok-ai:maxConcurrency": "1.5",
      "ngrok-ai:ownership": "maybe",
      "ngrok-ai:apiUrl": "nowhere",
    }),
  );
  expect(String(message).split("\n")).toEqual([
    "ngrok-ai:apiurl is not a setting: did you mean apiUrl?",
    expect.stringMatching(/^No API key/),
    "ngrok-ai:apiUrl is not an https:// URL: write it as https://host",
    "ngrok-ai:maxConcurrency must be a whole number above 0",
    'ngrok-ai:ownership must be "on" or "off"',
  ]);
});

describe("a credential", () => {
  test.each([
    ["", "is empty"],
    ["  ", "is empty"],
    ["planted\n", "ends with a line break"],
    ["planted\r\n", "ends with a line break"],
    [" planted", "begins or ends with a space"],
    ["planted\t", "begins or ends with a space"],
    ["Bearer planted", 'begins with "Bearer"'],
    ["bearer planted", 'begins with "Bearer"'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is what is tested
    ["${OPENAI_API_KEY}", "is a placeholder"],
    ["$OPENAI_API_KEY", "is a placeholder"],
    ["$(cat planted)", "is a placeholder"],
    ["%OPENAI_API_KEY%", "is a placeholder"],
    ["{{ secrets.PLANTED }}", "is a placeholder"],
    ["<your key>", "is a placeholder"],
    ['"planted"', "is in quotes"],
    ["'planted'", "is in quotes"],
    ["\u201cplanted\u201d", "is in quotes"],
    ["\u2018planted\u2019", "is in quotes"],
    ["planted key", "has a space"],
    ["planted\nkey", "has a space or a line break"],
    ["schl\u00fcssel", "has a character that no key has"],
    ["planted\u200bkey", "has a character that no key has"],
  ])("%j is refused and not repeated", (text, refusal) => {
    const problem = credentialProblem(text);
    expect(problem).toContain(refusal);
    expect(problem).not.toContain("planted");
    expect(problem).not.toContain("OPENAI");
  });

  test.each(["sk-proj-Abc_123", "a", "AIzaSy$x{y}", "key=with/all+of~them!", "0123456789abcdef0123456789abcdef"])(
    "%j is accepted",
    (text) => expect(credentialProblem(text)).toBeUndefined(),
  );
});
