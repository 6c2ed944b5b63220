/**
 * Translates between Pulumi's provider process for dynamic resources and the life of a resource. The only file that
 * knows that protocol: its property bags with `__provider`, its error objects, its lazy and racy configuration.
 */
import type * as dynamic from "@pulumi/pulumi/dynamic";
import type { UnreachableNotice } from "../../sdk/call";
import type { GatewayClient } from "../../sdk/client";
import { type ConfigSource, readSettings, type Settings } from "../../sdk/settings";
import type { CreationNotes } from "../lifecycle/creationNotes";
import type { AnyDefinition, CallContext, Failure } from "../lifecycle/definition";
import { KnownObjects } from "../lifecycle/knownObjects";
import * as lifecycle from "../lifecycle/lifecycle";
import { type Owner, parseOwner } from "../lifecycle/ownership";
import { isPlainObject, type PlainObject, withoutEmpty } from "../lifecycle/values";

/** Property with the text by which the provider process loads this package. */
export const PROVIDER_PROPERTY = "__provider";
/** Inputs put in by the resource's constructor: stack and name of the resource that declares it, and the types around it. */
export const OWNER_PROPERTY = "__owner";
const PARENT_PROPERTY = "__parent";
/** Output in which the lifecycle keeps what it must remember. */
export const MEMORY_PROPERTY = "__gateway";

type Properties = PlainObject;

/** What the adapter takes from the process around it; a test gives its own. */
export interface Surroundings {
  connect(settings: Settings): GatewayClient;
  /** Takes one line for the person who runs Pulumi. */
  report(line: string): void;
  /** Where creations in flight are noted. */
  notes(): CreationNotes;
}

const SURROUNDINGS: Surroundings = {
  // The SDK is loaded by the first call that needs it.
  connect: (settings) => {
    const { GatewayClient: Client } = require("../../sdk/client") as typeof import("../../sdk/client");
    return new Client({ ...settings, onUnreachable: reportUnreachable });
  },
  report: (line) => console.error(`pulumi-ngrok-ai: ${line}`),
  notes: () => {
    const { CreationNotes: Notes, notesFolder } =
      require("../lifecycle/creationNotes") as typeof import("../lifecycle/creationNotes");
    return new Notes(notesFolder(process.env));
  },
};

/** One per kind and process, as Pulumi's process caches by the text in `__provider`. */
export class DynamicAdapter implements dynamic.ResourceProvider<Properties, Properties> {
  private settings: Settings | Error | undefined;
  private client: GatewayClient | undefined;
  private account: Promise<string> | undefined;
  private known = new KnownObjects();
  private notes: CreationNotes | undefined;
  private readonly warned = new Set<string>();

  constructor(
    private readonly definition: AnyDefinition,
    private readonly surroundings: Surroundings = SURROUNDINGS,
  ) {}

  /**
   * Reads the configuration, at once and without throwing: the process forgets to wait for a promise when calls come in
   * parallel, and goes on after a rejected one.
   */
  readonly configure = async (request: dynamic.ConfigureRequest): Promise<void> => {
    this.known = new KnownObjects();
    try {
      this.settings = readSettings({ config: toConfigSource(request.config), environment: process.env });
    } catch (error) {
      this.settings = error instanceof Error ? error : new Error(String(error));
    }
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
      const misconfigured = this.settings instanceof Error ? [{ property: "", reason: this.settings.message }] : [];
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
        lifecycle.create(this.definition, withoutInternals(inputs), this.context("create", inputs), {
          ...this.options(inputs),
          notes: this.creationNotes(),
        }),
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
      lifecycle.remove(this.definition, id, toResource(props), this.context("delete", props), this.options(props)),
    );

  /** Shows a warning once per process, however often its resource is checked. */
  private warn(news: Properties, { property, reason }: Failure): void {
    const name = ownerOf(news)?.resource ?? String(news.name ?? "");
    const line = `warning: ${this.definition.kind} "${name}": ${property} ${reason}`;
    if (this.warned.has(line)) return;
    this.warned.add(line);
    this.surroundings.report(line);
  }

