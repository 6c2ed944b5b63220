/**
 * Content filters, logs, alerts and models of Anthropic's format: what is planned, checked and registered on Pulumi's mocks. Does
 * not prove that Azure filters, logs or alerts; the whole-program test shows that the local Azure accepts the resources.
 */
import { AzureOpenAIGateway } from "../../../provider/azure";
import { planGatewayArguments, planRegionArguments } from "../../../provider/azure/planning";
import { foundryAddress } from "../../../provider/azureAddress";
import { plainInputs, run, TYPES } from "./mocks";

const context = { stack: "acme/shop/dev", today: "2026-11-24", hash: () => "abcdef".padEnd(64, "0") };
const WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/logs";
const ACTION_GROUP = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Insights/actionGroups/oncall";
const MINI = { model: "gpt-5-mini", version: "2025-08-07" };
const STRICT = { rules: [{ name: "Hate", severityThreshold: "Low" }, { name: "Jailbreak" }] };
const valid = { regions: { eastus2: {} }, deployments: { "gpt-5-mini": { ...MINI, raiPolicyName: "strict" } } };

const region = (args: object) =>
  planRegionArguments("ai", { location: "eastus2", deployments: valid.deployments, ...args }, context);
const found = (args: object) => {
  const { problems, warnings } = planGatewayArguments("ai", { ...valid, ...args }, context);
  return [problems, warnings].map((findings) => findings.map(({ path, text }) => `${path} ${text}`));
};

describe("content filters", () => {
  test("filter both sides, or the only side of the content's kind, at medium severity if the kind has severities", () => {
    const rules = [
      { name: "Hate", severityThreshold: "Low" },
      { name: "Violence", source: "Prompt", blocking: false },
      { name: "Jailbreak" },
      { name: "Protected Material Text", enabled: false },
    ];
    const { plan } = region({ contentFilters: { strict: { rules } } });
    expect(plan?.governance.contentFilters).toEqual([
      {
        resourceName: "ai-filter-strict",
        name: "strict",
        basePolicyName: "Microsoft.DefaultV2",
        mode: "Blocking",
        rules: [
          { name: "Hate", source: "Prompt", enabled: true, blocking: true, severityThreshold: "Low" },
          { name: "Hate", source: "Completion", enabled: true, blocking: true, severityThreshold: "Low" },
          { name: "Violence", source: "Prompt", enabled: true, blocking: false, severityThreshold: "Medium" },
          { name: "Jailbreak", source: "Prompt", enabled: true, blocking: true },
          { name: "Protected Material Text", source: "Completion", enabled: false, blocking: true },
        ],
        tags: {},
      },
    ]);
  });

  test("are created in the accounts whose deployments name them", () => {
    const { plan } = planGatewayArguments(
      "ai",
      {
        ...valid,
        regions: { eastus2: {}, westus3: { deployments: { "gpt-5-mini": { raiPolicyName: "Microsoft.Default" } } } },
        contentFilters: { strict: STRICT, unused: STRICT },
      },
      context,
    );
    expect(plan?.regions.map(({ governance }) => governance.contentFilters.map(({ name }) => name))).toEqual([
      ["strict"],
      [],
    ]);
  });

  test("are created after the account and before the deployments, one after the other", async () => {
    const { named } = await run(
      () =>
        new AzureOpenAIGateway("ai", {
          regions: ["eastus2"],
          deployments: {
            "gpt-5-mini": { ...MINI, raiPolicyName: "strict" },
            second: { ...MINI, raiPolicyName: "mild" },
          },
          contentFilters: { strict: STRICT, mild: { ...STRICT, tags: { team: "a" } } },
        }),
    );
    const filter = "azure-native:cognitiveservices:RaiPolicy";
    expect(named(filter, "ai-eastus2-filter-strict").dependencies).toEqual(["ai-eastus2-account", "ai-rg"]);
    const { inputs, dependencies } = named(filter, "ai-eastus2-filter-mild");
    expect(dependencies).toContain("ai-eastus2-filter-strict");
    expect(inputs).toMatchObject({ raiPolicyName: "mild", tags: { team: "a" }, properties: { mode: "Blocking" } });
    expect(named(TYPES.deployment, "ai-eastus2-deploy-gpt-5-mini").dependencies).toEqual(
      expect.arrayContaining(["ai-eastus2-filter-mild", "ai-eastus2-filter-strict"]),
    );
  });

  test.each<[args: object, problems: string[], warnings: string[]]>([
    [{ contentFilters: { strict: STRICT } }, [], []],
    [
      { contentFilters: { strict: {} } },
      ['contentFilters.strict.rules is missing: give at least one, such as { name: "Hate", severityThreshold: "Low" }'],
      [],
    ],
    [
      { contentFilters: { strict: { rules: [{ severityThreshold: "Low" }] } } },
      [
        'contentFilters.strict.rules[0].name is missing: give the kind of content, such as "Hate", "Sexual", "Violence", "Selfharm", "Jailbreak", "Indirect Attack", "Protected Material Text", "Protected Material Code"',
      ],
      [],
    ],
    [
      { contentFilters: { strict: { rules: [{ name: "hate", source: "Both" }] } } },
      [],
      [
        'contentFilters.strict.rules[0].name is "hate": did you mean "Hate"?',
        'contentFilters.strict.rules[0].source is "Both", which is not among the known sources "Prompt", "Completion"',
      ],
    ],
    [{ contentFilters: { strict: { rules: [{ name: "Gibberish of 2027" }] } } }, [], []],
    [
      { contentFilters: { "strict!": STRICT } },
      [
        'contentFilters["strict!"] is named "strict!", but a filter\'s name has 2 to 64 letters, digits, "-", "_" and ".", and does not begin with "Microsoft.": change it',
      ],
      [
        'contentFilters["strict!"] is used by no deployment, so it is not created: give its name as a deployment\'s raiPolicyName',
        'deployments["gpt-5-mini"].raiPolicyName is "strict", which is none of contentFilters: did you mean "strict!"?',
      ],
    ],
  ])("the content filters %j are refused", (args, problems, warnings) => {
    expect(found(args)).toEqual([problems, warnings]);
  });
});

