import type { MessageBus } from '../bus/message-bus.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Traces } from '../runtime/traces.ts';
import { type ChannelState, readStates } from '../store/channel-states.ts';
import { type PartitionLease, type ScoreStore, WINDOW_BOUNDARY_MS } from '../store/score-store.ts';
import type { Counters, StateReads } from './broadcaster-types.ts';
import { ContestTicks } from './contests/contest-ticks.ts';
import { type Contests, isOfContest } from './contests/contests.ts';
import { markDirtyChannels } from './dirty-channels.ts';
import { DueReads } from './due-reads.ts';
import { PatchPublisher } from './patch-publisher.ts';
import type { ProbeDesk } from './probe-desk.ts';
import type { PublishedView, PublishedViews } from './published-views.ts';
import type { ReadHealth } from './read-health.ts';
import type { Term, Terms } from './terms.ts';

interface TickDeps {
  readonly store: StateReads & Pick<ScoreStore, 'takeDirty' | 'readProbes'>;
  readonly bus: Pick<MessageBus, 'publish'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly traces?: Traces | undefined;
  readonly terms: Terms;
  readonly views: PublishedViews;
  readonly health: ReadHealth;
  readonly contests: Pick<Contests, 'read' | 'dropIdle'>;
  readonly probes: Pick<ProbeDesk, 'tell'>;
  readonly counters: Counters;
  /** False while the lease is unconfirmed or lost. */
  readonly mayPublish: (term: Term) => boolean;
  /** Higher fencing numbers have been seen. */
  readonly onFenced: (leases: readonly PartitionLease[]) => void;
}

interface TickOptions {
  readonly tickMs: number;
  readonly interestMs: number;
  readonly reReadMs: number;
  readonly channelsPerRead: number;
}

interface Answers {
  readonly states: readonly ChannelState[];
  /** The times in the probes that were read. */
  readonly probes: readonly (number | undefined)[];
}

/** What an owner does twice a second, for all its partitions together: take the dirty names, read what they touch, publish what has changed. */
export class Tick {
  readonly #deps: TickDeps;
  readonly #options: TickOptions;
  readonly #due = new DueReads();
  readonly #publisher: PatchPublisher;
  readonly #contestTicks: ContestTicks;
  /**
   * Names that were taken but never arrived here are lost. So until a take has succeeded, everything in a partition counts as changed:
   * at the beginning of a term (an earlier owner may have taken until our first take fenced it off) and after a take that failed
   * (it may have happened). The mark is used up by the next take that succeeds, since only a reading after it sees
   * everything that it took; so a view that is published meanwhile is read again as well.
   */
  readonly #wholly = new Set<number>();
  /** Partitions whose probes were written since they were last read. */
  readonly #probed = new Set<number>();
  /** Which quarter of an hour the last tick was in. */
  #boundary = Number.NaN;

  constructor(deps: TickDeps, options: TickOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#publisher = new PatchPublisher(deps);
    this.#contestTicks = new ContestTicks({ ...deps, publisher: this.#publisher, due: this.#due });
  }

  /** Of these partitions; of all where the store was away or may have lost what it had told. */
  readEverythingAgain(terms: Iterable<PartitionLease> = this.#deps.terms.all()): void {
    for (const { partition } of terms) this.#wholly.add(partition);
  }

  async run(): Promise<void> {
    const { clock, logger, counters } = this.#deps;
    const began = performance.now();
    try {
      await this.#run(clock.now());
    } catch (error) {
      // Not the store's failure but a defect; what it left unpublished is still marked.
      logger.error({ err: error }, 'a tick failed');
      this.readEverythingAgain();
    }
    counters.tickSeconds.observe((performance.now() - began) / 1000);
  }

