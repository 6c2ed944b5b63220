/** What all calls of one provider process share: settings, one client, the account that its key belongs to, notes on disk. */
import type { UnreachableNotice } from "../../sdk/call";
import type { GatewayClient } from "../../sdk/client";
import { readSettings, type SettingSources, type Settings } from "../../sdk/settings";
import type { Notes } from "./creation";
import type { CallContext } from "./definition";

/** What an adapter takes from the process around it; a test gives its own. */
export interface Surroundings {
  connect(settings: Settings): GatewayClient;
  /** Takes one line for the person who runs Pulumi; `urn` names the resource that it is about. */
  report(line: string, urn?: string): void;
  /** Where notes for other processes are kept. */
  notes(): Notes;
}

/** Those of a real process. What they need is loaded by the first call that needs it. */
export function processSurroundings(report: Surroundings["report"]): Surroundings {
  const reportUnreachable = onceAtATime(report);
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

/** One line is enough for all calls of the time that it is about. */
function onceAtATime(report: Surroundings["report"]): (notice: UnreachableNotice) => void {
  let reportedUntilMs = 0;
  return ({ apiOrigin, problem, untilMs }) => {
    if (Date.now() < reportedUntilMs) return;
    reportedUntilMs = untilMs;
    const until = new Date(untilMs).toLocaleTimeString("en-GB");
    report(`${apiOrigin} gives no answer: ${problem}. Retrying until ${until}; check ngrok-ai:apiUrl.`);
  };
}

/** The settings, or why they can't be used. */
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

  /** @param settings or why they can't be used, which is the error of every call that needs the gateway */
  constructor(
    readonly settings: Settings | Error,
    private readonly surroundings: Surroundings,
  ) {}

  get ownership(): "on" | "off" {
    return this.settings instanceof Error ? "on" : this.settings.ownership;
  }

  get notes(): Notes {
    this.openNotes ??= this.surroundings.notes();
    return this.openNotes;
  }

  /** What a handler gets. @throws Error where the settings can't be used */
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
      // An answer is kept. A failure is the caller's, and the next call asks again.
      asked.catch(() => {
        if (this.account === asked) this.account = undefined;
      });
    }
    return this.account;
  }
}
