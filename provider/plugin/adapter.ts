/**
 * Translates between Pulumi's provider protocol and the life of a resource: plain values, the secrets beside them, and a URN for each
 * resource. Knows no message; `service.ts` does.
 */
import type { AnyDefinition, Failure } from "../lifecycle/definition";
import { GatewayAccess, type Surroundings, settingsOrError } from "../lifecycle/gatewayAccess";
import { readForImport } from "../lifecycle/importing";
import { KnownObjects } from "../lifecycle/knownObjects";
import * as lifecycle from "../lifecycle/lifecycle";
import { plannedCreation, plannedUpdate } from "../lifecycle/planned";
import { MEMORY_PROPERTY, toOutputs, toResource, withoutInternals } from "../lifecycle/properties";
import { kindOfTypeToken } from "../lifecycle/typeTokens";
import { isUnresolved } from "../lifecycle/unresolved";
import { type PlainObject, pathText, UNKNOWN, valueAt } from "../lifecycle/values";
import { definitionOf } from "../registry";
import { type Autonaming, withDefaultName } from "./autonaming";
import { type CallInFlight, CallsInFlight, type TimedOperation } from "./callsInFlight";
import { detailedDiff, type PropertyDifference } from "./detailedDiff";
import { functionOf } from "./functions/table";
import type { Dereference, Received, Secrets } from "./protocol/wire";
import { checkConfig, isExplicitProvider, SECRET_SETTINGS, toConfigSource } from "./providerConfig";
import { parseUrn, toOwner, type UrnParts } from "./urn";

/** Values for a message, with the secrets among them. */
export interface Sent {
  readonly values: PlainObject;
  readonly secrets: Secrets;
  /** Members that are secret whatever their values are. */
  readonly secretNames: readonly string[];
}

export interface CheckAnswer {
  readonly inputs: Sent;
  readonly failures: readonly Failure[];
}

export interface DiffAnswer {
  readonly hasChanges: boolean;
  readonly changed: readonly string[];
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly details: ReadonlyMap<string, PropertyDifference>;
}

/** The object exists, or was changed in part: the engine records it, and reports why the rest was not done. */
export class InitFailedError extends Error {
  constructor(
    readonly id: string,
    readonly outputs: Sent,
    readonly inputs: Sent,
    message: string,
  ) {
    super(message);
    this.name = "InitFailedError";
  }
}

/** A call as the engine describes it: about which resource, and how long it may take. */
interface Call {
  readonly urn: string;
  /** 0 where the resource gives none. */
  readonly timeoutSeconds: number;
}

export class PluginAdapter {
  private access: GatewayAccess;
  private readonly known = new Map<string, KnownObjects>();
  private readonly calls = new CallsInFlight();
  private readonly warned = new Set<string>();
  /** URN of a `CustomProvider` → its `providerId`, as far as this process saw it. */
  private readonly providerIds = new Map<string, unknown>();

  /** @param environment where settings are looked up that the configuration does not give */
  constructor(
    private readonly surroundings: Surroundings,
    private readonly environment: NodeJS.ProcessEnv,
  ) {
    this.access = this.accessFor({}, false);
  }

  checkConfig(urn: string, news: Received): CheckAnswer {
    const failures = checkConfig(news.values, isExplicitProvider(parseUrn(urn).name), this.environment);
    return { inputs: { ...news, secretNames: SECRET_SETTINGS }, failures: hidden(failures, news.secrets) };
  }

  /** Never fails: what is wrong with the configuration is the error of each call that needs it. */
  configure(inputs: PlainObject, urn: string | undefined): void {
    this.known.clear();
    this.access = this.accessFor(inputs, urn !== undefined && isExplicitProvider(parseUrn(urn).name));
  }

