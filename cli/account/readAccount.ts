/** Reads an account for a command, and says on a terminal how far it is. */
import type { GatewayClient } from "../../sdk";
import { startProgress } from "../progress";
import { type Inventory, readInventory } from "./inventory";

export async function readAccount(client: GatewayClient): Promise<Inventory> {
  const progress = startProgress();
  try {
    return await readInventory(client, {
      onProgress: (count) => progress.update(`Reading the account: ${count.toLocaleString("en")} objects so far …`),
    });
  } finally {
    progress.end();
  }
}
