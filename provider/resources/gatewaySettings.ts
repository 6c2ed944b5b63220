/**
 * Gateway settings: timeouts and token limits of the account.
 * Operations: /gateway-config (get, update). Pulumi's GatewaySettings is the API's GatewayConfig.
 * The object is a singleton that always exists and cannot be deleted. Create changes only the given fields; delete restores the
 * values that they had before.
 * @see https://ngrok.com/docs/ai-gateway/api-reference/gateway-config/update
 */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { parseGoDurationMs } from "../../sdk/contract/durations";
import type { GatewayConfig, GatewayConfigUpdate } from "../../sdk/contract/gatewayConfig";
import { MAX_METADATA_CHARS } from "../../sdk/contract/limits";
import { known } from "../lifecycle/check";
import {
  type CallContext,
  defineResource,
  type Failure,
  type Found,
  HalfDoneError,
  isUnanswered,
} from "../lifecycle/definition";
import { adoptSchema, lazily } from "../lifecycle/schemas";
import { UNKNOWN } from "../lifecycle/values";
import { type AdoptArgs, GatewayResource, given } from "./gatewayResource";

/** Longest value that an error message shows, in characters. */
const MAX_SHOWN_CHARS = 40;

const inputsSchema = lazily((z) =>
  z.strictObject({
    totalTimeout: z.string().min(1).optional(),
    perRequestTimeout: z.string().min(1).optional(),
    maxInputTokens: z.int().min(1).optional(),
    maxOutputTokens: z.int().min(1).optional(),
    metadata: z.string().max(MAX_METADATA_CHARS).optional(),
    adopt: adoptSchema(z),
  }),
);
type Inputs = z.infer<ReturnType<typeof inputsSchema>>;
type Setting = Exclude<keyof Inputs, "adopt">;
type Settings = Pick<Inputs, Setting>;

interface State extends Inputs {
  accountId: string;
  uri: string;
  /**
   * Values of the given settings before the first write, which delete restores. JSON, because the state would lose `null` (no
   * limit).
   */
  before: string;
}

type Before = { [Name in Setting]?: Inputs[Name] | null };

/** Arguments of `GatewaySettings`. */
export interface GatewaySettingsArgs extends AdoptArgs {
  /**
   * Longest time a request may take, including all attempts, as a Go duration above 0 (`"90s"`, `"2m"`). Change: in place.
   * @default the account's own; leaving it out keeps the stored value
   */
  totalTimeout?: pulumi.Input<string>;
  /**
   * Longest time one attempt at an upstream may take, as a Go duration above 0, at most `totalTimeout`. Change: in place.
   * @default the account's own; leaving it out keeps the stored value
   */
  perRequestTimeout?: pulumi.Input<string>;
  /**
   * Largest number of input tokens one request may carry, in tokens, 1 or more. Change: in place.
   * @default the account's own; leaving it out keeps the stored value
   */
  maxInputTokens?: pulumi.Input<number>;
  /**
   * Largest number of output tokens one request may request, in tokens, 1 or more. Change: in place.
   * @default the account's own; leaving it out keeps the stored value
   */
  maxOutputTokens?: pulumi.Input<number>;
  /**
   * Free text, at most 4,096 characters. The provider never stores its ownership mark here, because the settings have no owner.
   * Change: in place.
   */
  metadata?: pulumi.Input<string>;
}

const SETTINGS: readonly Setting[] = [
  "totalTimeout",
  "perRequestTimeout",
  "maxInputTokens",
  "maxOutputTokens",
  "metadata",
];

/** @internal */
export const definition = defineResource<Inputs, State>({
  kind: "GatewaySettings",
  schema: inputsSchema,
  fields: {
    totalTimeout: { change: "patch", default: "the account's own", isSame: isSameDuration },
    perRequestTimeout: { change: "patch", default: "the account's own", isSame: isSameDuration },
    maxInputTokens: { change: "patch", default: "the account's own" },
    maxOutputTokens: { change: "patch", default: "the account's own" },
    metadata: { change: "patch" },
    adopt: { change: "never" },
  },
  outputs: ["accountId", "uri", "before"],
  isMarkable: false,
  isOnePerAccount: true,

  identify: () => ({ words: "of the account", isUnique: true, matches: () => true }),
  verify: checkDurations,
  async create(inputs, { client, call }) {
    const current = await client.getGatewayConfig(call);
    const wanted = settingsIn(inputs);
    const before = valuesOf(current, Object.keys(wanted) as Setting[]);
    if (Object.keys(wanted).length === 0) return { id: current.accountId, state: toState(current, before) };
    try {
      const wire = await client.updateGatewayConfig(wanted, call);
      return { id: wire.accountId, state: toState(wire, before) };
    } catch (error) {
      // The write may have succeeded, so the values before it must not be lost.
      if (!isUnanswered(error)) throw error;
      throw new HalfDoneError({ ...toState(current, before) }, error, current.accountId);
    }
  },
  async read(_id, previous, { client, call }) {
    return toState(await client.getGatewayConfig(call), parseBefore(previous.before));
  },
  async update({ olds, news, changed }, { client, call }) {
    const names = SETTINGS.filter((name) => changed.has(name));
    const before = parseBefore(olds.before);
    const current = await client.getGatewayConfig(call);
    // The update records the current value of a setting that is given for the first time, and restores the recorded value of one
    // that is removed.
    const first = valuesOf(
      current,
      names.filter((name) => news[name] !== undefined && !(name in before)),
    );
    // A setting that was never written has no value to restore.
    const written = names.filter((name) => news[name] !== undefined || name in before);
    const body = Object.fromEntries(written.map((name) => [name, news[name] ?? before[name] ?? null]));
    if (written.length === 0) return toState(current, before);
    let wire: GatewayConfig;
    try {
      wire = await client.updateGatewayConfig(body as GatewayConfigUpdate, call);
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      throw new HalfDoneError({ ...toState(current, { ...first, ...before }) }, error);
    }
    const kept = Object.entries(before).filter(([name]) => news[name as Setting] !== undefined);
    return toState(wire, { ...first, ...Object.fromEntries(kept) });
  },
  delete: (_id, state, context) => putBack(parseBefore(state.before), context),
  release(state, managedByOther, context) {
    const left = Object.entries(parseBefore(state.before)).filter(([name]) => !managedByOther.has(name));
    return putBack(Object.fromEntries(left), context);
  },
  async *list(_inputs, { client, call }): AsyncIterable<Found<State>> {
    const wire = await client.getGatewayConfig(call);
    yield { id: wire.accountId, state: toState(wire, {}) };
  },
});

