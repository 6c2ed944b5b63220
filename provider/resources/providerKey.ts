/**
 * Provider key: a credential for an upstream, which the gateway stores and adds to requests.
 * Operations: /provider-keys (list, create, get, update, delete, rotate).
 * The value is write-only and rotates in place (the id stays). The API returns only a mask of its first ten and last four
 * characters, so a change outside Pulumi to a value with the same mask cannot be detected.
 * @see https://ngrok.com/docs/ai-gateway/guides/attaching-provider-keys
 */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { MAX_PROVIDER_ID_CHARS } from "../../sdk/contract/limits";
import type { ProviderKey as WireProviderKey } from "../../sdk/contract/providerKeys";
import { redactionFits } from "../../sdk/contract/redaction";
import { checkCredential } from "../lifecycle/check";
import { defineResource, type Found, HalfDoneError, nameKey, patchBody } from "../lifecycle/definition";
import { readGathered } from "../lifecycle/gatheredReads";
import { adoptSchema, labelShape, lazily } from "../lifecycle/schemas";
import type { CustomProvider } from "./customProvider";
import { type AdoptArgs, byProviderId, GatewayResource, given, referenced } from "./gatewayResource";

const inputsSchema = lazily((z) =>
  z.strictObject({
    providerId: z.string().min(1).max(MAX_PROVIDER_ID_CHARS),
    value: z.string().min(1),
    ...labelShape(z),
    adopt: adoptSchema(z),
  }),
);
type Inputs = z.infer<ReturnType<typeof inputsSchema>>;

interface State extends Omit<Inputs, "value"> {
  /** Absent if the gateway holds a value other than the one last written. */
  value?: string;
  keyRedacted: string;
  lastUsed: string | undefined;
  uri: string;
  createdAt: string;
  updatedAt: string;
}

/** Arguments of `ProviderKey`. */
export interface ProviderKeyArgs extends AdoptArgs {
  /**
   * Provider that the key is for: a built-in provider (`openai`), a custom provider's `providerId`, or the `CustomProvider`
   * itself. Change: replaces the key.
   */
  providerId: pulumi.Input<string> | CustomProvider;
  /**
   * The credential alone, without `Bearer`, quotes or a line break. Secret, even if given as plain text; the state stores it
   * encrypted.
   * Change: rotates in place, the id stays.
   */
  value: pulumi.Input<string>;
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
}

/** @internal */
export const definition = defineResource<Inputs, State>({
  kind: "ProviderKey",
  schema: inputsSchema,
  fields: {
    providerId: { change: "replace" },
    value: { change: "rotate", secret: true, fitsShown: (value, { keyRedacted }) => isShownAs(value, keyRedacted) },
    name: { change: "patch", default: "the resource's name in the program" },
    description: { change: "patch" },
    metadata: { change: "patch", default: "the owner's mark" },
    adopt: { change: "never" },
  },
  outputs: ["keyRedacted", "lastUsed", "uri", "createdAt", "updatedAt"],
  isMarkable: true,

  identify: nameKey,
  // The value is missing on an imported key if the program gives none.
  verify: ({ value }: Partial<Inputs>, unknown) => checkCredential("value", value, unknown),
  async create({ adopt: _, ...body }, { client, call }) {
    return toFound(await client.createProviderKey(body, call), body.value);
  },
  async read(id, { value }, { client, call }) {
    const wire = await readGathered(client, "providerKeys", id, {
      get: (each) => client.getProviderKey(each, call),
      list: () => client.listProviderKeys(call),
    });
    return wire && toState(wire, value);
  },
  async update({ id, news, changed }, { client, call }) {
    const body = patchBody(this.fields, changed, news);
    const isRotating = changed.has("value");
    const rotated = isRotating
      ? await client.rotateProviderKey(id, { value: news.value, name: news.name }, call)
      : undefined;
    try {
      const isPatching = Object.keys(body).length > 0;
      const wire = isPatching
        ? await client.updateProviderKey(id, body, call)
        : (rotated ?? (await client.getProviderKey(id, call)));
      return toState(wire, news.value);
    } catch (error) {
      if (rotated === undefined) throw error;
      throw new HalfDoneError({ ...toState(rotated, news.value) }, error);
    }
  },
  async delete(id, _state, { client, call }) {
    await client.deleteProviderKey(id, call);
  },
  async *list(inputs, { client, call }) {
    for await (const wire of client.listProviderKeys({ ...call, provider: inputs.providerId }))
      yield toFound(wire, inputs.value);
  },
});

function isShownAs(value: unknown, keyRedacted: unknown): boolean {
  return typeof value === "string" && typeof keyRedacted === "string" && redactionFits(value, keyRedacted);
}

function toFound(wire: WireProviderKey, value: string): Found<State> {
  return { id: wire.id, state: toState(wire, value), createdAt: wire.createdAt };
}

function toState(wire: WireProviderKey, value: string | undefined): State {
  const { providerId, name, description, metadata, keyRedacted, lastUsed, uri, createdAt, updatedAt } = wire;
  const isStillOurs = value !== undefined && redactionFits(value, keyRedacted);
  return {
    providerId,
    ...(isStillOurs ? { value } : {}),
    name,
    description,
    metadata,
    adopt: undefined,
    keyRedacted,
    lastUsed: lastUsed ?? undefined,
    uri,
    createdAt,
    updatedAt,
  };
}

/**
 * A credential for an upstream, stored at the ngrok AI Gateway, for your own provider account ("bring your own key").
 * @see https://ngrok.com/docs/ai-gateway/guides/attaching-provider-keys
 * @example
 * import * as pulumi from "@pulumi/pulumi";
 * import * as ngrok from "pulumi-ngrok-ai";
 *
 * const config = new pulumi.Config();
 *
 * const openaiKey = new ngrok.ProviderKey("openai-key", {
 *   providerId: "openai",
 *   value: config.requireSecret("openaiKey"),
 *   description: "Billing account of team A",
 * });
 *
 * export const masked = openaiKey.keyRedacted;
 * @drift `pulumi refresh` detects a deleted key, changed labels and a changed value; the next `pulumi up` restores them. The
 * gateway returns only the first ten and last four characters of a value, so a change to a value with the same mask is not
 * detected.
 */
export class ProviderKey extends GatewayResource {
  declare readonly providerId: pulumi.Output<string>;
  /** The credential. Secret. */
  declare readonly value: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly metadata: pulumi.Output<string | undefined>;
  /** The redacted value, as the gateway shows it: the first ten and last four characters. */
  declare readonly keyRedacted: pulumi.Output<string>;
  /** When the key was last used (ISO 8601), as of the last refresh. */
  declare readonly lastUsed: pulumi.Output<string | undefined>;
  /** URI of this object in the API. */
  declare readonly uri: pulumi.Output<string>;
  /** When the key was created (ISO 8601). */
  declare readonly createdAt: pulumi.Output<string>;
  /** When the key was last updated (ISO 8601). */
  declare readonly updatedAt: pulumi.Output<string>;

  constructor(name: string, args: ProviderKeyArgs, opts: pulumi.CustomResourceOptions = {}) {
    const inputs = given("ProviderKey", name, args);
    const providerId = referenced<string>(inputs.providerId, byProviderId);
    super(definition, name, { ...inputs, providerId, name: inputs.name ?? name }, opts);
  }

  /** Looks up an existing key by its id. The key is read, not managed; its value stays unknown. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): ProviderKey {
    return new ProviderKey(name, {} as ProviderKeyArgs, { ...opts, id });
  }
}
