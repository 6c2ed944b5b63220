/** Reads an account for a command and shows the progress on a terminal. */
import type { GatewayClient } from "../../sdk";
import { startProgress } from "../progress";
import { type Inventory, type Reading, startReading, wholeOf } from "./inventory";

/** @param use works with each list as it arrives */
export async function whileReading<T>(client: GatewayClient, use: (reading: Reading) => Promise<T>): Promise<T> {
  const progress = startProgress();
  try {
    const reading = startReading(client, {
      onProgress: (count) =>
        progress.update(() => `Reading the account: ${count.toLocaleString("en")} objects so far…`),
    });
    return await use(reading);
  } finally {
    progress.end();
  }
}

export function readAccount(client: GatewayClient): Promise<Inventory> {
  return whileReading(client, wholeOf);
}