  async #run(startedAt: number): Promise<void> {
    const { terms, views, mayPublish, health, logger } = this.#deps;
    views.beginTick();
    views.expire(startedAt - this.#options.interestMs);
    this.#markRollover(startedAt);
    const taking = [...terms.staying()].filter(mayPublish);
    if (taking.length === 0 || !(await this.#take(taking))) return;
    this.#markOld(startedAt);
    const due = this.#nextBatch();
    this.#contestTicks.run(due, startedAt);
    this.#deps.contests.dropIdle();
    const batch = due.filter(({ channel }) => !isOfContest(channel));
    const readAt = this.#deps.clock.now();
    const probed = [...this.#probed];
    const answers = await this.#read(batch, probed, startedAt);
    if (answers === undefined) return;
    const { states, probes } = answers;
    if (!health.isReadable) logger.info({}, 'the store can be read again');
    health.isReadable = true;
    for (const [i, view] of batch.entries()) {
      const state = states[i];
      // Where it may not be told at present, its mark stands, so that nothing is lost.
      const at = this.#due.sinceOf(view.name, startedAt);
      if (
        state !== undefined &&
        state !== 'unavailable' &&
        this.#publisher.publish(view, state, at, readAt)
      ) {
        this.#due.settle(view.name);
      }
    }
    for (const partition of probed) this.#probed.delete(partition);
    this.#deps.probes.tell(probed, probes);
  }

  /**
   * A window becomes the next one although nobody scores. Which zones have come to a boundary is not asked: the others are found as they
   * were, four times an hour. A mark stays until its channel is read, so a rollover is late where the store is away, and never missed.
   */
  #markRollover(now: number): void {
    const boundary = Math.floor(now / WINDOW_BOUNDARY_MS);
    if (boundary === this.#boundary) return;
    this.#boundary = boundary;
    for (const name of this.#deps.views.ofCurrentWindows()) this.#due.mark(name);
  }

  /** False where nothing was taken, or nobody knows. */
  async #take(terms: readonly Term[]): Promise<boolean> {
    const { store, views, onFenced } = this.#deps;
    const wholly = new Set<number>();
    for (const { partition } of terms) if (this.#wholly.delete(partition)) wholly.add(partition);
    try {
      const { taken, fenced } = await store.takeDirty(terms);
      if (fenced.length > 0) onFenced(fenced);
      if (wholly.size > 0) {
        for (const { partition, name } of views.all()) if (wholly.has(partition)) this.#due.mark(name);
      }
      const probed = markDirtyChannels(taken, views, (channel, since) => this.#due.mark(channel, since));
      for (const partition of probed) this.#probed.add(partition);
      return taken.length > 0;
    } catch (error) {
      for (const { partition } of terms) this.#wholly.add(partition);
      this.#failed(error, 'taking the dirty names failed');
      return false;
    }
  }

  /** Whatever went wrong unnoticed is put right within `reReadMs`. What fell due at once is spread over the second half of it. */
  #markOld(now: number): void {
    const { tickMs, reReadMs } = this.#options;
    const { views } = this.#deps;
    const share = Math.ceil((views.size * 2 * tickMs) / reReadMs);
    // One tick early, since the next one would be too late.
    const overdueMs = Math.max(0, reReadMs - tickMs);
    for (const view of views.leastRecentlyRead(now, overdueMs, reReadMs / 2, share))
      this.#due.mark(view.name);
  }

  /** What is due and was published before this tick began; the rest stays due. */
  #nextBatch(): PublishedView[] {
    const { views } = this.#deps;
    const batch: PublishedView[] = [];
    for (const name of this.#due.channels()) {
      if (batch.length >= this.#options.channelsPerRead) break;
      const view = views.get(name);
      if (view === undefined) this.#due.settle(name);
      else if (view.phase === 'published' && views.isOfTick(view)) batch.push(view);
    }
    return batch;
  }

  /** Windows are those of the tick's beginning, by which it was told whether they may have become others. */
  async #read(
    batch: readonly PublishedView[],
    probed: readonly number[],
    now: number,
  ): Promise<Answers | undefined> {
    const { store, counters } = this.#deps;
    try {
      const channels = batch.map(({ channel }) => channel);
      const [states, probes] = await Promise.all([
        readStates(store, channels, now),
        probed.length === 0 ? [] : store.readProbes(probed),
      ]);
      counters.channelsRead += batch.length;
      return { states, probes };
    } catch (error) {
      this.#failed(error, 'reading the changed channels failed');
      return undefined;
    }
  }

  #failed(error: unknown, message: string): void {
    const { health, logger, counters } = this.#deps;
    counters.failedReads += 1;
    if (health.isReadable) logger.warn({ err: error }, message);
    health.isReadable = false;
  }
}
