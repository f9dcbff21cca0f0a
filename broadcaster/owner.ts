import { TOPICS } from '../bus/messages.ts';
import { ContestHost } from '../contest/host/contest-host.ts';
import type { PartitionLease } from '../store/score-store.ts';
import type { BroadcasterDeps, BroadcasterOptions, Counters } from './broadcaster-types.ts';
import { AskDesk } from './contests/ask-desk.ts';
import { Contests } from './contests/contests.ts';
import { GatewayInboxes } from './gateway-inboxes.ts';
import { hearMessages } from './hear-messages.ts';
import { Heartbeat } from './heartbeat.ts';
import type { LeaseHolder, LeaseKeeper } from './lease-keeper.ts';
import { ProbeDesk } from './probe-desk.ts';
import { type Prober, startProber } from './prober.ts';
import { PublishedViews } from './published-views.ts';
import { ReadHealth } from './read-health.ts';
import { type Sweeper, startSweeper } from './sweeper.ts';
import { type Term, Terms } from './terms.ts';
import { Tick } from './tick.ts';
import { createTicker, type Ticker } from './ticker.ts';
import { ViewCreations } from './view-creations.ts';
import { WatchDesk } from './watch-desk.ts';

interface OwnerDeps extends Omit<BroadcasterDeps, 'sideline'> {
  readonly leases: Pick<LeaseKeeper, 'isConfirmed' | 'isAwake' | 'isAnswered' | 'giveUp' | 'noteHeard'>;
  readonly counters: Counters;
}

/**
 * What a broadcaster does with the partitions whose leases it holds. Each has a term of its own, from winning its lease to the end of
 * it: all that is known of its gateways and views lives and dies with that, so a new term has no past, and partitions come and
 * go without disturbing each other. The ticks, and what they read, are one for all. While the store is down terms go on with their
 * stale views and say so in the heartbeats, until their leases turn out lost or higher fences are heard.
 */
export class Owner implements LeaseHolder {
  readonly #deps: OwnerDeps;
  readonly #options: BroadcasterOptions;
  readonly #terms = new Terms();
  readonly #views: PublishedViews;
  readonly #health = new ReadHealth();
  readonly #contests: Contests;
  readonly #askDesk: AskDesk;
  readonly #creations: ViewCreations;
  readonly #desk: WatchDesk;
  readonly #probeDesk: ProbeDesk;
  readonly #tick: Tick;
  readonly #ticker: Ticker;
  readonly #heartbeat: Heartbeat;
  /** By partition: ends hearing what gateways watch in it. */
  readonly #hearing = new Map<number, () => void>();
  #sweeper: Sweeper | undefined;
  #prober: Prober | undefined;
  #ends: (() => void)[] = [];

