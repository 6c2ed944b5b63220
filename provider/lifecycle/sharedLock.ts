/** A lock that many may share, or one may have alone. */
export class SharedLock {
  private sharing = 0;
  private waiting: (() => void)[] = [];
  /** Ends with the last of those who want it alone. */
  private alone: Promise<unknown> = Promise.resolve();
  private wantedAlone = 0;

  /** Runs beside others that share it. */
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

  /** Runs when nobody has it; those that come later wait. */
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
    this.alone = turn.catch(() => undefined); // its failure is its caller's
    return turn;
  }
}
