import { MAX_MESSAGE_BYTES, type MessageBus } from '../bus/message-bus.ts';
import { encodeBusMessage, TOPICS } from '../bus/messages.ts';
import { diff } from '../protocol/patches.ts';
import type { State } from '../protocol/views.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { readStates } from '../store/channel-states.ts';
import { type PartitionLease, type ScoreStore, WINDOW_BOUNDARY_MS } from '../store/score-store.ts';
import type { Counters, StateReads } from './broadcaster-types.ts';
import { markDirtyChannels } from './dirty-channels.ts';
import { DueReads } from './due-reads.ts';
import type { PublishedView, PublishedViews } from './published-views.ts';
import type { ReadHealth } from './read-health.ts';
import type { Term, Terms } from './terms.ts';

interface TickDeps {
  readonly store: StateReads & Pick<ScoreStore, 'takeDirty'>;
  readonly bus: Pick<MessageBus, 'publish'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly terms: Terms;
  readonly views: PublishedViews;
  readonly health: ReadHealth;
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

/** What an owner does twice a second, for all its partitions together: take the dirty names, read what they touch, publish what has changed. */
export class Tick {
  readonly #deps: TickDeps;
  readonly #options: TickOptions;
  readonly #due = new DueReads();
  /**
   * Names that were taken but never arrived here are lost. So until a take has succeeded, everything in a partition counts as changed:
   * at the beginning of a term (an earlier owner may have taken until our first take fenced it off) and after a take that failed
   * (it may have happened). The mark is used up by the next take that succeeds, since only a reading after it sees
   * everything that it took; so a view that is published meanwhile is read again as well.
   */
  readonly #wholly = new Set<number>();
  /** Which quarter of an hour the last tick was in. */
  #boundary = Number.NaN;

  constructor(deps: TickDeps, options: TickOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** Of these partitions; of all where the store was away or may have lost what it had told. */
  readEverythingAgain(terms: Iterable<PartitionLease> = this.#deps.terms.all()): void {
    for (const { partition } of terms) this.#wholly.add(partition);
  }

  async run(): Promise<void> {
    const { clock, logger, counters } = this.#deps;
    const startedAt = clock.now();
    try {
      await this.#run(startedAt);
    } catch (error) {
      // Not the store's failure but a defect; what it left unpublished is still marked.
      logger.error({ err: error }, 'a tick failed');
      this.readEverythingAgain();
    }
    counters.ticks += 1;
    counters.tickMs += Math.max(0, clock.now() - startedAt);
  }

  async #run(startedAt: number): Promise<void> {
    const { terms, views, mayPublish, health, logger } = this.#deps;
    views.beginTick();
    views.expire(startedAt - this.#options.interestMs);
    this.#markRollover(startedAt);
    const taking = [...terms.staying()].filter(mayPublish);
    if (taking.length === 0 || !(await this.#take(taking))) return;
    this.#markOld(startedAt);
    const batch = this.#nextBatch();
    const readAt = this.#deps.clock.now();
    const states = await this.#read(batch, startedAt);
    if (states === undefined) return;
    if (!health.isReadable) logger.info({}, 'the store can be read again');
    health.isReadable = true;
    for (const [i, view] of batch.entries()) {
      const state = states[i];
      if (state !== undefined) this.#publish(view, state, startedAt, readAt);
    }
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
      markDirtyChannels(taken, views, (channel, since) => this.#due.mark(channel, since));
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
    now: number,
  ): Promise<readonly (State | 'not_found')[] | undefined> {
    try {
      const states = await readStates(
        this.#deps.store,
        batch.map(({ channel }) => channel),
        now,
      );
      this.#deps.counters.channelsRead += batch.length;
      return states;
    } catch (error) {
      this.#failed(error, 'reading the changed channels failed');
      return undefined;
    }
  }

  #publish(view: PublishedView, state: State | 'not_found', startedAt: number, readAt: number): void {
    const { bus, terms, views, counters, mayPublish } = this.#deps;
    const { name: channel, kind } = view;
    const term = terms.get(view.partition);
    // Reading took its time: the lease may be unconfirmed by now, or gone. The marks stand, so nothing is lost.
    if (term === undefined || !mayPublish(term) || views.get(channel) !== view) return;
    const { fence, epoch } = term;
    const patch = state === 'not_found' ? undefined : diff(kind, view.state, state);
    if (state === 'not_found') {
      // Its source is gone; gateways learn it from the answer to their next watch.
      views.forget(view);
    } else if (patch === undefined) {
      views.confirm(view, readAt);
    } else {
      const at = this.#due.sinceOf(channel, startedAt);
      views.advance(view, state, at, readAt);
      const bytes = encodeBusMessage({ type: 'patch', channel, fence, epoch, seq: view.seq, at, patch });
      // One that the bus would drop is a gap like any lost message: the next watch is answered with the view.
      if (bytes.length <= MAX_MESSAGE_BYTES) {
        bus.publish(TOPICS.channel(channel), bytes);
        counters.patches += 1;
      }
    }
    this.#due.settle(channel);
  }

  #failed(error: unknown, message: string): void {
    const { health, logger, counters } = this.#deps;
    counters.failedReads += 1;
    if (health.isReadable) logger.warn({ err: error }, message);
    health.isReadable = false;
  }
}
