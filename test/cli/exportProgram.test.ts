/**
 * The program generator alone: for an account with any content, the generated program parses, type-checks, declares
 * each object once and matches the account. Pure, without Pulumi's engine. Does not prove that the program adopts the
 * objects; exportRoundTrip.test.ts does.
 */
import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import ts from "typescript";
import type { Inventory, Reading } from "../../cli/account/inventory";
import { loadDefinitions } from "../../cli/export/definitions";
import { type ExportPlan, planExport, planWhileReading } from "../../cli/export/plan";
import { comment, stringLiteral } from "../../cli/export/typescript/literals";
import { programText } from "../../cli/export/typescript/program";
import { typescriptWriter } from "../../cli/export/typescript/writer";

/** The machine may be busy with much else. */
jest.setTimeout(300_000);
const definitions = loadDefinitions();
const RUNS = Number(process.env.EXPORT_PROPERTY_RUNS ?? 150);
const SEED = Number(process.env.EXPORT_PROPERTY_SEED ?? 1);
/** A type check takes seconds, so one check covers many accounts. */
const CHECKED_ACCOUNTS = 20;

const stamp = {
  uri: "",
  createdAt: "2026-01-01T00:00:00Z",
  updatedAt: "2026-01-01T00:00:00Z",
  createdBy: { id: "usr_1", uri: "" },
  lastUpdatedBy: { id: "usr_1", uri: "" },
};
const NASTY = [
  "",
  " ",
  "constructor",
  "__proto__",
  "class",
  "config",
  "undefined",
  "2024",
  "a\u2028b\u2029c",
  "*/ //",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: text that would be code where it is not quoted well
  "`${1}`",
  '"); process.exit(1); ("',
  "\\",
  "\u202e\u2066evil",
  "\ud800",
  "\u0000\r\n",
  "ſß İı",
  "한국어 ガイド ελληνικά",
];
const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
);
const lowerCase = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const index = fc.nat({ max: 30 });

/** Accounts whose parts refer to each other, or to what is not there. */
const account: fc.Arbitrary<Inventory> = fc
  .record({
    providers: fc.uniqueArray(
      fc.record({ providerId: fc.oneof(lowerCase, text), name: text, model: text, metadata: text }),
      {
        maxLength: 4,
        selector: ({ providerId }) => providerId,
      },
    ),
    keys: fc.array(fc.record({ name: text, description: text, metadata: text, end: text, provider: index }), {
      maxLength: 5,
    }),
    configurations: fc.array(
      fc.record({
        name: text,
        description: text,
        allow: fc.option(fc.array(fc.oneof(text, index), { maxLength: 3 })),
        models: fc.option(fc.array(text, { maxLength: 2 })),
        rules: fc.option(
          fc.array(
            fc.record({
              provider: fc.option(fc.oneof(text, index)),
              model: fc.option(text),
              keys: fc.array(index, { maxLength: 3 }),
              isOnCredits: fc.boolean(),
            }),
            { maxLength: 4 },
          ),
        ),
      }),
      { maxLength: 3 },
    ),
    accessKeys: fc.array(fc.record({ name: fc.option(text), description: text, configuration: fc.option(index) }), {
      maxLength: 4,
    }),
    apiKeys: fc.array(fc.record({ name: fc.option(text), metadata: text }), { maxLength: 2 }),
    settings: fc.record({ metadata: text, accountId: text }),
  })
  .map(({ providers, keys, configurations, accessKeys, apiKeys, settings }): Inventory => {
    const providerOf = (entry: string | number) =>
      typeof entry === "string"
        ? entry
        : (providers[entry]?.providerId ?? (entry % 2 === 0 ? "openai" : `aigp_${entry}`));
    return {
      providers: providers.map(({ providerId, name, model, metadata }, at) => ({
        ...stamp,
        id: `aigp_${at}`,
        providerId,
        name,
        metadata,
        baseUrl: "https://example.com/v1",
        models: [{ id: "aigpm_1", modelId: model, providerModelId: undefined, unsupportedParams: [] }],
        supportedApiSurfaces: [
          { format: "openai", surface: undefined, baseUrl: undefined, supportedParams: [{ name: model || "n" }] },
        ],
      })),
      providerKeys: keys.map(({ end, provider, ...labels }, at) => ({
        ...stamp,
        ...labels,
        id: `aigpk_${at}`,
        providerId: providerOf(provider),
        keyRedacted: `head***${end}`,
      })),
      configurations: configurations.map(({ allow, models, rules, ...labels }, at) => ({
        ...stamp,
        ...labels,
        id: `aigac_${at}`,
        accessKeyCount: 0,
        metadata: undefined,
        access: {
          providers: allow === null ? undefined : { allow: allow.map(providerOf) },
          models: models === null ? undefined : { allow: models },
        },
        router:
          rules === null
            ? undefined
            : {
                rules: rules.map(({ provider, model, keys: used, isOnCredits }) => ({
                  provider: provider === null ? undefined : providerOf(provider),
                  model: model ?? undefined,
                  steps: [
                    {
                      type: "user" as const,
                      keys: used.map((key) => ({ id: `aigpk_${key}`, name: "", keyRedacted: "***" })),
                      keySelectionStrategy: "ordered" as const,
                    },
                    ...(isOnCredits
                      ? [{ type: "ngrok" as const, keys: undefined, keySelectionStrategy: undefined }]
                      : []),
                  ],
                })),
              },
      })),
      accessKeys: accessKeys.map(({ name, description, configuration }, at) => ({
        ...stamp,
        id: `aigk_${at}`,
        name: name ?? undefined,
        description,
        metadata: undefined,
        token: undefined,
        keyRedacted: "***",
        accessKeyConfiguration: configuration === null ? null : { id: `aigac_${configuration}`, uri: "", name: "" },
      })),
      apiKeys: apiKeys.map(({ name, metadata }, at) => ({
        ...stamp,
        id: `ak_${at}`,
        name: name ?? undefined,
        description: undefined,
        metadata,
        token: undefined,
        keyRedacted: "***",
      })),
      settings: { ...settings, uri: "", totalTimeout: "2m", perRequestTimeout: "1m" },
    };
  });

