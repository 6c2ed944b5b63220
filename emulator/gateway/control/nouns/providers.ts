/** Custom providers: upstreams of one's own, under ids that nobody else has. */
import { BUILT_IN_PROVIDER_IDS } from "../../../../sdk/contract/common";
import { providerCreateSchema, providerUpdateSchema } from "../../../../sdk/contract/providers";
import type { Stored } from "../../store/collection";
import type { Store } from "../../store/store";
import { conflict, missing, type Noun, type Plain, patched, stamped, tooLong, unprocessable } from "./noun";

function checkBaseUrl(baseUrl: unknown): void {
  if (typeof baseUrl !== "string") return;
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname.endsWith(".internal"))) return;
  throw unprocessable(
    "ERR_NGROK_27718",
    "The provider's baseUrl must be https:// (http:// for *.internal hosts only).",
  );
}

const SURFACES: Readonly<Record<string, readonly string[]>> = {
  openai: ["chat-completions", "responses"],
  anthropic: ["messages"],
};

function checkSurfaces(surfaces: unknown): void {
  if (!Array.isArray(surfaces)) return;
  for (const { format, surface } of surfaces as { format: string; surface?: string }[]) {
    const known = SURFACES[format];
    if (known === undefined) throw unprocessable("ERR_NGROK_27707", `The API format ${format} is not supported.`);
    if (surface !== undefined && !known.includes(surface))
      throw unprocessable("ERR_NGROK_27708", `The API surface ${surface} is not supported.`);
  }
}

function withModelIds(store: Store, body: Plain): Plain {
  const { models } = body;
  if (!Array.isArray(models)) return body;
  const ids = models.map(({ modelId }: { modelId: string }) => modelId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw unprocessable("ERR_NGROK_27711", `The model ${twice} is listed twice.`);
  return {
    ...body,
    models: ids.map((modelId) => ({ id: store.providers.newId().replace("aigp_", "aigpm_"), modelId })),
  };
}

export const providers: Noun = {
  path: "/providers",
  title: "provider",
  listField: "aiGatewayProviders",
  createSchema: providerCreateSchema,
  updateSchema: providerUpdateSchema,
  codes: [
    tooLong("name", "ERR_NGROK_27701"),
    tooLong("metadata", "ERR_NGROK_27702"),
    tooLong("baseUrl", "ERR_NGROK_27703"),
    tooLong("providerId", "ERR_NGROK_27706"),
    { code: "ERR_NGROK_27709", fits: (issue, path) => issue === "too_big" && path.endsWith("modelId") },
    missing("ERR_NGROK_27704"),
  ],
  collection: (store) => store.providers,
  create(store, body) {
    const providerId = String(body.providerId);
    if ((BUILT_IN_PROVIDER_IDS as readonly string[]).includes(providerId)) {
      throw unprocessable("ERR_NGROK_27705", `The providerId ${providerId} is reserved by a built-in provider.`);
    }
    if (store.providers.allBy("providerId", providerId).length > 0) {
      throw conflict("ERR_NGROK_27712", `The providerId ${providerId} exists already in the account.`);
    }
    checkBaseUrl(body.baseUrl);
    checkSurfaces(body.supportedApiSurfaces);
    return { record: { ...stamped(store.providers.newId()), ...withModelIds(store, body) } };
  },
  update(store, record, body) {
    checkBaseUrl(body.baseUrl);
    checkSurfaces(body.supportedApiSurfaces);
    // A label that is required can't be cleared: what a null does to it is not documented; it is left as it is.
    const { name, ...rest } = withModelIds(store, body);
    return patched(record, { ...rest, ...(name === null ? {} : { name }) });
  },
  refuseDelete(store, record) {
    const { providerId } = record as Stored & { providerId: string };
    const names = [providerId, record.id];
    const hasKeys = names.some((name) => store.providerKeys.allBy("providerId", name).length > 0);
    const isRouted = Iterator.from(store.configurations.values()).some(
      ({ access, router }) =>
        access?.providers?.allow?.some((entry) => names.includes(entry)) ||
        router?.rules?.some(
          (rule) => names.includes(rule.provider ?? "") || names.includes(rule.model?.split(":")[0] ?? ""),
        ),
    );
    if (hasKeys || isRouted) {
      const by = hasKeys ? "a provider key" : "an access key configuration";
      throw conflict("ERR_NGROK_27710", `The provider ${providerId} is referenced by ${by} and can't be deleted.`);
    }
  },
  show: (_store, record) => record,
};
