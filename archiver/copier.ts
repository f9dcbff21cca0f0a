import type { Clock } from '../runtime/clock.ts';
import { assert, OperatingError } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { type LogPage, MAX_BATCH_OPERATIONS, type ScoreStore } from '../store/score-store.ts';
import type { Addition, Archive, Reached } from './archive.ts';
import type { ArchiverLimits } from './archiver-options.ts';
import { findFork } from './fork.ts';
import { checkPage, readFrom } from './page-check.ts';
import type { Progress } from './progress.ts';
import { rowsOf } from './rows.ts';

export interface CopierDependencies {
  readonly store: Pick<ScoreStore, 'readLog' | 'partitions'>;
  readonly archive: Archive;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly progress: Progress;
}

/** Copies what comes next in the log of each partition, from where the archive was when it was opened. */
export class Copier {
  readonly #deps: CopierDependencies;
  readonly #limits: ArchiverLimits;
  readonly #reached: Reached[];
  /** Of each partition: as many steps of its log as are likely to make a page. */
  readonly #pageSteps: number[];
  /** Positions behind which the log can't be read, each told once. */
  readonly #unreadable = new Map<number, number>();

  constructor(deps: CopierDependencies, limits: ArchiverLimits, reached: readonly Reached[]) {
    this.#deps = deps;
    this.#limits = limits;
    this.#reached = [...reached];
    const steps = Math.ceil(limits.pageOperations / MAX_BATCH_OPERATIONS);
    this.#pageSteps = reached.map(() => Math.min(steps, limits.pageSteps));
  }

  /** One page of each partition; whether there is more. Ends between two transactions where it is told to. */
  async round(isToEnd: () => boolean): Promise<boolean> {
    const { store, clock, progress } = this.#deps;
    const startedAt = clock.now();
    let more = false;
    for (let first = 0; first < store.partitions; first += this.#limits.pagesAtOnce) {
      if (isToEnd()) return more;
      const length = Math.min(this.#limits.pagesAtOnce, store.partitions - first);
      const partitions = Array.from({ length }, (_, i) => first + i);
      if (await this.#copy(partitions)) more = true;
    }
    progress.lookedAtAll(startedAt);
    return more;
  }

  async #copy(partitions: readonly number[]): Promise<boolean> {
    const pages = await Promise.all(
      partitions.map(async (partition) => [partition, await this.#read(partition)] as const),
    );
    const additions: Addition[] = [];
    let more = false;
    for (const [partition, page] of pages) {
      if (page === undefined) {
        more ||= (this.#pageSteps[partition] ?? 1) > 1;
        continue;
      }
      const reached = this.#reachedOf(partition);
      const finding = checkPage(page, reached);
      if (finding.found === 'next') {
        const last = finding.entries.at(-1);
        const oldestAt = finding.entries[0]?.at;
        this.#deps.progress.look(partition, { ...page, archived: reached.position, oldestAt });
        if (last === undefined) continue;
        more ||= last.to < page.position;
        additions.push({
          ...{ partition, after: reached.position, reached: { position: last.to, at: last.at } },
          rows: finding.entries.flatMap(rowsOf),
        });
      } else {
        more = true;
        await (finding.found === 'gap' ? this.#skip(partition, finding.to) : this.#putAside(partition));
      }
    }
    if (additions.length > 0) await this.#append(additions, new Map(pages));
    return more;
  }

  /** A page that begins with what was archived last; none where what comes next can't be read, which is not to hold up other partitions. */
  async #read(partition: number): Promise<LogPage | undefined> {
    const { store, logger, progress } = this.#deps;
    const reached = this.#reachedOf(partition);
    const steps = this.#pageSteps[partition] ?? 1;
    try {
      return await store.readLog(partition, readFrom(reached), reached.position === 0 ? steps : steps + 1);
    } catch (error) {
      if (error instanceof OperatingError) throw error;
      // What comes before it can be archived, in smaller pages.
      if (steps > 1) {
        this.#pageSteps[partition] = Math.floor(steps / 2);
        return undefined;
      }
      progress.fail('log');
      if (this.#unreadable.get(partition) !== reached.position) {
        const fields = { err: error, partition, after: reached.position };
        logger.error(fields, 'the log of a partition can not be read: it is not archived from there on');
      }
      this.#unreadable.set(partition, reached.position);
      return undefined;
    }
  }

  async #append(
    additions: readonly Addition[],
    pages: ReadonlyMap<number, LogPage | undefined>,
  ): Promise<void> {
    const { archive, progress } = this.#deps;
    const startedAt = performance.now();
    const sizes = await archive.append(additions);
    progress.batchSeconds.observe((performance.now() - startedAt) / 1000);
    for (const [i, { partition, reached, rows }] of additions.entries()) {
      this.#reached[partition] = reached;
      progress.operations += rows.length;
      const page = pages.get(partition);
      const waiting = page !== undefined && page.position > reached.position ? reached.at : undefined;
      progress.look(partition, {
        position: Math.max(page?.position ?? 0, reached.position),
        archived: reached.position,
        oldestAt: waiting,
      });
      // The next steps are likely to be like these.
      const steps = new Set(rows.map(({ step }) => step)).size;
      this.#pageSteps[partition] = this.#stepsOfPage(steps, rows.length, sizes[i] ?? 0);
    }
  }

  #stepsOfPage(steps: number, operations: number, bytes: number): number {
    const { pageOperations, pageBytes, pageSteps } = this.#limits;
    const share = Math.min(pageOperations / operations, bytes === 0 ? Infinity : pageBytes / bytes);
    return Math.max(1, Math.min(pageSteps, Math.ceil(steps * share)));
  }

  async #skip(partition: number, to: number): Promise<void> {
    const { archive, logger, progress } = this.#deps;
    const { position: after } = this.#reachedOf(partition);
    const reached = { position: to, at: undefined };
    await archive.skip({ partition, after, reached });
    this.#reached[partition] = reached;
    progress.gapOperations += to - after;
    const missing = { partition, after, to, operations: to - after };
    logger.error(missing, 'a part of the log was gone before it was archived: the history has a gap');
  }

  async #putAside(partition: number): Promise<void> {
    const { archive, logger, progress } = this.#deps;
    const before = this.#reachedOf(partition);
    const reached = await findFork(this.#deps, partition, before);
    const operations = await archive.putAside({ partition, after: before.position, reached });
    this.#reached[partition] = reached;
    progress.lostOperations += operations;
    const lost = { partition, after: reached.position, to: before.position, operations };
    logger.error(lost, 'the store does not have any more what was archived of it, which is put aside');
  }

  #reachedOf(partition: number): Reached {
    const reached = this.#reached[partition];
    assert(reached !== undefined, 'what is archived of every partition is known');
    return reached;
  }
}
