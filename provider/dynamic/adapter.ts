/**
 * Translates between Pulumi's provider process for dynamic resources and the lifecycle of a resource. Only this file knows that
 * protocol: its property bags with `__provider`, its error objects, its lazy and racy configuration.
 */
import type * as dynamic from "@pulumi/pulumi/dynamic";
import type { ConfigSource } from "../../sdk/settings";
import type { AnyDefinition, CallContext, Failure } from "../lifecycle/definition";
import { GatewayAccess, processSurroundings, type Surroundings, settingsOrError } from "../lifecycle/gatewayAccess";
import { KnownObjects } from "../lifecycle/knownObjects";
import * as lifecycle from "../lifecycle/lifecycle";
import { type Owner, parseOwner } from "../lifecycle/ownership";
import { MEMORY_PROPERTY, toOutputs, toResource, withoutInternals } from "../lifecycle/properties";
import { isPlainObject, type PlainObject } from "../lifecycle/values";

/** Property with the code that makes the provider process load this package. */
export const PROVIDER_PROPERTY = "__provider";
/** Inputs that the resource's constructor adds: stack and name of the declaring resource, and the types of its ancestors. */
export const OWNER_PROPERTY = "__owner";
const PARENT_PROPERTY = "__parent";

type Properties = PlainObject;

/** Pulumi shows the standard error of a provider process next to the resources. */
const SURROUNDINGS = processSurroundings((line) => console.error(`pulumi-ngrok-ai: ${line}`));

/** One instance per kind and process, because Pulumi's process caches by the text in `__provider`. */
export class DynamicAdapter implements dynamic.ResourceProvider<Properties, Properties> {
  /** Absent in a process that was not configured: it has no stack config, and only the environment decides. */
  private configured: GatewayAccess | undefined;
  private known = new KnownObjects();
  private readonly warned = new Set<string>();

  constructor(
    private readonly definition: AnyDefinition,
    private readonly surroundings: Surroundings = SURROUNDINGS,
  ) {}

  /**
   * Reads the configuration synchronously and without throwing: the process does not wait for a promise if calls arrive in
   * parallel, and continues after a rejected one.
   */
  readonly configure = async (request: dynamic.ConfigureRequest): Promise<void> => {
    this.known = new KnownObjects();
    this.configured = this.accessWith(toConfigSource(request.config));
  };

  readonly check = (olds: Properties, news: Properties): Promise<dynamic.CheckResult<Properties>> =>
    this.guarded(async () => {
      const isNew = Object.keys(olds).length === 0;
      const { inputs, failures, warnings } = lifecycle.check(
        this.definition,
        withoutInternals(news),
        this.options(news),
        isNew ? undefined : withoutInternals(olds),
      );
      for (const warning of warnings) this.warn(news, warning);
      const settings = this.configured?.settings;
      const misconfigured = settings instanceof Error ? [{ property: "", reason: settings.message }] : [];
      return { inputs: { ...inputs, ...ownerIn(news) }, failures: [...misconfigured, ...failures] };
    });

  readonly diff = (id: string, olds: Properties, news: Properties): Promise<dynamic.DiffResult> =>
    this.guarded(async () => {
      const { changes, replaces } = lifecycle.diff(
        this.definition,
        id,
        toResource(olds),
        withoutInternals(news),
        this.options(news),
      );
      return { ...(changes === undefined ? {} : { changes }), replaces };
    });

  readonly create = (inputs: Properties): Promise<dynamic.CreateResult<Properties>> =>
    this.guarded(async () => {
      const made = await this.withState(inputs, () =>
        lifecycle.create(
          this.definition,
          withoutInternals(inputs),
          this.context("create", inputs),
          this.notingOptions(inputs),
        ),
      );
      return { id: made.id, outs: toProperties(made, inputs) };
    });

  readonly read = (id: string, props: Properties = {}): Promise<dynamic.ReadResult<Properties>> =>
    this.guarded(async () => {
      const isManaged = MEMORY_PROPERTY in props;
      const old = toResource(props);
      const current = await lifecycle.read(this.definition, id, old, this.context("read", props), this.options(props));
      if (current === undefined) {
        if (isManaged) return { id: "", props: {} };
        throw new Error(`${this.definition.kind} ${id} does not exist: correct the id given to get.`);
      }
      if (!isManaged) return { id, props: current.state };
      const inputs = { ...current.inputs, ...ownerIn(props) };
      return { id: current.id, props: toProperties(current, props), inputs };
    });

