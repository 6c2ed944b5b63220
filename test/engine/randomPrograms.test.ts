/**
 * Random programs, one after the other on one stack, with failures in between: after each run the provider's records, the state
 * file and the program agree, and nothing was deleted before its dependents. ENGINE_RANDOM_RUNS sets the number of sequences.
 * Does not prove the wording of messages, nor any order without a dependency.
 */
import fc from "fast-check";
import { DeploymentFailedError, type OfflineStack, type OperationResult } from "../../engine";
import type { ProviderCall } from "./fixtures/worldProvider.js";
import { type ResourceEntry, TestProject } from "./harness";
import { closeProgramHost } from "./programHost";

const SEQUENCES = Number(process.env.ENGINE_RANDOM_RUNS ?? 12);
/** A fixed seed, so that only a change of the code can break a run; another seed generates other programs. */
const SEED = Number(process.env.ENGINE_RANDOM_SEED ?? 1);
const NAMES = ["a", "b", "c", "d", "e", "f"];

afterAll(closeProgramHost);

/** One resource of a program. It refers only to earlier resources. */
interface Wanted {
  readonly name: string;
  readonly size: number;
  /** A change of it replaces the resource. */
  readonly forceName: number;
  readonly deletesFirst: boolean;
  /** The source of its property `of`, or of `forceOf`, whose change replaces. */
  readonly of: string | undefined;
  readonly isForced: boolean;
  readonly dependsOn: readonly string[];
  readonly parent: string | undefined;
  readonly isRetained: boolean;
}

interface Round {
  readonly program: readonly Wanted[];
  /** Calls that fail in this round, such as "Create b". */
  readonly failures: readonly string[];
  /** Calls that are done in part. */
  readonly halves: readonly string[];
  readonly continueOnError: boolean;
}

const wanted = (name: string, earlier: readonly string[]): fc.Arbitrary<Wanted> => {
  const one =
    earlier.length === 0 ? fc.constant(undefined) : fc.option(fc.constantFrom(...earlier), { nil: undefined });
  return fc.record({
    name: fc.constant(name),
    size: fc.integer({ min: 0, max: 2 }),
    forceName: fc.integer({ min: 0, max: 2 }),
    deletesFirst: fc.boolean(),
    of: one,
    isForced: fc.boolean(),
    dependsOn: fc.subarray([...earlier], { maxLength: Math.min(2, earlier.length) }),
    parent: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: one }),
    isRetained: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  });
};

const program: fc.Arbitrary<Wanted[]> = fc
  .subarray(NAMES)
  .chain((names) => fc.tuple(...names.map((name, index) => wanted(name, names.slice(0, index)))));

const failure = fc
  .tuple(fc.constantFrom("Create", "Update", "Delete"), fc.constantFrom(...NAMES))
  .map((pair) => pair.join(" "));
const half = fc.tuple(fc.constantFrom("Create", "Update"), fc.constantFrom(...NAMES)).map((pair) => pair.join(" "));

const round: fc.Arbitrary<Round> = fc.record({
  program,
  failures: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.uniqueArray(failure, { maxLength: 3 }) },
  ),
  halves: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.uniqueArray(half, { minLength: 1, maxLength: 2 }) },
  ),
  continueOnError: fc.boolean(),
});

function textOf(resources: readonly Wanted[]): string {
  const lines = resources.map((resource) => {
    const { name, size, forceName, deletesFirst, of, isForced, dependsOn, parent, isRetained } = resource;
    const inputs = [`size: ${size}`, `forceName: ${forceName}`, ...(deletesFirst ? ["dbr: true"] : [])];
    if (of !== undefined) inputs.push(`${isForced ? "forceOf" : "of"}: ${of}.out`);
    const options = [`dependsOn: [${dependsOn.join(", ")}]`, ...(isRetained ? ["retainOnDelete: true"] : [])];
    // Another parent means another URN: a new resource is created and the old one deleted.
    if (parent !== undefined) options.push(`parent: ${parent}`);
    return `const ${name} = new Thing("${name}", { ${inputs.join(", ")} }, { ${options.join(", ")} });`;
  });
  return lines.join("\n");
}

