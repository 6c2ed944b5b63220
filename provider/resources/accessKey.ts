/**
 * Access key: the credential that an application sends to the gateway.
 * Operations: /access-keys (list, create, get, update, delete). Pulumi's `configurationId` is the API's
 * `accessKeyConfigurationId` in requests and `accessKeyConfiguration.id` in responses.
 * The API returns the token only once, in the response to the create request; a new token requires a new key.
 * @see https://ngrok.com/docs/ai-gateway/access-keys
 */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { AccessKey as WireAccessKey } from "../../sdk/contract/accessKeys";
import { defineResource, type Found, nameKey, patchBody, withoutEmptyName } from "../lifecycle/definition";
import { readGathered } from "../lifecycle/gatheredReads";
import { adoptSchema, freeLabelShape, lazily } from "../lifecycle/schemas";
import type { AccessConfiguration } from "./accessConfiguration";
import { type AdoptArgs, byId, GatewayResource, given, referenced } from "./gatewayResource";

const inputsSchema = lazily((z) =>
  z.strictObject({
    ...freeLabelShape(z),
    configurationId: z.string().min(1).optional(),
    rotationTrigger: z.string().optional(),
    adopt: adoptSchema(z),
  }),
);
type Inputs = z.infer<ReturnType<typeof inputsSchema>>;

interface State extends Inputs {
  /** Absent on an adopted key: the gateway returns the token only to the creator of the key. */
  token: string | undefined;
  keyRedacted: string;
  lastUsed: string | undefined;
  uri: string;
  createdAt: string;
  updatedAt: string;
}

/** Arguments of `AccessKey`. */
export interface AccessKeyArgs extends AdoptArgs {
  /**
   * Label, at most 255 characters; `""` for none. Change: in place.
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
   * The configuration with the providers, models and credentials that the key may use: an `AccessConfiguration` or its id.
   * Change: in place.
   * @default none: the key may use every provider and every stored provider key of the account
   */
  configurationId?: pulumi.Input<string> | AccessConfiguration;
  /**
   * Any text. A different text creates a new key and deletes the old one at the end of the same `up`.
   * Change: replaces the key.
   */
  rotationTrigger?: pulumi.Input<string>;
}

/** @internal */
export const definition = defineResource<Inputs, State>({
  kind: "AccessKey",
  schema: inputsSchema,
  fields: {
    name: { change: "patch", default: "the resource's name in the program" },
    description: { change: "patch" },
    metadata: { change: "patch", default: "the owner's mark" },
    configurationId: { change: "patch", default: "none: every provider and every stored key" },
    rotationTrigger: { change: "replace", fitsShown: () => true }, // the first trigger after an import rotates nothing
    adopt: { change: "never" },
  },
  outputs: ["token", "keyRedacted", "lastUsed", "uri", "createdAt", "updatedAt"],
  secretOutputs: ["token"],
  isMarkable: true,

  identify: nameKey,
  async create(inputs, { client, call }) {
    return toFound(await client.createAccessKey(toBody(inputs), call), inputs);
  },
  async read(id, previous, { client, call }) {
    const wire = await readGathered(client, "accessKeys", id, {
      get: (each) => client.getAccessKey(each, call),
      list: () => client.listAccessKeys(call),
    });
    return wire && toState(wire, previous);
  },
  async update({ id, olds, news, changed }, { client, call }) {
    const { configurationId, ...labels } = patchBody(this.fields, changed, news);
    const link = configurationId === undefined ? {} : { accessKeyConfigurationId: configurationId };
    const body = { ...withoutEmptyName(labels, null), ...link };
    const wire =
      Object.keys(body).length > 0 ? await client.updateAccessKey(id, body, call) : await client.getAccessKey(id, call);
    return toState(wire, { ...news, token: olds.token });
  },
  async delete(id, _state, { client, call }) {
    await client.deleteAccessKey(id, call);
  },
  async *list(inputs, { client, call }) {
    for await (const wire of client.listAccessKeys(call)) yield toFound(wire, inputs);
  },
});

function toBody({ adopt: _adopt, rotationTrigger: _trigger, configurationId, ...labels }: Inputs) {
  return {
    ...withoutEmptyName(labels, undefined),
    ...(configurationId === undefined ? {} : { accessKeyConfigurationId: configurationId }),
  };
}

function toFound(wire: WireAccessKey, inputs: Inputs): Found<State> {
  return { id: wire.id, state: toState(wire, inputs), createdAt: wire.createdAt };
}

function toState(wire: WireAccessKey, previous: Partial<State>): State {
  const { name, description, metadata, accessKeyConfiguration, keyRedacted, lastUsed, uri, createdAt, updatedAt } =
    wire;
  return {
    name: name ?? "",
    description,
    metadata,
    configurationId: accessKeyConfiguration?.id,
    rotationTrigger: previous.rotationTrigger,
    adopt: undefined,
    token: wire.token ?? previous.token,
    keyRedacted,
    lastUsed: lastUsed ?? undefined,
    uri,
    createdAt,
    updatedAt,
  };
}

/**
 * A key that an application uses to call the ngrok AI Gateway.
 * @see https://ngrok.com/docs/ai-gateway/access-keys
 * @example
 * import * as ngrok from "pulumi-ngrok-ai";
 *
 * const teamB = new ngrok.AccessConfiguration("team-b", { access: { providers: { allow: ["openai"] } } });
 *
 * const key = new ngrok.AccessKey("team-b", {
 *   configurationId: teamB,
 *   // Another text makes a new key, and with it a new token.
 *   rotationTrigger: "2026-12",
 * });
 *
 * export const teamBToken = key.token;
 * @drift `pulumi refresh` detects a deleted key, changed labels and a changed configuration; the next `pulumi up` restores them.
 * A key that was deleted outside Pulumi is created again, with a new token.
 */
export class AccessKey extends GatewayResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly metadata: pulumi.Output<string | undefined>;
  declare readonly configurationId: pulumi.Output<string | undefined>;
  declare readonly rotationTrigger: pulumi.Output<string | undefined>;
  /** The token that the application sends as `Authorization: Bearer …`. Secret. Absent on an adopted key. */
  declare readonly token: pulumi.Output<string>;
  /** The redacted token, as the gateway shows it. */
  declare readonly keyRedacted: pulumi.Output<string>;
  /** When the key was last used (ISO 8601), as of the last refresh. */
  declare readonly lastUsed: pulumi.Output<string | undefined>;
  /** URI of this object in the API. */
  declare readonly uri: pulumi.Output<string>;
  /** When the key was created (ISO 8601). */
  declare readonly createdAt: pulumi.Output<string>;
  /** When the key was last updated (ISO 8601). */
  declare readonly updatedAt: pulumi.Output<string>;

  constructor(name: string, args: AccessKeyArgs = {}, opts: pulumi.CustomResourceOptions = {}) {
    const inputs = given("AccessKey", name, args);
    const configurationId = referenced<string>(inputs.configurationId, byId);
    super(definition, name, { ...inputs, configurationId, name: inputs.name ?? name }, opts);
  }

  /** Looks up an existing key by its id. The key is read, not managed; its token stays unknown. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): AccessKey {
    return new AccessKey(name, {}, { ...opts, id });
  }
}
