import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly digits?: number;
  /** In words, as the project promises it. */
  readonly goal?: string;
}

export type Bench = () => AsyncIterable<Figure>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Runs a script in a process of its own and returns the numbers that it prints, as JSON. */
export function inOwnProcess(script: string, cwd: string): number[] {
  const result = spawnSync(process.execPath, ["-e", script], { cwd, encoding: "utf8" });
  if (result.status !== 0) throw new Error(`benchmark script failed: ${result.stderr}`);
  return JSON.parse(result.stdout) as number[];
}

/** The same without waiting for it: for a script that asks a server of this process. */
export async function besideThisProcess(script: string, cwd: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd });
  return JSON.parse(stdout) as number[];
}
