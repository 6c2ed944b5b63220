/**
 * `--data` on a full disk, simulated by a limit on file sizes: no further change is acknowledged, and the emulator can
 * still be ended. Does not prove the behavior for other disk failures.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as readline from "node:readline";

const script = path.resolve(__dirname, "../../../dist/cli/main.js");
const MAX_KIB = 8;
const onPosix = process.platform === "win32" ? test.skip : test;

onPosix("a change that cannot be written is refused, and SIGTERM closes both servers", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "full-disk-"));
  const dataFile = path.join(folder, "data");
  const command = `ulimit -f ${MAX_KIB}; exec "$0" "$@"`;
  const args = [process.execPath, script, "emulator", "--json", "--data", dataFile];
  const child = spawn("bash", ["-c", command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [line] = (await once(readline.createInterface({ input: child.stdout }), "line")) as [string];
  const { controlUrl } = JSON.parse(line) as { controlUrl: string };
  const create = () =>
    fetch(`${controlUrl}/api-keys`, {
      method: "POST",
      headers: { authorization: "Bearer local", "content-type": "application/json" },
      body: JSON.stringify({ name: "k", metadata: "x".repeat(1_000) }),
    }).then(({ status }) => status);
  const statuses: number[] = [];
  while (statuses.at(-1) !== 500 && statuses.length < 100) statuses.push(await create());
  expect(statuses.at(-1)).toBe(500);
  expect(await create()).toBe(500);
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  expect(await exited).toEqual([1, null]);
  expect(stderr).toContain("can't be written");
  expect(fs.readdirSync(folder).filter((file) => file.endsWith(".lock"))).toEqual([]);
  fs.rmSync(folder, { recursive: true });
});
