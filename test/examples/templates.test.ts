/**
 * The examples as templates of `pulumi new`: the new project type-checks and deploys with the answers and defaults of its
 * prompts. With `--engine=cli` the CLI's own `pulumi new` creates it, otherwise a copy of its behavior. Dependencies are linked
 * instead of installed: this does not prove that the registry has the requested version.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Ajv from "ajv";
import { parse } from "yaml";
import { startAzure, startGateway } from "../../emulator";
import { filesOf, type NewProject, newProject, readProjectFile } from "../helpers/newProject";
import { repositoryRoot } from "../helpers/providerProcess";
import { createTestStack, realChanges, usesCli } from "../helpers/stack";
import { projectSchema } from "./projectSchema";

jest.setTimeout(300_000);

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;

const example = (name: string) => path.join(repositoryRoot, "examples", name);
const MANAGEMENT_KEY = { "ngrok-ai:apiKey": "secret" } as const;
const SUBSCRIPTION = { "azure-native:subscriptionId": undefined } as const;

interface Template {
  readonly folder: string;
  /** The expected prompts: the default, `secret`, or nothing. */
  readonly prompts: Readonly<Record<string, string | undefined>>;
  /** Number of resources that a first `up` creates. */
  readonly creates: number;
}

const TEMPLATES: Readonly<Record<string, Template>> = {
  root: { folder: repositoryRoot, prompts: { ...SUBSCRIPTION, ...MANAGEMENT_KEY }, creates: 32 },
  "multi-region": { folder: example("multi-region"), prompts: { ...SUBSCRIPTION, ...MANAGEMENT_KEY }, creates: 32 },
  "azure-openai": {
    folder: example("azure-openai"),
    prompts: {
      endpoint: undefined,
      apiKey: "secret",
      deployment: "gpt-5-mini",
      model: "gpt-5-mini",
      ...MANAGEMENT_KEY,
    },
    creates: 6,
  },
  "existing-account": {
    folder: example("existing-account"),
    prompts: { resourceGroup: undefined, account: undefined, ...SUBSCRIPTION, ...MANAGEMENT_KEY },
    creates: 9,
  },
  "rotate-keys": { folder: example("rotate-keys"), prompts: { ...SUBSCRIPTION, ...MANAGEMENT_KEY }, creates: 11 },
  "several-vendors": {
    folder: example("several-vendors"),
    prompts: {
      azureEndpoint: undefined,
      azureKey: "secret",
      azureSecondKey: "secret",
      openaiKey: "secret",
      anthropicKey: "secret",
      googleKey: "secret",
      inHouseUrl: undefined,
      inHouseKey: "secret",
      ...MANAGEMENT_KEY,
    },
    creates: 11,
  },
};
const NAMES = Object.keys(TEMPLATES);

function templateNamed(name: string): Template {
  const found = TEMPLATES[name];
  if (found === undefined) throw new Error(`there is no template ${name}`);
  return found;
}

function packageOf(folder: string) {
  const programFolder = path.dirname(path.join(folder, readProjectFile(folder).main));
  const file = path.join(programFolder, "package.json");
  const { dependencies } = JSON.parse(fs.readFileSync(file, "utf8")) as { dependencies: Record<string, string> };
  return { programFolder, dependencies };
}

