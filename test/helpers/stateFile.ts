/** A state file during a run. The file is replaced by renaming, so a test always reads a complete file. */
import fs from "node:fs";

interface State {
  readonly deployment?: { readonly pending_operations?: readonly { readonly resource: { readonly type: string } }[] };
}

const POLL_MS = 10;

/** Resolves when the state records an operation on an object of the class that has started and not ended. */
export async function untilPending(stateFile: string, kind: string): Promise<void> {
  const isPending = () => {
    if (!fs.existsSync(stateFile)) return false;
    const { deployment } = JSON.parse(fs.readFileSync(stateFile, "utf8")) as State;
    return deployment?.pending_operations?.some(({ resource }) => resource.type.endsWith(`:${kind}`)) ?? false;
  };
  while (!isPending()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
