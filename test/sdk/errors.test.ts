/** The error classes: what an error says, contains and never contains. Does not prove which responses the real API returns. */
import path from "node:path";
import { GatewayConfigurationError, GatewayError, GatewayNotFoundError, GatewayRejectedError } from "../../sdk";
import type { ErrorBody } from "../../sdk/contract/common";
import { type Failure, type GatewayCall, isRetryable, toGatewayError } from "../../sdk/errors";

const createKey: GatewayCall = {
  operation: "create",
  kind: "ProviderKey",
  subjectName: "openai-primary",
  method: "POST",
  path: "/provider-keys",
  replay: "never",
  isCreate: true,
  apiOrigin: "https://api.ngrok.ai",
  apiKeySource: "stack config ngrok-ai:apiKey",
  secrets: ["the-api-key", "sk-the-value"],
};
const removeProvider: GatewayCall = {
  ...createKey,
  ...{ operation: "delete", kind: "CustomProvider", subjectName: "azure", method: "DELETE", path: "/providers/aigp_1" },
  ...{ replay: "idempotent", isCreate: false },
};
const once = { attempts: 1, outcome: "rejected" } as const;

function refused(status: number, body: Partial<ErrorBody>): Failure {
  return {
    why: "refused",
    status,
    contentType: "application/json",
    body: { statusCode: status, msg: "", details: {}, ...body },
  };
}

test("a create that conflicts with an existing object mentions adopt", () => {
  const failure = refused(409, { errorCode: "ERR_NGROK_27712", msg: "providerId exists" });
  expect(toGatewayError(createKey, failure, once).message).toBe(
    'create ProviderKey "openai-primary" failed: POST /provider-keys answered 409 ERR_NGROK_27712 "providerId exists". ' +
      'Set adopt: "ifExists" to adopt the object that exists, or change the name or id that is taken. ' +
      "(attempt 1 of 1; a POST is not repeated)",
  );
});

test("a delete that conflicts with a reference names the step to do first, and does not mention adopt", () => {
  const failure = refused(409, { errorCode: "ERR_NGROK_27710", msg: "in use" });
  expect(toGatewayError(removeProvider, failure, once).message).toBe(
    'delete CustomProvider "azure" failed: DELETE /providers/aigp_1 answered 409 ERR_NGROK_27710 "in use". ' +
      "Remove the objects that refer to it first. (attempt 1 of 1)",
  );
});

test("a 401 names the source of the key", () => {
  expect(toGatewayError(removeProvider, refused(401, { msg: "no" }), once).message).toBe(
    'delete CustomProvider "azure" failed: DELETE /providers/aigp_1 answered 401 "no". ' +
      "The API key came from stack config ngrok-ai:apiKey: check that it is an ngrok.ai API key " +
      "(not an access key or a provider key) and was not deleted. (attempt 1 of 1)",
  );
});

test("an error has the facts of the call as fields", () => {
  const failure = refused(422, { errorCode: "ERR_NGROK_27501", msg: "too long", details: { operation_id: "op_1" } });
  expect({ ...toGatewayError(createKey, failure, once) }).toEqual({
    operation: "create",
    kind: "ProviderKey",
    subjectName: "openai-primary",
    method: "POST",
    path: "/provider-keys",
    status: 422,
    code: "ERR_NGROK_27501",
    details: { operation_id: "op_1" },
    attempts: 1,
    isRetryable: false,
    outcome: "rejected",
  });
});

test("the API's message is one line, bounded, and cannot move a terminal's cursor", () => {
  const { message } = toGatewayError(createKey, refused(422, { msg: `a\r\n\tb\u001b[2Jc ${"x".repeat(5_000)}` }), once);
  expect(message).toContain('answered 422 "a b [2Jc xxx');
  expect(message.length).toBeLessThan(1_300);
});

test("characters that reverse the reading direction are shown escaped, C1 ones are removed, in every field", () => {
  const hostile = "a\u202egnp\u0085\u009b31mz\u2066";
  const shown = "a\\u202egnp 31mz\\u2066";
  const body = { errorCode: hostile, msg: hostile, details: { [hostile]: hostile } };
  const error = toGatewayError({ ...createKey, subjectName: hostile }, refused(422, body), once);
  expect(error).toMatchObject({ code: shown, subjectName: shown, details: { [shown]: shown } });
  expect(error.message).toContain(
    `create ProviderKey "${shown}" failed: POST /provider-keys answered 422 ${shown} "${shown}"`,
  );
  expect(error.message).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
});

test("a refusal with 100,000 characters in every field produces a short error", () => {
  const long = "x".repeat(100_000);
  const details = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`${index} ${long}`, long]));
  const error = toGatewayError(createKey, refused(422, { errorCode: `ERR_${long}`, msg: long, details }), once);
  expect(error.message.length).toBeLessThan(2_300);
  expect(JSON.stringify(error).length).toBeLessThan(45_000);
});