  readonly update = (id: string, olds: Properties, news: Properties): Promise<dynamic.UpdateResult<Properties>> =>
    this.guarded(async () => {
      const updated = await this.withState(news, () =>
        lifecycle.update(
          this.definition,
          id,
          toResource(olds),
          withoutInternals(news),
          this.context("update", news),
          this.options(news),
        ),
      );
      return { outs: toProperties(updated, news) };
    });

  readonly delete = (id: string, props: Properties): Promise<void> =>
    this.guarded(() =>
      lifecycle.remove(
        this.definition,
        id,
        toResource(props),
        this.context("delete", props),
        this.notingOptions(props),
      ),
    );

  /** Reports a warning once per process, however often its resource is checked. */
  private warn(news: Properties, { property, reason }: Failure): void {
    const name = ownerOf(news)?.resource ?? String(news.name ?? "");
    const line = `warning: ${this.definition.kind} "${name}": ${property} ${reason}`;
    if (this.warned.has(line)) return;
    this.warned.add(line);
    this.surroundings.report(line);
  }

  private options(properties: Properties): lifecycle.LifecycleOptions {
    return {
      ownership: this.configured?.ownership ?? "on",
      gatewayUrlProblem: this.configured?.gatewayUrlProblem,
      owner: ownerOf(properties),
      known: this.known,
      report: this.surroundings.report,
    };
  }

  /** The options with the notes, which only creates and deletes need. */
  private notingOptions(properties: Properties): lifecycle.LifecycleOptions {
    return { ...this.options(properties), notes: this.access.notes };
  }

  private context(operation: string, properties: Properties): CallContext {
    const name = ownerOf(properties)?.resource ?? String(properties.name ?? "");
    const subject = { kind: this.definition.kind, name, operation };
    return this.access.context({ signal: new AbortController().signal, subject });
  }

  private get access(): GatewayAccess {
    this.configured ??= this.accessWith({ get: () => undefined });
    return this.configured;
  }

  private accessWith(config: ConfigSource): GatewayAccess {
    return new GatewayAccess(settingsOrError({ config, environment: process.env }), this.surroundings);
  }

  /** Converts a partial change into Pulumi's partial failure, with all properties that the next run needs. */
  private async withState<T>(inputs: Properties, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof lifecycle.PartialFailure)) throw error;
      const properties = { ...toProperties(error.resource, inputs), [PROVIDER_PROPERTY]: inputs[PROVIDER_PROPERTY] };
      throw Object.assign(new Error(error.message), { id: error.resourceId, reasons: [error.message], properties });
    }
  }

  /**
   * Rethrows only the message: the process interprets an error's `id`, `code` or `details` as its own protocol, and prints stacks
   * to the user.
   */
  private async guarded<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof Error && "reasons" in error) throw error;
      const plain = new Error(error instanceof Error ? error.message : String(error));
      if (!process.env.PULUMI_NGROK_AI_DEBUG) plain.stack = "";
      throw plain;
    }
  }
}

/** Pulumi's config answers only by key. Its keys can be listed while it still has the private field that it has today. */
function toConfigSource(config: dynamic.Config): ConfigSource {
  const entries: unknown = Reflect.get(config, "rawConfig");
  return { get: (key) => config.get(key), ...(isPlainObject(entries) ? { keys: Object.keys(entries) } : {}) };
}

function ownerOf(properties: Properties): Owner | undefined {
  return parseOwner(properties[OWNER_PROPERTY], properties[PARENT_PROPERTY]);
}

/** The properties that name the declaring resource, if present. */
function ownerIn(properties: Properties): Properties {
  const present = [OWNER_PROPERTY, PARENT_PROPERTY].filter((name) => typeof properties[name] === "string");
  return Object.fromEntries(present.map((name) => [name, properties[name]]));
}

/** Outputs that the process can send: without `undefined` at any depth. */
function toProperties(resource: lifecycle.Resource, inputs: Properties): Properties {
  return { ...toOutputs(resource), ...ownerIn(inputs) };
}
