import { Histogram, SECONDS } from '../runtime/histogram.ts';

/** What an archiver tells of itself. */
export interface ArchiverStats {
  /** It is the one that writes. */
  readonly active: boolean;
  readonly lagOperations: number;
  readonly lagSeconds: number;
  readonly operations: number;
  readonly batchSeconds: Histogram;
  readonly gapOperations: number;
  readonly lostOperations: number;
  readonly failures: ReadonlyMap<FailedPart, number>;
}

export type FailedPart = 'store' | 'archive' | 'log';

/** How far a partition is archived, as it was seen last. */
interface Seen {
  readonly position: number;
  readonly archived: number;
  /** When the oldest step that was waiting then was accepted; none: nothing was. */
  readonly oldestAt: number | undefined;
}

/** Counts what is done, and how far that is behind. */
export class Progress {
  readonly batchSeconds = new Histogram(SECONDS);
  readonly failures = new Map<FailedPart, number>();
  operations = 0;
  gapOperations = 0;
  lostOperations = 0;
  readonly #seen = new Map<number, Seen>();
  /** When all partitions were looked at last. */
  #lookedAt: number | undefined;

  look(partition: number, seen: Seen): void {
    this.#seen.set(partition, seen);
  }

  lookedAtAll(at: number): void {
    this.#lookedAt = at;
  }

  /** Another one archives, and tells how far that is behind. */
  standBy(): void {
    this.#seen.clear();
    this.#lookedAt = undefined;
  }

  fail(part: FailedPart): void {
    this.failures.set(part, (this.failures.get(part) ?? 0) + 1);
  }

  lagOperations(): number {
    return [...this.#seen.values()].reduce((sum, { position, archived }) => sum + position - archived, 0);
  }

  /** For how long what is not archived has been waiting; what came after the last look may be there, and counts from it. */
  lagSeconds(now: number): number {
    if (this.#lookedAt === undefined) return 0;
    const waiting = [...this.#seen.values()].flatMap(({ oldestAt }) => oldestAt ?? []);
    return Math.max(0, now - Math.min(this.#lookedAt, ...waiting)) / 1000;
  }
}
