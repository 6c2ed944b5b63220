/**
 * Access configuration: the providers and models that access keys may use, and the credentials for them.
 * Operations: /access-key-configurations (list, create, get, update, delete). Pulumi's AccessConfiguration is the API's
 * AccessKeyConfiguration; its `rules` are the API's `router.rules`.
 * The API writes a router only as a whole. With `rules` (even `[]`), this resource owns the whole router; without, the rules
 * belong to `RoutingRule` resources and to other writers.
 * @see https://ngrok.com/docs/ai-gateway/access-key-configurations
 */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type {
  AccessScope,
  AccessScopeWrite,
  AccessKeyConfiguration as WireConfiguration,
} from "../../sdk/contract/accessKeyConfigurations";
import { isBuiltInProvider } from "../../sdk/contract/builtInProviders";
import { known } from "../lifecycle/check";
import {
  type CallContext,
  defineResource,
  type Failure,
  type Found,
  nameKey,
  patchBody,
} from "../lifecycle/definition";
import { readGathered } from "../lifecycle/gatheredReads";
import { adoptSchema, labelShape, lazily, type Zod } from "../lifecycle/schemas";
import { isPlainObject, isSame, type UnknownPaths } from "../lifecycle/values";
import {
  adviseRule,
  checkRules,
  fromWireRules,
  hasKey,
  isSameRules,
  normalizeRule,
  providerOf,
  ruleSchema,
  toWireRules,
} from "../routing/routingRules";
import type { RoutingRuleShape, Rule } from "../routing/rule";
import type { CustomProvider } from "./customProvider";
import { type AdoptArgs, byProviderId, GatewayResource, given, referenced } from "./gatewayResource";

const dimensionSchema = (z: Zod) => z.strictObject({ allow: z.array(z.string().min(1)).optional() });
const accessSchema = (z: Zod) =>
  z.strictObject({ providers: dimensionSchema(z).optional(), models: dimensionSchema(z).optional() });

const inputsSchema = lazily((z) =>
  z.strictObject({
    ...labelShape(z),
    access: accessSchema(z).optional(),
    rules: z.array(ruleSchema(z)).optional(),
    adopt: adoptSchema(z),
  }),
);
type Inputs = z.infer<ReturnType<typeof inputsSchema>>;

interface State extends Inputs {
  accessKeyCount: number;
  uri: string;
  createdAt: string;
  updatedAt: string;
}

/** The providers that may be used. */
export interface AllowedProvidersArgs {
  /**
   * Ids of built-in providers, `providerId`s of custom providers, or `CustomProvider` resources; `[]` allows none.
   * @default every provider
   */
  allow?: pulumi.Input<(pulumi.Input<string> | CustomProvider)[]>;
}

/** The models that may be used. */
export interface AllowedModelsArgs {
  /**
   * Exact strings, in the form `<providerId>:<model>` or `<vendor>/<model>`; `[]` allows none.
   * @default every model
   */
  allow?: pulumi.Input<pulumi.Input<string>[]>;
}

/** The providers and models that may be used. A dimension that is left out is not restricted. */
export interface AccessScopeArgs {
  /** The providers that may be used. */
  providers?: pulumi.Input<AllowedProvidersArgs>;
  /** The models that may be used. */
  models?: pulumi.Input<AllowedModelsArgs>;
}

/** Arguments of `AccessConfiguration`. */
export interface AccessConfigurationArgs extends AdoptArgs {
  /**
   * Label, at most 255 characters. Change: in place.
   * @default the resource's name in the program
   */
  name?: pulumi.Input<string>;
  /** Description, at most 255 characters. Change: in place. */
  description?: pulumi.Input<string>;
  /**
   * Free text, at most 4,096 characters. Change: in place.
   * @default a mark that names the stack and resource that own the object (`ngrok-ai:ownership`)
   */
  metadata?: pulumi.Input<string>;
  /**
   * The providers and models that may be used, as exact strings. A dimension that is left out is not restricted; `[]` allows
   * nothing. Change: in place, as a whole.
   * @default no restriction
   */
  access?: pulumi.Input<AccessScopeArgs>;
  /**
   * All routing rules of the configuration. The order of rules has no effect; the order of a rule's steps and keys does. Change:
   * in place, as a whole. Leaving it out keeps the stored rules.
   * @default none here: the rules belong to `RoutingRule`s
   */
  rules?: pulumi.Input<pulumi.Input<RoutingRuleShape>[]>;
}

