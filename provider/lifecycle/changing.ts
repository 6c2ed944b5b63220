/** Writes, which make earlier reads stale. */
import { forgetReads } from "./gatheredReads";

/** Forgets what was read before or during the change. */
export async function changing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } finally {
    forgetReads();
  }
}
