/** From what an account holds to what a program is to say of it. Pure: no network, no files. */
import { check } from "../../provider/lifecycle/lifecycle";
import { fromWireRules, type Rule, selectorOf } from "../../provider/routing/routingRules";
import type { AccessKey, AccessKeyConfiguration, ApiKey, GatewayConfig, Provider, ProviderKey } from "../../sdk";
import type { Inventory, Reading } from "../account/inventory";
import { type Definitions, EXPORTED_KINDS, type ExportedKind } from "./kinds";
import { Source, stringLiteral, type Writable } from "./literals";
import { ResourceNames, VariableNames } from "./names";
import { References } from "./references";

/** Arguments as the provider would get them: ids and values, where the program names variables. */
export type PlainArgs = Record<string, unknown>;
type WrittenArgs = { readonly [key: string]: Writable };

export interface PlannedResource {
  readonly kind: string;
  /** At the gateway. */
  readonly id: string;
  /** The object's own name, for people. */
  readonly label: string;
  /** In the program. */
  readonly name: string;
  readonly variable: string;
  readonly args: WrittenArgs;
  readonly plainArgs: PlainArgs;
  /** Lines above it. */
  readonly notes: readonly string[];
}

/** A provider key's value, which only its owner knows. */
export interface PlannedSecret {
  /** Key of the stack config, without the project's name. */
  readonly config: string;
  readonly providerKeyId: string;
  readonly label: string;
  /** How the value ends, as the gateway shows it; "" where it shows nothing. */
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
  /** In an order in which each refers only to earlier ones. */
  readonly resources: readonly PlannedResource[];
  readonly secrets: readonly PlannedSecret[];
  /** Managed by stacks, as their marks say. */
  readonly owned: readonly (LeftOut & { readonly stack: string })[];
  /** What the provider itself would refuse, and why. */
  readonly notExpressed: readonly LeftOut[];
}

export interface PlanOptions {
  readonly definitions: Definitions;
  /** @default all */
  readonly only?: readonly ExportedKind[] | undefined;
  /** The stack that the program is for: what is marked as its own is not left out. */
  readonly stack?: string | undefined;
}

interface Labelled {
  readonly id: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata?: string | undefined;
}

/** Stands for a provider key's value where arguments are only checked. */
const UNREAD_VALUE = "the value";
const MASK = "***";
/** Failures that go away when the rules are resources of their own. */
const RULES_PROPERTY = /^(rules|access\.providers\.allow)/;

/** As many are planned before pages that came meanwhile are looked at. */
const OBJECTS_AT_A_TIME = 50;

export function planExport(inventory: Inventory, options: PlanOptions): ExportPlan {
  const planner = new Planner(options);
  for (const list of LISTS) for (const _ of planner.planList(list, inventory[list]));
  return planner.finish(inventory.settings);
}

/** The same while the account is being read: what is there is planned while the rest is on its way. */
export async function planWhileReading(reading: Reading, options: PlanOptions): Promise<ExportPlan> {
  const planner = new Planner(options);
  for (const list of LISTS) {
    for (const _ of planner.planList(list, await reading[list])) await new Promise(setImmediate);
  }
  return planner.finish(await reading.settings);
}

type Lists = Omit<Inventory, "settings">;

/** In an order in which each refers only to earlier ones. */
const LISTS = ["providers", "providerKeys", "configurations", "accessKeys", "apiKeys"] as const;
const KINDS_OF_LISTS: Readonly<Record<keyof Lists, ExportedKind>> = {
  providers: "CustomProvider",
  providerKeys: "ProviderKey",
  configurations: "AccessConfiguration",
  accessKeys: "AccessKey",
  apiKeys: "ApiKey",
};

class Planner {
  private readonly variables = new VariableNames();
  private readonly names = new ResourceNames();
  private readonly references = new References();
  private readonly resources: PlannedResource[] = [];
  private readonly secrets: PlannedSecret[] = [];
  private readonly owned: (LeftOut & { stack: string })[] = [];
  private readonly notExpressed: LeftOut[] = [];
  private readonly adders: { readonly [List in keyof Lists]: (object: Lists[List][number]) => void } = {
    providers: (provider) => this.addProvider(provider),
    providerKeys: (key) => this.addProviderKey(key),
    configurations: (configuration) => this.addConfiguration(configuration),
    accessKeys: (key) => this.addAccessKey(key),
    apiKeys: (key) => this.addApiKey(key),
  };

