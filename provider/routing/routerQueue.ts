/**
 * Gathers changes of single rules of one configuration. The API only replaces a router as a whole, so a change of one rule must
 * read, merge and write. Changes that arrive together are written once; each is then verified in the stored router, because the
 * API has no conditional write.
 */
import type { GatewayClient } from "../../sdk/client";
import type { RouterRuleWrite } from "../../sdk/contract/accessKeyConfigurations";
import { errorCodes } from "../../sdk/contract/errorCodes";
import { toRuleWrite } from "../../sdk/contract/toWrite";
import { GatewayError } from "../../sdk/errors";
import { type CallContext, isUnanswered } from "../lifecycle/definition";
import { fromWireRules } from "./routingRules";
import type { Rule } from "./rule";

/** A change of the rules of one configuration. */
export interface RulesChange {
  /**
   * Returns the rules after the change, in the API's form, which keeps the fields that a program cannot set. Throws if the change
   * cannot be made; returning the same array changes nothing.
   */
  apply(rules: readonly RouterRuleWrite[]): readonly RouterRuleWrite[];
  /** Whether these rules contain the change. */
  holds(rules: readonly Rule[]): boolean;
}

/** The change was sent, and its outcome is not known: it must be verified before it is repeated. */
export class MaybeWrittenError extends Error {
  constructor(override readonly cause: Error) {
    super(cause.message);
    this.name = "MaybeWrittenError";
  }
}

interface Waiting {
  readonly change: RulesChange;
  readonly context: CallContext;
  resolve(rules: readonly Rule[]): void;
  reject(error: unknown): void;
}

/**
 * A batch is complete when no further change arrives for this long: Pulumi starts as many changes at a time as it has workers.
 */
const QUIET_MS = 50;
/**
 * On a busy machine changes arrive more slowly: the quiet time is this multiple of the longest recent gap between two changes.
 */
const QUIET_GAPS = 3;
const MAX_QUIET_MS = 2_000;
/** The first change of a batch waits no longer than this, even if more changes arrive. */
const MAX_GATHER_MS = 15_000;
/**
 * Another writer may overwrite our change, or cause the API to refuse it, between our read and our write; this is the limit of
 * attempts.
 */
const MAX_WRITES = 5;

class RouterQueue {
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  private lastSubmitAt = 0;
  /**
   * Longest gap between two changes, in milliseconds, if others were waiting or being written when the second arrived. Halved
   * with each batch, not with each change: on a busy machine changes arrive in bursts, and the gaps between bursts matter.
   */
  private gapMs = 0;

  constructor(private readonly configurationId: string) {}

  /** Resolves with the stored rules once they contain the change. */
  submit(change: RulesChange, context: CallContext): Promise<readonly Rule[]> {
    const now = performance.now();
    if (this.running !== undefined) this.gapMs = Math.max(now - this.lastSubmitAt, this.gapMs);
    this.lastSubmitAt = now;
    return new Promise((resolve, reject) => {
      this.waiting.push({ change, context, resolve, reject });
      this.running ??= this.run();
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.gather();
      const batch = this.waiting;
      this.waiting = [];
      await this.write(batch);
    }
    this.running = undefined;
  }

  private async gather(): Promise<void> {
    const startedAt = performance.now();
    let count: number;
    do {
      count = this.waiting.length;
      const quietMs = Math.min(Math.max(QUIET_MS, QUIET_GAPS * this.gapMs), MAX_QUIET_MS);
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    } while (this.waiting.length > count && performance.now() - startedAt < MAX_GATHER_MS);
    this.gapMs /= 2;
  }

  private async write(batch: Waiting[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    let open = batch;
    let isWritten = false;
    try {
      const { client, call } = first.context;
      for (let attempt = 1; attempt <= MAX_WRITES; attempt++) {
        const { router } = await client.getAccessKeyConfiguration(this.configurationId, call);
        const held = fromWireRules(router);
        if (attempt > 1) open = settle(open, held);
        const before: readonly RouterRuleWrite[] = (router?.rules ?? []).map(toRuleWrite);
        let after = before;
        open = open.filter((item) => {
          try {
            after = item.change.apply(after);
            return true;
          } catch (error) {
            item.reject(error);
            return false;
          }
        });
        if (after === before) for (const item of open) item.resolve(held);
        if (after === before || open.length === 0) return;
        const body = { router: { ...router, rules: [...after] } };
        try {
          await client.updateAccessKeyConfiguration(this.configurationId, body, call);
        } catch (error) {
          if (isVersionConflict(error)) continue; // another writer changed the router since the read
          throw error;
        }
        isWritten = true;
        const now = await client.getAccessKeyConfiguration(this.configurationId, call);
        open = settle(open, fromWireRules(now.router));
        if (open.length === 0) return;
      }
      throw new Error(
        `Another writer keeps changing access key configuration ${this.configurationId}: after ${MAX_WRITES} writes of its rules ours were ` +
          "refused or gone again. Stop the other writer, then run up once more.",
      );
    } catch (error) {
      const isLost = isWritten || isUnanswered(error);
      const reason = isLost && error instanceof Error ? new MaybeWrittenError(error) : error;
      for (const item of open) item.reject(reason);
    }
  }
}

function isVersionConflict(error: unknown): boolean {
  return GatewayError.isInstance(error) && error.code === errorCodes.versionConflict.code;
}

/** Settles the changes that the rules contain; returns the others. */
function settle(open: Waiting[], rules: readonly Rule[]): Waiting[] {
  return open.filter((item) => {
    if (!item.change.holds(rules)) return true;
    item.resolve(rules);
    return false;
  });
}

const queues = new WeakMap<GatewayClient, Map<string, RouterQueue>>();

/** Changes the rules of a configuration, together with its other changes that arrive at the same time. */
export function changeRules(
  configurationId: string,
  change: RulesChange,
  context: CallContext,
): Promise<readonly Rule[]> {
  const ofClient = queues.get(context.client) ?? new Map<string, RouterQueue>();
  queues.set(context.client, ofClient);
  const queue = ofClient.get(configurationId) ?? new RouterQueue(configurationId);
  ofClient.set(configurationId, queue);
  return queue.submit(change, context);
}
