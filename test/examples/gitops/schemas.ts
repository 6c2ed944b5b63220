/**
 * JSON schemas of the parts of each format that examples/gitops uses, from the formats' published documentation: Azure Pipelines'
 * YAML schema, the operator's API reference, and the inputs in the actions' own descriptions. An unknown key is an error.
 */
const text = { type: "string", minLength: 1 } as const;
const texts = { type: "array", items: text, minItems: 1 } as const;
const boolean = { type: "boolean" } as const;
const integer = { type: "integer", minimum: 1 } as const;

function closed(required: readonly string[], properties: Readonly<Record<string, object>>) {
  return { type: "object", additionalProperties: false, required, properties } as const;
}

/** Inputs that the actions' descriptions (action.yml) declare and the examples use. */
export const actionInputs: Readonly<Record<string, object>> = {
  "actions/checkout@v6": closed([], {}),
  "actions/setup-node@v6": closed(["node-version"], {
    "node-version": integer,
    cache: { enum: ["npm", "yarn", "pnpm"] },
  }),
  "azure/login@v3": closed(["client-id", "tenant-id", "subscription-id"], {
    "client-id": text,
    "tenant-id": text,
    "subscription-id": text,
  }),
  "actions/github-script@v8": closed(["script"], { script: text }),
  "pulumi/actions@v7": {
    ...closed([], {
      command: { enum: ["up", "preview"] },
      "stack-name": text,
      "cloud-url": text,
      diff: boolean,
      refresh: boolean,
      "expect-no-changes": boolean,
      "comment-on-pr": boolean,
      "comment-on-summary": boolean,
    }),
    dependencies: { command: ["stack-name"] },
  },
};

const branches = closed(["include"], { include: texts });

const templateStep = closed(["template", "parameters"], {
  template: { const: "pulumi.yml" },
  parameters: closed(["connection", "script"], { connection: text, script: text }),
});
const steps = {
  type: "array",
  minItems: 1,
  items: { oneOf: [templateStep, closed(["checkout"], { checkout: { const: "self" } })] },
} as const;

const job = closed(["job", "steps"], { job: text, timeoutInMinutes: integer, steps });
const deployment = closed(["deployment", "environment", "strategy"], {
  deployment: text,
  timeoutInMinutes: integer,
  environment: text,
  strategy: closed(["runOnce"], { runOnce: closed(["deploy"], { deploy: closed(["steps"], { steps }) }) }),
});

/** `azure-pipelines.yml` */
export const pipelineSchema = closed(["trigger", "pool", "stages"], {
  trigger: closed(["branches"], { branches }),
  schedules: {
    type: "array",
    items: closed(["cron", "branches"], {
      cron: { type: "string", pattern: "^(\\S+ ){4}\\S+$" },
      displayName: text,
      branches,
      always: boolean,
    }),
  },
  lockBehavior: { enum: ["sequential", "runLatest"] },
  pool: closed(["vmImage"], { vmImage: text }),
  variables: { type: "object", additionalProperties: text },
  stages: {
    type: "array",
    items: closed(["stage", "jobs"], {
      stage: text,
      displayName: text,
      condition: text,
      dependsOn: { type: "array", items: text },
      jobs: { type: "array", minItems: 1, items: { oneOf: [job, deployment] } },
    }),
  },
});

/** `pulumi.yml`, a template of steps. */
export const stepsTemplateSchema = closed(["parameters", "steps"], {
  parameters: { type: "array", items: closed(["name", "type"], { name: text, type: { const: "string" } }) },
  steps: {
    type: "array",
    items: {
      oneOf: [
        closed(["script"], { script: text, displayName: text }),
        closed(["task", "inputs"], {
          task: { const: "UseNode@1" },
          displayName: text,
          inputs: closed(["version"], { version: text }),
        }),
        closed(["task", "inputs"], {
          task: { const: "AzureCLI@2" },
          displayName: text,
          inputs: closed(["azureSubscription", "scriptType", "scriptLocation", "inlineScript"], {
            azureSubscription: text,
            addSpnToEnvironment: boolean,
            scriptType: { const: "bash" },
            scriptLocation: { const: "inlineScript" },
            inlineScript: text,
          }),
          env: { type: "object", additionalProperties: text },
        }),
      ],
    },
  },
});