/** @internal */
export const definition = defineResource<Inputs, State>({
  kind: "AccessConfiguration",
  schema: inputsSchema,
  fields: {
    name: { change: "patch", default: "the resource's name in the program" },
    description: { change: "patch" },
    metadata: { change: "patch", default: "the owner's mark" },
    access: { change: "patch", isWholeSet: true, default: "no restriction", isSame: isSameAccess },
    rules: {
      change: "patch",
      isWholeSet: true,
      default: "the rules belong to RoutingRules",
      isSame: isSameRules,
      whenRemoved: "keep",
    },
    adopt: { change: "never" },
  },
  outputs: ["accessKeyCount", "uri", "createdAt", "updatedAt"],
  isMarkable: true,

  identify: nameKey,
  normalize: (inputs) => (Array.isArray(inputs.rules) ? { ...inputs, rules: inputs.rules.map(normalizeRule) } : inputs),
  verify: checkConfiguration,
  advise: adviseConfiguration,
  async create(inputs, { client, call }) {
    const { adopt: _, rules, ...body } = inputs;
    const router = rules === undefined ? {} : { router: { rules: toWireRules(rules) } };
    return toFound(await client.createAccessKeyConfiguration({ ...body, ...router }, call), inputs);
  },
  async read(id, previous, context) {
    const wire = await readConfiguration(id, context);
    return wire && toState(wire, previous);
  },
  async update({ id, news, changed }, context) {
    const { client, call } = context;
    const { rules, access, ...labels } = patchBody(this.fields, changed, news);
    // A write replaces `access` or the whole router, so the update first reads the fields that a program cannot set and sends
    // them back.
    const now = rules || access !== undefined ? await readConfiguration(id, context) : undefined;
    const body = {
      ...labels,
      ...(access === undefined ? {} : { access: mergedAccess(access, now?.access) }),
      ...(rules ? { router: { ...now?.router, rules: toWireRules(rules, now?.router) } } : {}),
    };
    const isPatching = Object.keys(body).length > 0;
    const wire = isPatching
      ? await client.updateAccessKeyConfiguration(id, body, call)
      : await client.getAccessKeyConfiguration(id, call);
    return toState(wire, news);
  },
  async delete(id, _state, { client, call }) {
    await client.deleteAccessKeyConfiguration(id, call);
  },
  importWith: { rules: [] }, // makes the import read the router
  async *list(inputs, { client, call }) {
    for await (const wire of client.listAccessKeyConfigurations(call)) yield toFound(wire, inputs);
  },
});

function readConfiguration(id: string, { client, call }: CallContext): Promise<WireConfiguration | undefined> {
  return readGathered(client, "configurations", id, {
    get: (each) => client.getAccessKeyConfiguration(each, call),
    list: () => client.listAccessKeyConfigurations(call),
  });
}

/** The access scope for a write. Keeps stored dimensions that only a later version of the service defines. */
function mergedAccess(access: Inputs["access"] | null, now: AccessScope | undefined): AccessScopeWrite | null {
  const { providers, models, ...others } = now ?? {};
  if (!access) return Object.keys(others).length === 0 ? null : others;
  return {
    ...others,
    ...(access.providers && { providers: mergedDimension(access.providers, providers) }),
    ...(access.models && { models: mergedDimension(access.models, models) }),
  };
}

function mergedDimension(dimension: { allow?: string[] | undefined }, now: { allow?: string[] | undefined } = {}) {
  const { allow: _, ...others } = now;
  return { ...others, ...dimension };
}

function checkConfiguration(inputs: Inputs, unknown: UnknownPaths): Failure[] {
  const { rules } = inputs;
  if (rules === undefined || unknown.covers(["rules"])) return [];
  return [...checkRules(rules, ["rules"], unknown), ...checkScope(inputs, rules, unknown)];
}

/** The allowed providers, if all are known and each is a `providerId`. */
function allowedProviders({ access }: Inputs, unknown: UnknownPaths): readonly string[] | undefined {
  const allowed = access?.providers?.allow;
  if (allowed === undefined || unknown.touches(["access", "providers"])) return undefined;
  // An entry may be a provider's id, from which the `providerId` that rules use cannot be derived.
  return allowed.some((entry) => entry.startsWith("aigp_")) ? undefined : allowed;
}

/** A rule for a provider that is not allowed has no effect. */
function checkScope(inputs: Inputs, rules: readonly Rule[], unknown: UnknownPaths): Failure[] {
  const allowed = allowedProviders(inputs, unknown);
  return rules.flatMap((rule, index) => {
    const provider = providerOf(rule);
    if (allowed === undefined || provider === undefined || allowed.includes(provider)) return [];
    const reason = `is for provider "${provider}", which access.providers.allow leaves out: add it there, or remove the rule`;
    return [{ property: `rules[${index}]`, reason }];
  });
}

