/**
 * Ends the engine's processes when the engine is killed and cannot do so itself. Providers are executables of any kind, so
 * they cannot be asked to notice: a shell that lives in a process group of its own does it for them.
 */
import { type ChildProcess, spawn } from "node:child_process";

/** Takes `watch GROUP` and `forget GROUP`, a line each; when the engine's end closes, what is still watched is killed. */
const SCRIPT = `
groups=""
while read -r verb group; do
  kept=""
  for each in $groups; do [ "$each" = "$group" ] || kept="$kept $each"; done
  [ "$verb" = watch ] && kept="$kept $group"
  groups=$kept
done
for each in $groups; do kill -KILL -"$each" 2>/dev/null; done
exit 0
`;

let shell: ChildProcess | undefined;

function tell(line: string): void {
  if (process.platform === "win32") return;
  if (shell === undefined) {
    const started = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true });
    // Without a shell processes are still ended in every case but a kill: nothing to fail a run for.
    started.on("error", () => undefined);
    started.stdin.on("error", () => undefined);
    started.unref();
    (started.stdin as unknown as { unref(): void }).unref();
    shell = started;
  }
  shell.stdin?.write(`${line}\n`);
}

/** The process group is killed when the engine ends, however it ends. */
export function watchGroup(group: number): void {
  tell(`watch ${group}`);
}

/** The process group ended by itself. */
export function forgetGroup(group: number): void {
  tell(`forget ${group}`);
}