/** The provider's records by id; this stack created all of them. */
type Records = ReturnType<TestProject["records"]>;

/** What must hold after any run, also after a failed one. */
function checkAgreement(project: TestProject, retained: ReadonlySet<string>): void {
  const resources = project.resources().filter(({ type }) => type.startsWith("world:"));
  const records: Records = project.records();
  const remembered = resources.filter(({ pendingReplacement }) => !pendingReplacement);
  // Each object has exactly one entry unless it was retained on purpose, and each entry has its object.
  const ids = remembered.map(({ id }) => id ?? "");
  expect([...ids].sort()).toEqual(
    Object.keys(records)
      .filter((id) => !retained.has(id))
      .sort(),
  );
  for (const { id, outputs } of remembered) expect(outputs).toEqual(records[id ?? ""]);
  // A second entry with the same URN only awaits its deletion.
  const alive = resources.filter((entry) => !entry.delete).map(({ urn }) => urn);
  expect(new Set(alive).size).toBe(alive.length);
  expect(project.document().deployment.pending_operations).toBeUndefined();
}

/** After a successful run, the state matches the program. */
function checkProgram(project: TestProject, resources: readonly Wanted[]): void {
  const entries = project.resources().filter(({ type }) => type.startsWith("world:"));
  expect(entries.map(({ urn }) => urn.split("::").at(-1)).sort()).toEqual(resources.map(({ name }) => name));
  const of = (name: string) => project.entry(name);
  for (const { name, size, forceName, deletesFirst, of: source, isForced, dependsOn, parent } of resources) {
    const { inputs, dependencies, initErrors, ...entry } = of(name);
    const origin = source === undefined ? {} : { [isForced ? "forceOf" : "of"]: of(source).outputs.out };
    expect(inputs).toEqual({ size, forceName, ...(deletesFirst && { dbr: true }), ...origin });
    expect(initErrors).toBeUndefined();
    const expected = new Set([...dependsOn, ...(source === undefined ? [] : [source])].map((each) => of(each).urn));
    expect(new Set(dependencies ?? [])).toEqual(expected);
    if (parent !== undefined) expect(entry.parent).toBe(of(parent).urn);
  }
}

/**
 * No object is deleted before those that depend on it according to their state. Pulumi has one exception: when a replacement
 * deletes a resource first, only dependents that are replaced too are deleted before it. A destroy has no exception.
 */
function checkOrder(
  before: readonly ResourceEntry[],
  calls: readonly ProviderCall[],
  program?: readonly Wanted[],
): void {
  const deletes = calls.filter(({ call }) => call === "Delete").map(({ id }) => id);
  for (const [position, id] of deletes.entries()) {
    const entry = before.find((each) => each.id === id);
    if (entry === undefined) continue;
    const late = before.filter(
      (other) => mustGoBefore(before, other, entry, program) && deletes.indexOf(other.id) > position,
    );
    expect(late.map((other) => `${other.id} was deleted after ${String(id)}`)).toEqual([]);
  }
}

function mustGoBefore(
  all: readonly ResourceEntry[],
  other: ResourceEntry,
  entry: ResourceEntry,
  program: readonly Wanted[] | undefined,
): boolean {
  if (other.pendingReplacement || !dependenciesOf(other).includes(entry.urn) || !isOlder(all, entry, other))
    return false;
  const wantedOf = ({ urn }: ResourceEntry) => program?.find(({ name }) => urn.endsWith(`::${name}`));
  const isForced = (entry.propertyDependencies?.forceOf ?? []).length > 0;
  if (program === undefined || (wantedOf(entry) === undefined && !isForced)) return true;
  const goesWithIt = (other.propertyDependencies?.forceOf ?? []).includes(entry.urn);
  const next = wantedOf(other);
  return goesWithIt && (next === undefined || entry.urn.endsWith(`::${next.of}`));
}

function dependenciesOf({ dependencies = [], parent }: ResourceEntry): string[] {
  return [...dependencies, parent];
}

