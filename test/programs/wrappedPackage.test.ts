/**
 * A library that depends on this package while the program does not: the provider process then cannot load it. Does not prove how
 * npm and pnpm lay out their folders; the test creates both layouts by hand.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createTestStack, type StackUnderTest } from "../helpers/stack";

const root = path.resolve(__dirname, "..", "..");
const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-ngrok-ai-wrapped-")));
let underTest: StackUnderTest;

function write(file: string, text: string): void {
  const target = path.join(folder, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text);
}

function link(file: string, target: string): void {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.symlinkSync(target, path.join(folder, file), "junction");
}

beforeAll(async () => {
  write("Pulumi.yaml", "name: wrapped\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n");
  write("package.json", '{ "main": "index.js" }');
  write("index.js", 'require("team-gateway").create();\n');
  link("node_modules/@pulumi", path.join(root, "node_modules", "@pulumi"));
  write("node_modules/team-gateway/package.json", '{ "name": "team-gateway", "main": "index.js" }');
  write(
    "node_modules/team-gateway/index.js",
    `const { AccessKey } = require("pulumi-ngrok-ai");
     exports.create = () => [new AccessKey("one"), new AccessKey("two")];\n`,
  );
  link("node_modules/team-gateway/node_modules/pulumi-ngrok-ai", root);
  underTest = await createTestStack({ workDir: folder, config: { "ngrok-ai:apiKey": { value: "key", secret: true } } });
});

afterAll(() => {
  underTest?.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
});

test("a missing direct dependency is one sentence at preview, with the fix", async () => {
  const error = await underTest.stack.preview().catch((failure: Error) => failure.message);
  expect(error).toContain(
    `Pulumi cannot load pulumi-ngrok-ai from ${folder}: its provider process looks for the package in node_modules there and above. ` +
      "Add it to the program's own dependencies (npm install pulumi-ngrok-ai, or pnpm add pulumi-ngrok-ai), also if another package depends on it.",
  );
  expect(error).not.toContain("Cannot find module");
});

test("a program that depends on the package directly works", async () => {
  link("node_modules/pulumi-ngrok-ai", root);
  const { changeSummary } = await underTest.stack.preview();
  expect(changeSummary).toEqual({ create: 3 });
});
