/**
 * Ends the engine's processes when the engine is killed and cannot do so. Providers may be executables of any kind, which do
 * not notice the engine's end; a shell in a process group of its own notices it and kills them.
 */
import { type ChildProcess, spawn } from "node:child_process";

/** Reads lines `watch GROUP` and `forget GROUP`; when the engine's end of the pipe closes, kills every watched group. */
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
    // Without a shell, only a killed engine leaves processes behind: no reason to fail the run.
    started.on("error", () => undefined);
    started.stdin.on("error", () => undefined);
    started.unref();
    (started.stdin as unknown as { unref(): void }).unref();
    shell = started;
  }
  shell.stdin?.write(`${line}\n`);
}

/** From now on, the process group is killed when the engine ends for any reason. */
export function watchGroup(group: number): void {
  tell(`watch ${group}`);
}

/** Call when the process group has ended. */
export function forgetGroup(group: number): void {
  tell(`forget ${group}`);
}
