/** The gateway's objects in a stack's state: a file as `pulumi stack export` writes it. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { parseOwner } from "../../provider/lifecycle/ownership";
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
  /**
   * `<organization>/<project>/<stack>`, as in the objects' marks. `<project>/<stack>` if the state has no resource of this package, because
   * URNs do not contain the organization. Undefined if the state has no resource at all.
   */
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
  return {
    stack: stackIn([...resources, ...pending.map(({ resource }) => resource)]),
    writtenAt: new Date(manifest.time),
    resources: ours(resources),
    pendingCreates: ours(creating),
  };
}

/** The state of the stack that a flag names; parts that the flag omits are taken from the state. */
export function withStack(state: StackState, name: string | undefined): StackState {
  if (name === undefined) return state;
  const project = state.stack?.split("/").at(-2);
  return { ...state, stack: name.includes("/") || project === undefined ? name : `${project}/${name}` };
}

function stackIn(resources: readonly z.infer<typeof resourceSchema>[]): string | undefined {
  for (const { inputs } of resources) {
    const owner = parseOwner(inputs?.__owner);
    if (owner !== undefined) return owner.stack;
  }
  // urn:pulumi:<stack>::<project>::<types>::<name>
  const [stack, project] = resources[0]?.urn.split("::") ?? [];
  return project === undefined ? undefined : `${project}/${stack?.split(":").at(-1)}`;
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