/** The state may have two objects with one URN while the old one awaits its deletion; a dependent refers to the one before it. */
function isOlder(all: readonly ResourceEntry[], entry: ResourceEntry, dependent: ResourceEntry): boolean {
  const isCurrent = !all.some((other) => other !== entry && other.urn === entry.urn && !other.delete);
  return isCurrent && all.indexOf(entry) < all.indexOf(dependent);
}

async function run(
  stack: OfflineStack,
  { continueOnError }: Pick<Round, "continueOnError">,
): Promise<OperationResult | undefined> {
  try {
    return await stack.up({ continueOnError });
  } catch (error) {
    if (error instanceof DeploymentFailedError) return undefined;
    throw error;
  }
}

function control(failures: readonly string[], halves: readonly string[]) {
  return {
    fail: Object.fromEntries(failures.map((call) => [call, `${call} fails`])),
    partial: Object.fromEntries(halves.map((call) => [call, [`${call} is half done`]])),
  };
}

test("provider, state and program agree after every run of random programs with failures", async () => {
  const tally = { runs: 0, failed: 0, calls: 0, deletes: 0, replaced: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 2, maxLength: 5 }), async (rounds) => {
      const project = new TestProject().program("");
      const retained = new Set<string>();
      try {
        const stack = await project.stack();
        const step = async (resources: readonly Wanted[], next: Omit<Round, "program">): Promise<boolean> => {
          const before = existing(project);
          project.program(textOf(resources)).control(control(next.failures, next.halves));
          const result = await run(stack, next);
          const calls = project.takeCalls();
          // Retained on purpose: marked so in the state before the run, and absent from the state after it.
          const kept = existing(project).filter(({ pendingReplacement }) => !pendingReplacement);
          const now = new Set(kept.map(({ id }) => id));
          for (const { id = "", retainOnDelete } of before) if (retainOnDelete && !now.has(id)) retained.add(id);
          checkOrder(before, calls, resources);
          checkAgreement(project, retained);
          if (result !== undefined) checkProgram(project, resources);
          tally.runs += 1;
          tally.failed += result === undefined ? 1 : 0;
          tally.calls += calls.length;
          tally.deletes += calls.filter(({ call }) => call === "Delete").length;
          tally.replaced += result?.summary.resourceChanges.replace ?? 0;
          return result !== undefined;
        };
        const calm = { failures: [], halves: [], continueOnError: false };
        for (const { program: resources, ...next } of rounds) {
          const isCalm = next.failures.length + next.halves.length === 0;
          const isDone = await step(resources, next);
          if (isCalm) expect(isDone).toBe(true);
        }
        // After any failures, one run without failures repairs everything, and the next one changes nothing.
        const last = rounds.at(-1)?.program ?? [];
        expect(await step(last, calm)).toBe(true);
        const again = await stack.up();
        expect(Object.keys(again.summary.resourceChanges)).toEqual(["same"]);
        project.takeCalls();
        const beforeDestroy = existing(project);
        await stack.destroy();
        checkOrder(beforeDestroy, project.takeCalls());
        for (const { id = "", retainOnDelete } of beforeDestroy) if (retainOnDelete) retained.add(id);
        expect(project.resources()).toEqual([]);
        expect(Object.keys(project.records()).filter((id) => !retained.has(id))).toEqual([]);
      } finally {
        await project.dispose();
      }
    }),
    { numRuns: SEQUENCES, endOnFailure: process.env.ENGINE_RANDOM_SHRINK === undefined, seed: SEED },
  );
  // The sequences contain both successes and failures.
  expect(tally.deletes).toBeGreaterThan(0);
  expect(tally.replaced).toBeGreaterThan(0);
  expect(tally.failed).toBeGreaterThan(0);
  if (process.env.ENGINE_RANDOM_RUNS !== undefined) console.log(`random programs: ${JSON.stringify(tally)}`);
}, 3_600_000);

/** The provider's resources in the state; none without a state file. */
function existing(project: TestProject): ResourceEntry[] {
  return project.hasState() ? project.resources().filter(({ type }) => type.startsWith("world:")) : [];
}
