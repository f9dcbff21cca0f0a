import { type BusMessage, decodeBusMessage, TOPICS } from '../bus/messages.ts';
import type { BroadcasterDeps, BroadcasterOptions, Counters } from './broadcaster-types.ts';
import { GatewayInboxes } from './gateway-inboxes.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { LeaseHolder, LeaseKeeper } from './lease-keeper.ts';
import { PublishedViews } from './published-views.ts';
import { ReadHealth } from './read-health.ts';
import { startSweeper } from './sweeper.ts';
import type { TermIdentity } from './term-identity.ts';
import { Tick } from './tick.ts';
import { createTicker } from './ticker.ts';
import { ViewCreations } from './view-creations.ts';
import { WatchDesk } from './watch-desk.ts';

interface OwnerTermDeps extends Omit<BroadcasterDeps, 'random' | 'sideline'> {
  readonly lease: Pick<LeaseKeeper, 'isConfirmed' | 'isAnswered' | 'giveUp'>;
  readonly counters: Counters;
}

interface OwnerTermOptions extends Pick<BroadcasterOptions, 'timing' | 'limits'> {
  readonly term: TermIdentity;
}

export interface OwnerTerm {
  readonly identity: TermIdentity;
  readonly isFresh: boolean;
  readonly watchedChannels: number;
  readonly end: LeaseHolder['end'];
}

/**
 * One term of ownership of some partitions, from winning the lease to its end: everything that is known of gateways and views
 * lives and dies with it, so a new term has no past. While the store is down it goes on with its stale views and says
 * so in its heartbeats, until the lease turns out lost or a higher fence is heard.
 */
export function beginTerm(deps: OwnerTermDeps, { term, timing, limits }: OwnerTermOptions): OwnerTerm {
  const { store, bus, clock, lease, counters } = deps;
  const { fence, epoch, partitions } = term;
  const logger = deps.logger.child({ fence, epoch });
  const views = new PublishedViews(limits);
  const health = new ReadHealth();
  const inboxes = new GatewayInboxes({ bus, counters }, term);
  const creations = new ViewCreations(
    { store, clock, logger, views, inboxes, health, counters },
    { channelsPerRead: limits.channelsPerRead },
  );
  const desk = new WatchDesk(
    { clock, views, creations, inboxes },
    { term, partitionCount: store.partitions },
  );
  const tick = new Tick(
    {
      store,
      bus,
      clock,
      logger,
      views,
      health,
      counters,
      mayPublish: () => lease.isConfirmed(fence),
      onFenced: () => lose('the store has seen a higher fence'),
    },
    { term, ...timing, channelsPerRead: limits.channelsPerRead },
  );
  const ticker = createTicker(
    { clock },
    {
      periodMs: timing.tickMs,
      onTick: () => tick.run(),
      onMissed: (ticks) => {
        counters.missedTicks += ticks;
      },
    },
  );
  const isFresh = (): boolean =>
    health.isReadable && store.state === 'up' && lease.isAnswered && lease.isConfirmed(fence);

  function lose(why: string): void {
    logger.warn({}, `stepping down: ${why}`);
    lease.giveUp(fence);
    void end('lost');
  }

  function hear(topic: string, handler: (message: BusMessage) => void): () => void {
    const subscription = bus.subscribe(topic, (bytes) => {
      let message: BusMessage;
      try {
        message = decodeBusMessage(bytes);
      } catch (error) {
        logger.warn({ err: error, topic }, 'a message could not be read');
        return;
      }
      handler(message);
    });
    return () => subscription.unsubscribe();
  }

  // Everything is in place before the first heartbeat, which makes the gateways send their watch lists.
  counters.terms += 1;
  const owned = new Set(partitions);
  const endings = [
    ...partitions.map((partition) =>
      hear(TOPICS.watch(partition), (message) => {
        if (message.type === 'watch') desk.receive(message);
      }),
    ),
    hear(TOPICS.owners, (message) => {
      if (message.type !== 'heartbeat' || message.fence <= fence) return;
      if (message.partitions.some((partition) => owned.has(partition))) lose('a higher fence was heard');
    }),
    store.onState((state) => {
      if (state === 'up') tick.readEverythingAgain();
    }),
    startHeartbeat({ bus, clock }, { term, periodMs: timing.heartbeatMs, isFresh }),
  ];
  ticker.start();
  const sweeper = startSweeper(
    { store, clock, logger, counters, maySweep: () => lease.isConfirmed(fence) },
    { partitions, pauseMs: limits.sweepPauseMs, limit: limits.sweptPerCall },
  );

  let ending: Promise<void> | undefined;
  function end(why: 'lost' | 'stopped'): Promise<void> {
    if (why === 'lost') views.clear();
    ending ??= finish();
    return ending;
  }

  async function finish(): Promise<void> {
    for (const each of endings) each();
    await Promise.all([ticker.stop(), creations.stop(), sweeper.stop()]);
    views.clear();
  }

  return {
    identity: term,
    get isFresh() {
      return isFresh();
    },
    get watchedChannels() {
      return views.size;
    },
    end,
  };
}
