/**
 * docs/assistants.md: what a coding assistant needs to write a program, on one page. Resources and commands come from the reference;
 * the answers to mistakes come from the check and the policy pack themselves, and each right form is checked too.
 */
import { createRequire } from "node:module";
import path from "node:path";
import type { accessKeyHasConfiguration } from "../../policies/rules/accessKeyHasConfiguration.js";
import { root, typeTokenOf } from "./build.mts";
import { commandSummaries } from "./commandLinePage.mts";
import { type Docstrings, summaryOf } from "./docstrings.mts";
import { RULES } from "./llmsPage.mts";
import { code, fence, fileNameOf, GENERATED, joined, table } from "./markdown.mts";
import { previewAnswers } from "./refusals.mts";
import { COMPONENTS, RESOURCES } from "./shapes.mts";

/** One input as a program writes it, and the value that the check gets. */
type Written = readonly [program: string, value: unknown];
type Inputs = Readonly<Record<string, Written>>;

interface Mistake {
  readonly kind: string;
  /** Inputs that wrong and right form share, and that the page does not show. */
  readonly rest: Readonly<Record<string, unknown>>;
  readonly wrong: Inputs;
  readonly right: Inputs;
}

const literal = (value: unknown): Written => [JSON.stringify(value), value];
const KEY: Written = ["[key]", ["aigpk_1"]];
/** A `CustomProvider`. */
const CONTOSO: Written = ["contoso", "contoso"];
const ALLOWED: Written = ["{ providers: { allow: [contoso] } }", { providers: { allow: ["contoso"] } }];
const RULE = { provider: "contoso", keys: ["aigpk_1"] };

const MISTAKES: readonly Mistake[] = [
  {
    kind: "CustomProvider",
    rest: { providerId: "azure", name: "azure" },
    wrong: { baseUrl: literal("https://contoso.openai.azure.com") },
    right: { baseUrl: literal("https://contoso.openai.azure.com/openai/v1") },
  },
  {
    kind: "ProviderKey",
    rest: { providerId: "openai", name: "openai", value: "value-1" },
    wrong: { provider: literal("openai") },
    right: { providerId: literal("openai") },
  },
  {
    kind: "RoutingRule",
    rest: { configurationId: "aigakc_1" },
    wrong: { provider: CONTOSO, steps: ['[{ type: "ngrok" }]', [{ type: "ngrok" }]] },
    right: { provider: CONTOSO, keys: KEY },
  },
  {
    kind: "AccessConfiguration",
    rest: { name: "team" },
    wrong: { access: ALLOWED, rules: literal([]) },
    right: { access: ALLOWED, rules: ["[{ provider: contoso, keys: [key] }]", [RULE]] },
  },
  {
    kind: "AccessKey",
    rest: { name: "app" },
    wrong: {},
    right: { configurationId: ["configuration", "aigakc_1"] },
  },
];

const VERIFY = `npx tsc --noEmit
npx pulumi-ngrok-ai emulator
PULUMI_CONFIG_PASSPHRASE= npx pulumi-ngrok-ai offline preview
pulumi preview --policy-pack node_modules/pulumi-ngrok-ai/policies`;

export function assistantsPage(docs: Docstrings): string {
  return joined([
    GENERATED,
    "# For coding assistants",
    "Put this page into the instructions of an assistant that writes programs with this package. [`llms.txt`](../llms.txt) has all inputs and links to every page.",
    "## Rules",
    RULES.map((rule) => `- ${rule}`).join("\n"),
    "## Resources",
    table(
      ["class", "what it is", "required inputs"],
      [
        ...RESOURCES.map((kind) => described(docs, "provider", kind)),
        ...COMPONENTS.map((kind) => described(docs, "provider/azure", kind)),
      ],
    ),
    "## Five mistakes",
    "Each with the answer of a preview or of the [policy pack](guides/policies.md), and the right form.",
    table(["wrong", "answer", "right"], MISTAKES.map(rowOf)),
    "## Commands",
    table(
      ["`npx pulumi-ngrok-ai`", "what it does"],
      commandSummaries().map(({ name, description }) => [
        `[${code(name)}](reference/command-line.md#${name})`,
        description,
      ]),
    ),
    "To verify a program, from the types to the policies; the first three need no account and no Pulumi CLI. The emulator runs in a shell of its own until it is ended: paste the line that it prints into the shell of the other commands.",
    fence("sh", VERIFY),
  ]);
}

function described(docs: Docstrings, entry: "provider" | "provider/azure", kind: string): string[] {
  const [summary = ""] = summaryOf(docs.get(entry, kind)).split(/(?<=\.) /);
  const required = (docs.get(entry, `${kind}Args`).children ?? []).filter(({ flags }) => !flags.isOptional);
  return [
    `[${code(kind)}](reference/${fileNameOf(kind)}.md)`,
    summary,
    required.map(({ name }) => code(name)).join(", "),
  ];
}

function rowOf({ kind, rest, wrong, right }: Mistake): string[] {
  const answers = answersTo(kind, { ...rest, ...valuesOf(wrong) });
  if (answers.length !== 1)
    throw new Error(`the wrong ${kind} has ${answers.length} answers, not one: ${answers.join("; ")}`);
  const others = answersTo(kind, { ...rest, ...valuesOf(right) });
  if (others.length > 0) throw new Error(`the right ${kind} is refused: ${others.join("; ")}`);
  return [asProgram(kind, wrong), code(answers[0] ?? ""), asProgram(kind, right)];
}

/** What a preview answers, or else the policy pack. */
function answersTo(kind: string, inputs: Readonly<Record<string, unknown>>): string[] {
  const answers = previewAnswers(kind, inputs);
  return answers.length > 0 ? answers : policyAnswers(kind, inputs);
}

function policyAnswers(kind: string, props: Readonly<Record<string, unknown>>): string[] {
  const require = createRequire(import.meta.url);
  const file = path.join(root, "policies", "rules", "accessKeyHasConfiguration.js");
  const loaded = require(file) as { accessKeyHasConfiguration: typeof accessKeyHasConfiguration };
  const { name, validateResource } = loaded.accessKeyHasConfiguration;
  const answers: string[] = [];
  const resource = { type: typeTokenOf(kind), name: String(props.name), props, getConfig: () => ({}) };
  const validate = validateResource as (given: typeof resource, report: (message: string) => void) => void;
  validate(resource, (message) => answers.push(`${name}: ${message}`));
  return answers;
}

function valuesOf(inputs: Inputs): Record<string, unknown> {
  return Object.fromEntries(Object.entries(inputs).map(([name, [, value]]) => [name, value]));
}

function asProgram(kind: string, inputs: Inputs): string {
  const members = Object.entries(inputs).map(([name, [program]]) => `${name}: ${program}`);
  return code(`new ${kind}(…, {${members.length === 0 ? "" : ` ${members.join(", ")} `}})`);
}
