/** The package `pulumi`, implemented by the engine: references to other stacks, stashes, look-ups in this run. */
import { randomUUID } from "node:crypto";
import type { ResourceState } from "../state/resourceState";
import { typeOf, type Urn } from "../values/urn";
import { containsSecrets, type PropertyMap, Unknown, valuesEqual } from "../values/values";
import {
  type CheckRequest,
  type CheckResult,
  type CreateRequest,
  type DiffRequest,
  type DiffResult,
  type InvokeResult,
  NO_DIFF,
  ProviderError,
  type ReadRequest,
  type ReadResult,
  type ResourceProvider,
  type UpdateRequest,
} from "./resourceProvider";

const STACK_REFERENCE = "pulumi:pulumi:StackReference";
const STASH = "pulumi:index:Stash";

/** Look-ups that the built-in package delegates. */
export interface BuiltinLookups {
  /** Outputs of another stack; undefined when there is no such stack. */
  stackOutputs(name: string): Promise<PropertyMap | undefined>;
  /** All resources of another stack; undefined when there is no such stack. */
  stackResources(name: string): Promise<readonly ResourceState[] | undefined>;
  /** A resource registered or read in this run. */
  registered(urn: Urn): ResourceState | undefined;
}

export class BuiltinProvider implements ResourceProvider {
  constructor(private readonly lookups: BuiltinLookups) {}

  async check({ urn, news }: CheckRequest): Promise<CheckResult> {
    const allowed = { [STACK_REFERENCE]: "name", [STASH]: "input" }[typeOf(urn)];
    if (allowed === undefined) throw new ProviderError(`unrecognized resource type '${typeOf(urn)}'`);
    const failures = Object.keys(news)
      .filter((property) => property !== allowed)
      .map((property) => ({ property, reason: `unknown property "${property}"` }));
    if (!Object.hasOwn(news, allowed))
      failures.push({ property: allowed, reason: `missing required property "${allowed}"` });
    return { inputs: news, failures };
  }

  async diff({ urn, oldInputs, newInputs }: DiffRequest): Promise<DiffResult> {
    if (valuesEqual(oldInputs, newInputs)) return NO_DIFF;
    const replaceKeys = typeOf(urn) === STACK_REFERENCE ? ["name"] : [];
    return { ...NO_DIFF, changes: "some", replaceKeys };
  }

  async create({ urn, inputs, isPreview }: CreateRequest): Promise<{ id: string; outputs: PropertyMap }> {
    if (typeOf(urn) === STASH) {
      return {
        id: isPreview ? "" : randomUUID(),
        outputs: { input: inputs.input ?? null, output: inputs.input ?? null },
      };
    }
    return { id: isPreview ? "" : randomUUID(), outputs: await this.readReference(inputs) };
  }

  async update({ newInputs, oldOutputs }: UpdateRequest): Promise<PropertyMap> {
    return { input: newInputs.input ?? null, output: oldOutputs.output ?? null };
  }

  async delete(): Promise<void> {
    // References and stashes exist only in the state.
  }

  async read({ urn, id, inputs, state }: ReadRequest): Promise<ReadResult> {
    const known = { id, inputs: inputs ?? {}, initErrors: [] };
    if (typeOf(urn) !== STACK_REFERENCE) return { ...known, outputs: state };
    return { ...known, outputs: await this.readReference(state ?? inputs ?? {}) };
  }

  async invoke(token: string, args: PropertyMap): Promise<InvokeResult> {
    return { outputs: await this.answer(token, args), failures: [] };
  }

  private async answer(token: string, args: PropertyMap): Promise<PropertyMap> {
    switch (token) {
      case "pulumi:pulumi:getResource":
        return this.getResource(String(args.urn));
      case "pulumi:pulumi:readStackOutputs":
        return this.readReference(args);
      case "pulumi:pulumi:readStackResourceOutputs":
        return this.readStackResources(args);
      default:
        throw new ProviderError(`unrecognized function name: '${token}'`);
    }
  }

  private getResource(urn: Urn): PropertyMap {
    const state = this.lookups.registered(urn);
    if (state === undefined) throw new ProviderError(`unknown resource ${urn}`);
    return { urn, id: state.id === "" && state.custom ? new Unknown() : state.id, state: state.outputs };
  }

  private async readReference(properties: PropertyMap): Promise<PropertyMap> {
    const { name } = properties;
    if (name instanceof Unknown) return { name, outputs: new Unknown(), secretOutputNames: new Unknown() };
    const outputs = await this.lookups.stackOutputs(String(name));
    if (outputs === undefined) throw new ProviderError(`unknown stack "${String(name)}"`);
    const secretOutputNames = Object.keys(outputs)
      .filter((key) => containsSecrets(outputs[key] ?? null))
      .sort();
    return { name: name ?? null, outputs, secretOutputNames };
  }

  private async readStackResources(args: PropertyMap): Promise<PropertyMap> {
    const name = String(args.stackName ?? args.name);
    const resources = await this.lookups.stackResources(name);
    if (resources === undefined) throw new ProviderError(`unknown stack "${name}"`);
    const outputs = resources.map((state) => [state.urn, { type: state.type, outputs: state.outputs }] as const);
    return { name, outputs: Object.fromEntries(outputs) };
  }
}
