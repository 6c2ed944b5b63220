/** A local gateway for one test file, with functions for tests: received requests and faults. */
import { startGateway } from "../../emulator/gateway";
import { GatewayClient } from "../../sdk";

export interface Request {
  readonly plane: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export interface TestGateway {
  readonly controlUrl: string;
  readonly gatewayUrl: string;
  readonly apiKey: string;
  readonly client: GatewayClient;
  /** Control-plane requests since the last call, as "POST /providers". */
  requests(): Promise<string[]>;
  /** Adds a fault, in the form of `POST /_emulator/faults`. */
  fault(fault: Readonly<Record<string, unknown>>): Promise<void>;
  /** Removes all faults; delayed requests stay delayed. */
  clearFaults(): Promise<void>;
  /** Deletes all objects, faults and recorded requests. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** The stack configuration that names a gateway and its key. */
export function gatewayConfig({ apiKey, controlUrl }: Pick<TestGateway, "apiKey" | "controlUrl">) {
  return { "ngrok-ai:apiKey": { value: apiKey, secret: true }, "ngrok-ai:apiUrl": { value: controlUrl } };
}

export async function startTestGateway(options: Parameters<typeof startGateway>[0] = {}): Promise<TestGateway> {
  const gateway = await startGateway(options);
  const { controlUrl, gatewayUrl, apiKey } = gateway;
  let seen = 0;
  const inspect = async (path: string, init?: RequestInit) => {
    const answer = await fetch(`${controlUrl}/_emulator/${path}`, init);
    if (!answer.ok) throw new Error(`/_emulator/${path} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  return {
    controlUrl,
    gatewayUrl,
    apiKey,
    client: new GatewayClient({ apiUrl: controlUrl, apiKey, retryBudgetMs: 5_000 }),
    requests: async () => {
      const all = ((await (await inspect("requests")).json()) as Request[]).filter(({ plane }) => plane === "control");
      const fresh = all.slice(seen).map(({ method, path }) => `${method} ${path.split("?")[0]}`);
      seen = all.length;
      return fresh;
    },
    fault: async (fault) => {
      await inspect("faults", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ plane: "control", ...fault }),
      });
    },
    clearFaults: async () => {
      await inspect("faults", { method: "DELETE" });
    },
    reset: async () => {
      await inspect("reset", { method: "POST" });
      seen = 0;
    },
    close: () => gateway.close(),
  };
}
