/**
 * The packed package beside the oldest `@pulumi/pulumi` that it claims to support: programs, the offline engine and the
 * provider process all run on that SDK. Every other test runs on the newest, the one in package-lock.json. SDK_VERSIONS adds
 * others, separated by commas. Installs from the npm registry (or npm's cache).
 */
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { startTestGateway, type TestGateway } from "../helpers/gateway";
import { installPacked } from "../helpers/packedPackage";
import { repositoryRoot } from "../helpers/providerProcess";

jest.setTimeout(600_000);

const runFile = promisify(execFile);

function oldestSdk(): string {
  const file = path.join(repositoryRoot, "package.json");
  const { peerDependencies } = JSON.parse(fs.readFileSync(file, "utf8")) as {
    peerDependencies: Record<string, string>;
  };
  return peerDependencies["@pulumi/pulumi"]?.replace("^", "") ?? "";
}

const VERSIONS = [oldestSdk(), ...(process.env.SDK_VERSIONS?.split(",") ?? [])];

/** Everything that an engine and an SDK say to each other and that OfflineStack supports, besides our own resources. */
const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const ngrok = require("pulumi-ngrok-ai");
class Box extends pulumi.ComponentResource {
  constructor(name, opts) {
    super("test:index:Box", name, {}, opts);
    this.configuration = new ngrok.AccessConfiguration(name, {}, { parent: this, aliases: [{ parent: pulumi.rootStackResource }] });
    this.registerOutputs({ id: this.configuration.id });
  }
}
pulumi.runtime.registerStackTransformation(({ props, opts }) => ({ props, opts }));
pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
  type.endsWith(":ProviderKey") ? { props: { ...props, description: "by a transform" }, opts } : undefined);
const provider = new ngrok.CustomProvider("azure", {
  providerId: "azure-openai",
  baseUrl: "https://contoso.openai.azure.com/openai/deployments/d?api-version=2024-10-21",
}, { customTimeouts: { create: "1m" } });
const key = new ngrok.ProviderKey("key", { providerId: provider, value: pulumi.secret("planted-provider-key") },
  { ignoreChanges: ["metadata"], replaceOnChanges: ["providerId"], deleteBeforeReplace: true });
const box = new Box("team");
new ngrok.RoutingRule("rule", { configurationId: box.configuration, provider: "azure-openai", keys: [key] }, { dependsOn: [box] });
const access = new ngrok.AccessKey("team", { configurationId: box.configuration }, { protect: false });
exports.token = access.token;
exports.description = key.description;
exports.found = pulumi.runtime.invoke("pulumi:pulumi:getResource", { urn: provider.urn }).then(({ id }) => id);
`;

interface Report {
  readonly result: string;
  readonly changeSummary: Readonly<Record<string, number>>;
  readonly diagnostics: readonly { severity: string; message: string }[];
}

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});

afterAll(() => gateway?.close());

describe.each(VERSIONS)("with @pulumi/pulumi %s", (version) => {
  let folder: string;

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "oldest-sdk-"));
    installPacked(folder, version, { main: "index.js" });
    fs.writeFileSync(
      path.join(folder, "Pulumi.yaml"),
      "name: a-program\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n",
    );
    fs.writeFileSync(path.join(folder, "index.js"), PROGRAM);
  });

  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** `offline`, as the package's users run it. */
  async function offline(...args: string[]): Promise<Report> {
    const main = path.join(folder, "node_modules", "pulumi-ngrok-ai", "dist", "cli", "main.js");
    const env = { ...process.env, PULUMI_CONFIG_PASSPHRASE: "p" };
    const { stdout } = await runFile(process.execPath, [main, "offline", ...args, "--json"], { cwd: folder, env });
    return JSON.parse(stdout) as Report;
  }

  test("the package uses the requested version of the SDK", () => {
    const file = path.join(folder, "node_modules", "@pulumi", "pulumi", "package.json");
    expect(JSON.parse(fs.readFileSync(file, "utf8"))).toMatchObject({ version });
  });

  test("a stack is created, shows no later difference, is updated, refreshed and destroyed", async () => {
    const config = [
      "--config",
      `ngrok-ai:apiUrl=${gateway.controlUrl}`,
      "--secret",
      `ngrok-ai:apiKey=${gateway.apiKey}`,
    ];
    const planned = await offline("preview", ...config);
    expect(planned).toMatchObject({ result: "succeeded", changeSummary: { create: 7 } });
    const up = await offline("up");
    expect(up).toMatchObject({ result: "succeeded", changeSummary: { create: 7 } });
    expect(up.diagnostics.filter(({ severity }) => severity !== "info")).toEqual([]);
    expect(await offline("outputs", "--show-secrets")).toEqual({
      token: expect.stringMatching(/^ng-/),
      description: "by a transform",
      found: expect.stringMatching(/^aigp_/),
    });
    expect((await offline("preview", "--expect-no-changes")).changeSummary).toEqual({ same: 7 });
    expect((await offline("refresh", "--expect-no-changes")).changeSummary).toEqual({ same: 7 });
    fs.writeFileSync(path.join(folder, "index.js"), PROGRAM.replace("planted-provider-key", "another-provider-key"));
    expect((await offline("up")).changeSummary).toEqual({ update: 1, same: 6 });
    const state = fs.readFileSync(path.join(folder, ".pulumi-offline", "dev.json"), "utf8");
    expect(state).not.toMatch(/planted-provider-key|another-provider-key/);
    expect((await offline("destroy")).changeSummary).toEqual({ delete: 7 });
    await expect(gateway.client.listProviderKeys()[Symbol.asyncIterator]().next()).resolves.toMatchObject({
      done: true,
    });
  });
});