  constructor(deps: OwnerDeps, options: BroadcasterOptions) {
    this.#deps = deps;
    this.#options = options;
    const { store, bus, clock, logger, leases, counters } = deps;
    const { name, timing, limits } = options;
    const terms = this.#terms;
    const health = this.#health;
    const views = new PublishedViews(limits);
    const mayAnswer = (): boolean => leases.isAwake;
    const inboxes = new GatewayInboxes({ bus, terms, counters, mayAnswer });
    this.#views = views;
    const createHost = deps.createContestHost ?? ((onLost) => new ContestHost({ onLost }));
    const contests = new Contests({ store, clock, logger, createHost });
    this.#contests = contests;
    this.#askDesk = new AskDesk(
      { bus, logger, contests, mayAnswer: (partition) => this.mayWorkOn(partition) },
      { partitionCount: store.partitions },
    );
    this.#creations = new ViewCreations(
      { store, clock, logger, views, inboxes, health, contests, counters },
      { channelsPerRead: limits.channelsPerRead },
    );
    this.#desk = new WatchDesk(
      { clock, terms, views, creations: this.#creations, inboxes },
      { partitionCount: store.partitions },
    );
    const mayPublish = (term: Term): boolean => leases.isConfirmed(term);
    const probes = new ProbeDesk({ bus, clock, terms, mayPublish }, { interestMs: timing.interestMs });
    this.#probeDesk = probes;
    this.#tick = new Tick(
      {
        ...{ store, bus, clock, logger, terms, views, health, contests, counters, traces: deps.traces },
        ...{ probes, mayPublish },
        onFenced: (outdated) => leases.giveUp(outdated),
      },
      { ...timing, channelsPerRead: limits.channelsPerRead },
    );
    this.#ticker = createTicker(
      { clock },
      {
        periodMs: timing.tickMs,
        onTick: (lagMs) => {
          counters.tickLagSeconds.observe(Math.max(0, lagMs) / 1000);
          return this.#tick.run();
        },
        onMissed: (ticks) => {
          counters.missedTicks += ticks;
        },
      },
    );
    this.#heartbeat = new Heartbeat(
      { bus, clock, terms, mayAnswer, isFresh: (term) => this.#isFresh(term) },
      { owner: name, periodMs: timing.heartbeatMs },
    );
  }

  get partitions(): readonly number[] {
    return Array.from(this.#terms.all(), ({ partition }) => partition).sort((a, b) => a - b);
  }

  get watchedChannels(): number {
    return this.#views.size;
  }

  get contests(): number {
    return this.#contests.size;
  }

  /** Whether all views are what the store holds, as far as is known; false where nothing is owned. */
  get isFresh(): boolean {
    return this.#terms.size > 0 && [...this.#terms.all()].every((term) => this.#isFresh(term));
  }

  /** Whether this partition is certainly owned here. */
  mayWorkOn(partition: number): boolean {
    const term = this.#terms.get(partition);
    return term !== undefined && this.#deps.leases.isConfirmed(term);
  }

  start(): void {
    const { store, clock, logger, counters, leases } = this.#deps;
    const { name, limits, timing } = this.#options;
    this.#ends = [
      hearMessages(this.#deps, TOPICS.owners, (message) => {
        if (message.type !== 'heartbeat' || message.owner === name) return;
        for (const [partition, fence] of message.leases) leases.noteHeard({ partition, fence });
      }),
      hearMessages(this.#deps, TOPICS.probeWatch, (message) => {
        if (message.type === 'probe-watch') this.#probeDesk.receive(message);
      }),
      store.onState((state) => {
        if (state !== 'up') return;
        this.#contests.reload();
        this.#tick.readEverythingAgain();
      }),
    ];
    this.#heartbeat.start();
    this.#ticker.start();
    const maySweep = (partition: number): boolean => this.mayWorkOn(partition);
    this.#sweeper = startSweeper(
      { store, clock, logger, counters, partitions: () => this.partitions.filter(maySweep), maySweep },
      { pauseMs: limits.sweepPauseMs, limit: limits.sweptPerCall },
    );
    const probed = (): readonly number[] =>
      this.#probeDesk.isWatched ? this.partitions.filter((each) => this.mayWorkOn(each)) : [];
    this.#prober = startProber({ store, clock, logger, partitions: probed }, { periodMs: timing.probeMs });
  }

  /** After the end of all terms. */
  async stop(): Promise<void> {
    for (const each of this.#ends.splice(0)) each();
    this.#heartbeat.stop();
    await Promise.all([
      this.#ticker.stop(),
      this.#creations.stop(),
      this.#sweeper?.stop(),
      this.#prober?.stop(),
    ]);
    await this.#contests.stop();
  }

  begin(leases: readonly PartitionLease[]): void {
    // What went wrong with what is not owned any more says nothing of these.
    if (this.#terms.size === 0) this.#health.isReadable = true;
    const random = this.#deps.random();
    for (const { partition, fence } of leases) {
      this.#deps.counters.terms += 1;
      this.#terms.begin({ partition, fence, epoch: `${fence}-${random}` });
      this.#hearing.set(partition, this.#hear(partition));
    }
    this.#tick.readEverythingAgain(leases);
    // Everything is in place before the heartbeat, which makes the gateways send their watch lists.
    this.#heartbeat.beat();
  }

  async end(partitions: readonly number[], why: 'lost' | 'handed over'): Promise<void> {
    for (const partition of partitions) this.#terms.leave(partition);
    if (why === 'lost') this.#drop(partitions);
    await this.#ticker.idle();
    this.#drop(partitions);
  }

  #hear(partition: number): () => void {
    const ends = [
      hearMessages(this.#deps, TOPICS.watch(partition), (message) => {
        if (message.type === 'watch') this.#desk.receive(partition, message);
      }),
      hearMessages(this.#deps, TOPICS.ask(partition), (message) => {
        if (message.type === 'ask') this.#askDesk.receive(partition, message);
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  #drop(partitions: readonly number[]): void {
    const dropped = new Set<number>();
    for (const partition of partitions) {
      const endHearing = this.#hearing.get(partition);
      if (endHearing === undefined) continue;
      endHearing();
      this.#hearing.delete(partition);
      this.#terms.end(partition);
      dropped.add(partition);
    }
    if (dropped.size === 0) return;
    this.#views.forgetPartitions(dropped);
    this.#contests.dropPartitions(dropped);
  }

  #isFresh(term: Term): boolean {
    const { store, leases } = this.#deps;
    return this.#health.isReadable && store.state === 'up' && leases.isAnswered && leases.isConfirmed(term);
  }
}
