/**
 * Turns dirty names into patches. Broadcasters share the partitions: who should have which follows from who is there
 * (rendezvous.ts, presence.ts), and who has it from a lease in the store (lease-keeper.ts). The owner of a partition answers what
 * gateways watch in it with the published view of the channel, and from then on publishes a patch per tick in which the state
 * has changed (owner.ts).
 */
import {
  type Broadcaster,
  type BroadcasterDeps,
  type BroadcasterOptions,
  newCounters,
} from './broadcaster-types.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { Owner } from './owner.ts';
import { Presence } from './presence.ts';
import { shareOf } from './rendezvous.ts';

/**
 * `start` resolves when it was tried once to own partitions, and does not fail where the store is away; `stop` finishes the running
 * tick, gives the leases back and tells the others, who go on at once.
 */
export function createBroadcaster(deps: BroadcasterDeps, options: BroadcasterOptions): Broadcaster {
  const { store, bus, clock } = deps;
  const { name, timing } = options;
  const logger = deps.logger.child({ broadcaster: name });
  const counters = newCounters();
  let state: 'new' | 'started' | 'stopped' = 'new';
  let stopping: Promise<void> | undefined;
  let endListening = (): void => undefined;

  const presence = new Presence(
    {
      ...{ bus, clock, logger },
      isAble: () => store.state === 'up' && leases.isAnswered,
      changed: () => leases.look(),
    },
    { name, periodMs: timing.heartbeatMs },
  );

  /** Who is cut off can serve nobody, and stands in the way of who can. */
  const wanted = (): ReadonlySet<number> =>
    presence.members.isCutOff ? new Set() : shareOf(name, presence.members.candidates(), store.partitions);

  const leases: LeaseKeeper = new LeaseKeeper(
    {
      ...{ store, clock, logger, wanted },
      holder: {
        begin: (won) => owner.begin(won),
        end: (partitions, why) => owner.end(partitions, why),
      },
      freed: (partitions) => {
        if (state === 'started') presence.tellFreed(partitions);
      },
    },
    {
      owner: name,
      partitions: store.partitions,
      termMs: timing.leaseTermMs,
      renewMs: timing.leaseRenewMs,
      retryMs: timing.leaseRetryMs,
    },
  );
  const owner: Owner = new Owner({ ...deps, logger, leases, counters }, options);
  const sideline = deps.sideline?.((partition) => owner.mayWorkOn(partition));

  async function stop(): Promise<void> {
    const wasStarted = state === 'started';
    state = 'stopped';
    // It ends first, while the ticks go on.
    await sideline?.stop();
    const owned = owner.partitions;
    await leases.stop();
    if (!wasStarted) return;
    endListening();
    presence.leave(owned);
    await owner.stop();
  }

  return {
    start: async () => {
      if (state !== 'new') return;
      state = 'started';
      endListening = store.onState((now) => {
        if (now === 'up') leases.renewNow();
      });
      presence.start();
      owner.start();
      await leases.start();
      await sideline?.start();
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    stats: () => ({
      ...counters,
      partitions: owner.partitions,
      fresh: owner.isFresh,
      watchedChannels: owner.watchedChannels,
      contests: owner.contests,
    }),
  };
}
