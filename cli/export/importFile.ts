/**
 * What `pulumi import --file` takes: each resource with the inputs and outputs that its adoption would leave in the state, so that the
 * CLI need not ask the provider, which it can't for dynamic resources. Made by the provider itself, rehearsing on what was read.
 */
import { MEMORY_PROPERTY, OWNER_PROPERTY, PROVIDER_PROPERTY } from "../../provider/dynamic/adapter";
import type { AnyDefinition, CallContext } from "../../provider/lifecycle/definition";
import * as lifecycle from "../../provider/lifecycle/lifecycle";
import { ownerText } from "../../provider/lifecycle/ownership";
import { withoutEmpty } from "../../provider/lifecycle/values";
import type { GatewayClient } from "../../sdk";
import { systemClock } from "../../sdk/clock";
import type { Inventory } from "../account/inventory";
import type { Definitions } from "./kinds";
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
 * All resources but provider keys: whose value nobody can read back can't be imported, and is taken over by the first `up`.
 * `stack` is `organization/project/stack`.
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
    // In the order in which an engine hands them over, as what the provider remembers keeps it.
    const inputs = Object.fromEntries(Object.entries(checked).toSorted(([left], [right]) => (left < right ? -1 : 1)));
    const context: CallContext = {
      client,
      gatewayUrl: "",
      clock: systemClock,
      accountId: async () => inventory.settings.accountId,
      call: { signal: new AbortController().signal, subject: { kind, name, operation: "adopt" } },
    };
    const { state, memory } = await lifecycle.create(definition, inputs, context, { ownership: "off", owner });
    // Without the id of a creation the object stays without a mark: an import changes nothing, and neither does the next up.
    const { create: _, ...remembered } = memory;
    const internals = { [PROVIDER_PROPERTY]: providerText(kind), [OWNER_PROPERTY]: ownerText(owner) };
    return {
      type: `pulumi-nodejs:dynamic/ngrok-ai:${kind}`,
      name,
      id,
      inputs: { ...inputs, ...internals },
      outputs: withoutEmpty({ ...state, [MEMORY_PROPERTY]: remembered, ...internals }),
    };
  };
  const imported = plan.resources.filter(({ kind }) => kind !== "ProviderKey");
  return { resources: await Promise.all(imported.map(rehearse)) };
}

/** Answers reads from what was read already. It knows no writes: whatever would have to be written is an error here. */
function inventoryClient(inventory: Inventory): GatewayClient {
  const answers = {
    ...reads("Provider", "Providers", inventory.providers),
    ...reads("AccessKeyConfiguration", "AccessKeyConfigurations", inventory.configurations),
    ...reads("AccessKey", "AccessKeys", inventory.accessKeys),
    ...reads("ApiKey", "ApiKeys", inventory.apiKeys),
    getGatewayConfig: async () => inventory.settings,
  };
  return answers as unknown as GatewayClient;
}

function reads<T extends { readonly id: string }>(one: string, many: string, objects: readonly T[]) {
  const byId = new Map(objects.map((object) => [object.id, object]));
  return {
    [`get${one}`]: async (id: string) => {
      const found = byId.get(id);
      if (found === undefined) throw new Error(`${id} was not read`);
      return found;
    },
    [`list${many}`]: async function* () {
      yield* objects;
    },
  };
}
