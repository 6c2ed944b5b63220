/** `pulumi-ngrok-ai recover`: finds objects that a killed run left at the gateway and no state contains. */
import { Command, InvalidArgumentError } from "commander";
import { type AccountFlags, accountClient, withAccountFlags } from "../account/accountClient";
import { colors as pc } from "../colors";
import type { Orphan } from "./orphans";

interface Flags extends AccountFlags {
  readonly state: string;
  readonly stack?: string;
  readonly since?: Date;
  readonly delete?: true;
  readonly json?: true;
}

export function recoverCommand(): Command {
  const command = new Command("recover")
    .description(
      "List objects that carry a stack's mark but are missing from its state, and remove those that a killed run left",
    )
    .requiredOption("--state <file>", "the output of `pulumi stack export`; - reads stdin")
    .option(
      "--stack <name>",
      "organization/project/stack, project/stack or stack (default: as the state's resources name it)",
      parseStack,
    )
    .option(
      "--since <time>",
      "when the killed run began (default: an hour before the state was last written)",
      parseTime,
    )
    .option("--delete", "remove the removable ones; without it nothing is changed")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  pulumi stack export | pulumi-ngrok-ai recover --state -
  pulumi stack export | pulumi-ngrok-ai recover --state - --delete
  pulumi stack export | pulumi-ngrok-ai recover --state - --stack my-organization/gateway/dev

A state of \`offline\` is read too: --state .pulumi-offline/dev.json.

removable: the state records a creation that never ended, made after that run began, or a process of this machine
began the creation and was killed. Only these are removed.

remembered: the state has the creation as unresolved; the next up, refresh or destroy finds the object.

unclear: neither a state nor a note records the creation. Another backend may have a stack of the same name.

Exit code: 0 when it ran to its end, 1 when it could not.`,
    );
  return withAccountFlags(command).action(runRecover);
}

async function runRecover(flags: Flags): Promise<void> {
  const { readStackState, withStack } = await import("../account/stackState.js");
  const { readAccount } = await import("../account/readAccount.js");
  const { findOrphans, removeOrphans } = await import("./orphans.js");
  const { CreationNotes } = await import("../../provider/lifecycle/creationNotes.js");
  const { notesFolder } = await import("../../provider/lifecycle/noteFiles.js");
  const state = withStack(readStackState(flags.state), flags.stack);
  if (state.stack === undefined) {
    throw new Error("the state has no resource that names its stack: give --stack organization/project/stack");
  }
  const client = accountClient(flags);
  const inventory = await readAccount(client);
  const notes = new CreationNotes(notesFolder(process.env)).leftBehind();
  const orphans = findOrphans(state, inventory, { since: flags.since, notes });
  const removed = flags.delete ? await removeOrphans(client, orphans) : [];
  if (flags.json) console.log(JSON.stringify({ stack: state.stack, orphans, removed }, null, 2));
  else print(orphans, removed);
}

function print(orphans: readonly Orphan[], removed: readonly string[]): void {
  if (orphans.length === 0) console.log("Nothing at the gateway carries this stack's mark without being in its state.");
  for (const { kind, id, resource, createdAt, verdict, reason } of orphans) {
    const word = removed.includes(id)
      ? pc.green("removed")
      : verdict === "removable"
        ? pc.yellow(verdict)
        : pc.dim(verdict);
    console.log(`${word}  ${kind} ${id}  of ${JSON.stringify(resource)}, made ${createdAt}\n  ${pc.dim(reason)}`);
  }
  const isLeft = orphans.some(({ id, verdict }) => verdict === "removable" && !removed.includes(id));
  if (isLeft) console.log("Nothing was changed; --delete removes the removable ones.");
}

function parseStack(text: string): string {
  if (/^([^/\s]+\/){0,2}[^/\s]+$/.test(text)) return text;
  throw new InvalidArgumentError("expected organization/project/stack, project/stack or stack");
}

function parseTime(text: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is no time; write 2026-11-24T12:00:00Z`);
}
