/**
 * The state on disk: its format and encryption, the checks when it is read, the lock, and the state of an interrupted run. Does not
 * prove that the Pulumi CLI reads the file; its encryption is compared with a value that Pulumi encrypted.
 */
import { createCipheriv, createDecipheriv, createHash, pbkdf2Sync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import fsPromises from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import { OfflineStackError, StackLockedError, StateIntegrityError } from "../../engine";
import { writeFileAtomically } from "../../engine/state/stateFile";
import { changesOf, KNOWN_SALT, type TestProject, useProjects } from "./harness";

const newProject = useProjects();

async function failing(operation: () => Promise<unknown>): Promise<Error> {
  try {
    await operation();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("expected an error");
}

/** Pulumi's published test vector: a ciphertext for the passphrase `password`. */
const KEY = pbkdf2Sync("password", Buffer.from("fozI5u6B030=", "base64"), 1_000_000, 32, "sha256");

function decrypt(text: string): string {
  const [version, nonce = "", body = ""] = text.split(":");
  expect(version).toBe("v1");
  const bytes = Buffer.from(body, "base64");
  const decipher = createDecipheriv("aes-256-gcm", KEY, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString();
}

function encrypt(plaintext: string): string {
  const nonce = Buffer.alloc(12, 7);
  const cipher = createCipheriv("aes-256-gcm", KEY, nonce);
  const body = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${body.toString("base64")}`;
}

async function deployed(program = `const a = new Thing("a"); new Thing("b", { of: a.out });`) {
  const project = newProject().program(program);
  const stack = await project.deployed();
  return { project, stack };
}

test("is a deployment of format 3 with Pulumi's manifest, readable only by its owner", async () => {
  const { project } = await deployed();
  const { version, deployment } = JSON.parse(project.read("state.json"));
  expect(version).toBe(3);
  expect(Object.keys(deployment)).toEqual(["manifest", "secrets_providers", "resources", "metadata"]);
  expect(deployment.manifest).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    magic: createHash("sha256").update(`v${sdkVersion}`).digest("hex"),
    version: `v${sdkVersion}`,
  });
  expect(deployment.secrets_providers).toEqual({ type: "passphrase", state: { salt: KNOWN_SALT } });
  expect(statSync(project.stateFile).mode & 0o777).toBe(0o600);
});

test("encrypts a secret as Pulumi's passphrase provider does: the JSON of the value under the published salt", async () => {
  const { project } = await deployed(
    `new Thing("a", { text: pulumi.secret("hush"), list: pulumi.secret([1, { two: true }]) });`,
  );
  const { text, list } = project.entry("a").inputs;
  expect(decrypt(text.ciphertext)).toBe('"hush"');
  expect(JSON.parse(decrypt(list.ciphertext))).toEqual([1, { two: true }]);
  expect(text.ciphertext.split(":")[1]).not.toBe(list.ciphertext.split(":")[1]);
});

test("opens secrets that Pulumi encrypted, and rejects another passphrase before any operation", async () => {
  const { project, stack } = await deployed(`new Thing("a", { text: pulumi.secret("hush") });`);
  const document = project.document();
  const entry = document.deployment.resources?.find(({ urn }) => urn.endsWith("::a"));
  entry!.inputs.text.ciphertext = encrypt('"hush"');
  project.write("state.json", JSON.stringify(document));
  project.takeCalls();
  expect(changesOf(await stack.up())).toEqual([]);
  const other = await project.stack({ passphrase: "another" });
  expect((await failing(() => other.up())).message).toContain("incorrect passphrase");
});

describe("A broken state is rejected with the name of the resource", () => {
  type Resources = { urn: string; [member: string]: unknown }[];
  const of = (resources: Resources, name: string) => resources.find(({ urn }) => urn.endsWith(`::${name}`))!;

  test.each<[string, (resources: Resources) => void, RegExp]>([
    [
      "a missing dependency",
      (all) => all.splice(all.indexOf(of(all, "a")), 1),
      /resource .*::b refers to its dependency .*::a, which is missing/,
    ],
    [
      "a dependency that comes later",
      (all) => all.push(...all.splice(all.indexOf(of(all, "a")), 1)),
      /resource .*::b refers to its dependency .*::a, which comes after it/,
    ],
    ["a duplicate resource", (all) => all.push({ ...of(all, "b") }), /resource .*::b occurs twice/],
    [
      "a missing provider",
      (all) => all.splice(all.indexOf(of(all, "default")), 1),
      /resource .*::a refers to the provider .*, which does not come before it/,
    ],
    [
      "a malformed reference to a provider",
      (all) => Object.assign(of(all, "b"), { provider: "nonsense" }),
      /resource .*::b refers to the provider "nonsense"/,
    ],
    [
      "a component with an id",
      (all) => Object.assign(of(all, "shop-dev"), { id: "x" }),
      /resource .*::shop-dev is a component but has an id/,
    ],
    ["a resource without a type", (all) => Object.assign(of(all, "b"), { type: undefined }), /::b/],
  ])("%s", async (_what, breakIt, expected) => {
    const { project, stack } = await deployed();
    const document = project.document();
    breakIt(document.deployment.resources as Resources);
    const broken = JSON.stringify(document);
    project.write("state.json", broken);
    project.takeCalls();
    const error = await failing(() => stack.up());
    expect(error).toBeInstanceOf(StateIntegrityError);
    expect(error.message).toMatch(expected);
    expect(project.takeCalls()).toEqual([]);
    expect(project.read("state.json")).toBe(broken);
  });

  test.each([
    ["no JSON", "{ half", /is not JSON/],
    ["empty", "", /state\.json is empty, so its content is lost: restore it from a copy, or delete it/],
    ["only white space", " \n", /state\.json is empty/],
    [
      "another format",
      JSON.stringify({ version: 2, deployment: {} }),
      /deployment format 2; this engine reads 3 and 4/,
    ],
    ["a feature of a later engine", JSON.stringify({ version: 4, features: ["views"], deployment: {} }), /views/],
    [
      "a manifest with a wrong magic",
      JSON.stringify({ version: 3, deployment: { manifest: { magic: "x", version: "v3.1.0" } } }),
      /magic does not match/,
    ],
    [
      "another secrets provider",
      JSON.stringify({ version: 3, deployment: { secrets_providers: { type: "cloud" } } }),
      /"cloud"; this engine opens "passphrase" only/,
    ],
  ])("a file that is %s", async (_what, text, expected) => {
    const project = newProject().program(`new Thing("a");`);
    project.write("state.json", text);
    const error = await failing(async () => (await project.stack()).up());
    expect(error).toBeInstanceOf(OfflineStackError);
    expect(error.message).toMatch(expected);
    expect(project.takeCalls()).toEqual([]);
    expect(project.read("state.json")).toBe(text);
  });
});

test("each write is flushed to disk before it resolves: the file before it is renamed, then the folder", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "state-"));
  const order: string[] = [];
  const probe = await fsPromises.open(folder, "r");
  const handles = Object.getPrototypeOf(probe) as fsPromises.FileHandle;
  await probe.close();
  const { sync } = handles;
  const syncSpy = jest.spyOn(handles, "sync").mockImplementation(async function (this: fsPromises.FileHandle) {
    order.push((await this.stat()).isDirectory() ? "folder" : "file");
    return sync.call(this);
  });
  const { rename } = fsPromises;
  const renameSpy = jest.spyOn(fsPromises, "rename").mockImplementation((from, to) => {
    order.push("rename");
    return rename(from, to);
  });
  try {
    await writeFileAtomically(path.join(folder, "state.json"), [Buffer.from("{}")]);
    expect(order).toEqual(["file", "rename", "folder"]);
    expect(readFileSync(path.join(folder, "state.json"), "utf8")).toBe("{}");
  } finally {
    syncSpy.mockRestore();
    renameSpy.mockRestore();
    rmSync(folder, { recursive: true });
  }
});

describe("The lock", () => {
  const held = (project: TestProject, holder: object) => project.write("state.json.lock", JSON.stringify(holder));
  const holder = { username: "somebody", hostname: hostname(), timestamp: "2026-01-01T00:00:00Z", operation: "update" };

  test("allows one run at a time and any number of previews, and is removed with the run", async () => {
    const project = newProject().program(`new Thing("a");`);
    const stack = await project.stack();
    let failed: Error | undefined;
    project.control({
      wait: async (key) => {
        if (key === "Create a") failed = await failing(async () => (await project.stack()).destroy());
      },
    });
    await stack.up();
    expect(failed).toBeInstanceOf(StackLockedError);
    expect(failed?.message).toContain(`pid ${process.pid}`);
    expect(existsSync(`${project.stateFile}.lock`)).toBe(false);
  });

  test("of an ended process is replaced, with a warning", async () => {
    const project = newProject().program(`new Thing("a");`);
    held(project, { ...holder, pid: 2 ** 22 + 1 });
    const up = await (await project.stack()).up();
    const warnings = up.diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message);
    expect(warnings).toEqual([
      `a stale lock was found and replaced: process ${2 ** 22 + 1}, which began "update" at 2026-01-01T00:00:00Z, no longer runs`,
    ]);
  });

  test("is not removed by a run whose lock was replaced", async () => {
    const project = newProject().program(`new Thing("a");`);
    const theirs = JSON.stringify({ ...holder, pid: process.pid });
    project.control({
      wait: async (key) => {
        if (key === "Create a") project.write("state.json.lock", theirs);
      },
    });
    await (await project.stack()).up();
    expect(project.read("state.json.lock")).toBe(theirs);
  });

  test("of another machine is never replaced", async () => {
    const project = newProject().program(`new Thing("a");`);
    held(project, { ...holder, hostname: "elsewhere", pid: 1 });
    const error = await failing(async () => (await project.stack()).up());
    expect(error).toBeInstanceOf(StackLockedError);
    expect(error.message).toContain("somebody@elsewhere");
    expect(error.message).toContain("state.json.lock");
  });
});

describe("Pending operations", () => {
  /** The pending operations in the state during `call`. */
  async function during(project: TestProject, call: string, operation: () => Promise<unknown>) {
    let found: unknown;
    project.control({
      wait: async (key) => {
        if (key === call) found = structuredClone(project.document().deployment.pending_operations);
      },
    });
    await operation();
    project.control({});
    return found;
  }

  test.each([
    ["creating", "Create b", `new Thing("a"); new Thing("b", { size: 1 });`, { size: 1 }],
    ["updating", "Update a", `new Thing("a", { size: 2 });`, { size: 2 }],
    ["deleting", "Delete a", "", undefined],
  ])(
    "%s is in the state before the provider is called, with the call's inputs",
    async (type, call, program, inputs) => {
      const { project, stack } = await deployed(`new Thing("a");`);
      project.program(program);
      const pending = await during(project, call, () => stack.up());
      expect(pending).toEqual([{ resource: expect.objectContaining({ type: "world:index:Thing" }), type }]);
      expect((pending as { resource: { inputs?: unknown } }[])[0]?.resource.inputs).toEqual(inputs);
      expect(project.document().deployment.pending_operations).toBeUndefined();
    },
  );

  test("of a killed run cause a warning; a creation stays listed until a refresh clears it", async () => {
    const { project, stack } = await deployed(`new Thing("a");`);
    const document = project.document();
    const [a] = document.deployment.resources?.filter(({ urn }) => urn.endsWith("::a")) ?? [];
    const lost = { ...a!, urn: a!.urn.replace("::a", "::lost"), id: "" };
    document.deployment.pending_operations = [
      { resource: lost, type: "creating" },
      { resource: a!, type: "updating" },
    ];
    project.write("state.json", JSON.stringify(document));
    const up = await stack.up();
    const [warning] = up.diagnostics.filter(({ severity }) => severity === "warning");
    expect(warning?.message).toContain("2 pending operations");
    expect(warning?.message).toContain(
      `  * ${lost.urn}, interrupted while creating\n  * ${a!.urn}, interrupted while updating`,
    );
    project.program(`new Thing("a", { size: 1 });`);
    await stack.up();
    expect(project.document().deployment.pending_operations?.map(({ type }) => type)).toEqual(["creating"]);
    await stack.refresh();
    expect(project.document().deployment.pending_operations).toHaveLength(1);
    await stack.refresh({ clearPendingCreates: true });
    expect(project.document().deployment.pending_operations).toBeUndefined();
  });
});