  /** @param readNews the new inputs, with what is to be read in place of a resource */
  check(
    urn: string,
    olds: Received,
    readNews: (dereference: Dereference) => Received,
    autonaming: Autonaming | undefined,
  ): CheckAnswer {
    const parts = parseUrn(urn);
    const definition = definitionFor(parts);
    const unresolved: Failure[] = [];
    const news = readNews(this.dereference(olds.values, unresolved));
    const named = withDefaultName(definition, news.values, olds.values, parts.name, autonaming);
    const isNew = Object.keys(olds.values).length === 0;
    const { inputs, failures, warnings } = lifecycle.check(
      definition,
      withoutInternals(named.inputs),
      this.options(parts, urn),
      isNew ? undefined : withoutInternals(olds.values),
    );
    for (const warning of hidden(warnings, news.secrets)) this.warn(urn, warning);
    if (definition.kind === "CustomProvider") this.providerIds.set(urn, inputs.providerId);
    const first = [...unresolved, ...(named.failure === undefined ? [] : [named.failure])];
    const all = first.length > 0 ? first : failures;
    return {
      // The engine uses no inputs that have failures, and outside of a preview it refuses unknown ones before it shows why.
      inputs: {
        values: all.length > 0 ? {} : { ...inputs, ...internalsOf(named.inputs) },
        secrets: news.secrets,
        secretNames: secretInputs(definition),
      },
      failures: hidden(all, news.secrets),
    };
  }

  diff(urn: string, id: string, olds: Received, oldInputs: Received, news: Received): DiffAnswer {
    const parts = parseUrn(urn);
    const definition = definitionFor(parts);
    return withoutSecrets(news.secrets.with(olds.secrets), () => {
      const old = asStored(definition, olds.values, oldInputs.values);
      const inputs = withoutInternals(news.values);
      const { changes, replaces, changed } = lifecycle.compare(definition, id, old, inputs, this.options(parts, urn));
      const sides = { oldInputs: withoutInternals(oldInputs.values), oldState: old.state, news: inputs };
      return {
        // The inputs that are in the state say which fields are managed, so that alone is no reason to update.
        hasChanges: changes === true || changed.length > 0,
        changed,
        replaces,
        // The create after an unresolved one looks for its object, and takes it where it is of use.
        deleteBeforeReplace: !isUnresolved(id) && isOneAtATime(definition, old.state, inputs),
        details: detailedDiff(changed, replaces, sides),
      };
    });
  }

  create(call: Call, inputs: Received, isPreview: boolean): Promise<{ id: string; outputs: Sent }> {
    const parts = parseUrn(call.urn);
    const definition = definitionFor(parts);
    const wanted = withoutInternals(inputs.values);
    const sent = (values: PlainObject): Sent => toSent(definition, values, inputs.secrets);
    if (isPreview) return Promise.resolve({ id: "", outputs: sent(plannedCreation(definition, wanted)) });
    return this.run("create", call, inputs.secrets, async (running) => {
      const context = this.context(definition, parts, "create", running);
      const options = this.notingOptions(parts, call.urn);
      const made = await withState(sent, inputs, () => lifecycle.create(definition, wanted, context, options));
      return { id: made.id, outputs: sent(toOutputs(made)) };
    });
  }

  update(
    call: Call,
    id: string,
    olds: Received,
    oldInputs: Received,
    news: Received,
    isPreview: boolean,
  ): Promise<Sent> {
    const parts = parseUrn(call.urn);
    const definition = definitionFor(parts);
    const wanted = withoutInternals(news.values);
    const old = asStored(definition, olds.values, oldInputs.values);
    const secrets = news.secrets.with(olds.secrets);
    const sent = (values: PlainObject): Sent => toSent(definition, values, news.secrets);
    return this.run("update", call, secrets, async (running) => {
      const options = this.options(parts, call.urn);
      if (isPreview) {
        const { changed } = lifecycle.compare(definition, id, old, wanted, options);
        return sent(toOutputs({ state: plannedUpdate(definition, old, wanted, changed), memory: old.memory }));
      }
      const context = this.context(definition, parts, "update", running);
      const updated = await withState(sent, news, () =>
        lifecycle.update(definition, id, old, wanted, context, options),
      );
      return sent(toOutputs(updated));
    });
  }

