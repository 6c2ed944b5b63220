/** An upstream with scripted responses, behind a gateway with one provider for it. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startTestGateway, type TestGateway } from "../../helpers/gateway";

export interface SeenRequest {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

type Answer = (response: ServerResponse, request: SeenRequest) => void;

export interface Upstream {
  readonly gateway: TestGateway;
  readonly requests: SeenRequest[];
  /** What each request gets from now on; the last one is repeated. */
  answer(...answers: Answer[]): void;
  /** Token of a new access key for all that the upstream's provider has. */
  token(): Promise<string>;
  /** Forgets requests and objects, and creates the provider again with that many keys. */
  reset(keys?: number): Promise<void>;
  close(): Promise<void>;
}

export const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };

/** The pieces of a stream, and how it ends. */
export const stream =
  (pieces: readonly string[], ending: "end" | "break" | "hang" = "end"): Answer =>
  (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    const writeNext = (index: number): void => {
      const piece = pieces[index];
      if (piece !== undefined) response.write(piece, () => setImmediate(writeNext, index + 1));
      else if (ending === "end") response.end();
      else if (ending === "break") response.destroy();
    };
    writeNext(0);
  };

export const hang: Answer = () => undefined;

export const VALUE = "planted-upstream-key-0123456789";

export async function startUpstream(): Promise<Upstream> {
  const requests: SeenRequest[] = [];
  let answers: Answer[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const request = { url: incoming.url ?? "", headers: incoming.headers, body: Buffer.concat(chunks) };
      requests.push(request);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      (answer ?? json(500, {}))(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const gateway = await startTestGateway({ upstreams: { "up.example": url } });
  return {
    gateway,
    requests,
    answer: (...given) => {
      answers = given;
    },
    token: async () => (await gateway.client.createAccessKey({ name: "k" })).token ?? "",
    reset: async (keys = 1) => {
      await gateway.reset();
      requests.length = 0;
      answers = [];
      await gateway.client.createProvider({
        providerId: "up",
        name: "up",
        baseUrl: "https://up.example/base/v1?api-version=1",
        models: [{ modelId: "Big" }],
      });
      for (let key = 1; key <= keys; key++)
        await gateway.client.createProviderKey({ providerId: "up", name: `k${key}`, value: `${VALUE}-${key}` });
    },
    close: async () => {
      await gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
