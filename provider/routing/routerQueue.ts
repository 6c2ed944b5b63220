/**
 * Changes of single rules of one configuration, gathered: the API only replaces a router as a whole, so whoever changes
 * one rule must read, merge and write. Changes that come together are written once; each is then looked for in what the
 * gateway holds, as there is no way to write only if nobody else has.
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
   * The rules after the change, in the API's form, which keeps what no program can say. Throws when the change can't be made; returning
   * the same array changes nothing.
   */
  apply(rules: readonly RouterRuleWrite[]): readonly RouterRuleWrite[];
  /** Whether the change stands in these rules. */
  holds(rules: readonly Rule[]): boolean;
}

/** The change was sent, and whether it stands is not known: it must be looked at again before it is made anew. */
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

/** A batch is complete when no further change arrives for this long: Pulumi starts as many at a time as it has workers. */
const QUIET_MS = 50;
/** On a busy machine they arrive more slowly: the quiet time is this multiple of the longest recent time between two. */
const QUIET_GAPS = 3;
const MAX_QUIET_MS = 2_000;
/** The first change of a batch waits no longer than this, however many more arrive. */
const MAX_GATHER_MS = 15_000;
/** Another writer may overwrite ours, or make the API refuse it, between our read and our write; so often it is done again. */
const MAX_WRITES = 5;

class RouterQueue {
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  private lastSubmitAt = 0;
  /**
   * Longest time between two changes, the second of which found others waiting or being written, in milliseconds. Halved with each
   * batch, not with each change: on a busy machine changes arrive in bursts, and the pauses between those count.
   */
  private gapMs = 0;

  constructor(private readonly configurationId: string) {}

  /** Resolves with the rules that the gateway holds once the change stands. */
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
          if (isVersionConflict(error)) continue; // somebody wrote since it was read
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

/** Ends the changes that stand; returns those that do not. */
function settle(open: Waiting[], rules: readonly Rule[]): Waiting[] {
  return open.filter((item) => {
    if (!item.change.holds(rules)) return true;
    item.resolve(rules);
    return false;
  });
}

const queues = new WeakMap<GatewayClient, Map<string, RouterQueue>>();

/** Changes the rules of a configuration together with all other changes of it that come at the same time. */
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
