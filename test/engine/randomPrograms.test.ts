/**
 * Random programs, one after the other on one stack, with failures in between: after each run the providers' world, the
 * state file and the program agree, and nothing was deleted before what depends on it. ENGINE_RANDOM_RUNS sets how many
 * sequences are tried. Does not prove the wording of anything, nor orders that no dependency asks for.
 */
import fc from "fast-check";
import { DeploymentFailedError, type OfflineStack, type OperationResult } from "../../engine";
import type { ProviderCall } from "./fixtures/worldProvider.js";
import { type ResourceEntry, TestProject } from "./harness";
import { closeProgramHost } from "./programHost";

const SEQUENCES = Number(process.env.ENGINE_RANDOM_RUNS ?? 12);
/** The same programs each time, so that a change that breaks one is the change at hand; another seed plays others. */
const SEED = Number(process.env.ENGINE_RANDOM_SEED ?? 1);
const NAMES = ["a", "b", "c", "d", "e", "f"];

afterAll(closeProgramHost);

/** One resource of a program. It refers only to resources that stand before it. */
interface Wanted {
  readonly name: string;
  readonly size: number;
  /** A change of it replaces the resource. */
  readonly forceName: number;
  readonly deletesFirst: boolean;
  /** Where its property `of` or, replacing, `forceOf` comes from. */
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
  /** Calls that are done half way. */
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
    // Another parent is another URN: the resource is a new one then, and the old one goes.
    if (parent !== undefined) options.push(`parent: ${parent}`);
    return `const ${name} = new Thing("${name}", { ${inputs.join(", ")} }, { ${options.join(", ")} });`;
  });
  return lines.join("\n");
}

/** What stands in the world, by id, under the assumption that every object was made by this stack. */
type Records = ReturnType<TestProject["records"]>;

/** Everything that must hold after any run, also a failed one. */
function checkAgreement(project: TestProject, retained: ReadonlySet<string>): void {
  const resources = project.resources().filter(({ type }) => type.startsWith("world:"));
  const records: Records = project.records();
  const remembered = resources.filter(({ pendingReplacement }) => !pendingReplacement);
  // Each object is remembered exactly once, or was left behind on purpose; nothing is remembered that is gone.
  const ids = remembered.map(({ id }) => id ?? "");
  expect([...ids].sort()).toEqual(
    Object.keys(records)
      .filter((id) => !retained.has(id))
      .sort(),
  );
  for (const { id, outputs } of remembered) expect(outputs).toEqual(records[id ?? ""]);
  // A second deployment of the same URN is there only to be deleted.
  const alive = resources.filter((entry) => !entry.delete).map(({ urn }) => urn);
  expect(new Set(alive).size).toBe(alive.length);
  expect(project.document().deployment.pending_operations).toBeUndefined();
}

/** After a run that succeeded: the state is what the program says. */
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
 * No object is deleted before those whose state says that they depend on it. One exception is Pulumi's own: a resource that
 * is deleted for a replacement takes with it only what that replaces; what merely depends on it outlives it. Without a program,
 * in a destroy, there is no exception.
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

/** Two objects of one URN may stand in the state while the old one waits: a dependent means the one that stands before it. */
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

test("world, state and program agree after every run of random programs with failures", async () => {
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
          // Left behind on purpose: what the state said to retain, and no longer remembers.
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
        // Whatever happened: one calm run heals it, and the next has nothing to do.
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
  // The programs did something: neither all calm nor all broken.
  expect(tally.deletes).toBeGreaterThan(0);
  expect(tally.replaced).toBeGreaterThan(0);
  expect(tally.failed).toBeGreaterThan(0);
  if (process.env.ENGINE_RANDOM_RUNS !== undefined) console.log(`random programs: ${JSON.stringify(tally)}`);
}, 3_600_000);

/** The world's resources in the state, none while there is no state. */
function existing(project: TestProject): ResourceEntry[] {
  return project.hasState() ? project.resources().filter(({ type }) => type.startsWith("world:")) : [];
}
