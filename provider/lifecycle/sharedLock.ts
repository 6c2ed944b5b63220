/** A lock with shared and exclusive holders. */
export class SharedLock {
  private sharing = 0;
  private waiting: (() => void)[] = [];
  /** Settles with the last exclusive holder or waiter. */
  private alone: Promise<unknown> = Promise.resolve();
  private wantedAlone = 0;

  /** Runs together with other shared holders. */
  async shared<T>(act: () => Promise<T>): Promise<T> {
    while (this.wantedAlone > 0) await this.alone;
    this.sharing++;
    try {
      return await act();
    } finally {
      this.sharing--;
      if (this.sharing === 0) for (const resolve of this.waiting.splice(0)) resolve();
    }
  }

  /** Runs when no other holder does; later requests wait. */
  exclusive<T>(act: () => Promise<T>): Promise<T> {
    this.wantedAlone++;
    const turn = this.alone.then(async () => {
      while (this.sharing > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
      try {
        return await act();
      } finally {
        this.wantedAlone--;
      }
    });
    this.alone = turn.catch(() => undefined); // the caller reports its failure
    return turn;
  }
}
