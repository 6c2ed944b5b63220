/** Converts registrations from and to protocol messages. */
import { readLater, writeLater } from "../protocol/laterMembers";
import { type Grpc, mapEntries, monitorProto } from "../protocol/stubs";
import { fromStruct, fromWireValue, toStruct } from "../protocol/wire";
import type { CustomTimeouts } from "../state/resourceState";
import { isTypeToken, isUrn, type Urn } from "../values/urn";
import { containsUnknowns, mapOf, type PropertyMap, withoutOutputValues } from "../values/values";
import type { CallbackReference } from "./callbacks";
import type { Alias, Goal, Registration } from "./goal";

/** Identifies a package, in order to find or create its default provider. */
export interface PackageRequest {
  readonly version: string;
  readonly pluginDownloadUrl: string;
  readonly packageRef: string;
}

/** A registration as the program sent it, before inheritance, choice of provider and transforms. Its properties contain output values. */
export interface ResourceRequest {
  readonly goal: Goal;
  readonly isRemote: boolean;
  /** Package → provider reference, for the children of a component. */
  readonly providers: ReadonlyMap<string, string>;
  readonly packageRequest: PackageRequest;
  readonly transforms: readonly CallbackReference[];
}

/** A malformed or unsupported request: the program receives the error, the run continues. */
export class InvalidRequestError extends Error {
  override readonly name = "InvalidRequestError";
}

/** @throws InvalidRequestError when a member is malformed, or requests something this engine does not support. */
export function readRegistration(
  request: monitorProto.RegisterResourceRequest,
  metadata: Grpc.Metadata,
): ResourceRequest {
  refuseUnsupported(request);
  const type = request.getType();
  if (request.getCustom() && !isTypeToken(type)) {
    throw new InvalidRequestError(`Type '${type}' is not a valid type token (must have format '*:*:*')`);
  }
  const properties = fromStruct(request.getObject());
  const dependencies = urnsOf(request.getDependenciesList());
  const trigger = request.getReplacementTrigger();
  const goal: Goal = {
    type,
    name: request.getName(),
    custom: request.getCustom(),
    properties,
    parent: urnOf(request.getParent()),
    protect: request.hasProtect() ? request.getProtect() : undefined,
    dependencies,
    propertyDependencies: propertyDependenciesOf(request, properties, dependencies),
    provider: request.getProvider(),
    deleteBeforeReplace:
      request.getDeletebeforereplacedefined() || request.getDeletebeforereplace()
        ? request.getDeletebeforereplace()
        : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    hideDiff: request.getHidediffsList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    replacementTrigger: trigger === undefined ? null : withoutOutputValues(fromWireValue(trigger)),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: aliasesOf(request, metadata),
    importId: request.getImportid(),
    customTimeouts: timeoutsOf(request.getCustomtimeouts()),
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    deletedWith: urnOf(request.getDeletedwith()),
    replaceWith: urnsOf(request.getReplaceWithList()),
    hooks: hooksOf(request.getHooks()),
    sourcePosition: sourcePositionOf(request),
  };
  return {
    goal,
    isRemote: request.getRemote(),
    providers: new Map(mapEntries(request.getProvidersMap())),
    packageRequest: packageRequestOf(request),
    transforms: request
      .getTransformsList()
      .map((callback) => ({ target: callback.getTarget(), token: callback.getToken() })),
  };
}

function refuseUnsupported(request: monitorProto.RegisterResourceRequest): void {
  if (readLater(request, "getStateMigrationsList", []).length > 0) {
    throw new InvalidRequestError("the option `stateMigrations` is not supported by this engine");
  }
  if (request.getRemote()) {
    throw new InvalidRequestError(
      `remote components are not supported by this engine: "${request.getName()}" of type ${request.getType()} is built inside a provider`,
    );
  }
  if ((readLater(request, "getEnvvarmappingsMap", undefined)?.getLength() ?? 0) > 0) {
    throw new InvalidRequestError("the option `envVarMappings` is not supported by this engine");
  }
}

export function packageRequestOf(request: {
  getVersion(): string;
  getPlugindownloadurl(): string;
  getPackageref(): string;
}): PackageRequest {
  return {
    version: request.getVersion(),
    pluginDownloadUrl: request.getPlugindownloadurl(),
    packageRef: request.getPackageref(),
  };
}

export function urnOf(text: string): Urn | undefined {
  if (text === "") return undefined;
  if (!isUrn(text)) throw new InvalidRequestError(`"${text}" is not a URN`);
  return text;
}

export function urnsOf(texts: readonly string[]): Urn[] {
  return [...new Set(texts)].map((text) => urnOf(text) ?? "").filter((urn) => urn !== "");
}

/** When the request has no such map, every property depends on all dependencies of the resource. */
function propertyDependenciesOf(
  request: monitorProto.RegisterResourceRequest,
  properties: PropertyMap,
  dependencies: readonly Urn[],
): Record<string, readonly Urn[]> {
  const given = mapEntries(request.getPropertydependenciesMap());
  if (given.length === 0) return Object.fromEntries(Object.keys(properties).map((key) => [key, dependencies]));
  return Object.fromEntries(given.map(([key, value]) => [key, value.getUrnsList()]));
}

