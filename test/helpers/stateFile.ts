/** What a test sees in a state file while a run writes it. A file is renamed into place, so it is always read whole. */
import fs from "node:fs";

interface State {
  readonly deployment?: { readonly pending_operations?: readonly { readonly resource: { readonly type: string } }[] };
}

const POLL_MS = 10;

/** Resolves when the state tells of an operation on an object of the class that has begun and not ended. */
export async function untilPending(stateFile: string, kind: string): Promise<void> {
  const isPending = () => {
    if (!fs.existsSync(stateFile)) return false;
    const { deployment } = JSON.parse(fs.readFileSync(stateFile, "utf8")) as State;
    return deployment?.pending_operations?.some(({ resource }) => resource.type.endsWith(`:${kind}`)) ?? false;
  };
  while (!isPending()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
