import { StartError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { BUILT_IN_SPORTS, type Sports } from '../../scoring/sports.ts';
import type { ScoreStore, StoreOptions } from '../score-store.ts';
import { createApply } from './apply.ts';
import { createCheckpoints } from './checkpoints.ts';
import { limitClaims } from './claim-queue.ts';
import { createRedisConnection } from './connection.ts';
import { createHistory } from './history.ts';
import { createKeys, DEFAULT_KEY_PREFIX } from './keys.ts';
import { createMatches } from './matches.ts';
import { createOwnership } from './ownership.ts';
import { createPlayerReads } from './player-reads.ts';
import { createProducers } from './producers.ts';
import { createProducts } from './products.ts';
import type { RatingScoring } from './rated-batch.ts';
import { createReads } from './reads.ts';
import type { ScriptTimes } from './script-times.ts';
import type { RunScript } from './scripts.ts';
import { createSweeping } from './sweeping.ts';
import { createTournaments } from './tournaments.ts';
import { createWrites } from './writes.ts';

export interface RedisStoreOptions extends StoreOptions {
  /** One URL of a single Redis (7.0 or later), or several of the nodes of one Cluster. */
  readonly url: string | readonly string[];
  /** URLs of Sentinels, where the host of `url` is the name that they give the master; default: none. */
  readonly sentinels?: readonly string[];
  readonly logger: Logger;
  /** Told what each script took. */
  readonly times?: ScriptTimes;
  /** Who rates results; default: the handlers that come with scorewire. */
  readonly scoring?: RatingScoring;
  /** Folds matches; default: the sports that come with scorewire. */
  readonly sports?: Sports;
  /** Begins every key, to keep installations in one Redis apart; default `scorewire:`. */
  readonly keyPrefix?: string;
  /** Without an answer for this long the connection counts as lost; default 2000. */
  readonly commandTimeoutMs?: number;
  /** How long `start` waits for Redis before it gives up with a `StartError`; default 10000. */
  readonly startTimeoutMs?: number;
}

/** Scores in Redis: each method is one script per partition it touches (see lua/), or one for all, sent in one round trip. */
export function createRedisStore(options: RedisStoreOptions): ScoreStore {
  const { url, logger, partitions, commandTimeoutMs, startTimeoutMs } = options;
  const { scoring = BUILT_IN_SCORING, sports = BUILT_IN_SPORTS } = options;
  const rules = { sports, failed: scoring.failed };
  const keys = createKeys(options.keyPrefix ?? DEFAULT_KEY_PREFIX, partitions);
  const ownership = { ...options, arePartitionsTogether: typeof url === 'string' || url.length === 1 };

  /** Ours at first start and after a loss of all data; never a store that is laid out for another number. */
  const probe = async (run: RunScript): Promise<void> => {
    const writable = keys.partitions.map(({ position }) => run('check-writable', [position], []));
    const [count] = await Promise.all([
      run('claim-partitions', [keys.partitionCount], [String(partitions)]),
      ...writable,
    ]);
    if (Number(count) !== partitions) {
      throw new StartError(
        `the scores in Redis are laid out for ${count} partitions, not ${partitions}: set PARTITIONS=${count}`,
      );
    }
  };

  const checkWrites = (run: RunScript) =>
    Promise.all(keys.partitions.map(({ position }) => run('check-memory', [position], [])));

  const connection = createRedisConnection(
    { logger, probe, checkWrites, times: options.times },
    {
      urls: typeof url === 'string' ? [url] : url,
      ...(options.sentinels === undefined ? {} : { sentinels: options.sentinels }),
      ...(commandTimeoutMs === undefined ? {} : { commandTimeoutMs }),
      ...(startTimeoutMs === undefined ? {} : { startTimeoutMs }),
    },
  );
  return {
    partitions,
    start: connection.start,
    stop: connection.stop,
    ...createApply(connection.run, keys, options, { scoring, rules }),
    ...createMatches(connection.run, keys, options, rules),
    ...createTournaments(connection.run, keys, options),
    ...createWrites(connection.run, keys, options),
    ...createProducts(connection.run, keys, options),
    ...createSweeping(connection.run, keys, options),
    ...limitClaims(createProducers(connection.run, keys, options), partitions),
    ...createReads(connection.run, keys),
    ...createPlayerReads(connection.run, keys),
    ...createHistory(connection.run, keys, options),
    ...createCheckpoints(connection.run, keys),
    ...createOwnership(connection.run, keys, ownership),
    get state() {
      return connection.state;
    },
    get writeRefusal() {
      return connection.writeRefusal;
    },
    checkWrites: connection.checkWrites,
    doubt: (cause, isRight) =>
      connection.doubt(cause, async (run) =>
        isRight(await createOwnership(run, keys, ownership).readProbes([...keys.partitions.keys()])),
      ),
    onState: connection.onState,
  };
}
