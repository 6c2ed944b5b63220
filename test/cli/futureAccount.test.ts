/**
 * The commands on an account of a later version of the service: fields, values and kinds that nobody knows yet do not stop them.
 * Does not prove: which of it they show.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { runCommand } from "../helpers/commandLine";
import { type FutureGateway, startFutureGateway } from "../helpers/futureGateway";
import { makeAccountByHand } from "../helpers/handMadeAccount";

let gateway: FutureGateway;
let env: NodeJS.ProcessEnv;
let folder: string;
beforeAll(async () => {
  gateway = await startFutureGateway();
  env = { AI_GATEWAY_API_KEY: gateway.apiKey, AI_GATEWAY_API_URL: gateway.controlUrl };
  await makeAccountByHand(gateway.client);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "future-"));
});
afterAll(async () => {
  await gateway.close();
  fs.rmSync(folder, { recursive: true });
});

test("check reports its findings", async () => {
  const { code, stdout, stderr } = await runCommand(["check", "--json"], env);
  expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
  expect((JSON.parse(stdout) as { findings: unknown[] }).findings.length).toBeGreaterThan(0);
});

test.each(["html", "svg", "mermaid", "json"])("graph draws the account as %s", async (format) => {
  const { code, stdout, stderr } = await runCommand(["graph", "--format", format, "--output", "-"], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("azure-eastus2");
});

test("export writes a project", async () => {
  const out = path.join(folder, "project");
  const { code, stderr } = await runCommand(["export", "--out", out, "--project", "gateway", "--json"], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(fs.readFileSync(path.join(out, "index.ts"), "utf8")).toContain("azure-eastus2");
});

test("recover lists nothing for a stack without objects", async () => {
  const state = path.join(folder, "state.json");
  const resource = {
    urn: "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev",
    type: "pulumi:pulumi:Stack",
    custom: false,
  };
  fs.writeFileSync(
    state,
    JSON.stringify({ version: 3, deployment: { manifest: { time: "2026-01-01T00:00:00Z" }, resources: [resource] } }),
  );
  const { code, stderr } = await runCommand(["recover", "--state", state, "--json"], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("none of them wrote anything", () => {
  expect(gateway.lost()).toEqual([]);
});
