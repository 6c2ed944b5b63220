/**
 * Routing rule: the credentials for requests to one provider or model.
 * Operations: /access-key-configurations (get, update).
 * A rule is no object of the API: it is one entry in the router of a configuration, which can only be written as a whole. The
 * rule's id is `<configurationId>/<selector>`.
 * @see https://ngrok.com/docs/ai-gateway/guides/routing
 */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import {
  defineResource,
  type Failure,
  type Found,
  HalfDoneError,
  ifFound,
  KeyTakenError,
} from "../lifecycle/definition";
import { readGathered } from "../lifecycle/gatheredReads";
import { adoptSchema, lazily } from "../lifecycle/schemas";
import { isSame, type PlainObject } from "../lifecycle/values";
import { changeRules, MaybeWrittenError, type RulesChange } from "../routing/routerQueue";
import {
  adviseRule,
  checkRule,
  fromWireRules,
  normalizeRule,
  ruleShape,
  selectorOf,
  withoutRule,
  withRule,
} from "../routing/routingRules";
import type { RoutingRuleShape, Rule } from "../routing/rule";
import type { AccessConfiguration } from "./accessConfiguration";
import { type AdoptArgs, byId, byProviderId, GatewayResource, given, referenced } from "./gatewayResource";

const inputsSchema = lazily((z) =>
  z.strictObject({ configurationId: z.string().min(1), ...ruleShape(z), adopt: adoptSchema(z) }),
);
type Inputs = z.infer<ReturnType<typeof inputsSchema>>;
type State = Inputs;

/** Arguments of `RoutingRule`. */
export interface RoutingRuleArgs extends RoutingRuleShape, AdoptArgs {
  /** The configuration that contains the rule: an `AccessConfiguration` without `rules`, or its id. Change: replaces. */
  configurationId: pulumi.Input<string> | AccessConfiguration;
}

/** @internal */
export const definition = defineResource<Inputs, State>({
  kind: "RoutingRule",
  schema: inputsSchema,
  fields: {
    configurationId: { change: "replace" },
    provider: { change: "replace" },
    model: { change: "replace" },
    steps: { change: "patch" },
    adopt: { change: "never" },
  },
  outputs: [],
  isMarkable: false,

  normalize: (inputs) => normalizeRule(inputs) as PlainObject,
  identify: (inputs) => ({
    words: `for ${selectorOf(inputs)} in configuration ${inputs.configurationId}`,
    input: inputs.model === undefined ? "provider" : "model",
    isUnique: true,
    matches: (state) => toFound(state.configurationId, state).id === toFound(inputs.configurationId, inputs).id,
  }),
  verify: (inputs, unknown): Failure[] => checkRule(inputs, [], unknown),
  advise: (inputs): Failure[] => adviseRule(inputs, []),
  async create(inputs, context) {
    const made = toFound(inputs.configurationId, toRule(inputs));
    try {
      await changeRules(inputs.configurationId, adding(inputs), context);
    } catch (error) {
      // Without its steps, so that the next update writes them.
      const { steps: _, ...state } = made.state;
      if (error instanceof MaybeWrittenError) throw new HalfDoneError(state, error, made.id);
      throw error;
    }
    return made;
  },
  async read(id, previous, { client, call }) {
    const { configurationId, selector } = parseId(id, previous);
    const configuration = await readGathered(client, "configurations", configurationId, {
      get: (each) => client.getAccessKeyConfiguration(each, call),
      list: () => client.listAccessKeyConfigurations(call),
    });
    const rule = fromWireRules(configuration?.router).find((candidate) => selectorOf(candidate) === selector);
    return rule && { ...toState(configurationId, rule) };
  },
  async update({ news, olds, changed }, context) {
    try {
      if (changed.size > 0) await changeRules(news.configurationId, replacing(news), context);
    } catch (error) {
      if (error instanceof MaybeWrittenError) throw new HalfDoneError({ ...olds }, error);
      throw error;
    }
    return { ...olds, ...toState(news.configurationId, toRule(news)) };
  },
  async delete(_id, state, context) {
    await changeRules(state.configurationId, removing(state), context);
  },
  async *list({ configurationId, ...inputs }, { client, call }) {
    const configuration = await ifFound(client.getAccessKeyConfiguration(configurationId, call));
    const selector = selectorOf(inputs);
    for (const rule of fromWireRules(configuration?.router)) {
      if (selectorOf(rule) === selector) yield toFound(configurationId, rule);
    }
  },
});

