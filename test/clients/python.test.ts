/**
 * Python's openai, anthropic, litellm and langchain-openai with their default settings, through the local gateway and against the local Azure:
 * clients.py. `.ci/run` makes the virtual environment `.toolchain/python` from requirements.txt; without one the test is skipped, as `npm test`
 * needs Node and npm alone. Does not prove that the hosted services answer the same.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { startAzure, startGateway } from "../../emulator";
import { GatewayClient } from "../../sdk";
import { repositoryRoot } from "../helpers/providerProcess";

const python = path.join(repositoryRoot, ".toolchain", "python", "bin", "python");
const AZURE_KEY = "planted-azure-key-0123456789";
const PROVIDER = "azure-swedencentral";
const SEED = {
  azure: [
    {
      resource: "contoso",
      keys: [AZURE_KEY, "planted-azure-key-2"],
      location: "swedencentral",
      deployments: [
        { name: "chat", model: "gpt-5-mini", version: "2025-08-07" },
        { name: "vectors", model: "text-embedding-3-small" },
      ],
    },
  ],
};

const testWithPython = fs.existsSync(python) ? test : test.skip;

testWithPython("every client of clients.py is served", async () => {
  const azure = await startAzure({ seed: SEED });
  const gateway = await startGateway({ azureUrl: azure.azureUrl });
  try {
    const { code, output } = await runClients({
      GATEWAY_URL: gateway.gatewayUrl,
      GATEWAY_TOKEN: await tokenFor(new GatewayClient({ apiUrl: gateway.controlUrl, apiKey: gateway.apiKey })),
      AZURE_ENDPOINT: azure.endpoint("contoso"),
      AZURE_KEY,
    });
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^Ran 28 tests/m) });
    expect(output).not.toMatch(/skipped=/);
  } finally {
    await gateway.close();
    await azure.close();
  }
});

/** An access key for the Azure resource, which is a provider of the gateway, and for all built-in ones. */
async function tokenFor(client: GatewayClient): Promise<string> {
  await client.createProvider({
    providerId: PROVIDER,
    name: PROVIDER,
    baseUrl: "https://contoso.openai.azure.com/openai/v1",
    supportedApiSurfaces: [{ format: "openai", surface: "chat-completions" }],
    models: [{ modelId: "chat" }, { modelId: "vectors" }],
  });
  const key = await client.createProviderKey({ providerId: PROVIDER, name: "key", value: AZURE_KEY });
  const configuration = await client.createAccessKeyConfiguration({
    name: "clients",
    router: { rules: [{ provider: PROVIDER, steps: [{ type: "user", keys: [{ id: key.id }] }] }] },
  });
  const { token } = await client.createAccessKey({ name: "clients", accessKeyConfigurationId: configuration.id });
  if (token === undefined) throw new Error("the new access key has no token");
  return token;
}

function runClients(env: Readonly<Record<string, string>>): Promise<{ code: number | null; output: string }> {
  const child = spawn(python, ["-W", "ignore", path.join(__dirname, "clients.py")], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += String(chunk);
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
