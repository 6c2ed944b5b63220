/**
 * The coverage of the local gateway: the page, the endpoint and the code agree. Does not prove that the service behaves
 * as the listed differences claim.
 */
import fs from "node:fs";
import path from "node:path";
import { coverage } from "../../../emulator/gateway/coverage";
import { renderCoverage } from "../../../emulator/gateway/coveragePage";
import { type ErrorName, errorCodes, operations } from "../../../sdk";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";
import { describeWithDocument, readContractFile } from "../../sdk/contractDocument";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

test("the coverage page equals its generator's output", () => {
  const page = fs.readFileSync(path.resolve(__dirname, "../../../docs/emulator-coverage.md"), "utf8");
  // `npm run build && node scripts/coveragePage.mts` writes the page.
  expect(page).toBe(renderCoverage(coverage));
});

test("the emulator returns its coverage without a key", async () => {
  const answer = await fetch(`${gateway.controlUrl}/_emulator/coverage`);
  expect(await answer.json()).toEqual(coverage);
});

test("the coverage lists every operation of the table, with its use", () => {
  const listed = coverage.controlPlane.map(({ operationId, use }) => [operationId, Object.keys(use)[0]]);
  expect(listed).toEqual(Object.values(operations).map(({ operationId, use }) => [operationId, Object.keys(use)[0]]));
  const uses = Object.groupBy(listed, ([, use]) => use ?? "");
  expect(Object.fromEntries(Object.entries(uses).map(([use, list]) => [use, list?.length]))).toEqual({
    managedBy: 23,
    reads: 11,
    outOfScope: 14,
  });
});

test.each(Object.values(operations))("the emulator serves $operationId", async ({ method, path: template }) => {
  const answer = await fetch(gateway.controlUrl + template.replace(/\{\w+\}/, "missing"), {
    method,
    headers: { authorization: `Bearer ${gateway.apiKey}`, "content-type": "application/json" },
    ...(method === "POST" || method === "PATCH" ? { body: "{}" } : {}),
  });
  const body = await answer.text();
  expect(answer.status).not.toBe(405);
  expect(body).not.toContain("There is no such resource");
});

test.each(coverage.dataPlane)("the emulator serves $method $path", async ({ method, path: surface }) => {
  const answer = await fetch(gateway.gatewayUrl + surface, { method });
  expect([answer.status, await answer.text()]).toEqual([401, expect.stringContaining("ERR_NGROK_27201")]);
});

describeWithDocument("The refusals in the coverage", () => {
  const { codes } = JSON.parse(readContractFile("error-codes.json")) as { codes: { code: string; status: number }[] };
  const ofService = new Map(codes.map(({ code, status }) => [code, status]));

  test("have the codes and statuses of the service, each once", () => {
    expect(coverage.refused.filter(({ code, status }) => ofService.get(code) !== status)).toEqual([]);
    expect(new Set(coverage.refused.map(({ code }) => code)).size).toBe(coverage.refused.length);
  });

  test("are exactly the error codes in the emulator's code", () => {
    const folder = path.resolve(__dirname, "../../../emulator/gateway");
    const sources = fs
      .readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !/coverage|watch/.test(file))
      .map((file) => fs.readFileSync(path.join(folder, file), "utf8"));
    const inCode = new Set(sources.join("\n").match(/(?<=errorCodes\.)\w+/g));
    // The emulator's own failure, and one that only the list of attempts names.
    for (const name of ["serviceError", "upstreamDidNotStream"]) inCode.delete(name);
    const codesInCode = [...inCode].map((name) => errorCodes[name as ErrorName].code);
    expect(codesInCode.sort()).toEqual(coverage.refused.map(({ code }) => code).sort());
  });
});