describe("files", () => {
  test.each(NAMES)("%s: Pulumi.yaml has the published form", (name) => {
    const ajv = new Ajv({ allErrors: true });
    ajv.validate(projectSchema, readProjectFile(templateNamed(name).folder));
    expect(ajv.errors ?? []).toEqual([]);
  });

  test.each(NAMES)("%s: prompts for the values that the program requires, with defaults, and hides secrets", (name) => {
    const { folder, prompts } = templateNamed(name);
    const asked = Object.entries(readProjectFile(folder).template.config).map(([key, prompt]) => [
      key,
      prompt.secret ? "secret" : prompt.default,
    ]);
    expect(Object.fromEntries(asked)).toEqual(prompts);
  });

  test.each(NAMES)(
    "%s: package.json depends on versions of the imported packages, and on this version of this package",
    (name) => {
      const { programFolder, dependencies } = packageOf(templateNamed(name).folder);
      const imports = fs
        .readFileSync(path.join(programFolder, "index.ts"), "utf8")
        .matchAll(/from "((?:@[\w-]+\/)?[\w-]+)/g);
      expect(Object.keys(dependencies)).toEqual(
        expect.arrayContaining([...new Set([...imports].map(([, from]) => from))]),
      );
      for (const [dependency, range] of Object.entries(dependencies)) {
        const installed =
          dependency === "pulumi-ngrok-ai" ? repositoryRoot : path.join(repositoryRoot, "node_modules", dependency);
        const { version } = JSON.parse(fs.readFileSync(path.join(installed, "package.json"), "utf8")) as {
          version: string;
        };
        expect([dependency, range, fitsCaret(version, range)]).toEqual([dependency, range, true]);
      }
    },
  );

  test.each(NAMES)("%s: package.json has no name, which a project of another name would keep", (name) => {
    const { programFolder } = packageOf(templateNamed(name).folder);
    expect(JSON.parse(fs.readFileSync(path.join(programFolder, "package.json"), "utf8"))).not.toHaveProperty("name");
  });

  test.each(NAMES)("%s: no file contains a placeholder of `pulumi new` by accident", (name) => {
    const { folder } = templateNamed(name);
    const holders = filesOf(folder).filter((file) =>
      /\$\{(PROJECT|DESCRIPTION)\}/.test(fs.readFileSync(path.join(folder, file), "latin1")),
    );
    expect(holders).toEqual([]);
  });

  test("the root is the project of multi-region, with the program in a subfolder", () => {
    const { main, template, ...root } = readProjectFile(repositoryRoot);
    const { main: ownMain, template: ownTemplate, ...own } = readProjectFile(example("multi-region"));
    expect(root).toEqual(own);
    expect(main).toBe(`examples/multi-region/${ownMain}`);
    expect(template.config).toEqual(ownTemplate.config);
  });
});

/** Whether a version satisfies `^1.2.3` under npm's rules. */
function fitsCaret(version: string, range: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const [wanted = -1, wantedMinor = 0, wantedPatch = 0] = (/^\^(\d+\.\d+\.\d+)$/.exec(range)?.[1] ?? "")
    .split(".")
    .map(Number);
  if (major !== wanted || (wanted === 0 && minor !== wantedMinor)) return false;
  return minor > wantedMinor || (minor === wantedMinor && patch >= wantedPatch);
}

describe("a project from `pulumi new`", () => {
  let folder: string;
  let azure: Started<typeof startAzure>;
  let gateway: Started<typeof startGateway>;
  const projects = new Map<string, NewProject>();

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "new-project-"));
    const deployments = [{ name: "gpt-5-mini", model: "gpt-5-mini" }];
    azure = await startAzure({
      seed: { azure: [{ resource: "contoso", keys: ["planted-azure-key-1", "key-2"], deployments }] },
    });
    gateway = await startGateway({ azureUrl: azure.azureUrl });
    for (const name of NAMES) {
      const answers = {
        endpoint: "https://contoso.openai.azure.com",
        apiKey: "planted-azure-key-1",
        resourceGroup: "seed",
        account: "contoso",
        azureEndpoint: "https://contoso.openai.azure.com",
        azureKey: "planted-azure-key-1",
        azureSecondKey: "key-2",
        openaiKey: "planted-openai-key",
        anthropicKey: "planted-anthropic-key",
        googleKey: "planted-google-key",
        inHouseUrl: "https://models.example.com/v1",
        inHouseKey: "planted-in-house-key",
        "azure-native:subscriptionId": "00000000-0000-0000-0000-000000000000",
        "ngrok-ai:apiKey": gateway.apiKey,
      };
      const given = { name: `my-${name}`, description: "Ours", answers };
      projects.set(name, newProject(templateNamed(name).folder, path.join(folder, name), given));
    }
  });

  afterAll(async () => {
    await gateway?.close();
    await azure?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test("type-checks, with the compiler options of the template", () => {
    const settings = [...projects.values()].map(({ programFolder }) =>
      fs.readFileSync(path.join(programFolder, "tsconfig.json"), "utf8"),
    );
    expect(new Set(settings).size).toBe(1);
    const { compilerOptions } = JSON.parse(settings[0] ?? "") as { compilerOptions: object };
    // One run over all of them: most of its time is spent on the types of azure-native.
    const files = [...projects.values()].map(({ programFolder }) => path.join(programFolder, "index.ts"));
    const config = path.join(folder, "tsconfig.json");
    fs.writeFileSync(config, JSON.stringify({ compilerOptions: { ...compilerOptions, types: [] }, files }));
    const tsc = path.join(repositoryRoot, "node_modules", "typescript", "bin", "tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", config], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });

  // A copy of the template has no stack yet.
  if (usesCli) {
    test.each(NAMES)("%s: the CLI stores the answers, and the defaults for missing answers", (name) => {
      const { folder: made, config } = projectNamed(name);
      const file = fs.readFileSync(path.join(made, "Pulumi.dev.yaml"), "utf8");
      const kept = (parse(file) as { config: Record<string, unknown> }).config;
      const expected = Object.entries(config).map(([key, { value }]) => [
        key.includes(":") ? key : `my-${name}:${key}`,
        value,
      ]);
      expect(kept).toEqual(Object.fromEntries(expected));
    });
  }

  const stackOf = ({ config, folder: workDir }: NewProject) =>
    createTestStack({
      workDir,
      stackName: "dev",
      env: { AZURE_EMULATOR_URL: azure.azureUrl },
      config: {
        ...config,
        "ngrok-ai:apiUrl": { value: gateway.controlUrl },
        "ngrok-ai:gatewayUrl": { value: gateway.gatewayUrl },
      },
    });

  test.each(["root", "azure-openai"])("%s: deploys, shows no later difference, and is destroyed", async (name) => {
    const { stack, dispose } = await stackOf(projectNamed(name));
    try {
      const { summary, outputs } = await stack.up();
      expect(realChanges(summary.resourceChanges)).toEqual({ create: templateNamed(name).creates });
      expect(outputs.token).toEqual({ value: expect.stringMatching(/^ng-/), secret: true });
      expect(realChanges((await stack.preview()).changeSummary)).toEqual({});
      await stack.destroy();
    } finally {
      dispose();
    }
  });

  // The full lives of these programs are tested in test/programs.
  test.each(["multi-region", "existing-account", "rotate-keys", "several-vendors"])(
    "%s: the preview shows the whole plan",
    async (name) => {
      const { stack, dispose } = await stackOf(projectNamed(name));
      try {
        expect(realChanges((await stack.preview()).changeSummary)).toEqual({ create: templateNamed(name).creates });
      } finally {
        dispose();
      }
    },
  );

  function projectNamed(name: string): NewProject {
    const found = projects.get(name);
    if (found === undefined) throw new Error(`nothing was made of ${name}`);
    return found;
  }
});
