/** `pulumi-ngrok-ai recover`: what a killed run left at the gateway that stands in no state. */
import { Command } from "commander";
import type { GatewayClient } from "../../sdk";
import type { AccountFlags } from "../account/accountClient";
import { accountClient, withAccountFlags } from "../account/accountClient";
import type { Inventory } from "../account/inventory";
import type { StackState, StateEntry } from "../account/stackState";
import { removeRule, unfinishedRules } from "../account/unfinishedRules";
import { colors as pc } from "../colors";

interface Flags extends AccountFlags {
  readonly state: string;
  readonly since?: Date;
  readonly delete?: true;
  readonly json?: true;
}

/** An object that stands in no state and carries the stack's mark, or is a rule that the state tells was being created. */
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
  const { readStackState } = await import("../account/stackState.js");
  const { readAccount } = await import("../account/readAccount.js");
  const state = readStackState(flags.state);
  const client = accountClient(flags);
  const orphans = findOrphans(state, await readAccount(client), flags.since);
  const removed = flags.delete ? await removeOrphans(client, orphans) : [];
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
  const judged = (pending: StateEntry | undefined, kind: string, resource: string, createdAt: string) => {
    if (pending === undefined)
      return unclear(`the state records no unfinished creation of ${kind} ${JSON.stringify(resource)}`);
    const { adopt } = pending.inputs;
    if (typeof adopt === "string" && adopt !== "never")
      return unclear("it may have been there before the run, which was to take it over: the next up does so");
    return Date.parse(createdAt) >= began.getTime() - CLOCK_TOLERANCE_MS
      ? ({ verdict: "removable", reason: "the state records its creation as begun and never ended" } as const)
      : unclear(`it was made before ${began.toISOString()}, when the run began; --since says otherwise`);
  };
  const rules = unfinishedRules(state, inventory).map(({ pending, ...rule }): Orphan => {
    const kind = "RoutingRule";
    return { kind, ...rule, ...judged(pending, kind, rule.resource, rule.createdAt) };
  });
  const objects = marked(inventory)
    .filter(({ id, mark }) => mark.stack === state.stack && !known.has(id))
    .map(({ kind, id, createdAt, mark: { resource } }): Orphan => {
      const pending = state.pendingCreates.find((entry) => entry.kind === kind && entry.name === resource);
      return { kind, id, resource, createdAt, ...judged(pending, kind, resource, createdAt) };
    });
  return [...rules, ...objects];
}

const unclear = (reason: string) => ({ verdict: "unclear", reason }) as const;

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

/** Removes what a killed run left, and returns the ids of it. */
export async function removeOrphans(client: GatewayClient, orphans: readonly Orphan[]): Promise<string[]> {
  const deletions: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    RoutingRule: (id) => removeRule(client, id),
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
