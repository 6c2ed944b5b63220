/**
 * The file for `pulumi import --file`. It contains each resource with the inputs and outputs that its adoption would store in the state,
 * because the CLI cannot read dynamic resources. The provider itself computes them by adopting each object from the inventory.
 */
import { OWNER_PROPERTY, PROVIDER_PROPERTY } from "../../provider/dynamic/adapter";
import type { AnyDefinition, CallContext } from "../../provider/lifecycle/definition";
import { KnownObjects } from "../../provider/lifecycle/knownObjects";
import * as lifecycle from "../../provider/lifecycle/lifecycle";
import { ownerText } from "../../provider/lifecycle/ownership";
import { toOutputs } from "../../provider/lifecycle/properties";
import { typeTokenOf } from "../../provider/lifecycle/typeTokens";
import type { GatewayClient } from "../../sdk";
import { systemClock } from "../../sdk/clock";
import type { Inventory } from "../account/inventory";
import { KINDS, LISTED_KINDS, listOf } from "../kinds";
import type { Definitions } from "./definitions";
import type { ExportPlan, PlannedResource } from "./plan";

export interface ImportedResource {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface ImportFile {
  readonly resources: readonly ImportedResource[];
}

/**
 * All resources except provider keys: their values cannot be read, so the first `up` adopts them.
 * @param stack `organization/project/stack`
 */
export async function importFile(
  plan: ExportPlan,
  inventory: Inventory,
  definitions: Definitions,
  stack: string,
): Promise<ImportFile> {
  const client = inventoryClient(inventory);
  const { providerText } = await import("../../provider/resources/gatewayResource.js");
  const rehearse = async (resource: PlannedResource): Promise<ImportedResource> => {
    const { kind, name, id } = resource;
    const definition = definitions[kind] as AnyDefinition;
    const owner = { stack, resource: name };
    const checked = lifecycle.check(definition, resource.plainArgs).inputs;
    // Pulumi passes inputs in this order, and the provider's memory keeps the order.
    const inputs = Object.fromEntries(Object.entries(checked).toSorted(([left], [right]) => (left < right ? -1 : 1)));
    const context: CallContext = {
      client,
      gatewayUrl: "",
      clock: systemClock,
      accountId: async () => inventory.settings.accountId,
      call: { signal: new AbortController().signal, subject: { kind, name, operation: "adopt" } },
    };
    const { state, memory } = await lifecycle.create(definition, inputs, context, {
      ownership: "off",
      owner,
      known: new KnownObjects(),
    });
    // Without a create id the object gets no mark: neither the import nor the next up changes the object.
    const { create: _, ...remembered } = memory;
    const internals = { [PROVIDER_PROPERTY]: providerText(kind), [OWNER_PROPERTY]: ownerText(owner) };
    return {
      type: typeTokenOf(kind),
      name,
      id,
      inputs: { ...inputs, ...internals },
      outputs: { ...toOutputs({ state, memory: remembered }), ...internals },
    };
  };
  const imported = plan.resources.filter(({ kind }) => kind !== "ProviderKey");
  return { resources: await Promise.all(imported.map(rehearse)) };
}

/** Answers reads from the inventory. It has no writes, so an adoption that would write fails here. */
function inventoryClient(inventory: Inventory): GatewayClient {
  const reads = LISTED_KINDS.map((kind) => readsOf(KINDS[kind].listed.api, inventory[listOf(kind)]));
  const answers = Object.assign({ getGatewayConfig: async () => inventory.settings }, ...reads);
  return answers as GatewayClient;
}

function readsOf(api: string, objects: readonly { readonly id: string }[]) {
  const byId = new Map(objects.map((object) => [object.id, object]));
  return {
    [`get${api}`]: async (id: string) => {
      const found = byId.get(id);
      if (found === undefined) throw new Error(`${id} was not read`);
      return found;
    },
    [`list${api}s`]: async function* () {
      yield* objects;
    },
  };
}
