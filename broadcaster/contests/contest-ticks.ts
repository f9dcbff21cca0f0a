import type { State } from '../../protocol/views.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Counters } from '../broadcaster-types.ts';
import type { DueReads } from '../due-reads.ts';
import type { PatchPublisher } from '../patch-publisher.ts';
import type { PublishedView, PublishedViews } from '../published-views.ts';
import { byTournament, type ContestChannel, type Contests } from './contests.ts';

interface ContestTicksDeps {
  readonly contests: Pick<Contests, 'read'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly views: PublishedViews;
  readonly publisher: PatchPublisher;
  readonly due: DueReads;
  readonly counters: Counters;
}

/**
 * What of a tick belongs to contests: it runs beside the others, each tournament for itself, and is published as soon as it is there, so that nobody
 * waits for a large contest. One that is not ready at the next tick is left to the one after that; so a view moves on by at most one per tick.
 */
export class ContestTicks {
  readonly #deps: ContestTicksDeps;
  readonly #busy = new Set<string>();

  constructor(deps: ContestTicksDeps) {
    this.#deps = deps;
  }

  run(due: readonly PublishedView[], startedAt: number): void {
    for (const [tournament, views] of byTournament(due)) {
      if (this.#busy.has(tournament)) continue;
      this.#busy.add(tournament);
      void this.#read(tournament, views, startedAt).finally(() => this.#busy.delete(tournament));
    }
  }

  async #read(tournament: string, batch: readonly PublishedView[], startedAt: number): Promise<void> {
    const { contests, clock, logger, counters, due } = this.#deps;
    const readAt = clock.now();
    // What changes from now on may not be in it: marks that come meanwhile stay.
    const since = batch.map(({ name }) => due.take(name));
    const [first] = batch;
    if (first === undefined) return;
    try {
      const channels = batch.map(({ channel }) => channel as ContestChannel);
      const states = await contests.read(first.partition, tournament, channels);
      counters.channelsRead += batch.length;
      for (const [i, view] of batch.entries()) {
        const isDone = this.#publish(
          view,
          states[i] ?? 'unavailable',
          since[i] ?? startedAt,
          startedAt,
          readAt,
        );
        if (!isDone) due.mark(view.name, since[i]);
      }
    } catch (error) {
      counters.failedReads += 1;
      logger.debug({ err: error, tournament }, 'reading a contest failed');
      for (const [i, { name }] of batch.entries()) due.mark(name, since[i]);
    }
  }

  #publish(
    view: PublishedView,
    state: State | 'not_found' | 'unavailable',
    since: number,
    startedAt: number,
    readAt: number,
  ): boolean {
    const { views, publisher } = this.#deps;
    if (state === 'unavailable') {
      publisher.withdraw(view, 'The contest is being loaded.');
      return true;
    }
    if (!views.mayAdvance(view)) return false;
    return publisher.publish(view, state, Number.isFinite(since) ? since : startedAt, readAt);
  }
}
