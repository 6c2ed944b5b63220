/**
 * Closes several things in order, even if one fails.
 * @throws Error the first failure, after all are closed
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
