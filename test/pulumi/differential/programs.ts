/**
 * Random programs and edits with every feature that `OfflineStack` supports. They use few names, so that each program changes the
 * previous one's resources.
 */
import fc from "fast-check";
import type { Control } from "../../engine/fixtures/worldProvider.js";
import type { Operation } from "./engines";

const NAMES = ["a", "b", "c", "d", "e"] as const;
const URN = (type: string, name: string) => `urn:pulumi:dev::shop::${type}::${name}`;

/** One resource of a program. It refers only to earlier resources. */
export interface Wanted {
  readonly name: string;
  readonly kind: "Thing" | "Other" | "Box";
  readonly inputs: Inputs;
  /** A property with the output `out` of another resource: unchanged, changed by `apply`, or as a secret. */
  readonly source: { readonly of: string; readonly property: "of" | "forceOf"; readonly through: Through } | undefined;
  readonly parent: string | undefined;
  readonly options: Options;
}

type Through = "plain" | "apply" | "secret";

interface Inputs {
  readonly size: number | undefined;
  /** A change of it replaces the resource. */
  readonly forceName: number;
  readonly key: "secret" | "plain" | undefined;
  readonly nested: readonly number[] | undefined;
  /** How the provider compares: it leaves the comparison to the engine, or returns each difference. */
  readonly compares: "undecided" | "detailed" | undefined;
  readonly dbr: boolean;
  readonly sticky: boolean;
}

interface Options {
  readonly dependsOn: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly deleteBeforeReplace: boolean | undefined;
  readonly protect: boolean | undefined;
  readonly retainOnDelete: boolean | undefined;
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly string[];
  readonly deletedWith: string | undefined;
  readonly replaceWith: readonly string[];
  readonly replacementTrigger: number | undefined;
  readonly hooks: readonly string[];
  readonly hasTransform: boolean;
  readonly version: string | undefined;
}

export interface Edit {
  readonly program: readonly Wanted[];
  readonly stackTransform: boolean;
  readonly operation: Operation;
  readonly control: Control;
  /** A change of a name's object outside Pulumi before the operation. */
  readonly drift: { readonly name: string; readonly change: "resize" | "delete" } | undefined;
}

const optional = <T>(arbitrary: fc.Arbitrary<T>, freq = 3) => fc.option(arbitrary, { nil: undefined, freq });
const rarely = (weight: number) => fc.integer({ min: 1, max: weight }).map((drawn) => drawn === 1);
const sometimesOneOf = <T>(values: readonly T[], freq = 2) =>
  values.length === 0 ? fc.constant(undefined) : optional(fc.constantFrom(...values), freq);
const few = (values: readonly string[], weight = 3) =>
  fc.oneof(
    { weight, arbitrary: fc.constant<string[]>([]) },
    {
      weight: 1,
      arbitrary: fc.subarray([...values], {
        minLength: Math.min(1, values.length),
        maxLength: Math.min(2, values.length),
      }),
    },
  );

const HOOKS = ["beforeCreate", "afterCreate", "beforeUpdate", "afterUpdate", "afterDelete"] as const;

function wantedOf(name: string, earlier: readonly string[]): fc.Arbitrary<Wanted> {
  const inputs: fc.Arbitrary<Inputs> = fc.record({
    size: optional(fc.integer({ min: 0, max: 2 }), 5),
    forceName: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
    key: optional(fc.constantFrom("secret" as const, "plain" as const), 2),
    nested: optional(fc.subarray([1, 2, 3]), 2),
    compares: optional(fc.constantFrom("undecided" as const, "detailed" as const), 2),
    dbr: rarely(6),
    sticky: rarely(8),
  });
  const options: fc.Arbitrary<Options> = fc.record({
    dependsOn: few(earlier, 2),
    ignoreChanges: few(["size", "key", "nested[0]"], 6),
    replaceOnChanges: few(["size", "nested", "*"], 8),
    deleteBeforeReplace: optional(fc.boolean(), 2),
    protect: rarely(12).map((isTrue) => isTrue || undefined),
    retainOnDelete: rarely(10).map((isTrue) => isTrue || undefined),
    additionalSecretOutputs: few(["out", "size"], 8),
    aliases: few(
      NAMES.filter((each) => each !== name).map((each) => `old-${each}`),
      20,
    ),
    deletedWith: sometimesOneOf(earlier, 1),
    replaceWith: few(earlier, 8),
    replacementTrigger: optional(fc.integer({ min: 0, max: 1 }), 1),
    hooks: few(HOOKS, 8),
    hasTransform: rarely(12),
    version: optional(fc.constantFrom("1.0.0"), 1),
  });
  return fc
    .record({
      name: fc.constant(name),
      kind: fc.constantFrom("Thing" as const, "Thing" as const, "Thing" as const, "Other" as const, "Box" as const),
      inputs,
      source:
        earlier.length === 0
          ? fc.constant(undefined)
          : optional(
              fc.record({
                of: fc.constantFrom(...earlier),
                property: fc.constantFrom("of" as const, "of" as const, "forceOf" as const),
                through: fc.constantFrom<Through>("plain", "plain", "apply", "secret"),
              }),
              2,
            ),
      parent: sometimesOneOf(earlier, 1),
      options,
    })
    .map((wanted) => wanted);
}

