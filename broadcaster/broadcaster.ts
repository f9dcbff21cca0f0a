/**
 * Turns dirty names into patches. Whoever holds the lease owns the partitions: it answers what gateways watch with the published
 * view of the channel, and from then on publishes a patch per tick in which the state has changed (owner-term.ts). All
 * others stand by. One lease stands for all partitions; a term knows only the partitions that it was given, so that
 * several broadcasters can share them.
 */
import type { Service } from '../runtime/lifecycle.ts';
import {
  type Broadcaster,
  type BroadcasterDeps,
  type BroadcasterOptions,
  newCounters,
} from './broadcaster-types.ts';
import { createLeaseKeeper } from './lease-keeper.ts';
import { beginTerm, type OwnerTerm } from './owner-term.ts';

const LEASE = 'broadcaster';

/**
 * `start` resolves when it was tried once to become the owner, and does not fail where the store is away; `stop` finishes the running
 * tick and gives the lease back.
 */
export function createBroadcaster(deps: BroadcasterDeps, options: BroadcasterOptions): Broadcaster {
  const { store, clock, random } = deps;
  const { name, timing, limits } = options;
  const logger = deps.logger.child({ broadcaster: name });
  const counters = newCounters();
  let present: OwnerTerm | undefined;
  let sideline: Service | undefined;

  const lease = createLeaseKeeper(
    {
      store,
      clock,
      logger,
      holder: {
        begin: (fence) => {
          const partitions = Array.from({ length: store.partitions }, (_, partition) => partition);
          present = beginTerm(
            { ...deps, logger, lease, counters },
            { term: { owner: name, fence, epoch: `${fence}-${random()}`, partitions }, timing, limits },
          );
          sideline = deps.sideline?.(() => lease.isConfirmed(fence));
          void sideline?.start();
        },
        end: async (why) => {
          await Promise.all([present?.end(why), sideline?.stop()]);
          present = undefined;
          sideline = undefined;
        },
      },
    },
    { lease: LEASE, owner: name, termMs: timing.leaseTermMs, renewMs: timing.leaseRenewMs },
  );

  return {
    start: () => lease.start(),
    stop: () => lease.stop(),
    stats: () => ({
      ...counters,
      owner: present !== undefined,
      fence: present?.identity.fence,
      fresh: present?.isFresh ?? false,
      watchedChannels: present?.watchedChannels ?? 0,
    }),
  };
}