function adding(inputs: Inputs): RulesChange {
  const rule = toRule(inputs);
  const selector = selectorOf(rule);
  let isWritten = false;
  return {
    apply: (rules) => {
      if (!isWritten && rules.some((candidate) => selectorOf(candidate) === selector)) {
        throw new KeyTakenError(
          `Access key configuration ${inputs.configurationId} has a rule for ${selector} already.`,
        );
      }
      isWritten = true;
      return withRule(rules, rule);
    },
    holds: (rules) => rules.some((candidate) => isSame(candidate, rule)),
  };
}

function replacing(inputs: Inputs): RulesChange {
  const rule = toRule(inputs);
  return {
    apply: (rules) => withRule(rules, rule),
    holds: (rules) => rules.some((candidate) => isSame(candidate, rule)),
  };
}

function removing(inputs: Inputs): RulesChange {
  const selector = selectorOf(inputs);
  return {
    apply: (rules) => withoutRule(rules, selector),
    holds: (rules) => rules.every((candidate) => selectorOf(candidate) !== selector),
  };
}

function parseId(id: string, previous: Partial<State>): { configurationId: string; selector: string } {
  const slash = id.indexOf("/");
  const selector = slash < 0 ? "" : id.slice(slash + 1);
  if (selector === "")
    throw new Error(`"${id}" is no routing rule's id: write it as <configurationId>/provider=<providerId>`);
  return { configurationId: previous.configurationId ?? id.slice(0, slash), selector };
}

function toRule({ provider, model, steps }: Inputs): Rule {
  return { ...(provider === undefined ? {} : { provider }), ...(model === undefined ? {} : { model }), steps };
}

function toState(configurationId: string, rule: Rule): State {
  return { configurationId, provider: rule.provider, model: rule.model, steps: rule.steps, adopt: undefined };
}

function toFound(configurationId: string, rule: Rule): Found<State> {
  return { id: `${configurationId}/${selectorOf(rule)}`, state: toState(configurationId, rule) };
}

/**
 * One rule in the router of an `AccessConfiguration`: the credentials for requests to a provider or a model. Rules of one
 * configuration are written together; rules that no resource declares are kept.
 * @see https://ngrok.com/docs/ai-gateway/guides/routing
 * @example
 * import * as pulumi from "@pulumi/pulumi";
 * import * as ngrok from "pulumi-ngrok-ai";
 *
 * const config = new pulumi.Config();
 * const support = new ngrok.AccessConfiguration("support", {});
 * const supportKey = new ngrok.ProviderKey("support-openai-key", {
 *   providerId: "openai",
 *   value: config.requireSecret("openaiKey"),
 * });
 *
 * // The team's own key first, the gateway's credits when it fails.
 * new ngrok.RoutingRule("support-openai", {
 *   configurationId: support,
 *   provider: "openai",
 *   steps: [{ type: "user", keys: [supportKey] }, { type: "ngrok" }],
 * });
 * @throws The configuration already has a rule with the same selector: remove it, or adopt it with `adopt`. If two `RoutingRule`s
 * of one program have the same selector, the second one fails at preview. If another writer overwrites the router at the same
 * time, the resource reads the router back and writes the lost rule again.
 * @adopt `"ifExists"` adopts the configuration's rule with the same `provider` and `model`, and creates one if none exists;
 * `"required"` fails if none exists. Without `adopt`, an existing rule is an error.
 * @drift `pulumi refresh` detects a removed rule and changed steps or keys; the next `pulumi up` restores them. Rules that no
 * resource declares are not compared.
 * @removal Removes this rule from the router and keeps the others. A rule that no longer exists counts as deleted.
 */
export class RoutingRule extends GatewayResource {
  declare readonly configurationId: pulumi.Output<string>;
  declare readonly provider: pulumi.Output<string | undefined>;
  declare readonly model: pulumi.Output<string | undefined>;
  declare readonly steps: pulumi.Output<Rule["steps"]>;

  constructor(name: string, args: RoutingRuleArgs, opts: pulumi.CustomResourceOptions = {}) {
    const { configurationId, ...rule } = given("RoutingRule", name, args);
    const references = referenced<pulumi.Inputs>(rule, byProviderId) as pulumi.Inputs;
    super(definition, name, { ...references, configurationId: referenced(configurationId, byId) }, opts);
  }

  /** Looks up an existing rule by its id, `<configurationId>/provider=<providerId>`. The rule is read, not managed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): RoutingRule {
    return new RoutingRule(name, {} as RoutingRuleArgs, { ...opts, id });
  }
}
