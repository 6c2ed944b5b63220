/**
 * The commands on an account of a later version of the service: unknown fields, values and kinds do not stop a command,
 * are reported, and are never written.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { runCommand } from "../helpers/commandLine";
import { type FutureGateway, startFutureGateway } from "../helpers/futureGateway";
import { makeAccountByHand } from "../helpers/handMadeAccount";

/** 2 providers, 4 provider keys, 5 configurations, 3 access keys, 2 API keys, the settings. */
const OBJECTS = 16;

let gateway: FutureGateway;
let env: NodeJS.ProcessEnv;
let folder: string;
beforeAll(async () => {
  gateway = await startFutureGateway();
  env = { AI_GATEWAY_API_KEY: gateway.apiKey, AI_GATEWAY_API_URL: gateway.controlUrl };
  await makeAccountByHand(gateway.client);
  // Gets a rule of a kind that nobody knows.
  await gateway.client.createAccessKeyConfiguration({ name: "later" });
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "future-"));
});
afterAll(async () => {
  await gateway.close();
  fs.rmSync(folder, { recursive: true });
});

test("check reports the findings of an account with unknown additions", async () => {
  const { code, stdout, stderr } = await runCommand(["check", "--json"], env);
  expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
  const { findings, unknown } = JSON.parse(stdout) as {
    findings: unknown[];
    unknown: { part: string; objects: number }[];
  };
  expect(findings.length).toBeGreaterThan(0);
  const parts = new Map(unknown.map(({ part, objects }) => [part, objects]));
  expect(parts.get("futureField")).toBe(OBJECTS);
  expect(parts.get('router.rules[].steps[].type "quota-pool"')).toBe(2);
  expect(parts.get('router.rules[].steps[].keySelectionStrategy "round-robin"')).toBe(2);
  const text = await runCommand(["check"], env);
  expect(text.stdout).toContain(`futureField (${OBJECTS})`);
});

test("check reports no unknown additions in an account without them", async () => {
  const env = { AI_GATEWAY_API_KEY: gateway.apiKey, AI_GATEWAY_API_URL: gateway.presentUrl };
  const { stdout } = await runCommand(["check", "--json"], env);
  expect(JSON.parse(stdout)).toMatchObject({ unknown: [] });
});

test.each(["html", "svg", "mermaid", "json"])("graph draws an account with unknown additions as %s", async (format) => {
  const { code, stdout, stderr } = await runCommand(["graph", "--format", format, "--output", "-"], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("azure-eastus2");
  if (format === "json" || format === "html") expect(stdout).toContain("Not known to this version");
});

test("export writes a project with comments about unknown fields and rules that it leaves out", async () => {
  const out = path.join(folder, "project");
  const { code, stdout, stderr } = await runCommand(["export", "--out", out, "--project", "gateway", "--json"], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const program = fs.readFileSync(path.join(out, "index.ts"), "utf8");
  const comments = program.match(/^\/\/ Not known to this version and left as it is: .*\bfutureField\b.*$/gm) ?? [];
  expect(comments.length).toBe(OBJECTS);
  expect(comments.join("\n")).toContain('router.rules[].steps[].keySelectionStrategy "round-robin"');
  const { notExpressed } = JSON.parse(stdout) as { notExpressed: { kind: string; label: string; reasons: string[] }[] };
  expect(notExpressed.map(({ kind, label, reasons }) => [kind, label.trim(), reasons])).toEqual([
    ["RoutingRule", "open", ['steps[0].type must be one of "user", "ngrok"']],
    ["RoutingRule", "later", ['steps[0].type must be one of "user", "ngrok"']],
  ]);
});

test("usage reports in every grouping", async () => {
  for (const by of ["provider", "model", "access-key", "configuration"]) {
    const { code, stdout, stderr } = await runCommand(["usage", "--by", by, "--json"], env);
    expect({ code, stderr, by: (JSON.parse(stdout) as { by: string }).by }).toEqual({ code: 0, stderr: "", by });
  }
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

test("no command overwrites unknown additions", () => {
  expect(gateway.lost()).toEqual([]);
});