  /** `undefined`: there is no such object. */
  read(
    call: Call,
    id: string,
    properties: Received,
    oldInputs: Received,
  ): Promise<{ id: string; inputs: Sent; outputs: Sent } | undefined> {
    const parts = parseUrn(call.urn);
    const definition = definitionFor(parts);
    const secrets = properties.secrets.with(oldInputs.secrets);
    return this.run("read", call, secrets, async (running) => {
      const context = this.context(definition, parts, "read", running);
      const isManaged = MEMORY_PROPERTY in properties.values;
      const old = asStored(definition, properties.values, oldInputs.values);
      const found = isManaged
        ? await lifecycle.read(definition, id, old, context, this.options(parts, call.urn))
        : await readForImport(definition, id, context);
      if (found === undefined) return undefined;
      if (definition.kind === "CustomProvider") this.providerIds.set(call.urn, found.state.providerId);
      const inputs = { ...found.inputs, ...internalsOf(oldInputs.values) };
      return {
        id: found.id, // another one where a creation was unresolved
        inputs: { values: inputs, secrets, secretNames: secretInputs(definition) },
        outputs: toSent(definition, toOutputs(found), secrets),
      };
    });
  }

  delete(call: Call, id: string, properties: Received, oldInputs: Received): Promise<void> {
    const parts = parseUrn(call.urn);
    const definition = definitionFor(parts);
    return this.run("delete", call, properties.secrets, async (running) => {
      const old = asStored(definition, properties.values, oldInputs.values);
      const context = this.context(definition, parts, "delete", running);
      await lifecycle.remove(definition, id, old, context, this.notingOptions(parts, call.urn));
    });
  }

  /** Calls a function of the provider. */
  async invoke(
    token: string,
    args: Received,
  ): Promise<{ readonly result: Sent; readonly failures: readonly Failure[] }> {
    const name = functionOf(token);
    if (name === undefined) {
      throw new Error(`This version of pulumi-ngrok-ai has no function "${token}": install a later version.`);
    }
    const { checkArguments, invokeFunction } = require("./functions/invoke") as typeof import("./functions/invoke");
    const failures = hidden(checkArguments(name, args.values), args.secrets);
    const answer = (values: PlainObject) => ({ result: { values, secrets: args.secrets, secretNames: [] }, failures });
    if (failures.length > 0) return answer({});
    return this.run("read", { urn: "", timeoutSeconds: 0 }, args.secrets, async (running) => {
      const subject = { kind: name, name: String(args.values.name ?? ""), operation: "call" };
      return answer(await invokeFunction(name, args.values, this.access.context({ ...running, subject })));
    });
  }

  /** Ends all calls under way. */
  cancel(): void {
    this.calls.cancelAll();
  }

  private accessFor(inputs: PlainObject, isExplicit: boolean): GatewayAccess {
    const config = toConfigSource(inputs, isExplicit);
    return new GatewayAccess(settingsOrError({ config, environment: this.environment }), this.surroundings);
  }

  /** Shows a warning once, however often its resource is checked. */
  private warn(urn: string, { property, reason }: Failure): void {
    const line = `${property} ${reason}`;
    if (this.warned.has(urn + line)) return;
    this.warned.add(urn + line);
    this.surroundings.report(line, urn);
  }

  private run<T>(
    operation: TimedOperation,
    { timeoutSeconds }: Call,
    secrets: Secrets,
    act: (running: CallInFlight) => Promise<T>,
  ): Promise<T> {
    return withoutSecretsAsync(secrets, () => this.calls.run(operation, timeoutSeconds, act));
  }

  private context(definition: AnyDefinition, { name }: UrnParts, operation: TimedOperation, running: CallInFlight) {
    return this.access.context({ ...running, subject: { kind: definition.kind, name, operation } });
  }

  private options(parts: UrnParts, urn: string): lifecycle.LifecycleOptions {
    const known = this.known.get(parts.type) ?? new KnownObjects();
    this.known.set(parts.type, known);
    return {
      ownership: this.access.ownership,
      gatewayUrlProblem: this.access.gatewayUrlProblem,
      owner: toOwner(parts),
      known,
      report: (line) => this.surroundings.report(line, urn),
    };
  }

