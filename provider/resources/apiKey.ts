/**
 * API key: a credential of the management API itself, for example for another pipeline.
 * Operations: /api-keys (list, create, get, update, delete).
 * The API returns the token only once, in the response to the create request; a new token requires a new key. The key grants
 * access to the whole account, with the same permissions that this provider has.
 * @see https://ngrok.com/docs/ai-gateway/api-reference/api-keys
 */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { ApiKey as WireApiKey } from "../../sdk/contract/apiKeys";
import { defineResource, type Found, nameKey, patchBody, withoutEmptyName } from "../lifecycle/definition";
import { readGathered } from "../lifecycle/gatheredReads";
import { adoptSchema, freeLabelShape, lazily } from "../lifecycle/schemas";
import { type AdoptArgs, GatewayResource, given } from "./gatewayResource";

const inputsSchema = lazily((z) =>
  z.strictObject({ ...freeLabelShape(z), rotationTrigger: z.string().optional(), adopt: adoptSchema(z) }),
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

/** Arguments of `ApiKey`. */
export interface ApiKeyArgs extends AdoptArgs {
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
   * Any text. A different text creates a new key and deletes the old one at the end of the same `up`.
   * Change: replaces the key.
   */
  rotationTrigger?: pulumi.Input<string>;
}

/** @internal */
export const definition = defineResource<Inputs, State>({
  kind: "ApiKey",
  schema: inputsSchema,
  fields: {
    name: { change: "patch", default: "the resource's name in the program" },
    description: { change: "patch" },
    metadata: { change: "patch", default: "the owner's mark" },
    rotationTrigger: { change: "replace", fitsShown: () => true }, // the first trigger after an import rotates nothing
    adopt: { change: "never" },
  },
  outputs: ["token", "keyRedacted", "lastUsed", "uri", "createdAt", "updatedAt"],
  secretOutputs: ["token"],
  isMarkable: true,

  identify: nameKey,
  async create(inputs, { client, call }) {
    const { adopt: _adopt, rotationTrigger: _trigger, ...body } = inputs;
    return toFound(await client.createApiKey(withoutEmptyName(body, undefined), call), inputs);
  },
  async read(id, previous, { client, call }) {
    const wire = await readGathered(client, "apiKeys", id, {
      get: (each) => client.getApiKey(each, call),
      list: () => client.listApiKeys(call),
    });
    return wire && toState(wire, previous);
  },
  async update({ id, olds, news, changed }, { client, call }) {
    const body = withoutEmptyName(patchBody(this.fields, changed, news), null);
    const wire =
      Object.keys(body).length > 0 ? await client.updateApiKey(id, body, call) : await client.getApiKey(id, call);
    return toState(wire, { ...news, token: olds.token });
  },
  async delete(id, _state, { client, call }) {
    await client.deleteApiKey(id, call);
  },
  async *list(inputs, { client, call }) {
    for await (const wire of client.listApiKeys(call)) yield toFound(wire, inputs);
  },
});

function toFound(wire: WireApiKey, inputs: Inputs): Found<State> {
  return { id: wire.id, state: toState(wire, inputs), createdAt: wire.createdAt };
}

function toState(wire: WireApiKey, previous: Partial<State>): State {
  const { name = "", description, metadata, keyRedacted, lastUsed, uri, createdAt, updatedAt } = wire;
  return {
    name,
    description,
    metadata,
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
 * A key of the ngrok AI Gateway's management API.
 * @see https://ngrok.com/docs/ai-gateway/api-reference/api-keys
 * @example
 * import * as ngrok from "pulumi-ngrok-ai";
 *
 * const pipeline = new ngrok.ApiKey("pipeline", { description: "Deploys from the main branch" });
 *
 * export const pipelineKey = pipeline.token;
 * @drift `pulumi refresh` detects a deleted key and changed labels; the next `pulumi up` restores them. A key that was deleted
 * outside Pulumi is created again, with a new token.
 */
export class ApiKey extends GatewayResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly metadata: pulumi.Output<string | undefined>;
  declare readonly rotationTrigger: pulumi.Output<string | undefined>;
  /** The token. Secret. Absent on an adopted key. */
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

  constructor(name: string, args: ApiKeyArgs = {}, opts: pulumi.CustomResourceOptions = {}) {
    const inputs = given("ApiKey", name, args);
    super(definition, name, { ...inputs, name: inputs.name ?? name }, opts);
  }

  /** Looks up an existing key by its id. The key is read, not managed; its token stays unknown. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): ApiKey {
    return new ApiKey(name, {}, { ...opts, id });
  }
}
