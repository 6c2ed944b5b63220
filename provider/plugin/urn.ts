/** What the URN of a resource says: `urn:pulumi:<stack>::<project>::<types, joined by $>::<name>`. */
import type { Owner } from "../lifecycle/ownership";

const PREFIX = "urn:pulumi:";
const STACK_TYPE = "pulumi:pulumi:Stack";

export interface UrnParts {
  readonly stack: string;
  readonly project: string;
  /** Types around the resource, outermost first. */
  readonly parentTypes: readonly string[];
  readonly type: string;
  readonly name: string;
}

/** @throws Error where the text is no URN. */
export function parseUrn(urn: string): UrnParts {
  const [stack, project, types, ...name] = urn.slice(PREFIX.length).split("::");
  if (!urn.startsWith(PREFIX) || stack === undefined || project === undefined || types === undefined || !name.length) {
    throw new Error(`"${urn}" is no URN of a resource`);
  }
  const around = types.split("$");
  const type = around.pop() ?? "";
  return { stack, project, parentTypes: around.filter((parent) => parent !== STACK_TYPE), type, name: name.join("::") };
}

/** The resource as the owner of its object. A URN does not name the organization. */
export function toOwner({ stack, project, parentTypes, name }: UrnParts): Owner {
  const owner = { stack: `${project}/${stack}`, resource: name };
  return parentTypes.length === 0 ? owner : { ...owner, parent: parentTypes.join("$") };
}
