/** Converts the objects of an account to the resources of a program, independent of its language. Pure: no network, no files. */
import { check } from "../../provider/lifecycle/lifecycle";
import { fromWireRules, selectorOf } from "../../provider/routing/routingRules";
import type { Rule } from "../../provider/routing/rule";
import type { AccessKey, AccessKeyConfiguration, GatewayConfig, Provider, ProviderKey } from "../../sdk";
import type { Inventory, Reading } from "../account/inventory";
import { unknownPartsOf, unknownPartsOfSettings } from "../account/unknownParts";
import { type ExportedKind, KINDS, LISTED_KINDS, type ListedKind, listOf, type ObjectOf } from "../kinds";
import type { Definitions } from "./definitions";
import { ResourceNames, VariableNames } from "./names";
import { type PlannedArgs, type PlannedValue, ResourceReference, StackSecret } from "./plannedValue";
import { References } from "./references";

/** Arguments as the provider receives them: with ids and values instead of references. */
export type PlainArgs = Record<string, unknown>;

export interface PlannedResource {
  readonly kind: ExportedKind;
  /** Id at the gateway. */
  readonly id: string;
  /** The object's own name. */
  readonly label: string;
  /** The resource's name in the program. */
  readonly name: string;
  /** An identifier that is unique in the program and reserved in no language. */
  readonly variable: string;
  readonly args: PlannedArgs;
  readonly plainArgs: PlainArgs;
  /** Comments above it. */
  readonly notes: readonly string[];
}

/** A provider key's value, which the gateway never returns. */
export interface PlannedSecret {
  /** Key of the stack config, without the project's name. */
  readonly config: string;
  readonly providerKeyId: string;
  readonly label: string;
  /** The last characters of the value, as the gateway shows them; "" where it shows none. */
  readonly end: string;
}

/** An object that is not in the program. */
export interface LeftOut {
  readonly kind: string;
  readonly id: string;
  readonly label: string;
  readonly reasons: readonly string[];
}

export interface ExportPlan {
  readonly accountId: string;
  /** Each resource refers only to earlier ones. */
  readonly resources: readonly PlannedResource[];
  readonly secrets: readonly PlannedSecret[];
  /** Objects that carry the marks of other stacks. */
  readonly owned: readonly (LeftOut & { readonly stack: string })[];
  /** Objects that the provider would reject, with the reason. */
  readonly notExpressed: readonly LeftOut[];
}

export interface PlanOptions {
  readonly definitions: Definitions;
  /** @default all */
  readonly only?: readonly ExportedKind[] | undefined;
  /** The stack of the program: objects with its mark are included. */
  readonly stack?: string | undefined;
}

interface Labeled {
  readonly id: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata?: string | undefined;
}

/** Placeholder for a provider key's value while arguments are checked. */
const UNREAD_VALUE = "unread-value";
const MASK = "***";
/** Errors that do not apply after the rules become separate resources. */
const RULES_PROPERTY = /^(rules|access\.providers\.allow)/;

const NOTHING_UNKNOWN: readonly string[] = [];

/** Number of objects after which the planner lets arriving pages be read. */
const OBJECTS_AT_A_TIME = 50;

export function planExport(inventory: Inventory, options: PlanOptions): ExportPlan {
  const planner = new Planner(options);
  for (const kind of LISTED_KINDS) for (const _ of planner.planList(kind, inventory[listOf(kind)]));
  return planner.finish(inventory.settings);
}

/** Plans while the account is being read: each list is planned when it has arrived. */
export async function planWhileReading(reading: Reading, options: PlanOptions): Promise<ExportPlan> {
  const planner = new Planner(options);
  for (const kind of LISTED_KINDS) {
    for (const _ of planner.planList(kind, await reading[listOf(kind)])) await new Promise(setImmediate);
  }
  return planner.finish(await reading.settings);
}

class Planner {
  private readonly variables = new VariableNames();
  private readonly names = new ResourceNames();
  private readonly references = new References();
  private readonly resources: PlannedResource[] = [];
  private readonly secrets: PlannedSecret[] = [];
  private readonly owned: (LeftOut & { stack: string })[] = [];
  private readonly notExpressed: LeftOut[] = [];
  /** Unknown parts of the object being planned; added to the first resource that is written for it. */
  private unknownNotes = NOTHING_UNKNOWN;
  /** Kinds with more arguments than labels. */
  private readonly adders: { readonly [K in ListedKind]?: (object: ObjectOf<K>) => void } = {
    CustomProvider: (provider) => this.addProvider(provider),
    ProviderKey: (key) => this.addProviderKey(key),
    AccessConfiguration: (configuration) => this.addConfiguration(configuration),
    AccessKey: (key) => this.addAccessKey(key),
  };

