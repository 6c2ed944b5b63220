/** The gateway's objects in a stack's state: a file as `pulumi stack export` writes it. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { kindOfTypeToken } from "../../provider/lifecycle/typeTokens";

const properties = z.record(z.string(), z.unknown());

/** The parts of a state's resource that are read here. */
export const resourceSchema = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  parent: z.string().optional(),
  inputs: properties.optional(),
  outputs: properties.optional(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
  delete: z.boolean().optional(),
});
const documentSchema = z.object({
  deployment: z.object({
    manifest: z.object({ time: z.string() }),
    resources: z.array(resourceSchema).optional(),
    pending_operations: z.array(z.object({ type: z.string(), resource: resourceSchema })).optional(),
  }),
});

/** A resource of this package in a state. */
export interface StateEntry {
  /** `ProviderKey` */
  readonly kind: string;
  /** Its name in the program. */
  readonly name: string;
  /** Absent while it is being created. */
  readonly id: string | undefined;
  /** As in the state, with encrypted secrets. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface StackState {
  /** `<organization>/<project>/<stack>`, as in the marks of objects; undefined where the state has no resource of this package. */
  readonly stack: string | undefined;
  /** When the state was last written. */
  readonly writtenAt: Date;
  readonly resources: readonly StateEntry[];
  /** Creations that a run began and did not finish. */
  readonly pendingCreates: readonly StateEntry[];
}

/** Reads a file, or standard input for `-`. @throws Error that says what is wrong with it. */
export function readDeployment(file: string): z.infer<typeof documentSchema>["deployment"] {
  const parsed = documentSchema.safeParse(parseJson(file));
  if (parsed.success) return parsed.data.deployment;
  const [issue] = parsed.error.issues;
  throw new Error(
    `${nameOf(file)} is not a state: ${issue?.path.join(".")}: ${issue?.message}. Give the output of \`pulumi stack export\`.`,
  );
}

/** Reads a file, or standard input for `-`. @throws Error that says what is wrong with it. */
export function readStackState(file: string): StackState {
  const { manifest, resources = [], pending_operations: pending = [] } = readDeployment(file);
  const creating = pending.filter(({ type }) => type === "creating").map(({ resource }) => resource);
  const owners = [...resources, ...creating].map(({ inputs }) => inputs?.__owner);
  const owner = owners.find((text) => typeof text === "string");
  return {
    stack: typeof owner === "string" ? owner.slice(0, owner.indexOf("::")) : undefined,
    writtenAt: new Date(manifest.time),
    resources: ours(resources),
    pendingCreates: ours(creating),
  };
}

function ours(resources: readonly z.infer<typeof resourceSchema>[]): StateEntry[] {
  return resources.flatMap(({ urn, type, id, inputs = {} }) => {
    const kind = kindOfTypeToken(type);
    return kind === undefined ? [] : [{ kind, name: urn.split("::").slice(3).join("::"), id: id || undefined, inputs }];
  });
}

/** The text of a file, or of standard input for `-`. */
export function readText(file: string): string {
  return readFileSync(file === "-" ? 0 : file, "utf8");
}

function parseJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${nameOf(file)} is not JSON: give the output of \`pulumi stack export\`.`);
  }
}

/** The file's name in an error. */
export function nameOf(file: string): string {
  return file === "-" ? "standard input" : file;
}
