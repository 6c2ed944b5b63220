/**
 * The contract in code compared with the API's own OpenAPI document, in both directions. Does not prove that the service follows
 * its document.
 */
import { errorBodySchema, type Operation, operations } from "../../sdk";
import { BUILT_IN_PROVIDER_IDS, NGROK_STEP_PROVIDER_IDS } from "../../sdk/contract/builtInProviders";
import { errorCodes } from "../../sdk/contract/errorCodes";
import {
  type DocumentedOperation,
  describeWithDocument,
  documentedOperations,
  fromDocument,
  fromZod,
  type OpenApiDocument,
  readContractFile,
  readDocument,
} from "./contractDocument";

const table: Operation[] = Object.values(operations);

function inCode(operation: Operation): DocumentedOperation {
  const { operationId, method, path, successStatus, query, headers, request, response } = operation;
  return {
    operationId,
    method,
    path,
    successStatus,
    query: query && fromZod(query, "request"),
    headers: headers && fromZod(headers, "request"),
    request: request && fromZod(request, "request"),
    response: response && fromZod(response, "response"),
  };
}

function byId(list: DocumentedOperation[]): Record<string, DocumentedOperation> {
  return Object.fromEntries(list.map((operation) => [operation.operationId, operation]));
}

describeWithDocument("The operations table and the document", () => {
  const documented = byId(documentedOperations(readDocument()));

  test("name the same operations", () => {
    expect(table.map((operation) => operation.operationId).toSorted()).toEqual(Object.keys(documented).toSorted());
    expect(table).toHaveLength(48);
  });

  test.each(table)("agree on $operationId: path, method, status, query, request and response", (operation) => {
    expect(inCode(operation)).toEqual(documented[operation.operationId]);
  });

  test("agree on the body of an error", () => {
    const document = readDocument();
    expect(fromZod(errorBodySchema, "response")).toEqual(
      fromDocument(document, { $ref: "#/components/schemas/Error" }, "response"),
    );
  });

  type Schemas = OpenApiDocument["components"]["schemas"];
  test.each<[string, string, (schemas: Schemas) => void]>([
    [
      "a bound",
      "CreateAIGatewayProvider",
      (s) => Object.assign(propertyOf(s, "AIGatewayProviderCreate", "name"), { maxLength: 256 }),
    ],
    [
      "a minimum",
      "CreateCheckoutSession",
      (s) => Object.assign(propertyOf(s, "CheckoutSessionCreate", "amount"), { minimum: 2 }),
    ],
    [
      "an additional request field",
      "CreateAIGatewayAPIKey",
      (s) => Object.assign(s.AIGatewayAPIKeyCreate?.properties ?? {}, { scope: { type: "string" } }),
    ],
    ["a missing request field", "UpdateAIGatewayAPIKey", (s) => delete s.AIGatewayAPIKeyUpdate?.properties?.metadata],
    [
      "a field that may be null",
      "UpdateAIGatewayProvider",
      (s) => Object.assign(propertyOf(s, "AIGatewayProviderUpdate", "baseUrl"), { nullable: true }),
    ],
    [
      "a required field",
      "RotateAIGatewayProviderAPIKey",
      (s) => Object.assign(s.AIGatewayProviderAPIKeyRotate ?? {}, { required: ["value"] }),
    ],
    [
      "an enumeration",
      "GetAIGatewayAccessKeyConfiguration",
      (s) => propertyOf(s, "RouterStep", "type").enum?.push("other"),
    ],
    [
      "a type",
      "GetCreditBalance",
      (s) => Object.assign(propertyOf(s, "CreditBalance", "balanceCents"), { type: "string" }),
    ],
    [
      "an additional response field",
      "GetAIGatewayConfig",
      (s) => Object.assign(s.AIGatewayConfig?.properties ?? {}, { region: { type: "string" } }),
    ],
    [
      "a nullable required response field",
      "GetCreditTransactions",
      (s) => Object.assign(propertyOf(s, "CreditTransactionUsageInvoice", "invoiceUrl"), { nullable: false }),
    ],
  ])("would differ after this change of the document: %s", (_change, operationId, change) => {
    const document = readDocument();
    change(document.components.schemas);
    const operation = table.find((candidate) => candidate.operationId === operationId);
    const changed = byId(documentedOperations(document))[operationId];
    expect(operation && inCode(operation)).not.toEqual(changed);
  });

  function propertyOf(schemas: Schemas, name: string, property: string) {
    const found = schemas[name]?.properties?.[property];
    if (found === undefined) throw new Error(`no ${name}.${property}`);
    return found;
  }

  test("know the same built-in providers", () => {
    const facts = readContractFile("behaviour.md");
    const [, first = "", later = ""] =
      /Built-in provider ids, August 2026: ([^.]+)\. Since then also ([^.]+?)\. /s.exec(facts) ?? [];
    const ids = [first, later].flatMap((list) => [...list.matchAll(/`([^`]+)`/g)].map((match) => match[1]));
    expect(ids.length).toBeGreaterThan(11);
    expect([...BUILT_IN_PROVIDER_IDS]).toEqual(ids);
    const free = /Usable without a provider key [^:]+: in August ([^.]+)\./s.exec(facts)?.[1] ?? "";
    const freeIds = [...free.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    expect(freeIds).toHaveLength(3);
    expect([...NGROK_STEP_PROVIDER_IDS]).toEqual(expect.arrayContaining(freeIds));
    expect([...BUILT_IN_PROVIDER_IDS]).toEqual(expect.arrayContaining([...NGROK_STEP_PROVIDER_IDS]));
  });

  test("know the same error codes, with their statuses and planes", () => {
    type Listed = { code: string; status: number; plane: string };
    const { codes } = JSON.parse(readContractFile("error-codes.json")) as { codes: Listed[] };
    const toRow = ({ code, status, plane }: Listed) => [code, status, plane];
    expect(Object.values(errorCodes).map(toRow)).toEqual(codes.map(toRow));
  });
});

test("only operations that leave the same state when repeated may be sent twice", () => {
  const replays = new Set(table.map((operation) => `${operation.method} ${operation.replay}`));
  expect([...replays].toSorted()).toEqual([
    "DELETE idempotent",
    "GET safe",
    "HEAD safe",
    "PATCH idempotent",
    "POST never",
  ]);
});

test("every operation that is out of scope has a reason", () => {
  const reasons = table.flatMap(({ use }) => ("outOfScope" in use ? [use.outOfScope] : []));
  expect(reasons.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason.split(" ").length).toBeGreaterThan(5);
});
