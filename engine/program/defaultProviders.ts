/** Default providers: one per package, version and download address, created on first use. */
import { randomUUID } from "node:crypto";
import { DYNAMIC_PACKAGE } from "../processes/pluginCommand";
import { INTERNAL_KEY } from "../providers/providerConfiguration";
import type { ConfigMap } from "../results";
import { defaultProviderName, formatReference, providerTypeOf } from "../values/urn";
import { mapOf, type PropertyMap, Secret } from "../values/values";
import type { Goal, Registration } from "./goal";
import type { PackageRequest } from "./requests";
import { InvalidRequestError } from "./requests";

/** Configuration key with the packages whose default provider may not be used (JSON list, `*` for all). */
const DISABLED_KEY = "pulumi:disable-default-providers";

export class ProviderChooser {
  private readonly defaults = new Map<string, Promise<string>>();
  private readonly packages = new Map<string, PackageRequest>();

  constructor(
    private readonly config: ConfigMap,
    private readonly register: (goal: Goal) => Promise<Registration>,
  ) {}

  /** Reference to the package's default provider. */
  defaultFor(packageName: string, request: PackageRequest): Promise<string> {
    const { version, pluginDownloadUrl } = this.resolvePackage(request);
    this.checkAllowed(packageName);
    const key = JSON.stringify([packageName, version, pluginDownloadUrl]);
    const known = this.defaults.get(key);
    if (known !== undefined) return known;
    const reference = this.make(packageName, version, pluginDownloadUrl);
    this.defaults.set(key, reference);
    return reference;
  }

  /** Returns the name of the package in the program's later requests. */
  registerPackage(version: string, pluginDownloadUrl: string): string {
    const same = [...this.packages].find(
      ([, known]) => known.version === version && known.pluginDownloadUrl === pluginDownloadUrl,
    );
    if (same !== undefined) return same[0];
    const ref = randomUUID();
    this.packages.set(ref, { version, pluginDownloadUrl, packageRef: "" });
    return ref;
  }

  /** Inputs of a provider resource in the program, with the version it requests. */
  explicitInputs(properties: PropertyMap, request: PackageRequest): PropertyMap {
    const { version, pluginDownloadUrl } = this.resolvePackage(request);
    const internal: PropertyMap = pluginDownloadUrl === "" ? {} : { pluginDownloadURL: pluginDownloadUrl };
    const hasInternal = version !== "" || pluginDownloadUrl !== "";
    return { ...properties, ...(version !== "" && { version }), ...(hasInternal && { __internal: internal }) };
  }

  private resolvePackage(request: PackageRequest): PackageRequest {
    if (request.packageRef === "") return request;
    const known = this.packages.get(request.packageRef);
    if (known === undefined) throw new InvalidRequestError(`unknown provider package '${request.packageRef}'`);
    return known;
  }

  private checkAllowed(packageName: string): void {
    const text = this.config[DISABLED_KEY]?.value;
    if (text === undefined || packageName === "pulumi") return;
    const disabled: unknown = JSON.parse(text);
    if (!Array.isArray(disabled) || !(disabled.includes("*") || disabled.includes(packageName))) return;
    throw new InvalidRequestError(`Default provider for '${packageName}' disabled. An explicit provider must be used.`);
  }

  private async make(packageName: string, version: string, pluginDownloadUrl: string): Promise<string> {
    const { urn, state } = await this.register({
      type: providerTypeOf(packageName),
      name: defaultProviderName(version, pluginDownloadUrl),
      custom: true,
      properties: defaultProviderInputs(packageName, version, pluginDownloadUrl, this.config),
      parent: undefined,
      protect: undefined,
      dependencies: [],
      propertyDependencies: {},
      provider: "",
      deleteBeforeReplace: undefined,
      ignoreChanges: [],
      hideDiff: [],
      replaceOnChanges: [],
      replacementTrigger: null,
      additionalSecretOutputs: [],
      aliases: [],
      importId: "",
      customTimeouts: {},
      retainOnDelete: undefined,
      deletedWith: undefined,
      replaceWith: [],
      hooks: {},
      sourcePosition: "",
    });
    return formatReference({ urn, id: state.id });
  }
}

/** Inputs of a default provider: the requested version and the package's configuration, for dynamic resources all configuration. */
function defaultProviderInputs(
  packageName: string,
  version: string,
  pluginUrl: string,
  config: ConfigMap,
): PropertyMap {
  const prefix = `${packageName}:`;
  const isDynamic = packageName === DYNAMIC_PACKAGE;
  const own = Object.entries(config).filter(([key]) => isDynamic || key.startsWith(prefix));
  const inputs = mapOf(
    own.map(([key, { value, secret }]) => [
      isDynamic ? key : key.slice(prefix.length),
      secret ? new Secret(value) : value,
    ]),
  );
  const internal: PropertyMap = pluginUrl === "" ? {} : { pluginDownloadURL: pluginUrl };
  if (version !== "" || pluginUrl !== "") inputs[INTERNAL_KEY] = internal;
  if (version !== "") inputs.version = version;
  return inputs;
}
