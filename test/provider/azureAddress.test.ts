/**
 * Base URLs on Azure's hosts: the valid forms, and the suggested URL for invalid ones. Does not prove Azure's responses; the
 * local Azure's tests contain its documented responses.
 */
import { azureAddressProblem } from "../../provider/azureAddress";
import { checkInputs } from "../../provider/lifecycle/check";
import { definition } from "../../provider/resources/customProvider";

const HOST = "https://contoso.openai.azure.com";
const DATED = `${HOST}/openai/deployments/gpt-5-mini?api-version=2024-10-21`;

test.each([
  `${HOST}/openai/v1`,
  `${HOST}/openai/v1/`,
  `${HOST}/openai/v1?api-version=v1`,
  `${HOST}/openai/v1?api-version=preview`,
  DATED,
  `${HOST}/openai/deployments/my%20deployment/?api-version=2025-04-01-preview`,
  "https://contoso.cognitiveservices.azure.com/openai/v1",
  "https://contoso.services.ai.azure.com/openai/v1",
  "https://contoso.services.ai.azure.com/api/projects/shop/openai/v1",
  "https://contoso.services.ai.azure.com/anthropic/v1",
  "https://contoso.openai.azure.us/openai/v1",
  "https://eastus2.api.cognitive.microsoft.com/openai/v1",
  "https://contoso.example/anything",
  "https://openai.azure.com.example/anything",
  "https://azure.internal/anything",
])("%s is accepted: it is a valid Azure URL or not Azure's", (url) => {
  expect(azureAddressProblem(url)).toBeUndefined();
});

test.each<[url: string, right: string]>([
  [HOST, `${HOST}/openai/v1`],
  [`${HOST}/`, `${HOST}/openai/v1`],
  [`${HOST}/openai`, `${HOST}/openai/v1`],
  [`${HOST}/v1`, `${HOST}/openai/v1`],
  [`${HOST}/openai?api-version=2024-10-21`, `${HOST}/openai/v1`],
  [`${HOST}/openai/responses?api-version=2025-04-01-preview`, `${HOST}/openai/v1`],
  [`${HOST}/openai/models?api-version=2024-10-21`, `${HOST}/openai/v1`],
  [
    "https://contoso.services.ai.azure.com/models?api-version=2024-05-01-preview",
    "https://contoso.services.ai.azure.com/openai/v1",
  ],
  [`${HOST}/openai/deployments?api-version=2024-10-21`, `${HOST}/openai/v1`],
  [`${HOST}/openai/v1/chat/completions`, `${HOST}/openai/v1`],
  [`${HOST}/openai/v1/responses?api-version=preview`, `${HOST}/openai/v1`],
  [`${HOST}/openai/v1?api-version=2024-10-21`, `${HOST}/openai/v1`],
  [`${HOST}/openai/deployments/gpt-5-mini/chat/completions?api-version=2024-10-21`, DATED],
  [`${HOST}/openai/deployments/gpt-5-mini/chat/completions`, DATED],
  [`${HOST}/openai/deployments/gpt-5-mini`, DATED],
  [`${HOST}/openai/deployments/gpt-5-mini?api-version=`, DATED],
  [`${HOST}/openai/deployments/gpt-5-mini?api-version=v1`, DATED],
  [`${HOST}/openai/deployments/gpt-5-mini?api-version=preview`, DATED],
  [`${HOST}/openai/deployments/gpt-5-mini?api-version=latest`, DATED],
  [`${HOST}/openai/deployments/gpt-5-mini?api-version=api-version=2024-10-21`, DATED],
  [`${HOST}/openai/deployments/gpt-5-mini?api-version=2023-07-01-preview`, DATED],
  [
    `${HOST}/openai/deployments/gpt-5-mini?api-version=api-version=2025-01-01-preview`,
    `${HOST}/openai/deployments/gpt-5-mini?api-version=2025-01-01-preview`,
  ],
  ["https://contoso.services.ai.azure.com/anthropic", "https://contoso.services.ai.azure.com/anthropic/v1"],
  ["https://contoso.services.ai.azure.com/anthropic/v1/messages", "https://contoso.services.ai.azure.com/anthropic/v1"],
])("%s is refused with the suggestion %s, which is accepted", (url, right) => {
  expect(azureAddressProblem(url)).toMatch(/: use \S+$/);
  expect(azureAddressProblem(url)?.split(": use ").at(-1)).toBe(right);
  expect(azureAddressProblem(right)).toBeUndefined();
});

test("the reason names the error", () => {
  expect(azureAddressProblem(`${HOST}/openai/v1/chat/completions`)).toBe(
    `contains /chat/completions, which the gateway appends itself: use ${HOST}/openai/v1`,
  );
  expect(azureAddressProblem(`${HOST}/openai/deployments/gpt-5-mini?api-version=2023-07-01-preview`)).toBe(
    `has the api-version "2023-07-01-preview", but Azure has retired it: use ${DATED}`,
  );
});

test("the dated URL of responses is accepted only for that surface", () => {
  const url = `${HOST}/openai?api-version=2025-04-01-preview`;
  expect(azureAddressProblem(url, "responses")).toBeUndefined();
  expect(azureAddressProblem(`${HOST}/openai`, "responses")).toContain(`use ${HOST}/openai/v1`);
  expect(azureAddressProblem(url, "chat-completions")).toContain(`use ${HOST}/openai/v1`);
});

test("an address of very many slashes is judged at once", () => {
  const startedAt = performance.now();
  expect(azureAddressProblem(`${HOST}/openai/v1${"/".repeat(100_000)}x`)).toContain(`use ${HOST}/openai/v1`);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

describe("CustomProvider", () => {
  const failures = (inputs: object) =>
    checkInputs(definition, { providerId: "contoso", name: "contoso", ...inputs }).failures.map(
      ({ property }) => property,
    );
  const responses = { format: "openai", surface: "responses" };
  const chat = { format: "openai", surface: "chat-completions" };

  test("checks its base URL and those of its surfaces", () => {
    expect(failures({ baseUrl: HOST, supportedApiSurfaces: [{ ...responses, baseUrl: `${HOST}/openai` }] })).toEqual([
      "baseUrl",
      "supportedApiSurfaces[0].baseUrl",
    ]);
    expect(
      failures({
        baseUrl: DATED,
        supportedApiSurfaces: [chat, { ...responses, baseUrl: `${HOST}/openai?api-version=2025-04-01-preview` }],
      }),
    ).toEqual([]);
  });

  test("checks its base URL for the surfaces that use it", () => {
    const baseUrl = `${HOST}/openai?api-version=2025-04-01-preview`;
    expect(failures({ baseUrl, supportedApiSurfaces: [responses] })).toEqual([]);
    expect(failures({ baseUrl, supportedApiSurfaces: [chat, responses] })).toEqual(["baseUrl"]);
    expect(failures({ baseUrl })).toEqual(["baseUrl"]);
  });
});
