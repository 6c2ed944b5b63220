/**
 * Settings and warnings in Pulumi's provider process: invalid settings are a check failure, so a preview shows them. Does not
 * prove which config the engine sends; whole-program tests do.
 */

import { Config } from "@pulumi/pulumi/cmd/dynamic-provider/config";
import type * as dynamic from "@pulumi/pulumi/dynamic";
import { provider } from "../../../provider/dynamic";
import { DynamicAdapter } from "../../../provider/dynamic/adapter";
import { definition as customProvider } from "../../../provider/resources/customProvider";

const NEWS = { name: "key" };

async function failuresFor(entries: Readonly<Record<string, string>>): Promise<string[]> {
  const adapter = provider("AccessKey");
  await adapter.configure({ config: new Config({ ...entries }, "project") as dynamic.Config });
  const { failures = [] } = await adapter.check({}, NEWS);
  return failures.map(({ property, reason }) => `${property}${reason}`);
}

test("valid settings cause no failure", async () => {
  expect(await failuresFor({ "ngrok-ai:apiKey": "key", "other:apiurl": "x", "project:apiUrl": "y" })).toEqual([]);
});

test.each<[entries: Record<string, string>, reason: string]>([
  [{ "ngrok-ai:apiurl": "http://localhost:1" }, "ngrok-ai:apiurl is not a setting: did you mean apiUrl?"],
  [
    { "ngrok-ai:apiUrl": "https://user:planted@host" },
    "ngrok-ai:apiUrl must have no user, password, query or fragment: give the address alone",
  ],
  [{ "ngrok-ai:maxConcurrency": "1.5" }, "ngrok-ai:maxConcurrency must be a whole number above 0"],
  [
    { "ngrok-ai:apiKey": "planted key" },
    "ngrok-ai:apiKey has a space or a line break, which no key has: was it copied with its surroundings?",
  ],
])("the setting %j is a check failure", async (entries, reason) => {
  expect(await failuresFor({ "ngrok-ai:apiKey": "key", ...entries })).toEqual([reason]);
});

test("a RouteCheck beside a local management API fails without the gateway's address, and no other resource does", async () => {
  const config = new Config({ "ngrok-ai:apiKey": "key", "ngrok-ai:apiUrl": "http://127.0.0.1:8080" }, "project");
  const failuresOf = async (kind: string, news: Record<string, unknown>) => {
    const adapter = provider(kind);
    await adapter.configure({ config: config as dynamic.Config });
    return (await adapter.check({}, news)).failures;
  };
  expect(await failuresOf("RouteCheck", { token: "planted-token-0123456789", model: "gpt-5-mini" })).toEqual([
    {
      property: "",
      reason: expect.stringMatching(/^ngrok-ai:apiUrl is an address of this machine, .*Set ngrok-ai:gatewayUrl/),
    },
  ]);
  expect(await failuresOf("AccessKey", NEWS)).toEqual([]);
});

test("a process whose config cannot be listed works without the check of its keys", async () => {
  const adapter = provider("AccessKey");
  const entries: Record<string, string> = { "ngrok-ai:apiKey": "key", "ngrok-ai:apiurl": "x" };
  const config = { get: (key: string) => entries[key], require: (key: string) => entries[key] ?? "" };
  await adapter.configure({ config });
  expect((await adapter.check({}, NEWS)).failures).toEqual([]);
});

test("a warning is reported once per process, with the resource's name, and is no failure", async () => {
  const lines: string[] = [];
  const unused = () => {
    throw new Error("check makes no request and notes no creation");
  };
  const adapter = new DynamicAdapter(customProvider, {
    connect: unused,
    notes: unused,
    report: (line) => lines.push(line),
  });
  const news = { providerId: "openai", baseUrl: "https://contoso.example/v1", name: "own" };
  const checked = [await adapter.check({}, news), await adapter.check({}, news)];
  expect(checked.map(({ failures }) => failures)).toEqual([[], []]);
  expect(lines).toEqual([
    'warning: CustomProvider "own": providerId "openai" is a built-in provider of the gateway, which refuses a second one: choose another, for example "my-openai"',
  ]);
});