  /** With the notes, which only what creates and deletes needs. */
  private notingOptions(parts: UrnParts, urn: string): lifecycle.LifecycleOptions {
    return { ...this.options(parts, urn), notes: this.access.notes };
  }

  /** A `CustomProvider` is read as its `providerId`, which is how the API names providers; any other resource as its id. */
  private dereference(olds: PlainObject, failures: Failure[]): Dereference {
    return ({ urn, id }, path) => {
      const { type, name } = parseUrn(urn);
      if (kindOfTypeToken(type) !== "CustomProvider") return id ?? urn;
      // Check may not ask the gateway. A resource that this run does not look at has not changed either.
      const known = this.providerIds.get(urn) ?? valueAt(olds, path);
      if (known !== undefined) return known;
      failures.push({
        property: pathText(path),
        reason: `is the CustomProvider "${name}", whose providerId is not known here, as another provider manages it: give its providerId instead`,
      });
      return UNKNOWN;
    };
  }
}

/** @throws Error where this version has no such kind. */
function definitionFor({ type }: UrnParts): AnyDefinition {
  const kind = kindOfTypeToken(type);
  const definition = kind === undefined ? undefined : definitionOf(kind);
  if (definition !== undefined) return definition;
  throw new Error(`This version of pulumi-ngrok-ai has no resource of the type "${type}": install a later version.`);
}

/**
 * The resource of a state. Its inputs say which fields are managed beside those that it remembers, and what the program gave to an
 * imported object without an update.
 */
function asStored(definition: AnyDefinition, outputs: PlainObject, inputs: PlainObject): lifecycle.Resource {
  const { state: stored, memory } = toResource(outputs);
  const state = memory.imported ? { ...withoutInternals(inputs), ...stored } : stored;
  const isGiven = (name: string) => inputs[name] !== undefined && name in definition.fields;
  const remembered = memory.managed.filter((name) => isGiven(name) || definition.fields[name]?.whenRemoved !== "keep");
  const managed = [...new Set([...remembered, ...Object.keys(inputs).filter(isGiven)])];
  return { state, memory: { ...memory, managed } };
}

/** Whether a replacement can't exist beside the object that it replaces. */
function isOneAtATime(definition: AnyDefinition, state: PlainObject, news: PlainObject): boolean {
  if (!("identify" in definition)) return false;
  const { isUnique, matches } = definition.identify(news);
  return isUnique && matches(state);
}

function secretInputs({ fields }: AnyDefinition): string[] {
  return Object.keys(fields).filter((name) => fields[name]?.secret);
}

function toSent(definition: AnyDefinition, values: PlainObject, secrets: Secrets): Sent {
  return { values, secrets, secretNames: [...secretInputs(definition), ...(definition.secretOutputs ?? [])] };
}

function internalsOf(inputs: PlainObject): PlainObject {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => name.startsWith("__")));
}

/** The same without secrets in their reasons. */
function hidden(failures: readonly Failure[], secrets: Secrets): Failure[] {
  return failures.map(({ property, reason }) => ({ property, reason: secrets.hiddenIn(reason) }));
}

/** Turns what was done in part into the engine's partial failure, with all that the next run needs in its properties. */
async function withState<T>(sent: (values: PlainObject) => Sent, inputs: Received, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof lifecycle.PartialFailure)) throw error;
    const { resourceId, resource, message } = error;
    throw new InitFailedError(resourceId, sent(toOutputs(resource)), sent(inputs.values), message);
  }
}

function withoutSecrets<T>(secrets: Secrets, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw withHiddenSecrets(error, secrets);
  }
}

async function withoutSecretsAsync<T>(secrets: Secrets, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw withHiddenSecrets(error, secrets);
  }
}

function withHiddenSecrets(error: unknown, secrets: Secrets): Error {
  const message = secrets.hiddenIn(error instanceof Error ? error.message : String(error));
  if (error instanceof InitFailedError) return new InitFailedError(error.id, error.outputs, error.inputs, message);
  const plain = new Error(message);
  if (error instanceof Error && error.stack !== undefined) plain.stack = secrets.hiddenIn(error.stack);
  return plain;
}