function countOf({ providers, providerKeys, configurations, accessKeys, apiKeys }: Inventory): number {
  return [providers, providerKeys, configurations, accessKeys, apiKeys].flat().length + 1;
}

/** Each declaration of the program: its class, its name, and the literals among its arguments. */
function declarationsOf(
  program: string,
): { kind: string; name: string; adopt: string; description: string | undefined }[] {
  const file = ts.createSourceFile("index.ts", program, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TS);
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: ts.Diagnostic[] };
  expect(
    parseDiagnostics.map(({ messageText, start = 0 }) => [messageText, program.slice(start - 60, start + 20)]),
  ).toEqual([]);
  return file.statements.flatMap((statement) => {
    const expression = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations[0]?.initializer
      : ts.isExpressionStatement(statement)
        ? statement.expression
        : undefined;
    if (
      expression === undefined ||
      !ts.isNewExpression(expression) ||
      !ts.isPropertyAccessExpression(expression.expression)
    )
      return [];
    const [name, args] = expression.arguments ?? [];
    if (name === undefined || !ts.isStringLiteral(name) || args === undefined || !ts.isObjectLiteralExpression(args))
      return [];
    if (expression.expression.name.text === "Config") return [];
    const literal = (key: string) => {
      const member = args.properties.find((property) => property.name?.getText() === key);
      return member && ts.isPropertyAssignment(member) && ts.isStringLiteral(member.initializer)
        ? member.initializer.text
        : undefined;
    };
    const kind = expression.expression.name.text;
    return [{ kind, name: name.text, adopt: literal("adopt") ?? "", description: literal("description") }];
  });
}

