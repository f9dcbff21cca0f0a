import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { type ChannelState, readStates } from '../store/channel-states.ts';
import type { ScoreStore } from '../store/score-store.ts';
import type { Counters, StateReads } from './broadcaster-types.ts';
import { byTournament, type ContestChannel, type Contests, isOfContest } from './contests/contests.ts';
import type { GatewayInboxes } from './gateway-inboxes.ts';
import type { PendingView, PublishedViews } from './published-views.ts';
import type { ReadHealth } from './read-health.ts';

/** What is asked for within such a moment is read together: a page full of channels arrives as several messages. */
const GATHER_MS = 5;

interface ViewCreationsDeps {
  readonly store: StateReads & Pick<ScoreStore, 'state'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly views: PublishedViews;
  readonly inboxes: GatewayInboxes;
  readonly health: ReadHealth;
  readonly contests: Pick<Contests, 'read'>;
  readonly counters: Counters;
}

/**
 * Reads newly watched channels, many at once and one reading at a time, publishes them as views and answers who waits.
 *
 * It runs beside the ticks, and no change is missed between them: a channel is watched (pending) before it is
 * read. A change after the reading is taken by a later tick, which finds the channel watched and marks it to be read; the mark
 * waits until the view is published. A change before the reading is in what was read. A tick leaves alone what was published
 * while it ran, even where it is due: that is for the next one.
 */
export class ViewCreations {
  readonly #deps: ViewCreationsDeps;
  readonly #channelsPerRead: number;
  #queue: PendingView[] = [];
  #running: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #stopped = false;

  constructor(deps: ViewCreationsDeps, options: { readonly channelsPerRead: number }) {
    this.#deps = deps;
    this.#channelsPerRead = options.channelsPerRead;
  }

  request(pending: PendingView): void {
    this.#queue.push(pending);
    this.#schedule();
  }

  /** Nobody is answered any more; resolves when the running reading is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#queue = [];
    await this.#running;
  }

  #schedule(): void {
    if (this.#stopped || this.#running !== undefined || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.#deps.clock.after(GATHER_MS, () => {
      this.#cancelTimer = undefined;
      this.#running = this.#create(this.#queue.splice(0, this.#channelsPerRead)).finally(() => {
        this.#running = undefined;
        if (this.#queue.length > 0) this.#schedule();
      });
    });
  }

  async #create(asked: readonly PendingView[]): Promise<void> {
    const { store, clock, health, counters } = this.#deps;
    const readAt = clock.now();
    // Each contest for itself, and nobody waits for it.
    for (const [tournament, pending] of byTournament(asked)) void this.#createOfContest(tournament, pending);
    const batch = asked.filter(({ channel }) => !isOfContest(channel));
    if (batch.length === 0) return;
    const states = store.state === 'up' ? await this.#read(batch, readAt) : undefined;
    if (this.#stopped) return;
    if (states === undefined) health.isReadable = false;
    else counters.channelsRead += batch.length;
    for (const [i, pending] of batch.entries()) this.#settle(pending, states?.[i], readAt);
  }

  async #createOfContest(tournament: string, batch: readonly PendingView[]): Promise<void> {
    const { contests, clock, logger, counters } = this.#deps;
    const readAt = clock.now();
    const [first] = batch;
    if (first === undefined) return;
    const channels = batch.map(({ channel }) => channel as ContestChannel);
    const states = await contests.read(first.partition, tournament, channels).catch((error: unknown) => {
      counters.failedReads += 1;
      logger.debug({ err: error }, 'reading a contest failed');
      return undefined;
    });
    if (this.#stopped) return;
    for (const [i, pending] of batch.entries()) this.#settle(pending, states?.[i], readAt);
  }

  #settle(pending: PendingView, state: ChannelState | undefined, readAt: number): void {
    const { views, inboxes } = this.#deps;
    const { name, waiting, partition } = pending;
    // Its partition has been lost meanwhile.
    if (views.get(name) !== pending) return;
    if (state === undefined || state === 'unavailable') {
      views.forget(pending);
      const message =
        state === undefined
          ? 'The score store cannot be read at the moment.'
          : 'The contest is being loaded.';
      inboxes.refuse(waiting, partition, name, 'unavailable', message);
    } else if (state === 'not_found') {
      views.forget(pending);
      inboxes.refuse(waiting, partition, name, 'not_found', `There is no source of ${name}.`);
    } else {
      const view = views.publish(pending, state, readAt);
      if (!inboxes.sendView(waiting, view)) views.forget(view);
    }
  }

  async #read(batch: readonly PendingView[], now: number): Promise<readonly ChannelState[] | undefined> {
    try {
      return await readStates(
        this.#deps.store,
        batch.map(({ channel }) => channel),
        now,
      );
    } catch (error) {
      this.#deps.counters.failedReads += 1;
      this.#deps.logger.debug({ err: error }, 'reading new channels failed');
      return undefined;
    }
  }
}
