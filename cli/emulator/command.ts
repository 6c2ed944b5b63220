/** `pulumi-ngrok-ai emulator`: runs a local gateway and a local Azure until it is ended. */
import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";

interface Flags {
  readonly host: string;
  readonly controlPort: number;
  readonly gatewayPort: number;
  readonly azurePort: number;
  readonly apiKey: readonly string[];
  readonly data?: string;
  readonly seed?: string;
  readonly azureModels?: string;
  readonly upstream?: Readonly<Record<string, string>>;
  readonly json?: true;
}

const DEFAULT_API_KEYS: readonly string[] = ["local"];

export function emulatorCommand(): Command {
  return new Command("emulator")
    .description("Start a local gateway and a local Azure OpenAI; Ctrl-C ends them")
    .option("--host <host>", "address to listen on", "127.0.0.1")
    .option("--control-port <port>", "port of the management API; 0 selects a free one", parsePort, 0)
    .option("--gateway-port <port>", "port of the data plane; 0 selects a free one", parsePort, 0)
    .option("--azure-port <port>", "port of Azure; 0 selects a free one", parsePort, 0)
    .addOption(
      new Option(
        "--api-key <key>",
        "key of the management API; each further key belongs to another account (may be repeated)",
      )
        .default(DEFAULT_API_KEYS, DEFAULT_API_KEYS[0])
        .argParser(addApiKey),
    )
    .option(
      "--data <file>",
      "file that stores all data across restarts, including key values; Azure's data is in <file>.azure",
    )
    .option("--seed <file>", "JSON file with the initial Azure resources")
    .option("--azure-models <file>", "JSON file with models that Azure has beside those that the local Azure lists")
    .option(
      "--upstream <host=url>",
      "where requests to another upstream host, or to a built-in provider's id, go (may be repeated)",
      addUpstream,
    )
    .option("--json", "print one line of JSON when ready")
    .addHelpText(
      "after",
      `
Example of a seed file:
  { "azure": [{ "resource": "contoso", "keys": ["key-1", "key-2"],
                "deployments": [{ "name": "gpt-5-mini", "model": "gpt-5-mini" }] }] }

Example of a file of models:
  [{ "name": "gpt-6", "version": "2027-01-15", "like": "gpt-5" }]

Examples:
  pulumi-ngrok-ai emulator --control-port 8080 --gateway-port 8081 --azure-port 8082
  pulumi-ngrok-ai emulator --data gateway.journal --json
  pulumi-ngrok-ai emulator --api-key team-a --api-key team-b

What the files of --data hold is on the disk before a request is answered. Accounts are matched by the position of --api-key, so
keep the order. Azure's resources that --seed has and the file does not are added at each start.

Faults and requests: POST and DELETE /_emulator/faults, GET /_emulator/requests, GET /_emulator/coverage, POST /_emulator/reset
on the management API's address. Exit code 0 when it was ended, 1 when it could not start.`,
    )
    .action(runEmulator);
}

async function runEmulator(flags: Flags): Promise<void> {
  const { startAzure } = await import("../../emulator/azure/startAzure.js");
  const { readAzureModels } = await import("../../emulator/azure/models/modelCatalog.js");
  const { startGateway } = await import("../../emulator/gateway/index.js");
  const { FaultList } = await import("../../emulator/faults.js");
  const { RequestLog } = await import("../../emulator/requestLog.js");
  const shared = { host: flags.host, faults: new FaultList(), requestLog: new RequestLog() };
  const seed = flags.seed === undefined ? {} : (readJson("--seed", flags.seed) as object);
  const models = flags.azureModels === undefined ? [] : modelsOf(flags.azureModels, readAzureModels);
  const { controlPort, gatewayPort, upstream: upstreams = {}, data: dataFile } = flags;
  const [apiKey = "", ...otherApiKeys] = flags.apiKey;
  const azure = await startAzure({
    ...shared,
    port: flags.azurePort,
    seed,
    models,
    ...(dataFile === undefined ? {} : { dataFile: `${dataFile}.azure` }),
  });
  const starting = startGateway({
    ...shared,
    controlPort,
    gatewayPort,
    apiKey,
    otherApiKeys,
    upstreams,
    azureUrl: azure.azureUrl,
    ...(dataFile === undefined ? {} : { dataFile }),
  });
  // A server that is still running would keep the process alive.
  const gateway = await starting.catch(async (error: unknown) => {
    await azure.close();
    throw error;
  });
  const ended = new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
  const addresses = {
    controlUrl: gateway.controlUrl,
    gatewayUrl: gateway.gatewayUrl,
    azureUrl: azure.azureUrl,
    apiKey,
  };
  if (flags.json) console.log(JSON.stringify({ ...addresses, pid: process.pid }));
  else {
    const keys = flags.apiKey.map((key) => `"${key}"`).join(", ");
    const which = otherApiKeys.length === 0 ? `key ${keys}` : `keys ${keys}, each of its own account`;
    console.log(`Management API  ${addresses.controlUrl}, ${which}`);
    console.log(`Data plane      ${addresses.gatewayUrl}/v1 is the base URL for clients`);
    console.log(`Azure           ${addresses.azureUrl}`);
    const { ENVIRONMENT_VARIABLES: names } = await import("../../sdk/settings.js");
    const variables = {
      [names.apiKey]: addresses.apiKey,
      [names.apiUrl]: addresses.controlUrl,
      [names.gatewayUrl]: addresses.gatewayUrl,
      AZURE_EMULATOR_URL: addresses.azureUrl,
    };
    console.log(`For programs, in another terminal:\n  ${exportLine(variables)}`);
    console.log("Ctrl-C ends the servers.");
  }
  await ended;
  const { closeAll } = await import("../../emulator/closeAll.js");
  await closeAll(
    () => gateway.close(),
    () => azure.close(),
  );
}

/** A line that sets environment variables, for the shell of the platform. */
function exportLine(values: Readonly<Record<string, string>>): string {
  const variables = Object.entries(values);
  if (process.platform === "win32") {
    return variables.map(([name, value]) => `$env:${name} = '${value.replaceAll("'", "''")}'`).join("; ");
  }
  const quoted = (value: string) => (/^[\w./:-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`);
  return `export ${variables.map(([name, value]) => `${name}=${quoted(value)}`).join(" ")}`;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
}

function addApiKey(text: string, known: readonly string[]): readonly string[] {
  const earlier = known === DEFAULT_API_KEYS ? [] : known;
  if (text === "") throw new InvalidArgumentError("A key has at least one character.");
  if (earlier.includes(text)) throw new InvalidArgumentError("The key of another account is the same.");
  return [...earlier, text];
}

function addUpstream(text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf("=");
  const url = text.slice(at + 1);
  if (at < 1 || !URL.canParse(url)) throw new InvalidArgumentError("Write it as host=https://address.");
  return { ...earlier, [text.slice(0, at)]: url };
}

/** @throws Error that names the file. */
function modelsOf<Models>(file: string, read: (value: unknown) => Models): Models {
  const value = readJson("--azure-models", file);
  try {
    return read(value);
  } catch (error) {
    throw new Error(`--azure-models ${file}: ${messageOf(error)}`);
  }
}

function readJson(flag: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch (error) {
    throw new Error(`${flag} ${file} can't be read as JSON: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