describe("logs and alerts", () => {
  const watched = {
    diagnostics: { workspaceId: WORKSPACE },
    alerts: { actionGroupIds: [ACTION_GROUP], responseTimeMs: 5_000 },
    tags: { team: "a" },
  };

  test("are registered for each account, all logs and metrics by default", async () => {
    const { of, named } = await run(
      () => new AzureOpenAIGateway("ai", { regions: ["eastus2"], deployments: { m: MINI }, ...watched }),
    );
    const account = "ai-eastus2-account-id";
    expect(named("azure-native:monitor:DiagnosticSetting", "ai-eastus2-diagnostics").inputs).toEqual({
      name: "pulumi-ngrok-ai",
      resourceUri: account,
      workspaceId: WORKSPACE,
      logs: [{ categoryGroup: "allLogs", enabled: true }],
      metrics: [{ category: "AllMetrics", enabled: true }],
    });
    const alerts = of("azure-native:monitor:MetricAlert").toSorted((one, other) => (one.name < other.name ? -1 : 1));
    expect(alerts.map(({ name }) => name)).toEqual(["ai-eastus2-slow", "ai-eastus2-throttled"]);
    const accountName = String(of(TYPES.account)[0]?.inputs.accountName);
    expect(plainInputs(alerts[1]?.inputs ?? {})).toEqual({
      resourceGroupName: expect.stringMatching(/^ai-[0-9a-f]{6}$/),
      ruleName: `${accountName}-throttled`,
      location: "global",
      description: "A deployment answered more than 10 requests with 429 within 5 min.",
      enabled: true,
      autoMitigate: true,
      severity: 2,
      scopes: [account],
      evaluationFrequency: "PT5M",
      windowSize: "PT5M",
      criteria: {
        odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        allOf: [
          {
            criterionType: "StaticThresholdCriterion",
            name: "threshold",
            metricNamespace: "Microsoft.CognitiveServices/accounts",
            metricName: "AzureOpenAIRequests",
            dimensions: [
              { name: "StatusCode", operator: "Include", values: ["429"] },
              { name: "ModelDeploymentName", operator: "Include", values: ["*"] },
            ],
            operator: "GreaterThan",
            threshold: 10,
            timeAggregation: "Total",
            skipMetricValidation: true,
          },
        ],
      },
      actions: [{ actionGroupId: ACTION_GROUP }],
      tags: { team: "a" },
    });
    expect(alerts[0]?.inputs).toMatchObject({
      criteria: { allOf: [{ metricName: "AzureOpenAITimeToResponse", threshold: 5_000, timeAggregation: "Average" }] },
    });
  });

  test("are selected individually", () => {
    const { plan } = region({
      diagnostics: { workspaceId: WORKSPACE, logs: ["Audit"], metrics: false },
      alerts: {
        actionGroupIds: [ACTION_GROUP],
        throttledRequests: 0,
        responseTimeMs: false,
        windowMinutes: 60,
        severity: 0,
      },
    });
    expect(plan?.governance.diagnostics).toMatchObject({ logs: [{ category: "Audit" }], metrics: [] });
    expect(plan?.governance.alerts).toEqual([
      expect.objectContaining({ resourceName: "ai-throttled", threshold: 0, window: "PT1H", severity: 0 }),
    ]);
  });

  test("are not created for an account that is managed elsewhere, with a warning", () => {
    const regions = {
      main: { account: { existing: { resourceGroupName: "g", name: "a" } }, existingDeployments: ["m"] },
    };
    const { plan, warnings } = planGatewayArguments("ai", { regions, ...watched }, context);
    expect([plan?.regions[0]?.governance, warnings.map(({ path }) => path)]).toEqual([
      { contentFilters: [], diagnostics: undefined, alerts: [] },
      ["regions.main.account.existing"],
    ]);
  });

  test.each<[args: object, problems: string[]]>([
    [
      { diagnostics: {} },
      [
        'diagnostics.workspaceId is missing: give the id of a Log Analytics workspace, "/subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/NAME"',
      ],
    ],
    [
      { diagnostics: { workspaceId: "logs" } },
      [expect.stringMatching(/^diagnostics\.workspaceId is "logs", but must be the id of a Log Analytics workspace/)],
    ],
    [
      { diagnostics: { workspaceId: WORKSPACE, logs: [], metrics: false } },
      ["diagnostics sends neither logs nor metrics: give one of them, or remove it"],
    ],
    [
      { alerts: { actionGroupIds: ["oncall"] } },
      [expect.stringMatching(/^alerts\.actionGroupIds\[0\] is "oncall", but must be the id of an action group/)],
    ],
    [
      { alerts: { actionGroupIds: [ACTION_GROUP], throttledRequests: false, responseTimeMs: false } },
      ["alerts has both throttledRequests and responseTimeMs off: turn one of them on, or remove it"],
    ],
    [
      { alerts: { actionGroupIds: [ACTION_GROUP], windowMinutes: 7 } },
      ["alerts.windowMinutes is 7, but Azure evaluates alerts over 1, 5, 15, 30, 60 minutes: choose one of them"],
    ],
    [
      { alerts: { actionGroupIds: [ACTION_GROUP], severity: 5 } },
      ["alerts.severity is 5, but must be 0 (critical) to 4 (verbose): correct it"],
    ],
    [
      { alerts: { actionGroupIds: [ACTION_GROUP], throttledRequests: -1 } },
      [
        "alerts.throttledRequests is -1, but must be a number of requests, 0 or more, or false for no such alert: correct it",
      ],
    ],
    [
      { alerts: { actionGroupIds: [ACTION_GROUP], responseTimeMs: "fast" } },
      ['alerts.responseTimeMs is "fast", but must be a number of milliseconds, or false: correct it'],
    ],
  ])("the argument %j is refused", (args, problems) => {
    expect(found(args)[0]).toEqual(problems);
  });

  test("an alert without recipients is a warning", () => {
    expect(found({ alerts: {} })).toEqual([
      [],
      ["alerts.actionGroupIds names no action group, so an alert is shown in the portal and notifies nobody"],
    ]);
  });
});

