import { Bench } from 'tinybench';
import type { ProductConfig } from '../protocol/products.ts';
import { silentLogger } from '../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../scoring/registry.ts';
import { createIngest } from '../server/ingest/ingest.ts';
import { DEFAULT_SERVER_LIMITS } from '../server/limits.ts';
import type { Batch, BatchVerdict, ClaimVerdict } from '../store/score-store.ts';
import { ADMIN } from '../test/support/identities.ts';

const EVENTS = 1000;
const PLAYERS = 100;

/** Settles everything at once, so that what is measured is ingest alone. */
const store = {
  partitions: 16,
  state: 'up',
  apply: async ({ parts }: Batch): Promise<BatchVerdict> => ({
    position: 0,
    parts: parts.map(() => ({ status: 'settled', duplicates: 0, refused: [] })),
  }),
  claimProducer: async (): Promise<ClaimVerdict> => ({ ok: true, claim: 1, last: 0, rejected: new Map() }),
  beginOnce: async (id: string) => ({ ok: true, id, rejected: new Map() }) as const,
  readProducts: async (products: readonly string[]): Promise<(ProductConfig | undefined)[]> =>
    products.map(() => undefined),
} as const;

export async function benches(): Promise<Bench[]> {
  const clock = { now: () => Date.now(), after: () => () => undefined };
  const deps = { store, clock, logger: silentLogger, scoring: BUILT_IN_SCORING };
  const ingest = createIngest(deps, DEFAULT_SERVER_LIMITS);
  const scores = Array.from({ length: EVENTS }, (_, i) => ({
    type: 'score',
    board: i % 2 === 0 ? 'arena' : 'total',
    member: `player-${i % PLAYERS}`,
    delta: i,
  }));
  const results = Array.from({ length: EVENTS }, (_, i) => ({
    type: 'result',
    product: 'rps',
    winner: `player-${i % PLAYERS}`,
    loser: `player-${(i + 1) % PLAYERS}`,
  }));
  const session = ingest.openProducer('bench');
  let next = 1;
  const publishNumbered = async (events: readonly unknown[]): Promise<void> => {
    const seq = next;
    next += events.length;
    await session.publish(seq, events, ADMIN);
  };
  const bench = new Bench({ name: `${EVENTS} events into ingest, over a store that settles at once` });
  bench.add('scores', () => ingest.publish(scores, ADMIN));
  bench.add('scores of a producer', () => publishNumbered(scores));
  bench.add('results', () => ingest.publish(results, ADMIN));
  bench.add('results of a producer', () => publishNumbered(results));
  return [bench];
}