  constructor(private readonly options: PlanOptions) {}

  /** Oldest first; the API lists the newest first. Yields regularly, so that other work can run. */
  *planList(kind: ListedKind, objects: readonly Labeled[]): Generator<undefined> {
    const adder = this.adders[kind] as ((object: Labeled) => void) | undefined;
    const add = adder ?? ((object: Labeled) => this.add(kind, object, object.name ?? "", {}, {}));
    this.references.know(objects);
    if (!this.isWanted(kind)) return;
    let planned = 0;
    for (const object of objects.toReversed()) {
      this.noteUnknown(unknownPartsOf(kind, object));
      const stack = this.references.stackOf(object.id);
      if (stack === undefined || stack === this.options.stack) add(object);
      else {
        const reasons = [`managed by the stack ${stack}`];
        this.owned.push({ kind, id: object.id, label: object.name ?? "", stack, reasons });
      }
      if (++planned % OBJECTS_AT_A_TIME === 0) yield;
    }
  }

  finish(settings: GatewayConfig): ExportPlan {
    if (this.isWanted("GatewaySettings")) this.addSettings(settings);
    const { resources, secrets, owned, notExpressed } = this;
    return { accountId: settings.accountId, resources, secrets, owned, notExpressed };
  }

  private isWanted(kind: ExportedKind): boolean {
    return this.options.only?.includes(kind) ?? true;
  }

  private addProvider(provider: Provider): void {
    const { providerId, baseUrl, supportedApiSurfaces, models } = provider;
    const surfaces = supportedApiSurfaces?.map(({ format, surface, baseUrl: surfaceUrl, supportedParams }) => ({
      format,
      ...(surface !== undefined && { surface }),
      ...(surfaceUrl !== undefined && { baseUrl: surfaceUrl }),
      ...(supportedParams !== undefined && { supportedParams: supportedParams.map(({ name }) => ({ name })) }),
    }));
    const args = {
      providerId,
      baseUrl,
      ...(surfaces && { supportedApiSurfaces: surfaces }),
      ...(models && { models: models.map(toModel) }),
    };
    const added = this.add("CustomProvider", provider, providerId, args, args);
    if (added) this.references.addProvider(providerId, added);
  }

  private addProviderKey(key: ProviderKey): void {
    const { id, name, providerId, keyRedacted } = key;
    const end = endOf(keyRedacted);
    const added = this.add("ProviderKey", key, name, { providerId, value: UNREAD_VALUE }, (variable) => ({
      providerId: this.references.provider(providerId),
      value: new StackSecret(secretName(variable), end),
    }));
    if (added) this.secrets.push({ config: secretName(added.variable), providerKeyId: id, label: name, end });
  }

  private addConfiguration(configuration: AccessKeyConfiguration): void {
    const { id, name, access, router } = configuration;
    const plain = access ? { access: plainAccess(access) } : {};
    const planned = access ? { access: this.references.access(plainAccess(access)) } : {};
    const rules = fromWireRules(router);
    if (router?.rules === undefined) {
      this.add("AccessConfiguration", configuration, name, plain, planned);
      return;
    }
    const refusals = this.refusals(
      "AccessConfiguration",
      toPlainArgs(configuration, { ...plain, rules }, this.labelsOf(configuration), true),
    );
    if (!refusals.some(({ property }) => RULES_PROPERTY.test(property))) {
      const inline = { ...planned, rules: rules.map((rule) => this.references.rule(rule)) };
      this.add("AccessConfiguration", configuration, name, { ...plain, rules }, inline, refusals.length === 0);
      return;
    }
    const added = this.add("AccessConfiguration", configuration, name, plain, planned);
    const link = added === undefined ? id : new ResourceReference(added.variable);
    const seen = new Set<string>();
    for (const rule of rules) {
      const selector = selectorOf(rule);
      if (seen.has(selector)) this.refuseSecondRule(id, selector);
      else this.addRule(configuration, rule, link);
      seen.add(selector);
    }
  }

  /** A rule as a separate resource, which checks less than the configuration does for all of its rules. */
  private addRule({ id, name }: AccessKeyConfiguration, rule: Rule, configurationId: PlannedValue): void {
    const title = `${name} ${rule.model ?? rule.provider ?? ""}`;
    const object = { id: `${id}/${selectorOf(rule)}` };
    const planned = { configurationId, ...this.references.rule(rule) };
    this.add("RoutingRule", object, title, { configurationId: id, ...rule }, planned);
  }

  private refuseSecondRule(configurationId: string, selector: string): void {
    const reasons = [`is the second rule for ${selector}; a resource identifies its rule by the selector alone`];
    this.notExpressed.push({ kind: "RoutingRule", id: `${configurationId}/${selector}`, label: selector, reasons });
  }