describe("models of Anthropic's format", () => {
  const claude = { model: { name: "claude-sonnet-4-5", format: "Anthropic" } };
  const foundry = {
    regions: { eastus2: { account: { kind: "AIServices" } } },
    deployments: { "gpt-5-mini": MINI, claude },
  };

  test("are served on the surface messages, at the account's address on Foundry", async () => {
    const { of, result } = await run(() => new AzureOpenAIGateway("ai", foundry as never));
    const account = String(of(TYPES.account)[0]?.inputs.accountName);
    expect(of(TYPES.provider).map(({ inputs }) => [inputs.models, inputs.supportedApiSurfaces])).toEqual([
      [
        ["gpt-5-mini", "claude"],
        [
          { format: "openai", surface: "chat-completions" },
          { format: "openai", surface: "responses" },
          {
            format: "anthropic",
            surface: "messages",
            baseUrl: `https://${account}.services.ai.azure.com/anthropic/v1`,
          },
        ],
      ],
    ]);
    expect(result.models.claude).toEqual(["azure-eastus2:claude"]);
  });

  test("are skipped by verify, with a warning", () => {
    const { plan, warnings } = planGatewayArguments("ai", { ...foundry, verify: { failover: true } }, context);
    expect(plan?.checks.map(({ model }) => model)).toEqual(["azure-eastus2:gpt-5-mini", "azure-eastus2:gpt-5-mini"]);
    expect(warnings).toEqual([
      {
        path: "verify",
        text: `does not ask "claude": a check asks OpenAI's surfaces, and Anthropic's models answer on messages`,
      },
    ]);
  });

  test("are refused in an account of another kind, and behind dated URLs", () => {
    expect(found({ deployments: { claude } })[0]).toEqual([
      'deployments.claude.model is of format "Anthropic", which only accounts of kind "AIServices" serve: set regions.eastus2.account.kind to "AIServices"',
    ]);
    expect(found({ ...foundry, apiMode: "deployment" })[0]).toEqual([
      'deployments.claude.model is of format "Anthropic", which a dated URL does not serve: use apiMode "v1"',
    ]);
  });

  test.each([
    ["https://contoso.openai.azure.com", "https://contoso.services.ai.azure.com"],
    ["https://contoso.cognitiveservices.azure.us", "https://contoso.services.ai.azure.us"],
    ["https://contoso.services.ai.azure.com", "https://contoso.services.ai.azure.com"],
    ["https://azure.internal", "https://azure.internal"],
  ])("the endpoint %s is %s on Foundry", (endpoint, address) => expect(foundryAddress(endpoint)).toBe(address));
});