test.each([
  ["ERR_NGROK_4026", 403, "Buy credits for the account"],
  ["ERR_NGROK_6033", 403, "Buy credits for the account"],
  ["ERR_NGROK_AI_GATEWAY_ACCESS_KEY_CREATE_RETIRED", 403, "personal access tokens instead of access keys"],
  ["ERR_NGROK_AI_GATEWAY_ADMIN_API_KEY_CREATE_RETIRED", 403, "personal access tokens instead of API keys"],
  ["ERR_NGROK_AI_GATEWAY_PERSONAL_ACCESS_TOKEN_CREDENTIAL_REQUIRED", 403, "create a new one in the ngrok dashboard"],
  ["ERR_NGROK_AI_GATEWAY_RESOURCE_VERSION_CONFLICT", 409, "The object changed after it was read"],
])("%s has its own advice, for any status", (errorCode, status, advice) => {
  expect(toGatewayError(createKey, refused(status, { errorCode, msg: "no" }), once).message).toContain(advice);
  expect(toGatewayError(createKey, refused(418, { errorCode, msg: "no" }), once).message).toContain(advice);
});

test("an unknown code is passed through, and the status decides the advice", () => {
  const error = toGatewayError(createKey, refused(409, { errorCode: "ERR_NGROK_AI_GATEWAY_NEW", msg: "no" }), once);
  expect(error.code).toBe("ERR_NGROK_AI_GATEWAY_NEW");
  expect(error.message).toContain('Set adopt: "ifExists"');
});

test("a secret that the API repeats is hidden, in any field and form", () => {
  const awkward = 'p"a\\s/s w';
  const call = { ...createKey, subjectName: "named the-api-key", secrets: ["the-api-key", awkward] };
  const failure = refused(422, {
    errorCode: "ERR_the-api-key",
    msg: `bad ${awkward}, ${JSON.stringify(awkward)} and ${encodeURIComponent(awkward)}`,
    details: { "the-api-key": `was ${awkward}` },
  });
  const error = toGatewayError(call, failure, once);
  expect(error.message).toContain('"bad [secret], "[secret]" and [secret]"');
  expect(error).toMatchObject({
    code: "ERR_[secret]",
    details: { "[secret]": "was [secret]" },
    subjectName: "named [secret]",
  });
});

test("a secret that is part of another leaves no part of the longer one", () => {
  const call = { ...createKey, secrets: ["abc", "abcdef", ""] };
  expect(toGatewayError(call, refused(422, { msg: "abcdef abc" }), once).message).toContain('"[secret] [secret]"');
});

test.each<[string, Failure, boolean, boolean]>([
  ["429", refused(429, {}), true, true],
  ["503", refused(503, {}), true, false],
  ["408", refused(408, {}), true, false],
  ["409", refused(409, {}), false, false],
  [
    "a response that violates the contract",
    { why: "unexpected", status: 200, problem: "", fieldPaths: [] },
    false,
    false,
  ],
  ["a lost response", { why: "no-answer", code: "ECONNRESET", problem: "", isSent: true }, true, false],
  ["no connection", { why: "no-answer", code: "ECONNREFUSED", problem: "", isSent: false }, true, true],
  [
    "a bad certificate",
    { why: "no-answer", code: "DEPTH_ZERO_SELF_SIGNED_CERT", problem: "", isSent: false },
    false,
    false,
  ],
  ["an expired certificate", { why: "no-answer", code: "CERT_HAS_EXPIRED", problem: "", isSent: false }, false, false],
  [
    "a name that does not match",
    { why: "no-answer", code: "ERR_TLS_CERT_ALTNAME_INVALID", problem: "", isSent: false },
    false,
    false,
  ],
  ["a cancellation by the caller", { why: "no-answer", code: "ABORT_ERR", problem: "", isSent: false }, false, false],
])("%s can be retried: with PATCH or DELETE, with POST", (_case, failure, idempotent, never) => {
  expect(isRetryable(failure, "idempotent")).toBe(idempotent);
  expect(isRetryable(failure, "never")).toBe(never);
});

describe("isInstance", () => {
  const missing = toGatewayError(removeProvider, refused(404, {}), once);

  test("recognizes a class and its base classes, and no other", () => {
    expect(missing).toBeInstanceOf(GatewayNotFoundError);
    expect(missing.name).toBe("GatewayNotFoundError");
    expect(GatewayNotFoundError.isInstance(missing)).toBe(true);
    expect(GatewayRejectedError.isInstance(missing)).toBe(true);
    expect(GatewayError.isInstance(missing)).toBe(true);
    expect(GatewayConfigurationError.isInstance(missing)).toBe(false);
    expect(GatewayNotFoundError.isInstance(toGatewayError(removeProvider, refused(409, {}), once))).toBe(false);
  });

  test.each([undefined, null, "GatewayError", {}, new Error("GatewayError")])("does not recognize %p", (value) => {
    expect(GatewayError.isInstance(value)).toBe(false);
  });

  test("recognizes an error that another copy of the package created", () => {
    jest.isolateModules(() => {
      const other = jest.requireActual<typeof import("../../sdk/errors")>(path.resolve(__dirname, "../../sdk/errors"));
      const error = other.toGatewayError(removeProvider, refused(404, {}), once);
      expect(error).not.toBeInstanceOf(GatewayError);
      expect(GatewayNotFoundError.isInstance(error)).toBe(true);
      expect(GatewayConfigurationError.isInstance(error)).toBe(false);
    });
  });
});
