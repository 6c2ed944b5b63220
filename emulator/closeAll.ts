/**
 * Closes several things in order, each also when one before it failed.
 * @throws Error the first failure, when all are closed
 */
export async function closeAll(...closers: readonly (() => Promise<unknown> | undefined)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
