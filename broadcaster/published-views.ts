import { type Channel, kindOf } from '../protocol/channels.ts';
import type { State, ViewKind } from '../protocol/views.ts';
import { assert } from '../runtime/errors.ts';
import type { BoardFilter } from '../store/board-filter.ts';
import { WatchIndex } from './watch-index.ts';

interface Watched {
  readonly name: string;
  readonly channel: Channel;
  readonly partition: number;
  /** When a gateway last said that it watches. */
  interestAt: number;
}

/** Being read for the first time: it is watched already, but there is nothing to publish yet. */
export interface PendingView extends Watched {
  readonly phase: 'pending';
  /** The gateways to answer. */
  readonly waiting: Set<string>;
}

/** What all gateways were told. Changed by `PublishedViews` only. */
export interface PublishedView extends Watched {
  readonly phase: 'published';
  readonly kind: ViewKind;
  /** The `seq` that it began with. */
  readonly firstSeq: number;
  seq: number;
  state: State;
  /** When the oldest change in the last patch was accepted; for a view without one, when it was read. */
  at: number;
  /** When its state was last asked of the store. */
  readAt: number;
}

export type WatchedView = PendingView | PublishedView;

/**
 * The views of all partitions that are owned, by channel.
 *
 * No position is ever used for two states: the counter rises with every tick and every creation, a new view begins at
 * the counter, and a view moves on by at most one per tick. So a view is never ahead of the counter, and one that
 * is forgotten and created again begins behind all positions that the channel ever had, whichever terms they were of.
 */
export class PublishedViews {
  readonly #limit: number;
  /** Published ones in the order of their last reading, oldest first; pending ones anywhere. */
  readonly #views = new Map<string, WatchedView>();
  readonly #index = new WatchIndex();
  #counter = 0;
  #counterOfTick = 0;

  constructor(options: { readonly watchedChannels: number }) {
    this.#limit = options.watchedChannels;
  }

  get size(): number {
    return this.#views.size;
  }

  get(name: string): WatchedView | undefined {
    return this.#views.get(name);
  }

  all(): Iterable<WatchedView> {
    return this.#views.values();
  }

  /** The boards of which a channel is watched. */
  get boards(): BoardFilter {
    return this.#index.boards;
  }

  /** The channels in which a change of a board, or of one of its windows, may show. */
  ofBoard(dirty: string): Iterable<string> {
    return this.#index.ofBoard(dirty);
  }

  /** The channels of players of a product. */
  ofProduct(product: string): Iterable<string> {
    return this.#index.ofProduct(product);
  }

  /** The leagues and teams of a tournament. */
  ofTournament(tournament: string): Iterable<string> {
    return this.#index.ofTournament(tournament);
  }

  /** The channels whose window becomes another one as time passes. */
  ofCurrentWindows(): Iterable<string> {
    return this.#index.ofCurrentWindows();
  }

  /** `undefined` where the limit of channels is reached. */
  reserve(name: string, channel: Channel, partition: number, now: number): PendingView | undefined {
    assert(!this.#views.has(name), `${name} is watched already`);
    if (this.size >= this.#limit) return undefined;
    const view: PendingView = {
      phase: 'pending',
      name,
      channel,
      partition,
      interestAt: now,
      waiting: new Set(),
    };
    this.#views.set(name, view);
    this.#index.add(name, channel);
    return view;
  }

  publish(pending: PendingView, state: State, readAt: number): PublishedView {
    assert(this.#views.get(pending.name) === pending, `${pending.name} is not pending`);
    this.#counter += 1;
    const { name, channel, partition, interestAt } = pending;
    const view: PublishedView = {
      phase: 'published',
      name,
      channel,
      partition,
      interestAt,
      kind: kindOf(channel),
      firstSeq: this.#counter,
      seq: this.#counter,
      state,
      at: readAt,
      readAt,
    };
    this.#moveLast(view);
    return view;
  }

  forget(view: WatchedView): void {
    if (this.#views.get(view.name) !== view) return;
    this.#views.delete(view.name);
    this.#index.remove(view.name, view.channel);
  }

  /** Of partitions that are not owned any more. */
  forgetPartitions(partitions: ReadonlySet<number>): void {
    for (const view of this.#views.values()) if (partitions.has(view.partition)) this.forget(view);
  }

  /** To be called once at the beginning of each tick. */
  beginTick(): void {
    this.#counter += 1;
    this.#counterOfTick = this.#counter;
  }

  /** Whether the present tick may advance the view: one that was published since it began would pass the counter. */
  isOfTick(view: PublishedView): boolean {
    return view.firstSeq <= this.#counterOfTick;
  }

  /** Whether a state that was read beside the ticks may be its next one: a view moves on by at most one per tick. */
  mayAdvance(view: PublishedView): boolean {
    return this.isOfTick(view) && view.seq < this.#counterOfTick;
  }

  /** The view was read and found as it is. */
  confirm(view: PublishedView, readAt: number): void {
    view.readAt = readAt;
    this.#moveLast(view);
  }

  /** The view was read and has changed; at most once per tick. */
  advance(view: PublishedView, state: State, at: number, readAt: number): void {
    assert(view.seq < this.#counterOfTick, `${view.name} would pass the counter`);
    view.seq += 1;
    view.state = state;
    view.at = at;
    this.confirm(view, readAt);
  }

  /** Forgets the published views in which nobody was interested since then. */
  expire(interestBefore: number): void {
    for (const view of this.#views.values()) {
      if (view.phase === 'published' && view.interestAt <= interestBefore) this.forget(view);
    }
  }

  /**
   * The published views last read `overdueMs` ago or earlier, and of those last read `agedMs` ago or earlier as many more as
   * make `share` in all: reading some early spreads what would fall due together.
   */
  *leastRecentlyRead(now: number, overdueMs: number, agedMs: number, share: number): Iterable<PublishedView> {
    let given = 0;
    for (const view of this.#views.values()) {
      if (view.phase === 'pending') continue;
      const ageMs = now - view.readAt;
      // Less than zero: the clock was set back, so how long it has been is unknown.
      if (ageMs >= 0 && (ageMs < agedMs || (ageMs < overdueMs && given >= share))) return;
      given += 1;
      yield view;
    }
  }

  clear(): void {
    this.#views.clear();
    this.#index.clear();
  }

  #moveLast(view: PublishedView): void {
    this.#views.delete(view.name);
    this.#views.set(view.name, view);
  }
}