  private addAccessKey(key: AccessKey): void {
    const link = key.accessKeyConfiguration?.id;
    if (link === undefined) this.add("AccessKey", key, key.name ?? "", {}, {});
    else {
      const planned = { configurationId: this.references.byId(link) };
      this.add("AccessKey", key, key.name ?? "", { configurationId: link }, planned);
    }
  }

  private noteUnknown(parts: readonly string[]): void {
    this.unknownNotes =
      parts.length === 0 ? NOTHING_UNKNOWN : [`Not known to this version and left as it is: ${parts.join(", ")}.`];
  }

  private addSettings({ accountId, ...settings }: GatewayConfig): void {
    this.noteUnknown(unknownPartsOfSettings(settings));
    const { totalTimeout, perRequestTimeout, maxInputTokens, maxOutputTokens, metadata } = settings;
    const args = {
      totalTimeout,
      perRequestTimeout,
      ...(maxInputTokens ? { maxInputTokens } : {}),
      ...(maxOutputTokens ? { maxOutputTokens } : {}),
      ...(metadata ? { metadata } : {}),
    };
    this.add("GatewaySettings", { id: accountId }, "settings", args, args);
  }

  /**
   * Plans one resource; `undefined` if the provider would reject it.
   * @param plain the arguments as the provider will receive them
   * @param planned the same arguments with references
   */
  private add(
    kind: ExportedKind,
    object: Labeled,
    title: string,
    plain: PlainArgs,
    planned: PlannedArgs | ((variable: string) => PlannedArgs),
    isChecked = false,
  ): PlannedResource | undefined {
    const { suffix, fallbackName, isNamed } = KINDS[kind].program;
    const label = object.name ?? title;
    const labels = this.labelsOf(object);
    const plainArgs = toPlainArgs(object, plain, labels, isNamed);
    const references = this.references.takeNotes();
    const notes = this.unknownNotes.length === 0 ? references : [...this.unknownNotes, ...references];
    this.unknownNotes = NOTHING_UNKNOWN;
    const refusals = isChecked ? [] : this.refusals(kind, plainArgs);
    if (refusals.length > 0) {
      const reasons = refusals.map(({ property, reason }) => `${property} ${reason}`.trim());
      this.notExpressed.push({ kind, id: object.id, label, reasons });
      return undefined;
    }
    const name = this.names.next(title, kind, fallbackName);
    const variable = this.variables.next(title, suffix);
    const named = isNamed && name !== object.name ? { name: object.name ?? "" } : {};
    const members = typeof planned === "function" ? planned(variable) : planned;
    const args = { adopt: object.id, ...named, ...members, ...labels };
    const resource: PlannedResource = { kind, id: object.id, label, name, variable, args, plainArgs, notes };
    this.resources.push(resource);
    this.references.add(resource);
    return resource;
  }

  private refusals(kind: ExportedKind, plain: PlainArgs) {
    const definition = this.options.definitions[kind];
    return definition === undefined ? [] : check(definition, plain).failures;
  }

  /** The provider writes its owner's mark, so the program omits it. */
  private labelsOf({ id, description, metadata }: Labeled): Labels {
    const isMarked = metadata && this.references.stackOf(id) !== undefined;
    if (!description && (!metadata || isMarked)) return NO_LABELS;
    return { ...(description && { description }), ...(metadata && !isMarked && { metadata }) };
  }
}

interface Labels {
  readonly description?: string;
  readonly metadata?: string;
}

const NO_LABELS: Labels = {};

function toPlainArgs({ id, name = "" }: Labeled, plain: PlainArgs, labels: Labels, isNamed: boolean): PlainArgs {
  return isNamed ? { adopt: id, ...plain, name, ...labels } : { adopt: id, ...plain, ...labels };
}

/** Only a model's id if it has no other field. */
function toModel({ modelId, providerModelId, unsupportedParams }: NonNullable<Provider["models"]>[number]) {
  if (providerModelId === undefined && unsupportedParams.length === 0) return modelId;
  return {
    modelId,
    ...(providerModelId !== undefined && { providerModelId }),
    ...(unsupportedParams.length > 0 && { unsupportedParams }),
  };
}

function plainAccess({ providers, models }: NonNullable<AccessKeyConfiguration["access"]>) {
  return {
    ...(providers?.allow && { providers: { allow: providers.allow } }),
    ...(models?.allow && { models: { allow: models.allow } }),
  };
}

function secretName(variable: string): string {
  return `${variable}Value`;
}

/** The characters that the gateway shows after the mask. */
function endOf(keyRedacted: string): string {
  const at = keyRedacted.indexOf(MASK);
  return at < 0 ? "" : keyRedacted.slice(at + MASK.length);
}