  constructor(private readonly options: PlanOptions) {}

  /** Yields now and then, so that others get a turn. Oldest first, as the objects came to be: the lists are newest first. */
  *planList<List extends keyof Lists>(list: List, objects: Lists[List]): Generator<undefined> {
    const kind = KINDS_OF_LISTS[list];
    const add = this.adders[list] as (object: Labelled) => void;
    this.references.know(objects);
    if (!this.isWanted(kind)) return;
    let planned = 0;
    for (const object of objects.toReversed()) {
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
    return (this.options.only ?? EXPORTED_KINDS).includes(kind);
  }

  private addProvider(provider: Provider): void {
    const { providerId, baseUrl, supportedApiSurfaces, models } = provider;
    const surfaces = supportedApiSurfaces?.map(({ format, surface, supportedParams }) => ({
      format,
      ...(surface !== undefined && { surface }),
      ...(supportedParams !== undefined && { supportedParams: supportedParams.map(({ name }) => ({ name })) }),
    }));
    const args = {
      providerId,
      baseUrl,
      ...(surfaces && { supportedApiSurfaces: surfaces }),
      ...(models && { models: models.map(({ modelId }) => modelId) }),
    };
    const added = this.add("CustomProvider", provider, providerId, args, args);
    if (added) this.references.addProvider(providerId, added);
  }

  private addProviderKey(key: ProviderKey): void {
    const { id, name, providerId, keyRedacted } = key;
    const end = endOf(keyRedacted);
    const added = this.add("ProviderKey", key, name, { providerId, value: UNREAD_VALUE }, (variable) => ({
      providerId: this.references.provider(providerId),
      value: readSecret(secretName(variable), end),
    }));
    if (added) this.secrets.push({ config: secretName(added.variable), providerKeyId: id, label: name, end });
  }

  private addConfiguration(configuration: AccessKeyConfiguration): void {
    const { id, name, access, router } = configuration;
    const plain = access ? { access: plainAccess(access) } : {};
    const written = access ? { access: this.references.access(plainAccess(access)) } : {};
    const rules = fromWireRules(router);
    if (router?.rules === undefined) {
      this.add("AccessConfiguration", configuration, name, plain, written);
      return;
    }
    const refusals = this.refusals("AccessConfiguration", this.plainArgsOf(configuration, { ...plain, rules }, true));
    if (!refusals.some(({ property }) => RULES_PROPERTY.test(property))) {
      const inline = { ...written, rules: rules.map((rule) => this.references.rule(rule)) };
      this.add("AccessConfiguration", configuration, name, { ...plain, rules }, inline, refusals.length === 0);
      return;
    }
    const added = this.add("AccessConfiguration", configuration, name, plain, written);
    const link = added === undefined ? id : new Source(added.variable);
    const seen = new Set<string>();
    for (const rule of rules) {
      const selector = selectorOf(rule);
      if (seen.has(selector)) this.refuseSecondRule(id, selector);
      else this.addRule(configuration, rule, link);
      seen.add(selector);
    }
  }

  /** A rule on its own: the resource asks less of it than a configuration asks of all its rules together. */
  private addRule({ id, name }: AccessKeyConfiguration, rule: Rule, configurationId: Writable): void {
    const title = `${name} ${rule.model ?? rule.provider ?? ""}`;
    const object = { id: `${id}/${selectorOf(rule)}` };
    const written = { configurationId, ...this.references.rule(rule) };
    this.add("RoutingRule", object, title, { configurationId: id, ...rule }, written);
  }

  private refuseSecondRule(configurationId: string, selector: string): void {
    const reasons = [`is the second rule for ${selector}: nobody could tell the two apart`];
    this.notExpressed.push({ kind: "RoutingRule", id: `${configurationId}/${selector}`, label: selector, reasons });
  }

  private addAccessKey(key: AccessKey): void {
    const link = key.accessKeyConfiguration?.id;
    if (link === undefined) this.add("AccessKey", key, key.name ?? "", {}, {});
    else {
      const written = { configurationId: this.references.byId(link) };
      this.add("AccessKey", key, key.name ?? "", { configurationId: link }, written);
    }
  }

  private addApiKey(key: ApiKey): void {
    this.add("ApiKey", key, key.name ?? "", {}, {});
  }

  private addSettings({ accountId, ...settings }: GatewayConfig): void {
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

  /** `plain` is what the provider will get, `written` how the program says it. `undefined`: it can't be expressed. */
  private add(
    kind: string,
    object: Labelled,
    title: string,
    plain: PlainArgs,
    written: WrittenArgs | ((variable: string) => WrittenArgs),
    isChecked = false,
  ): PlannedResource | undefined {
    const { noun, fallback, isNamed } = KINDS[kind] ?? { noun: kind, fallback: kind, isNamed: true };
    const label = object.name ?? title;
    const labels = this.labelsOf(object);
    const plainArgs = this.plainArgsOf(object, plain, isNamed);
    const notes = this.references.takeNotes();
    const refusals = isChecked ? [] : this.refusals(kind, plainArgs);
    if (refusals.length > 0) {
      const reasons = refusals.map(({ property, reason }) => `${property} ${reason}`.trim());
      this.notExpressed.push({ kind, id: object.id, label, reasons });
      return undefined;
    }
    const name = this.names.next(title, kind, fallback);
    const variable = this.variables.next(title, noun);
    const named = isNamed && name !== object.name ? { name: object.name ?? "" } : {};
    const members = typeof written === "function" ? written(variable) : written;
    const args = { adopt: object.id, ...named, ...members, ...labels };
    const planned: PlannedResource = { kind, id: object.id, label, name, variable, args, plainArgs, notes };
    this.resources.push(planned);
    this.references.add(planned);
    return planned;
  }

  private refusals(kind: string, plain: PlainArgs) {
    const definition = this.options.definitions[kind];
    return definition === undefined ? [] : check(definition, plain).failures;
  }

  private plainArgsOf(object: Labelled, plain: PlainArgs, isNamed: boolean): PlainArgs {
    return { adopt: object.id, ...plain, ...(isNamed && { name: object.name ?? "" }), ...this.labelsOf(object) };
  }

  /** A mark of the owner is the provider's to write; the program leaves it out. */
  private labelsOf({ id, description, metadata }: Labelled): { description?: string; metadata?: string } {
    return {
      ...(description && { description }),
      ...(metadata && this.references.stackOf(id) === undefined && { metadata }),
    };
  }
}

interface KindWords {
  /** Follows a name that is taken. */
  readonly noun: string;
  /** Stands for a name that has no letters. */
  readonly fallback: string;
  /** The object has a name at the gateway. */
  readonly isNamed: boolean;
}

const KINDS: Readonly<Record<string, KindWords>> = {
  CustomProvider: { noun: "Provider", fallback: "provider", isNamed: true },
  ProviderKey: { noun: "Key", fallback: "provider-key", isNamed: true },
  AccessConfiguration: { noun: "Configuration", fallback: "configuration", isNamed: true },
  RoutingRule: { noun: "Rule", fallback: "rule", isNamed: false },
  AccessKey: { noun: "AccessKey", fallback: "access-key", isNamed: true },
  ApiKey: { noun: "ApiKey", fallback: "api-key", isNamed: true },
  GatewaySettings: { noun: "Settings", fallback: "settings", isNamed: false },
};

function plainAccess({ providers, models }: NonNullable<AccessKeyConfiguration["access"]>) {
  return {
    ...(providers?.allow && { providers: { allow: providers.allow } }),
    ...(models?.allow && { models: { allow: models.allow } }),
  };
}

function secretName(variable: string): string {
  return `${variable}Value`;
}

function readSecret(name: string, end: string): Source {
  const key = stringLiteral(name);
  return new Source(end === "" ? `config.requireSecret(${key})` : `currentValue(${key}, ${stringLiteral(end)})`);
}

/** What the gateway shows after the mask: the last characters of the value. */
function endOf(keyRedacted: string): string {
  const at = keyRedacted.indexOf(MASK);
  return at < 0 ? "" : keyRedacted.slice(at + MASK.length);
}
