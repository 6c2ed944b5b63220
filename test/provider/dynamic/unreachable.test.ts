/**
 * An `apiUrl` without a server: reported once, after the first attempt and not only after the last retry. Does not prove how
 * Pulumi shows the standard error of a provider process.
 */

import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { provider } from "../../../provider/dynamic";

async function unusedPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

test("one line for all calls names the unreachable URL and the time of the last attempt", async () => {
  const lines: string[] = [];
  const printed = jest.spyOn(console, "error").mockImplementation((line: string) => {
    lines.push(line);
  });
  const apiUrl = `http://127.0.0.1:${await unusedPort()}`;
  const config = new Map([
    ["ngrok-ai:apiKey", "a-key"],
    ["ngrok-ai:apiUrl", apiUrl],
    ["ngrok-ai:retryBudgetSeconds", "1"],
  ]);
  const create = async (kind: string) => {
    const adapter = provider(kind);
    await adapter.configure({ config: { get: (key: string) => config.get(key) } } as never);
    return adapter.create({ name: "k", __owner: "o/p/s::k" });
  };
  await expect(Promise.all([create("ApiKey"), create("AccessKey")])).rejects.toThrow("ECONNREFUSED");
  expect(lines).toEqual([
    expect.stringMatching(
      new RegExp(
        `^pulumi-ngrok-ai: ${apiUrl} gives no answer: the connection was refused \\(ECONNREFUSED\\)\\. ` +
          "Retrying until \\d\\d:\\d\\d:\\d\\d; check ngrok-ai:apiUrl\\.$",
      ),
    ),
  ]);
  printed.mockRestore();
});