const programs = fc
  .subarray([...NAMES])
  .chain((names) => fc.tuple(...names.map((name, index) => wantedOf(name, names.slice(0, index)))));

const failing = fc
  .tuple(fc.constantFrom("Create", "Update", "Delete", "Check", "Read"), fc.constantFrom(...NAMES))
  .map(([call, name]) => `${call} ${name}`);
const half = fc
  .tuple(fc.constantFrom("Create", "Update"), fc.constantFrom(...NAMES))
  .map(([call, name]) => `${call} ${name}`);

const controls: fc.Arbitrary<Control> = fc
  .record({
    fail: fc.oneof(
      { weight: 3, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.uniqueArray(failing, { maxLength: 2 }) },
    ),
    partial: fc.oneof(
      { weight: 5, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.uniqueArray(half, { maxLength: 2 }) },
    ),
  })
  .map(({ fail, partial }) => ({
    fail: Object.fromEntries(fail.map((call) => [call, `${call} fails`])),
    partial: Object.fromEntries(partial.map((call) => [call, [`${call} is half done`]])),
  }));

const targets = fc.constantFrom(
  ...NAMES.map((name) => URN("world:index:Thing", name)),
  "**:Thing::*",
  URN("world:index:Other", "b"),
);

const operations: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 7, arbitrary: fc.record({ kind: fc.constant("up" as const), continueOnError: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("preview" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("up" as const, "preview" as const), refresh: fc.constant(true) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("up" as const, "preview" as const, "refresh" as const, "destroy" as const),
      target: fc.uniqueArray(targets, { minLength: 1, maxLength: 2 }),
      targetDependents: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("up" as const, "preview" as const),
      replace: fc.uniqueArray(targets, { minLength: 1, maxLength: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("refresh" as const), previewOnly: rarely(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("destroy" as const), previewOnly: rarely(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("up" as const, "preview" as const),
      expectNoChanges: fc.constant(true),
    }),
  },
);

const edits: fc.Arbitrary<Edit> = fc
  .record({
    program: programs,
    stackTransform: rarely(8),
    operation: operations,
    control: controls,
    drift: optional(
      fc.record({ name: fc.constantFrom(...NAMES), change: fc.constantFrom("resize" as const, "delete" as const) }),
      1,
    ),
  })
  .map((edit) => (edit.operation.continueOnError ? { ...edit, control: withoutFailedDeletes(edit.control) } : edit));

/** Without failures of deletes before replacements, because the CLI hangs when it continues after one. */
function withoutFailedDeletes({ fail = {}, ...control }: Control): Control {
  const others = Object.entries(fail).filter(([call]) => !call.startsWith("Delete"));
  return { ...control, fail: Object.fromEntries(others) };
}

/** A sequence of edits; it begins with an undisturbed `up`. */
export const lives: fc.Arbitrary<Edit[]> = fc
  .tuple(
    programs.filter((program) => program.length > 0),
    fc.array(edits, { minLength: 3, maxLength: 5 }),
  )
  .map(([program, following]) => [
    { program, stackTransform: false, operation: { kind: "up" }, control: {}, drift: undefined },
    ...following,
  ]);

const HOOK_FUNCTIONS = HOOKS.map(
  (hook) =>
    `const ${hook} = new pulumi.ResourceHook("${hook}", ({ urn }) => pulumi.log.info("${hook} runs for " + urn.split("::").at(-1)));`,
).join("\n");

/** The source of a program. */
export function sourceOf({ program, stackTransform }: Pick<Edit, "program" | "stackTransform">): string {
  const usesHooks = program.some(({ options }) => options.hooks.length > 0);
  const lines = program.map(
    (wanted) =>
      `const ${wanted.name} = new ${wanted.kind}("${wanted.name}", ${inputsOf(wanted)}, ${optionsOf(wanted)});`,
  );
  const outs = program.filter(({ kind }) => kind !== "Box").map(({ name }) => `  ${name}: ${name}.out,`);
  return [
    ...(usesHooks ? [HOOK_FUNCTIONS] : []),
    ...(stackTransform
      ? [
          `pulumi.runtime.registerResourceTransform(({ type, props, opts }) => type.startsWith("world:") ? { props: { ...props, size: 9 }, opts } : undefined);`,
        ]
      : []),
    ...lines,
    `module.exports = {\n${outs.join("\n")}\n};`,
  ].join("\n");
}

function inputsOf({ kind, inputs, source }: Wanted): string {
  if (kind === "Box") return "{}";
  const { size, forceName, key, nested, compares, dbr, sticky } = inputs;
  const members = [
    ...(size === undefined ? [] : [`size: ${size}`]),
    `forceName: ${forceName}`,
    ...(key === undefined ? [] : [key === "secret" ? `key: pulumi.secret("hush")` : `key: "loud"`]),
    ...(nested === undefined ? [] : [`nested: [${nested.map((each) => `{ n: ${each} }`).join(", ")}]`]),
    ...(compares === undefined ? [] : [`${compares}: true`]),
    ...(dbr ? ["dbr: true"] : []),
    ...(sticky ? ["sticky: true"] : []),
    ...(source === undefined ? [] : [`${source.property}: ${referenceTo(source)}`]),
  ];
  return `{ ${members.join(", ")} }`;
}

/** A component has no output of its own, so its URN is used. */
function referenceTo({ of, through }: NonNullable<Wanted["source"]>): string {
  const output = `(${of}.out ?? ${of}.urn)`;
  if (through === "apply") return `${output}.apply((text) => text + "!")`;
  return through === "secret" ? `pulumi.secret(${output})` : output;
}

function optionsOf({ kind, parent, options }: Wanted): string {
  const isCustom = kind !== "Box";
  const list = (names: readonly string[]) => `[${names.join(", ")}]`;
  const texts = (names: readonly string[]) => JSON.stringify(names);
  const members = [
    ...(options.dependsOn.length === 0 ? [] : [`dependsOn: ${list(options.dependsOn)}`]),
    ...(parent === undefined ? [] : [`parent: ${parent}`]),
    ...(options.protect === undefined ? [] : [`protect: ${options.protect}`]),
    ...(options.aliases.length === 0
      ? []
      : [`aliases: [${options.aliases.map((name) => `{ name: "${name.replace("old-", "")}" }`).join(", ")}]`]),
    ...(options.hasTransform
      ? [`transforms: [({ props, opts }) => ({ props: { ...props, transformed: true }, opts })]`]
      : []),
    ...(isCustom ? customOptionsOf(options, texts, list) : []),
  ];
  return `{ ${members.join(", ")} }`;
}

function customOptionsOf(
  options: Options,
  texts: (names: readonly string[]) => string,
  list: (names: readonly string[]) => string,
): string[] {
  const named = (name: string, values: readonly string[]) => (values.length === 0 ? [] : [`${name}: ${texts(values)}`]);
  return [
    ...named("ignoreChanges", options.ignoreChanges),
    ...named("replaceOnChanges", options.replaceOnChanges),
    ...named("additionalSecretOutputs", options.additionalSecretOutputs),
    ...(options.deleteBeforeReplace === undefined ? [] : [`deleteBeforeReplace: ${options.deleteBeforeReplace}`]),
    ...(options.retainOnDelete === undefined ? [] : [`retainOnDelete: ${options.retainOnDelete}`]),
    ...(options.deletedWith === undefined ? [] : [`deletedWith: ${options.deletedWith}`]),
    ...(options.replaceWith.length === 0 ? [] : [`replaceWith: ${list(options.replaceWith)}`]),
    ...(options.replacementTrigger === undefined ? [] : [`replacementTrigger: ${options.replacementTrigger}`]),
    ...(options.version === undefined ? [] : [`version: "${options.version}"`]),
    ...(options.hooks.length === 0
      ? []
      : [`hooks: { ${options.hooks.map((hook) => `${hook}: [${hook}]`).join(", ")} }`]),
  ];
}
