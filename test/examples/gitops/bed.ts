/**
 * The environment of a pipeline's commands: a project in the form that `pulumi new` produces, its stack, a local gateway, and the
 * command `pulumi`.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { startAzure, startGateway } from "../../../emulator";
import { newProject } from "../../helpers/newProject";
import { repositoryRoot } from "../../helpers/providerProcess";
import { createTestStack, PLUGIN_FOLDER, usesCli } from "../../helpers/stack";
import { type KubernetesObject, objectsOf } from "./files";

export const SECRETS = { azureKey: "planted-azure-key-0123456789abcdef", apiKey: "planted-api-key-0123456789abcdef" };
const STATE_NAME = "prod";

export interface Ended {
  readonly code: number | null;
  /** Standard output and error, as in a pipeline's log. */
  readonly log: string;
}

export interface Bed {
  readonly folder: string;
  /** Runs a script like the pipelines: the first command that fails ends it. */
  shell(script: string, env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Renames the provider, like a user in the gateway's dashboard. */
  changeByHand(): Promise<void>;
  providers(): Promise<{ id: string; name: string }[]>;
  /** Refuses the next requests to a collection. */
  refuse(path: string): Promise<void>;
  stopRefusing(): Promise<void>;
  /** The output of all scripts. */
  printed(): string;
  close(): Promise<void>;
}

/** A project in a folder, with its configuration. */
interface Project {
  readonly folder: string;
  readonly config: Readonly<Record<string, { value: string; secret?: boolean }>>;
}

/** The project that `pulumi new` makes of examples/azure-openai. */
function newAzureProject(folder: string): Project {
  return newProject(path.join(repositoryRoot, "examples", "azure-openai"), folder, {
    name: "gateway",
    description: "The gateway of our platform",
    answers: {
      endpoint: "https://contoso.openai.azure.com",
      apiKey: SECRETS.azureKey,
      "ngrok-ai:apiKey": SECRETS.apiKey,
    },
  });
}

/** The project that the operator makes of a Program: it has the name of the object, and no folder of plugins. */
export function newOperatorProject(folder: string): Project {
  const objects = objectsOf("program.yaml");
  const only = (wanted: string) => objects.find(({ kind }) => kind === wanted) as KubernetesObject;
  const { metadata, program } = only("Program");
  const { config } = only("Stack").spec as { config: Record<string, string> };
  fs.mkdirSync(folder);
  fs.writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    stringify({ name: metadata.name, runtime: "yaml", ...program }, { aliasDuplicateObjects: false }),
  );
  const plain = Object.entries(config).map(([key, value]) => [key, { value: value.replace("RESOURCE", "contoso") }]);
  return { folder, config: { ...Object.fromEntries(plain), apiKey: { value: SECRETS.azureKey, secret: true } } };
}

export async function startBed(makeProject = newAzureProject): Promise<Bed> {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "gitops-"));
  const deployments = [{ name: "gpt-5-mini", model: "gpt-5-mini" }];
  const azure = await startAzure({
    seed: { azure: [{ resource: "contoso", keys: [SECRETS.azureKey, "second"], deployments }] },
  });
  const gateway = await startGateway({ azureUrl: azure.azureUrl, apiKey: SECRETS.apiKey });
  const { folder, config } = makeProject(path.join(temporary, "repository"));
  const shortRetries = {
    "ngrok-ai:apiUrl": { value: gateway.controlUrl },
    "ngrok-ai:retryBudgetSeconds": { value: "1" },
  };
  const { env: stackEnv, dispose } = await createTestStack({
    workDir: folder,
    stackName: STATE_NAME,
    config: { ...config, ...shortRetries },
  });
  const searchPath = [...(usesCli ? [PLUGIN_FOLDER] : [standInFolder(temporary)]), process.env.PATH].join(
    path.delimiter,
  );
  let printed = "";

  const api = async (method: string, below: string, body?: object) => {
    const answer = await fetch(`${gateway.controlUrl}/${below}`, {
      method,
      headers: { authorization: `Bearer ${SECRETS.apiKey}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} /${below} answered ${answer.status}`);
    return answer;
  };
  const providers = async () => {
    const document = (await (await api("GET", "providers")).json()) as object;
    return Object.values(document).find(Array.isArray) as { id: string; name: string }[];
  };

  return {
    folder,
    providers,
    printed: () => printed,
    shell: (script, env = {}) =>
      new Promise((resolve, reject) => {
        const surroundings = {
          ...process.env,
          ...stackEnv,
          AI_GATEWAY_API_URL: gateway.controlUrl,
          ...env,
          PATH: searchPath,
        };
        const child = spawn("bash", ["--noprofile", "--norc", "-euo", "pipefail", "-c", script], {
          cwd: folder,
          env: surroundings,
          stdio: ["ignore", "pipe", "pipe"],
        });
        let log = "";
        for (const stream of [child.stdout, child.stderr])
          stream.setEncoding("utf8").on("data", (text) => (log += text));
        child.once("error", reject);
        child.once("close", (code) => {
          // A line that masks a value contains it; only the pipeline reads that line.
          printed += log.replaceAll(/^::add-mask::.*$/gm, "");
          resolve({ code, log });
        });
      }),
    changeByHand: async () => {
      const [provider] = await providers();
      await api("PATCH", `providers/${provider?.id}`, { name: "by hand" });
    },
    refuse: async (refused) => {
      const action = {
        status: 403,
        body: { errorCode: "ERR_NGROK_27606", statusCode: 403, msg: "refused", details: {} },
      };
      await api("POST", "_emulator/faults", {
        plane: "control",
        match: { method: "POST", path: refused },
        times: 50,
        action,
      });
    },
    stopRefusing: async () => {
      await api("DELETE", "_emulator/faults");
    },
    close: async () => {
      await gateway.close();
      await azure.close();
      dispose();
      fs.rmSync(temporary, { recursive: true, force: true });
    },
  };
}

/** A folder with the command `pulumi`. */
function standInFolder(temporary: string): string {
  const folder = path.join(temporary, "bin");
  fs.mkdirSync(folder);
  const script = path.join(repositoryRoot, "test", "helpers", "pulumiStandIn.mts");
  fs.writeFileSync(path.join(folder, "pulumi"), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`, {
    mode: 0o755,
  });
  return folder;
}
