/** `pulumi-ngrok-ai recover`: what a killed run left at the gateway that stands in no state. */
import { Command } from "commander";
import type { GatewayClient } from "../sdk";
import type { AccountFlags } from "./account/accountClient";
import { accountClient, withAccountFlags } from "./account/accountClient";
import type { Inventory } from "./account/inventory";
import type { StackState } from "./account/stackState";
import { colors as pc } from "./colors";

interface Flags extends AccountFlags {
  readonly state: string;
  readonly since?: Date;
  readonly delete?: true;
  readonly json?: true;
}

/** An object that carries the stack's mark and stands in no state. */
export interface Orphan {
  readonly kind: string;
  readonly id: string;
  /** The resource that the mark names. */
  readonly resource: string;
  readonly createdAt: string;
  /** `removable`: left by the run that the state tells of. `unclear`: the state does not say so. */
  readonly verdict: "removable" | "unclear";
  readonly reason: string;
}

/** How long before the last write of its state a run is taken to have begun, where nobody says. */
const LONGEST_RUN_MS = 60 * 60 * 1000;
/** The gateway's clock and that of whoever ran may differ by as much. */
const CLOCK_TOLERANCE_MS = 30_000;

export function recoverCommand(): Command {
  const command = new Command("recover")
    .description("List objects that carry a stack's mark and stand in no state, and remove those a killed run left")
    .requiredOption("--state <file>", "what `pulumi stack export` writes; - reads it from standard input")
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

Removable is only what the state records as a creation that nobody ended, made after that run began. Everything else is
listed and left alone: another backend may hold a stack of the same name.
Exit code: 0 when it ran to its end, 1 when it could not.`,
    );
  return withAccountFlags(command).action(runRecover);
}

async function runRecover(flags: Flags): Promise<void> {
  const { readStackState } = await import("./account/stackState.js");
  const { readInventory } = await import("./account/inventory.js");
  const state = readStackState(flags.state);
  const client = accountClient(flags);
  const orphans = findOrphans(state, await readInventory(client), flags.since);
  const removed = flags.delete ? await remove(client, orphans) : [];
  if (flags.json) {
    console.log(JSON.stringify({ stack: state.stack ?? null, orphans, removed }, null, 2));
    return;
  }
  if (orphans.length === 0)
    console.log("Nothing at the gateway carries this stack's mark without standing in its state.");
  for (const { kind, id, resource, createdAt, verdict, reason } of orphans) {
    const done = removed.includes(id)
      ? pc.green("removed")
      : verdict === "removable"
        ? pc.yellow(verdict)
        : pc.dim(verdict);
    console.log(`${done}  ${kind} ${id}  of ${JSON.stringify(resource)}, made ${createdAt}\n  ${pc.dim(reason)}`);
  }
  const left = orphans.some(({ verdict }) => verdict === "removable") && !flags.delete;
  if (left) console.log("Nothing was changed; --delete removes the removable ones.");
}

/** Newest first within each kind, in an order in which they can be removed. */
export function findOrphans(state: StackState, inventory: Inventory, since?: Date): Orphan[] {
  const known = new Set(state.resources.map(({ id }) => id));
  const began = since ?? new Date(state.writtenAt.getTime() - LONGEST_RUN_MS);
  return marked(inventory)
    .filter(({ id, mark }) => mark.stack === state.stack && !known.has(id))
    .map(({ kind, id, createdAt, mark }) => {
      const isPending = state.pendingCreates.some((entry) => entry.kind === kind && entry.name === mark.resource);
      const isRecent = Date.parse(createdAt) >= began.getTime() - CLOCK_TOLERANCE_MS;
      const reason = !isPending
        ? `the state records no unfinished creation of ${kind} ${JSON.stringify(mark.resource)}`
        : isRecent
          ? `the state records its creation as begun and never ended`
          : `it was made before ${began.toISOString()}, when the run began; --since says otherwise`;
      const verdict = isPending && isRecent ? "removable" : "unclear";
      return { kind, id, resource: mark.resource, createdAt, verdict, reason };
    });
}

interface Marked {
  readonly kind: string;
  readonly id: string;
  readonly createdAt: string;
  readonly mark: { readonly stack: string; readonly resource: string };
}

/** What refers to others comes before them. */
function marked({ accessKeys, configurations, providerKeys, providers, apiKeys }: Inventory): Marked[] {
  const kinds = {
    AccessKey: accessKeys,
    AccessConfiguration: configurations,
    ProviderKey: providerKeys,
    CustomProvider: providers,
    ApiKey: apiKeys,
  };
  return Object.entries(kinds).flatMap(([kind, objects]) =>
    objects.flatMap(({ id, createdAt, metadata }) => {
      const mark = parseMark(metadata);
      return mark === undefined ? [] : [{ kind, id, createdAt, mark }];
    }),
  );
}

function parseMark(metadata: string | undefined): Marked["mark"] | undefined {
  if (!metadata?.startsWith('{"managedBy":"pulumi"')) return undefined;
  try {
    const { stack, resource } = JSON.parse(metadata) as { stack?: unknown; resource?: unknown };
    return typeof stack === "string" && typeof resource === "string" ? { stack, resource } : undefined;
  } catch {
    // Somebody's own text that only begins like a mark.
    return undefined;
  }
}

async function remove(client: GatewayClient, orphans: readonly Orphan[]): Promise<string[]> {
  const deletions: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    AccessKey: (id) => client.deleteAccessKey(id),
    AccessConfiguration: (id) => client.deleteAccessKeyConfiguration(id),
    ProviderKey: (id) => client.deleteProviderKey(id),
    CustomProvider: (id) => client.deleteProvider(id),
    ApiKey: (id) => client.deleteApiKey(id),
  };
  const removed: string[] = [];
  for (const { kind, id, verdict } of orphans) {
    if (verdict !== "removable") continue;
    await deletions[kind]?.(id);
    removed.push(id);
  }
  return removed;
}

function parseTime(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new Error(`--since ${JSON.stringify(text)} is no time; write 2026-11-24T12:00:00Z`);
  return time;
}
