/**
 * The providers of a run. Each provider is itself a resource (`pulumi:providers:<package>`): the registry is the provider of
 * those resources, runs one process for each, and returns the provider of every other resource.
 */
import { randomUUID } from "node:crypto";
import { DYNAMIC_PACKAGE, type PluginHost } from "../processes/pluginCommand";
import type { ConfigMap } from "../results";
import type { ResourceState } from "../state/resourceState";
import { diffMaps } from "../values/mapDifference";
import { packageOfProviderType, parseReference, typeOf, type Urn } from "../values/urn";
import { mapWithoutWrappers, type PropertyMap, UNKNOWN_STRING } from "../values/values";
import { Plugin } from "./plugin";
import { type Capabilities, isConfigKnown, PluginProvider } from "./pluginProvider";
import { checkConfig, configure, diffConfig, INTERNAL_KEY, shakeHands, withoutInternal } from "./providerConfiguration";
import {
  type CheckRequest,
  type CheckResult,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type DiffResult,
  type InvokeResult,
  ProviderError,
  type ReadResult,
  type ResourceProvider,
  type UpdateRequest,
} from "./resourceProvider";

/** The package implemented by the engine. */
const BUILTIN_PACKAGE = "pulumi";

export interface ProviderHost extends PluginHost {
  readonly isPreview: boolean;
  readonly config: ConfigMap;
  readonly builtin: ResourceProvider;
}

/** A starting or running provider. */
interface RunningProvider {
  readonly urn: Urn;
  readonly server: ResourceProvider;
  /** Absent for the built-in package. */
  readonly plugin?: Plugin;
  readonly handshake?: Capabilities | undefined;
  configured?: Promise<Capabilities | "unknown">;
}

export class ProviderRegistry implements ResourceProvider {
  /** Reference → provider. */
  private readonly configuredProviders = new Map<string, RunningProvider>();
  /** Providers that Check started and whose step has not run yet. */
  private readonly checked = new Map<Urn, RunningProvider>();
  private readonly all = new Set<RunningProvider>();
  /** Provider's URN in the old state → its URN in this run. */
  private readonly aliases = new Map<Urn, Urn>();
  private readonly loading = new Map<string, Promise<ResourceProvider>>();
  private isClosed = false;

  constructor(private readonly host: ProviderHost) {}

  /** The provider with that reference; undefined if none was registered. */
  get(reference: string): ResourceProvider | undefined {
    const known = this.configuredProviders.get(reference);
    if (known !== undefined) return known.server;
    const parsed = parseReference(reference);
    const alias = parsed && this.aliases.get(parsed.urn);
    return alias === undefined ? undefined : this.configuredProviders.get(`${alias}::${parsed?.id}`)?.server;
  }

  addAlias(oldUrn: Urn, newUrn: Urn): void {
    this.aliases.set(oldUrn, newUrn);
  }

  /** The provider with that reference, started from its old state if this run has not registered it. */
  async ensure(reference: string, olds: readonly ResourceState[]): Promise<ResourceProvider> {
    const known = this.get(reference) ?? (await this.loading.get(reference));
    if (known !== undefined) return known;
    const state = olds.find((old) => `${old.urn}::${old.id}` === reference);
    if (state === undefined) throw new ProviderError(`could not find provider ${reference}`);
    const loading = this.load(state);
    this.loading.set(reference, loading);
    return loading;
  }

  private async load(state: ResourceState): Promise<ResourceProvider> {
    const provider = await this.start(state.urn);
    this.configure(provider, state.id, state.inputs);
    return provider.server;
  }

  async check({ urn, olds, news }: CheckRequest): Promise<CheckResult> {
    const provider = await this.start(urn);
    await this.discard(this.checked.get(urn));
    this.checked.set(urn, provider);
    const { [INTERNAL_KEY]: internal, ...plainNews } = news;
    const result = await checkConfig(provider.plugin, urn, withoutInternal(olds), plainNews);
    const { version } = plainNews;
    const inputs = { ...result.inputs, ...(version !== undefined && { version }) };
    return { ...result, inputs: { ...inputs, ...(internal !== undefined && { [INTERNAL_KEY]: internal }) } };
  }

