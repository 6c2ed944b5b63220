/**
 * A component's arguments from a message. What is known is a plain value, as the planner needs names, regions and numbers at preview; a
 * secret, and what only an `up` knows, are Outputs in their places.
 */
import { CustomResource } from "@pulumi/pulumi/resource";
import * as rpc from "@pulumi/pulumi/runtime/rpc";
import { kindOfTypeToken } from "../../lifecycle/typeTokens";
import { isPlainObject, UNKNOWN } from "../../lifecycle/values";
import type { Struct } from "../protocol/stubs";
import { parseUrn } from "../urn";

/** An output value of the wire, whose value may be missing: unknown. */
interface WireOutput {
  readonly value?: unknown;
  readonly secret: boolean;
  readonly dependencies: readonly string[];
}

/** @param dependencies URNs on which each argument depends */
export function readArguments(
  struct: Struct.Struct | undefined,
  dependencies: (argument: string) => readonly string[],
): Record<string, unknown> {
  const given = Object.entries((struct?.toJavaScript() ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    given.map(([name, value]) => [name, read(value, { secret: false, dependencies: dependencies(name) })]),
  );
}

/** A secret object is read as an object of secrets, so that its form can be checked. */
function read(value: unknown, around: WireOutput): unknown {
  if (Array.isArray(value)) return value.map((item) => read(item, around));
  if (!isPlainObject(value)) {
    if (value === null || (value !== UNKNOWN && !around.secret)) return value;
    return toOutput(value === UNKNOWN ? { ...around } : { ...around, value });
  }
  switch (value[rpc.specialSigKey]) {
    case rpc.specialSecretSig:
      return read(value.value, { ...around, secret: true });
    case rpc.specialOutputValueSig: {
      const inner = {
        secret: around.secret || value.secret === true,
        dependencies: Array.isArray(value.dependencies) ? (value.dependencies as string[]) : around.dependencies,
      };
      return "value" in value ? read(value.value, inner) : toOutput(inner);
    }
    case rpc.specialResourceSig:
      return toResource(value, around);
    default:
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, read(item, around)]));
  }
}

function toOutput(output: WireOutput): unknown {
  return rpc.deserializeProperty({ [rpc.specialSigKey]: rpc.specialOutputValueSig, ...output });
}

/** A resource by its id; a `CustomProvider` by itself, as it is meant by its `providerId`, which the engine knows. */
function toResource(reference: Readonly<Record<string, unknown>>, around: WireOutput): unknown {
  const [urn, id] = [String(reference.urn), reference.id];
  const { type, name } = parseUrn(urn);
  if (kindOfTypeToken(type) === "CustomProvider") return new DeclaredProvider(type, name, urn);
  const dependencies = [...around.dependencies, urn];
  return toOutput({ secret: false, dependencies, ...(id !== "" && id !== undefined && { value: id }) });
}

/** A `CustomProvider` that the program has declared. */
class DeclaredProvider extends CustomResource {
  constructor(type: string, name: string, urn: string) {
    super(type, name, { providerId: undefined, baseUrl: undefined }, { urn });
  }
}
