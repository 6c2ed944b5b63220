/** Writes, and what they do to reads. */
import { forgetReads } from "./gatheredReads";

/** What was read before a change, or while it was made, is not true any more. */
export async function changing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } finally {
    forgetReads();
  }
}
