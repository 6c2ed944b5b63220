/** The `name` of a resource whose program gives none: the resource's own name, or what the stack config `pulumi:autonaming` says. */
import { MAX_NAME_CHARS } from "../../sdk/contract/limits";
import type { AnyDefinition, Failure } from "../lifecycle/definition";
import type { PlainObject } from "../lifecycle/values";

/** What the stack config says for one resource. */
export interface Autonaming {
  readonly proposedName: string;
  /** `propose`: another name may be taken; `enforce`: none other; `disable`: the program must give a name. */
  readonly mode: "propose" | "enforce" | "disable";
}

/** Input that remembers a name of the stack config's, which may have a random part: it is proposed anew in every run. */
const AUTONAMED = "__autonamed";

export function withDefaultName(
  definition: AnyDefinition,
  news: PlainObject,
  olds: PlainObject,
  resourceName: string,
  autonaming: Autonaming | undefined,
): { readonly inputs: PlainObject; readonly failure?: Failure } {
  const isNamed = "name" in definition.fields;
  if (!isNamed || (news.name !== undefined && news.name !== null)) return { inputs: news };
  switch (autonaming?.mode) {
    case undefined:
      return { inputs: { ...news, name: resourceName } };
    case "disable":
      return {
        inputs: news,
        failure: {
          property: "name",
          reason: "is required, as the stack config pulumi:autonaming gives no names: give one",
        },
      };
    case "enforce":
    case "propose": {
      const proposed =
        autonaming.mode === "enforce" ? autonaming.proposedName : autonaming.proposedName.slice(0, MAX_NAME_CHARS);
      const name = olds[AUTONAMED] === true && typeof olds.name === "string" ? olds.name : proposed;
      return { inputs: { ...news, name, [AUTONAMED]: true } };
    }
  }
}