function checkDurations(inputs: Inputs): Failure[] {
  const failures: Failure[] = [];
  const parse = (property: "totalTimeout" | "perRequestTimeout"): number | undefined => {
    const text = known(inputs[property]);
    const ms = text === undefined ? undefined : parseGoDurationMs(text);
    if (text !== undefined && (ms === undefined || ms <= 0)) {
      const shown = text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text;
      failures.push({ property, reason: `"${shown}" is no Go duration above 0: write it like "30s", "2m" or "1m30s"` });
    }
    return ms;
  };
  const total = parse("totalTimeout");
  const perRequest = parse("perRequestTimeout");
  if (total !== undefined && perRequest !== undefined && perRequest > total) {
    const reason = `"${inputs.perRequestTimeout}" is longer than totalTimeout "${inputs.totalTimeout}", which would end the attempt first: shorten it, or raise totalTimeout`;
    failures.push({ property: "perRequestTimeout", reason });
  }
  return failures;
}

/** "60s" and "1m" are equal. */
function isSameDuration(left: unknown, right: unknown): boolean {
  if (typeof left !== "string" || typeof right !== "string" || left === UNKNOWN || right === UNKNOWN)
    return left === right;
  return left === right || parseGoDurationMs(left) === parseGoDurationMs(right);
}

function settingsIn(inputs: Inputs): Settings {
  return Object.fromEntries(SETTINGS.filter((name) => inputs[name] !== undefined).map((name) => [name, inputs[name]]));
}

function valuesOf(wire: GatewayConfig, names: readonly Setting[]): Before {
  return Object.fromEntries(names.map((name) => [name, wire[name] ?? null]));
}

function toState(wire: GatewayConfig, before: Before): State {
  const { accountId, uri, totalTimeout, perRequestTimeout, maxInputTokens, maxOutputTokens, metadata } = wire;
  return {
    totalTimeout,
    perRequestTimeout,
    maxInputTokens: maxInputTokens ?? undefined,
    maxOutputTokens: maxOutputTokens ?? undefined,
    metadata: metadata ?? undefined,
    adopt: undefined,
    accountId,
    uri,
    before: JSON.stringify(before),
  };
}

async function putBack(before: Before, { client, call }: CallContext): Promise<void> {
  if (Object.keys(before).length > 0) await client.updateGatewayConfig(before as GatewayConfigUpdate, call);
}

function parseBefore(text: string | undefined): Before {
  return text === undefined ? {} : (JSON.parse(text) as Before);
}

/**
 * Timeouts and token limits of the account at the ngrok AI Gateway. One per account.
 * @see https://ngrok.com/docs/ai-gateway/api-reference/gateway-config/update
 * @example
 * import * as ngrok from "pulumi-ngrok-ai";
 *
 * new ngrok.GatewaySettings("limits", {
 *   totalTimeout: "5m",
 *   perRequestTimeout: "90s",
 *   maxOutputTokens: 16_000,
 * });
 * @throws If one program has two `GatewaySettings`, the second one fails at preview.
 * @adopt The settings always exist, so every create adopts them: it changes only the given inputs and records the values that
 * they had before. `adopt` is not needed.
 * @drift `pulumi refresh` detects each setting that the program gives and that was changed outside Pulumi; the next `pulumi up`
 * restores it. Settings that the program leaves out are not compared. Two stacks that set the same field of one account undo each
 * other's changes: manage the settings in one stack.
 * @removal Restores the values that the program's settings had before it first set them. Removing one setting from the program
 * restores that setting alone. After a rename, settings that another `GatewaySettings` of the program now gives are kept; unless
 * an alias links the two, the new resource records the values that the old one wrote as the values before. If a run is killed
 * between the gateway's response to the first write and the record in the state, the values before are lost: the next create
 * records the values that it finds.
 */
export class GatewaySettings extends GatewayResource {
  declare readonly totalTimeout: pulumi.Output<string>;
  declare readonly perRequestTimeout: pulumi.Output<string>;
  declare readonly maxInputTokens: pulumi.Output<number | undefined>;
  declare readonly maxOutputTokens: pulumi.Output<number | undefined>;
  declare readonly metadata: pulumi.Output<string | undefined>;
  /** Id of the account that the settings belong to. */
  declare readonly accountId: pulumi.Output<string>;
  /** URI of this object in the API. */
  declare readonly uri: pulumi.Output<string>;

  constructor(name: string, args: GatewaySettingsArgs = {}, opts: pulumi.CustomResourceOptions = {}) {
    super(definition, name, { ...given("GatewaySettings", name, args) }, opts);
  }

  /** Looks up the account's settings. The settings are read, not managed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): GatewaySettings {
    return new GatewaySettings(name, {}, { ...opts, id });
  }
}