  /** If the provider does not compare its configuration, a change updates it and never replaces it. */
  async diff(request: DiffRequest): Promise<DiffResult> {
    const provider = this.checked.get(request.urn) ?? this.providerOf(`${request.urn}::${request.id}`);
    const diff = await diffConfig(provider?.plugin, request);
    if (diff.changes !== "unknown") return diff;
    const difference = diffMaps(
      mapWithoutWrappers(request.oldOutputs),
      mapWithoutWrappers(withoutInternal(request.newInputs)),
      { inputDiff: true },
    );
    return difference === undefined ? { ...diff, changes: "none" } : { ...diff, changes: "some", ...difference };
  }

  async create({ urn, inputs, isPreview }: CreateRequest): Promise<{ id: string; outputs: PropertyMap }> {
    const id = isPreview ? UNKNOWN_STRING : randomUUID();
    this.configure(await this.takeChecked(urn), id, inputs);
    return { id, outputs: withoutInternal(inputs) };
  }

  async update({ urn, id, newInputs }: UpdateRequest): Promise<PropertyMap> {
    this.configure(await this.takeChecked(urn), id, newInputs);
    return withoutInternal(newInputs);
  }

  /** Configures an unchanged provider with its old inputs. */
  async same(old: ResourceState, urn: Urn): Promise<void> {
    this.configure(await this.takeChecked(urn), old.id, old.inputs);
  }

  async delete({ urn, id }: DeleteRequest): Promise<void> {
    await this.discard(this.configuredProviders.get(`${urn}::${id}`));
  }

  async read(): Promise<ReadResult> {
    throw new ProviderError("provider resources may not be read");
  }

  async invoke(): Promise<InvokeResult> {
    throw new ProviderError("the provider registry has no functions");
  }

  /** Asks every provider to cancel its operations. */
  async cancelAll(): Promise<void> {
    await Promise.all([...this.all].map((provider) => provider.plugin?.cancel()));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.all].map((provider) => this.discard(provider)));
  }

  private async takeChecked(urn: Urn): Promise<RunningProvider> {
    const provider = this.checked.get(urn);
    this.checked.delete(urn);
    return provider ?? this.start(urn);
  }

  private providerOf(reference: string): RunningProvider | undefined {
    return this.configuredProviders.get(reference);
  }

  private async discard(provider: RunningProvider | undefined): Promise<void> {
    if (provider === undefined) return;
    this.all.delete(provider);
    for (const [reference, running] of this.configuredProviders) {
      if (running === provider) this.configuredProviders.delete(reference);
    }
    await provider.plugin?.stop();
  }

  private async start(urn: Urn): Promise<RunningProvider> {
    const packageName = packageOfProviderType(typeOf(urn));
    if (packageName === BUILTIN_PACKAGE) {
      const provider: RunningProvider = { urn, server: this.host.builtin };
      this.all.add(provider);
      return provider;
    }
    const plugin = await Plugin.open(packageName, this.host, providerEnvironment(packageName, this.host));
    const handshake = await shakeHands(plugin, this.host);
    const provider: RunningProvider = {
      urn,
      plugin,
      handshake,
      server: new PluginProvider(
        plugin,
        () => provider.configured ?? Promise.reject(new ProviderError(`${urn} is not configured`)),
      ),
    };
    this.all.add(provider);
    if (this.isClosed) await this.discard(provider);
    return provider;
  }

  /**
   * Begins to configure. As in Pulumi, a failure is reported by the first operation that uses the provider, because the
   * provider's own step has succeeded by then.
   */
  private configure(provider: RunningProvider, id: string, inputs: PropertyMap): void {
    this.configuredProviders.set(`${provider.urn}::${id}`, provider);
    const configured = isConfigKnown(inputs) ? configure(provider, id, inputs) : Promise.resolve("unknown" as const);
    configured.catch(() => undefined);
    provider.configured = configured;
  }
}

function providerEnvironment(packageName: string, host: ProviderHost): NodeJS.ProcessEnv {
  const prefix = `${packageName}:`;
  const own = Object.entries(host.config).filter(([key]) => key.startsWith(prefix));
  const config = Object.fromEntries(own.map(([key, { value }]) => [key.slice(prefix.length), value]));
  return {
    PULUMI_PROJECT: host.project.name,
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_RUNTIME_TYPESCRIPT: String(host.project.runtimeOptions.typescript),
    ...(packageName === DYNAMIC_PACKAGE && { PULUMI_NODEJS_PROJECT: host.project.name }),
  };
}
