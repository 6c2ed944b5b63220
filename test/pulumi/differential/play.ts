/** Plays lives on both engines and compares them after each edit. */
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

/** Plays a life on both engines. Returns how they differ at the first edit after which they do. */
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
  /** The engines stopped at different places and nothing brings them together again. */
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
  // A failure stops what is not ordered before it at another place on each engine: what both did must agree, and a calm run heals.
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