  private options(properties: Properties): lifecycle.LifecycleOptions {
    const ownership = this.settings === undefined || this.settings instanceof Error ? "on" : this.settings.ownership;
    return {
      ownership,
      owner: ownerOf(properties),
      known: this.known,
      report: this.surroundings.report,
    };
  }

  private creationNotes(): CreationNotes {
    this.notes ??= this.surroundings.notes();
    return this.notes;
  }

  private context(operation: string, properties: Properties): CallContext {
    const name = ownerOf(properties)?.resource ?? String(properties.name ?? "");
    const { client, gatewayUrl } = this.connected();
    const { systemClock } = require("../../sdk/clock") as typeof import("../../sdk/clock");
    const call = { signal: new AbortController().signal, subject: { kind: this.definition.kind, name, operation } };
    return { client, gatewayUrl, clock: systemClock, accountId: () => this.accountId(client, call), call };
  }

  private accountId(client: GatewayClient, call: CallContext["call"]): Promise<string> {
    if (this.account === undefined) {
      this.account = client.getGatewayConfig(call).then(({ accountId }) => accountId);
      // An answer is kept; a failure is the caller's, and whoever comes next asks again.
      this.account.catch(() => {
        this.account = undefined;
      });
    }
    return this.account;
  }

  /** The client of this process's configuration. */
  private connected(): { client: GatewayClient; gatewayUrl: string } {
    if (this.settings instanceof Error) throw this.settings;
    // A process that was never configured has no stack config: the environment alone decides.
    this.settings ??= readSettings({ config: { get: () => undefined }, environment: process.env });
    this.client ??= this.surroundings.connect(this.settings);
    return { client: this.client, gatewayUrl: this.settings.gatewayUrl };
  }

  /** Turns what was done in part into Pulumi's partial failure, with all that the next run needs in its properties. */
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
   * Nothing but a message leaves: the process takes an `id`, `code` or `details` that an error happens to have for its
   * own protocol, and prints stacks to the user.
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

/** Until when the last report of an API that gives no answer holds: one is enough for all calls of that time. */
let reportedUntilMs = 0;

function reportUnreachable({ apiOrigin, problem, untilMs }: UnreachableNotice): void {
  if (Date.now() < reportedUntilMs) return;
  reportedUntilMs = untilMs;
  const until = new Date(untilMs).toLocaleTimeString("en-GB");
  SURROUNDINGS.report(`${apiOrigin} gives no answer: ${problem}. Retrying until ${until}; check ngrok-ai:apiUrl.`);
}

/** Pulumi's config answers by key alone; its keys can be listed where its one field is still that of today. */
function toConfigSource(config: dynamic.Config): ConfigSource {
  const entries: unknown = Reflect.get(config, "rawConfig");
  return { get: (key) => config.get(key), ...(isPlainObject(entries) ? { keys: Object.keys(entries) } : {}) };
}

function ownerOf(properties: Properties): Owner | undefined {
  return parseOwner(properties[OWNER_PROPERTY], properties[PARENT_PROPERTY]);
}

/** The properties that say who declares the resource, as far as they are there. */
function ownerIn(properties: Properties): Properties {
  const present = [OWNER_PROPERTY, PARENT_PROPERTY].filter((name) => typeof properties[name] === "string");
  return Object.fromEntries(present.map((name) => [name, properties[name]]));
}

/** The inputs or outputs proper, as the handlers know them. */
function withoutInternals(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith("__")));
}

function toResource(properties: Properties): lifecycle.Resource {
  const memory = properties[MEMORY_PROPERTY];
  return {
    state: withoutInternals(properties),
    memory: isPlainObject(memory)
      ? (memory as unknown as lifecycle.Memory)
      : { schema: lifecycle.STATE_SCHEMA, managed: [] },
  };
}

/** Outputs as the process may send them: no `undefined` at any depth. */
function toProperties(resource: lifecycle.Resource, inputs: Properties): Properties {
  return withoutEmpty({
    ...resource.state,
    ...ownerIn(inputs),
    [MEMORY_PROPERTY]: { ...resource.memory },
  });
}
