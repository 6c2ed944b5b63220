/** Reads an account for a command, and says on a terminal how far it is. */
import type { GatewayClient } from "../../sdk";
import { startProgress } from "../progress";
import { type Inventory, type Reading, startReading, wholeOf } from "./inventory";

/** @param use what is done with each kind as it comes */
export async function whileReading<T>(client: GatewayClient, use: (reading: Reading) => Promise<T>): Promise<T> {
  const progress = startProgress();
  try {
    const reading = startReading(client, {
      onProgress: (count) => progress.update(`Reading the account: ${count.toLocaleString("en")} objects so far …`),
    });
    return await use(reading);
  } finally {
    progress.end();
  }
}

export function readAccount(client: GatewayClient): Promise<Inventory> {
  return whileReading(client, wholeOf);
}