test("for any account, the program parses and declares each object once with the account's values", () => {
  fc.assert(
    fc.property(account, fc.boolean(), (inventory, protect) => {
      const plan = planExport(inventory, { definitions });
      const declared = declarationsOf(programText(plan, protect));
      expect(declared.map(({ kind, name, adopt }) => [kind, name, adopt])).toEqual(
        plan.resources.map(({ kind, name, id }) => [kind, name, id]),
      );
      expect(new Set(declared.map(({ kind, name }) => `${kind} ${name}`)).size).toBe(declared.length);
      const described = new Map(inventory.configurations.map(({ id, description }) => [id, description || undefined]));
      for (const { kind, adopt, description } of declared) {
        if (kind === "AccessConfiguration") expect(description).toBe(described.get(adopt));
      }
      // Nothing goes missing without a word: what is no resource is told, and rules are told beside the objects.
      const told = [...plan.resources, ...plan.notExpressed, ...plan.owned].filter(
        ({ kind }) => kind !== "RoutingRule",
      );
      expect(told).toHaveLength(countOf(inventory));
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

test("generated programs type-check against the package", () => {
  const root = path.resolve(__dirname, "..", "..");
  fs.mkdirSync(path.join(root, ".local"), { recursive: true });
  const folder = fs.mkdtempSync(path.join(root, ".local", "export-types-"));
  const accounts = fc.sample(account, { numRuns: CHECKED_ACCOUNTS, seed: 42 });
  const names = accounts.map((inventory, at) => {
    const plan = planExport(inventory, { definitions });
    const files = typescriptWriter.files(plan, { project: "any", version: "0.1.0", protect: at % 2 === 0 });
    fs.writeFileSync(path.join(folder, "tsconfig.json"), files["tsconfig.json"] ?? "");
    fs.writeFileSync(path.join(folder, "package.json"), files["package.json"] ?? "");
    const file = path.join(folder, `account${at}.ts`);
    fs.writeFileSync(file, files["index.ts"] ?? "");
    return file;
  });
  const { config } = ts.readConfigFile(path.join(folder, "tsconfig.json"), ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const program = ts.createProgram(names, options);
  const problems = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText, file }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
  fs.rmSync(folder, { recursive: true });
  expect(problems).toEqual([]);
});

test("a string literal evaluates to the text and escapes invisible characters", () => {
  fc.assert(
    fc.property(text, (value) => {
      const literal = stringLiteral(value);
      expect(new Function(`return ${literal}`)()).toBe(value);
      expect(literal).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(comment(value)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

const empty: Inventory = {
  providers: [],
  providerKeys: [],
  configurations: [],
  accessKeys: [],
  apiKeys: [],
  settings: { accountId: "acc_1", uri: "", totalTimeout: "2m", perRequestTimeout: "1m" },
};
const key = { ...stamp, description: undefined, metadata: undefined, providerId: "openai" };

test("a plan built while kinds are read in any order equals the plan of the complete account", async () => {
  const arrivals = fc.shuffledSubarray(Object.keys(empty) as (keyof Inventory)[], { minLength: 6 });
  await fc.assert(
    fc.asyncProperty(account, arrivals, async (inventory, order) => {
      const arrive = new Map<string, () => void>();
      const entries = Object.entries(inventory).map(([list, objects]) => {
        const reading = new Promise((resolve) => arrive.set(list, () => resolve(objects)));
        return [list, reading] as const;
      });
      const planning = planWhileReading(Object.fromEntries(entries) as unknown as Reading, { definitions });
      for (const list of order) {
        arrive.get(list)?.();
        await new Promise(setImmediate);
      }
      expect(await planning).toEqual(planExport(inventory, { definitions }));
    }),
    { numRuns: 20, seed: SEED },
  );
});

test("objects with equal names get names and variables with their kind, then with numbers", () => {
  const accessKey = { ...stamp, description: undefined, metadata: undefined, token: undefined, keyRedacted: "***" };
  const plan = planExport(
    {
      ...empty,
      providerKeys: ["c", "b", "a"].map((id) => ({ ...key, id, name: "Team A", keyRedacted: "***" })),
      accessKeys: [{ ...accessKey, id: "d", name: "Team A" }],
    },
    { definitions, only: ["ProviderKey", "AccessKey"] },
  );
  expect(plan.resources.map(({ id, name, variable }) => [id, name, variable])).toEqual([
    ["a", "team-a", "teamA"],
    ["b", "team-a-2", "teamAKey"],
    ["c", "team-a-3", "teamAKey2"],
    ["d", "team-a", "teamAAccessKey"],
  ]);
});

test("a provider key's comment contains only the visible end of its value, if there is one", () => {
  const plan: ExportPlan = planExport(
    {
      ...empty,
      providerKeys: [
        { ...key, id: "b", name: "short", keyRedacted: "***" },
        { ...key, id: "a", name: "long", keyRedacted: "planted-he***tail" },
      ],
    },
    { definitions },
  );
  const program = programText(plan, true);
  expect(program).toContain('value: currentValue("longValue", "tail"),');
  expect(program).toContain('value: config.requireSecret("shortValue"),');
  const { "README.md": readme = "" } = typescriptWriter.files(plan, {
    project: "any",
    version: "0.1.0",
    protect: true,
  });
  for (const written of [program, readme]) expect(written).not.toContain("planted-he");
});

test("a model's provider id and parameters and a surface's base URL are written only if they are set", () => {
  const provider = {
    ...stamp,
    id: "aigp_1",
    providerId: "contoso",
    name: "contoso",
    baseUrl: "https://example.com/v1",
    metadata: undefined,
    models: [
      { id: "m1", modelId: "plain", providerModelId: undefined, unsupportedParams: [] },
      { id: "m2", modelId: "fast", providerModelId: "gpt-5-mini", unsupportedParams: ["temperature"] },
    ],
    supportedApiSurfaces: [
      {
        format: "openai",
        surface: "responses",
        baseUrl: "https://responses.example.com/v1",
        supportedParams: undefined,
      },
    ],
  };
  const plan = planExport({ ...empty, providers: [provider] }, { definitions });
  expect(plan.notExpressed).toEqual([]);
  expect(plan.resources.map(({ plainArgs }) => plainArgs)).toMatchObject([
    {
      models: ["plain", { modelId: "fast", providerModelId: "gpt-5-mini", unsupportedParams: ["temperature"] }],
      supportedApiSurfaces: [{ format: "openai", surface: "responses", baseUrl: "https://responses.example.com/v1" }],
    },
    {},
  ]);
});

test("an object that the provider would refuse is a comment with the reasons, and references use its id", () => {
  const provider = {
    ...stamp,
    id: "aigp_1",
    providerId: "Upper Case",
    name: "x",
    baseUrl: "https://example.com",
    metadata: undefined,
  };
  const plan = planExport(
    {
      ...empty,
      providers: [{ ...provider, supportedApiSurfaces: undefined, models: undefined }],
      providerKeys: [{ ...key, id: "aigpk_1", name: "k", providerId: "Upper Case", keyRedacted: "***" }],
    },
    { definitions },
  );
  expect(plan.notExpressed).toMatchObject([{ kind: "CustomProvider", id: "aigp_1" }]);
  const program = programText(plan, true);
  expect(program).toContain(
    '// CustomProvider aigp_1 ("x") cannot be written as code and stays as it is:\n//   providerId "Upper Case" can\'t be addressed',
  );
  expect(program).toContain('providerId: "Upper Case",');
});