function adviseConfiguration(inputs: Inputs, unknown: UnknownPaths): Failure[] {
  const { rules } = inputs;
  if (rules === undefined || unknown.covers(["rules"])) return [];
  const ofRules = rules.flatMap((rule, index) => adviseRule(rule, ["rules", index]));
  return [...ofRules, ...adviseScope(inputs, rules, unknown)];
}

/** A custom provider works only with a key; an unknown provider id may be that of a built-in provider. */
function adviseScope(inputs: Inputs, rules: readonly Rule[], unknown: UnknownPaths): Failure[] {
  if (rules.some((rule) => providerOf(rule) === undefined)) return [];
  const allowed = allowedProviders(inputs, unknown) ?? [];
  return allowed
    .filter(
      (provider) =>
        !isBuiltInProvider(provider) && !rules.some((rule) => providerOf(rule) === provider && hasKey(rule)),
    )
    .map((provider) => ({
      property: "access.providers.allow",
      reason: `allows "${known(provider)}", but no rule gives it a key: if it is a custom provider, each of its requests fails; add a rule with keys, or remove it`,
    }));
}

function isSameAccess(left: unknown, right: unknown): boolean {
  return ["providers", "models"].every((name) => isSame(allowedIn(left, name), allowedIn(right, name)));
}

function allowedIn(access: unknown, name: string): unknown {
  const dimension = isPlainObject(access) ? access[name] : undefined;
  const allow = isPlainObject(dimension) ? dimension.allow : undefined;
  return Array.isArray(allow) ? [...new Set(allow)].sort() : allow;
}

function toFound(wire: WireConfiguration, inputs: Inputs): Found<State> {
  return { id: wire.id, state: toState(wire, inputs), createdAt: wire.createdAt };
}

function toState(wire: WireConfiguration, previous: Partial<State>): State {
  const { name, description, metadata, access, router, accessKeyCount, uri, createdAt, updatedAt } = wire;
  return {
    name,
    description,
    metadata,
    access,
    // A router that this resource does not own is not stored: it may be long, and others change it.
    rules: previous.rules === undefined ? undefined : fromWireRules(router),
    adopt: undefined,
    accessKeyCount,
    uri,
    createdAt,
    updatedAt,
  };
}

/**
 * The providers and models that access keys may use at the ngrok AI Gateway, and the credentials for them. With `rules` (even
 * `[]`), this resource owns the configuration's whole router; without, the rules belong to `RoutingRule` resources and to other
 * writers.
 * @see https://ngrok.com/docs/ai-gateway/access-key-configurations
 * @example
 * import * as pulumi from "@pulumi/pulumi";
 * import * as ngrok from "pulumi-ngrok-ai";
 *
 * const config = new pulumi.Config();
 * const anthropicKey = new ngrok.ProviderKey("anthropic-key", {
 *   providerId: "anthropic",
 *   value: config.requireSecret("anthropicKey"),
 * });
 *
 * const research = new ngrok.AccessConfiguration("research", {
 *   access: { providers: { allow: ["anthropic", "openai"] } },
 *   rules: [
 *     { provider: "anthropic", keys: [anthropicKey] },
 *     { provider: "openai", steps: [{ type: "ngrok" }] },
 *   ],
 * });
 *
 * new ngrok.AccessKey("research", { configurationId: research });
 * @throws A rule names a key or provider that does not exist in the account. If `access` or `rules` was changed outside Pulumi
 * since the last run and an update would undo that change unseen, the update fails, shows the change, and requires a refresh
 * first.
 */
export class AccessConfiguration extends GatewayResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly metadata: pulumi.Output<string | undefined>;
  declare readonly access: pulumi.Output<
    { providers?: { allow?: string[] }; models?: { allow?: string[] } } | undefined
  >;
  declare readonly rules: pulumi.Output<Rule[] | undefined>;
  /** Number of access keys linked to the configuration, as of its last refresh or update. */
  declare readonly accessKeyCount: pulumi.Output<number>;
  /** URI of this object in the API. */
  declare readonly uri: pulumi.Output<string>;
  /** When the configuration was created (ISO 8601). */
  declare readonly createdAt: pulumi.Output<string>;
  /** When the configuration was last updated (ISO 8601). */
  declare readonly updatedAt: pulumi.Output<string>;

  constructor(name: string, args: AccessConfigurationArgs = {}, opts: pulumi.CustomResourceOptions = {}) {
    const inputs = given("AccessConfiguration", name, args);
    const access = referenced(inputs.access, byProviderId);
    const rules = referenced(inputs.rules, byProviderId);
    super(definition, name, { ...inputs, access, rules, name: inputs.name ?? name }, opts);
  }

  /** Looks up an existing configuration by its id. The configuration is read, not managed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): AccessConfiguration {
    return new AccessConfiguration(name, {}, { ...opts, id });
  }
}
