/** Runs sequences of edits on both engines and compares the engines after each edit. */
import { comparable, differences, differencesOfProgress, differencesOfResult } from "./compare";
import { createEngines, type Engine, type Engines } from "./engines";
import { type Edit, sourceOf } from "./programs";

function drift(engine: Engine, { name, change }: NonNullable<Edit["drift"]>): void {
  const entries = Object.entries(engine.records() as Record<string, object>).flatMap(([id, record]) => {
    if (!id.startsWith(`${name}-`)) return [[id, record] as const];
    return change === "delete" ? [] : [[id, { ...record, size: 77 }] as const];
  });
  engine.setRecords(Object.fromEntries(entries));
}

/** Runs a sequence on both engines. Returns the differences after the first edit that causes any. */
export async function play(life: readonly Edit[]): Promise<string[]> {
  const engines = await createEngines();
  try {
    for (const [index, edit] of life.entries()) {
      engines.project.program(sourceOf(edit));
      const { found, isOver, output } = await playEdit(engines, edit);
      if (found.length > 0) {
        const before = life[index - 1];
        const told = process.env.DIFFERENTIAL_SHOW
          ? [before ? sourceOf(before) : "", "-----", sourceOf(edit), output]
          : [];
        return [`edit ${index}: ${JSON.stringify([edit.operation, edit.control, edit.drift])}`, ...found, ...told];
      }
      if (isOver) return [];
    }
    return [];
  } finally {
    await engines.close();
  }
}

interface Played {
  readonly found: readonly string[];
  /** Whether the engines stopped at different places and no later run can make them equal. */
  readonly isOver: boolean;
  readonly output: string;
}

async function playEdit({ offline, cli }: Engines, edit: Edit): Promise<Played> {
  for (const engine of [offline, cli]) {
    if (edit.drift !== undefined) drift(engine, edit.drift);
    engine.control(edit.control);
  }
  const [one, other] = [await offline.run(edit.operation), await cli.run(edit.operation)];
  const output = `${one.output}\n${other.output}`;
  const found = differences(comparable(one), comparable(other));
  if (found.length === 0) return { found, isOver: false, output };
  if (one.isSuccess || other.isSuccess) return { found, isOver: false, output };
  // After a failure, each engine may stop independent resources at a different place. Their common steps must be equal, and a run
  // without failures must make them equal again.
  const disagreement = differencesOfProgress(one, other);
  if (disagreement.length > 0) return { found: disagreement, isOver: false, output };
  for (const engine of [offline, cli]) engine.control({});
  const [healed, otherHealed] = [await offline.run({ kind: "up" }), await cli.run({ kind: "up" })];
  if (!healed.isSuccess && !otherHealed.isSuccess) return { found: [], isOver: true, output };
  return {
    found: differencesOfResult(healed, otherHealed),
    isOver: false,
    output: `${output}\n--- after it ---\n${healed.output}\n${otherHealed.output}`,
  };
}
