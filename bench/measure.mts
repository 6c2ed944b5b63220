import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly digits?: number;
  /** The project's goal, in words. */
  readonly goal?: string;
}

export type Bench = () => AsyncIterable<Figure>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Runs a script in a new process and returns the numbers that it prints, as JSON. */
export function inOwnProcess(script: string, cwd: string): number[] {
  const result = spawnSync(process.execPath, ["-e", script], { cwd, encoding: "utf8" });
  if (result.status !== 0) throw new Error(`benchmark script failed: ${result.stderr}`);
  return JSON.parse(result.stdout) as number[];
}

/** Like `inOwnProcess`, but without blocking, for a script that calls a server in this process. */
export async function besideThisProcess(script: string, cwd: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd });
  return JSON.parse(stdout) as number[];
}

/**
 * Peak memory of a process for each number of objects, and the memory of each further object, which is nearly constant if memory
 * is linear.
 */
export function* memoryFigures(sizes: readonly number[], megabytes: readonly number[]): Iterable<Figure> {
  const perObject: number[] = [];
  for (const [index, objects] of sizes.entries()) {
    const value = megabytes[index] ?? Number.NaN;
    const name = `most memory held for ${objects.toLocaleString("en")} objects`;
    yield { what: `${name}, Node's own included`, value, unit: "MB", digits: 0 };
    if (index === 0) continue;
    const before = { objects: sizes[index - 1] ?? 0, megabytes: megabytes[index - 1] ?? Number.NaN };
    perObject.push((1000 * (value - before.megabytes)) / (objects - before.objects));
    yield {
      what: `  for each beyond ${before.objects.toLocaleString("en")}`,
      value: perObject.at(-1) ?? 0,
      unit: "kB",
    };
  }
  const [first = Number.NaN, last = Number.NaN] = perObject.slice(-2);
  yield {
    what: "ratio of the last two",
    value: last / first,
    unit: "×",
    digits: 2,
    goal: "about 1 (linear; 4 would be square)",
  };
}
