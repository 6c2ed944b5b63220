/** Faults of requests on all planes: set by `POST /_emulator/faults`, applied by each server. */
import { z } from "zod";

export type Plane = "control" | "gateway" | "azure";

const actionSchema = z.union([
  z.strictObject({
    status: z.int().min(100).max(599),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.unknown().optional(),
  }),
  z.strictObject({ drop: z.enum(["before", "after"]) }),
  z.strictObject({ delayMs: z.int().min(0) }),
]);

/** The body of `POST /_emulator/faults`. `host` and `path` match as prefixes; `after` lets this number of matches pass first. */
export const faultSchema = z.strictObject({
  plane: z.enum(["control", "gateway", "azure"]),
  match: z
    .strictObject({ method: z.string().optional(), path: z.string().optional(), host: z.string().optional() })
    .default({}),
  times: z.int().min(1).default(1),
  after: z.int().min(0).default(0),
  action: actionSchema,
});

export type FaultInput = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema>;
/** `drop: "after"`: the change is made and its answer is lost; `"before"`: nothing is done. */
export type FaultAction = Fault["action"];

export interface FaultTarget {
  readonly method: string;
  readonly host: string;
  readonly path: string;
}

export class FaultList {
  private faults: { readonly fault: Fault; toPass: number; left: number }[] = [];

  add(input: FaultInput): void {
    const fault = faultSchema.parse(input);
    this.faults.push({ fault, toPass: fault.after, left: fault.times });
  }

  clear(): void {
    this.faults = [];
  }

  /** The first matching fault, whose remaining count decreases by one. */
  take(plane: Plane, target: FaultTarget): Fault | undefined {
    for (const entry of this.faults) {
      if (!matches(entry.fault, plane, target)) continue;
      if (entry.toPass > 0) {
        entry.toPass -= 1;
        continue;
      }
      entry.left -= 1;
      if (entry.left === 0) this.faults = this.faults.filter((other) => other !== entry);
      return entry.fault;
    }
    return undefined;
  }
}

function matches({ plane, match }: Fault, ofPlane: Plane, { method, host, path }: FaultTarget): boolean {
  return (
    plane === ofPlane &&
    (match.method === undefined || match.method.toUpperCase() === method.toUpperCase()) &&
    (match.host === undefined || host.startsWith(match.host)) &&
    (match.path === undefined || path.startsWith(match.path))
  );
}