function aliasesOf(request: monitorProto.RegisterResourceRequest, metadata: Grpc.Metadata): Alias[] {
  const isOldNodeSdk = !request.getAliasspecs() && isNodeRuntime(metadata);
  const urns: Alias[] = request.getAliasurnsList().map((urn) => ({ urn }));
  const specs = request.getAliasesList().map((alias): Alias => {
    const spec = alias.getSpec();
    if (spec === undefined) return { urn: alias.getUrn() };
    const parentUrn = spec.getParenturn();
    // SDKs without alias specs omit the parent to say "no parent", and set the flag to say "the same parent".
    const hasNoParent = isOldNodeSdk ? parentUrn === "" && !spec.getNoparent() : spec.getNoparent();
    return {
      name: spec.getName(),
      type: spec.getType(),
      stack: spec.getStack(),
      project: spec.getProject(),
      parentUrn,
      hasNoParent,
    };
  });
  return [...urns, ...specs];
}

function isNodeRuntime(metadata: Grpc.Metadata): boolean {
  const [runtime] = metadata.get("pulumi-runtime");
  if (runtime !== undefined) return String(runtime) === "nodejs";
  return String(metadata.get("user-agent")[0] ?? "").startsWith("grpc-node-js/");
}

/** Largest part of a request's text in an error, in characters. */
const MAX_SHOWN_CHARS = 60;

/** `1h30m`, `20s`, `500ms` → seconds. */
export function secondsOfDuration(text: string): number {
  const secondsPerUnit: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };
  // Sticky: without it, the search would start again at each digit of a long number.
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|us|µs|ns|h|m|s)/gy)];
  if (text === "" || parts.map((part) => part[0]).join("") !== text) {
    const shown = text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text;
    throw new InvalidRequestError(`unable to parse customTimeout Value ${shown}`);
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (secondsPerUnit[unit ?? "s"] ?? 1), 0);
}

export function timeoutsOf(timeouts: monitorProto.RegisterResourceRequest.CustomTimeouts | undefined): CustomTimeouts {
  const texts = {
    create: timeouts?.getCreate() ?? "",
    update: timeouts?.getUpdate() ?? "",
    delete: timeouts?.getDelete() ?? "",
    read: timeouts === undefined ? "" : readLater(timeouts, "getRead", ""),
  };
  const given = Object.entries(texts).filter(([, text]) => text !== "");
  return Object.fromEntries(given.map(([operation, text]) => [operation, secondsOfDuration(text)]));
}

export function hooksOf(
  binding: monitorProto.RegisterResourceRequest.ResourceHooksBinding | undefined,
): Record<string, string[]> {
  if (binding === undefined) return {};
  const all = {
    BeforeCreate: binding.getBeforeCreateList(),
    AfterCreate: binding.getAfterCreateList(),
    BeforeUpdate: binding.getBeforeUpdateList(),
    AfterUpdate: binding.getAfterUpdateList(),
    BeforeDelete: binding.getBeforeDeleteList(),
    AfterDelete: binding.getAfterDeleteList(),
    OnError: readLater(binding, "getOnErrorList", []),
  };
  return Object.fromEntries(Object.entries(all).filter(([, names]) => names.length > 0));
}

interface WithSourcePosition {
  getSourceposition(): { getUri(): string; getLine(): number; getColumn(): number } | undefined;
}

/** `<uri>#<line>,<column>`; the deployment makes it relative to the project. */
export function sourcePositionOf(request: WithSourcePosition): string {
  const position = request.getSourceposition();
  if (position === undefined || position.getUri() === "") return "";
  const column = position.getColumn() === 0 ? "" : `,${position.getColumn()}`;
  return `${position.getUri()}#${position.getLine()}${column}`;
}

/** The answer to a registration. A component gets no outputs back, because its program has them already. */
export function writeRegistration(
  registration: Registration,
  request: monitorProto.RegisterResourceRequest,
): monitorProto.RegisterResourceResponse {
  const { urn, state, result, isUnknown } = registration;
  const outputs = state.custom ? state.outputs : {};
  const known = request.getSupportspartialvalues()
    ? outputs
    : mapOf(Object.entries(outputs).filter(([, value]) => !containsUnknowns(value)));
  const response = new monitorProto.RegisterResourceResponse();
  response.setUrn(urn);
  response.setId(result === "skip" ? "" : state.id);
  response.setObject(toStruct(result === "skip" ? {} : known, answerWire(request)));
  response.setResult({ success: 0, fail: 1, skip: 2 }[result]);
  writeLater(response, "setUnknown", isUnknown);
  return response;
}

export function answerWire(request: { getAcceptsecrets(): boolean; getAcceptresources(): boolean }) {
  return {
    unknowns: "keep",
    keepSecrets: request.getAcceptsecrets(),
    keepResources: request.getAcceptresources(),
  } as const;
}
