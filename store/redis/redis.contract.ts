import { randomUUID } from 'node:crypto';
import { type Logger, silentLogger } from '../../runtime/logger.ts';
import { contractSports } from '../matches-support.contract.ts';
import { DEFAULT_STORE_OPTIONS, type ScoreStore, type StoreOptions } from '../score-store.ts';
import { contractScoring } from '../scoring.contract.ts';
import type { StoreUnderTest } from '../support.contract.ts';
import type { RatingScoring } from './rated-batch.ts';
import { createRedisStore } from './redis-store.ts';
import type { ScriptTimes } from './script-times.ts';

/** A started store under a key prefix of its own, so that tests on one server do not see each other's data. */
export async function createStoreUnderTest(
  url: string | readonly string[],
  options?: Partial<StoreOptions & { readonly commandTimeoutMs: number; readonly times: ScriptTimes }>,
  logger: Logger = silentLogger,
  scoring: RatingScoring = contractScoring,
): Promise<StoreUnderTest & { readonly keyPrefix: string }> {
  const keyPrefix = `${randomUUID()}:`;
  const clients: ScoreStore[] = [];
  const connect = async (changes?: Partial<StoreOptions>): Promise<ScoreStore> => {
    const settings = { ...DEFAULT_STORE_OPTIONS, commandTimeoutMs: 500, ...options, ...changes };
    const store = createRedisStore({
      ...settings,
      ...{ url, logger, keyPrefix, scoring, sports: contractSports },
    });
    clients.push(store);
    await store.start();
    return store;
  };
  return {
    store: await connect(),
    connect,
    keyPrefix,
    dispose: async () => {
      await Promise.all(clients.map((store) => store.stop()));
    },
  };
}