const name = { type: "string", pattern: "^[a-z0-9]([a-z0-9.:-]*[a-z0-9])?$" } as const;
const metadata = closed(["name"], {
  name,
  namespace: name,
  annotations: { type: "object", additionalProperties: text },
});
const object = (apiVersion: string, kind: string, more: Readonly<Record<string, object>>) =>
  closed(["apiVersion", "kind", "metadata", ...Object.keys(more)], {
    apiVersion: { const: apiVersion },
    kind: { const: kind },
    metadata,
    ...more,
  });

/** Version 2 of the operator reads values from Secrets of its namespace; plain values are only for values that are not secret. */
const reference = closed(["type", "secret"], {
  type: { const: "Secret" },
  secret: closed(["name", "key"], { name, key: text }),
});
const resources = closed(["requests"], {
  requests: { type: "object", additionalProperties: text },
  limits: { type: "object", additionalProperties: text },
});
const workspaceProperties = {
  image: { type: "string", pattern: "^[\\w./-]+:[\\w.-]+$" },
  securityProfile: { enum: ["restricted", "baseline"] },
  serviceAccountName: name,
  git: closed(["url", "revision"], { url: text, revision: text, shallow: boolean, dir: text }),
  env: {
    type: "array",
    items: closed(["name", "valueFrom"], {
      name: text,
      valueFrom: closed(["secretKeyRef"], { secretKeyRef: closed(["name", "key"], { name, key: text }) }),
    }),
  },
  resources,
  stacks: {
    type: "array",
    items: closed(["name"], {
      name: text,
      config: {
        type: "array",
        items: {
          oneOf: [
            closed(["key", "value"], { key: text, value: text }),
            closed(["key", "valueFrom", "secret"], {
              key: text,
              valueFrom: closed(["env"], { env: text }),
              secret: { const: true },
            }),
          ],
        },
      },
    }),
  },
} as const;

/** The allowed contents of a file for the operator, by kind. */
export const objectSchemas: Readonly<Record<string, object>> = {
  ServiceAccount: object("v1", "ServiceAccount", {}),
  ClusterRoleBinding: object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", {
    roleRef: closed(["apiGroup", "kind", "name"], { apiGroup: text, kind: { const: "ClusterRole" }, name: text }),
    subjects: {
      type: "array",
      items: closed(["kind", "name", "namespace"], { kind: { const: "ServiceAccount" }, name, namespace: name }),
    },
  }),
  Stack: object("pulumi.com/v1", "Stack", {
    spec: {
      ...closed(["stack"], {
        serviceAccountName: name,
        stack: text,
        backend: { type: "string", pattern: "^(s3|azblob|gs|https)://" },
        secretsProvider: { type: "string", pattern: "^(awskms|azurekeyvault|gcpkms)://" },
        projectRepo: text,
        branch: text,
        programRef: closed(["name"], { name }),
        shallow: boolean,
        refresh: boolean,
        destroyOnFinalize: boolean,
        resyncFrequencySeconds: { type: "integer", minimum: 60 },
        driftDetection: closed(["schedules"], {
          schedules: {
            type: "array",
            items: closed(["cron"], { cron: { type: "string", pattern: "^(\\S+ ){4}\\S+$" }, autoRemediate: boolean }),
          },
        }),
        envRefs: { type: "object", additionalProperties: reference },
        config: { type: "object", additionalProperties: text },
        secretsRef: { type: "object", additionalProperties: reference },
        workspaceTemplate: closed(["spec"], { spec: closed(["image"], workspaceProperties) }),
      }),
      oneOf: [{ required: ["projectRepo", "branch"] }, { required: ["programRef"] }],
    },
  }),
  Program: object("pulumi.com/v1", "Program", {
    program: closed(["resources"], {
      configuration: {
        type: "object",
        additionalProperties: closed([], {
          type: { enum: ["String", "Number", "List<Number>", "List<String>"] },
          default: {},
        }),
      },
      resources: {
        type: "object",
        additionalProperties: closed(["type"], {
          type: text,
          properties: { type: "object" },
          options: { type: "object" },
        }),
      },
      variables: { type: "object" },
      outputs: { type: "object" },
    }),
  }),
  Workspace: object("auto.pulumi.com/v1alpha1", "Workspace", {
    spec: closed(["image", "git", "stacks"], workspaceProperties),
  }),
  Update: object("auto.pulumi.com/v1alpha1", "Update", {
    spec: closed(["workspaceName", "stackName", "type"], {
      workspaceName: name,
      stackName: text,
      type: { enum: ["preview", "up", "refresh", "destroy"] },
      refresh: boolean,
      expectNoChanges: boolean,
      message: text,
      ttlAfterCompleted: { type: "string", pattern: "^(\\d+[hms])+$" },
    }),
  }),
};
