/** State that all calls of one provider process share: settings, one client, the account of its key, and notes on disk. */
import type { GatewayClient } from "../../sdk/client";
import { readSettings, type SettingSources, type Settings } from "../../sdk/settings";
import { onceAtATime } from "../../sdk/unreachableReport";
import type { Notes } from "./creation";
import type { CallContext } from "./definition";

/** The functions of the process that an adapter needs; tests replace them. */
export interface Surroundings {
  connect(settings: Settings): GatewayClient;
  /** Reports one line to the user; `urn` is the resource that the line concerns. */
  report(line: string, urn?: string): void;
  /** The notes for other processes. */
  notes(): Notes;
}

/** The functions of a real process. Their modules are loaded on first use. */
export function processSurroundings(report: Surroundings["report"]): Surroundings {
  const reportUnreachable = onceAtATime(report, "ngrok-ai:apiUrl");
  return {
    report,
    connect: (settings) => {
      const { GatewayClient: Client } = require("../../sdk/client") as typeof import("../../sdk/client");
      return new Client({ ...settings, onUnreachable: reportUnreachable });
    },
    notes: () => {
      const { notesFolder } = require("./noteFiles") as typeof import("./noteFiles");
      const { CreationNotes } = require("./creationNotes") as typeof import("./creationNotes");
      const { AdoptionNotes } = require("./adoptionNotes") as typeof import("./adoptionNotes");
      const folder = notesFolder(process.env);
      return { creations: new CreationNotes(folder), adoptions: new AdoptionNotes(folder) };
    },
  };
}

/** The settings, or the error that makes them unusable. */
export function settingsOrError(sources: SettingSources): Settings | Error {
  try {
    return readSettings(sources);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

export class GatewayAccess {
  private client: GatewayClient | undefined;
  private account: Promise<string> | undefined;
  private openNotes: Notes | undefined;

  /** @param settings the settings, or the error that every call to the gateway then throws */
  constructor(
    readonly settings: Settings | Error,
    private readonly surroundings: Surroundings,
  ) {}

  get ownership(): "on" | "off" {
    return this.settings instanceof Error ? "on" : this.settings.ownership;
  }

  /** Why a program must not call the data plane. */
  get gatewayUrlProblem(): string | undefined {
    return this.settings instanceof Error ? undefined : this.settings.gatewayUrlProblem;
  }

  get notes(): Notes {
    this.openNotes ??= this.surroundings.notes();
    return this.openNotes;
  }

  /** The context for a handler. @throws Error if the settings cannot be used */
  context(call: CallContext["call"]): CallContext {
    if (this.settings instanceof Error) throw this.settings;
    this.client ??= this.surroundings.connect(this.settings);
    const { client } = this;
    const { systemClock } = require("../../sdk/clock") as typeof import("../../sdk/clock");
    const { gatewayUrl } = this.settings;
    return { client, gatewayUrl, clock: systemClock, accountId: () => this.accountId(client, call), call };
  }

  private accountId(client: GatewayClient, call: CallContext["call"]): Promise<string> {
    if (this.account === undefined) {
      const asked = client.getGatewayConfig(call).then(({ accountId }) => accountId);
      this.account = asked;
      // An answer is kept. After a failure, which the caller reports, the next call requests it again.
      asked.catch(() => {
        if (this.account === asked) this.account = undefined;
      });
    }
    return this.account;
  }
}
