import { beforeEach, describe, expect, it } from 'vitest';
import type { ProductConfig } from '../../protocol/products.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { createScoring } from '../../scoring/registry.ts';
import { partitionOfArea, partitionOfBoard, partitionOfPlayers } from '../../store/partitions.ts';
import { type Operation, StoreUnavailableError, WINDOW_BOUNDARY_MS } from '../../store/score-store.ts';
import { createHeldStore, type HeldBatch, type HeldStore, settled } from '../../test/support/held-store.ts';
import { ADMIN, identityWith } from '../../test/support/identities.ts';
import { createIngest, type RunningIngest } from './ingest.ts';
import type { ProducerSession } from './ingest-types.ts';

const PARTITIONS = 8;
const GONE = new StoreUnavailableError('gone', { retryAfterMs: 700 });
const ELO: ProductConfig = {
  leaderboards: [{ board: 'ratings', handler: 'elo', options: { k: 10 } }],
  stats: 'silent',
};
/** In two partitions. */
const TWO_BOARDS = ['old', 'new'].map((board) => ({ board, handler: 'wins' }));
const nothing = () => ({});
const failures: string[] = [];
const scoring = createScoring(
  {
    leaderboards: {
      broken: {
        kind: 'additive',
        add: () => {
          throw new Error('broken');
        },
      },
    },
    stats: {
      silent: { result: nothing, track: nothing },
      strict: { result: nothing, track: () => ({ refuse: 'no such move' }) },
    },
  },
  { onFailure: (handler) => failures.push(handler) },
);

let now: number;
let store: HeldStore;
let ingest: RunningIngest;
beforeEach(() => {
  now = 10 * WINDOW_BOUNDARY_MS;
  failures.length = 0;
  store = createHeldStore(PARTITIONS);
  const clock = { now: () => now, after: () => () => undefined };
  const limits = { eventsPerPublish: 10_000, pendingEvents: 50_000 };
  ingest = createIngest({ store, clock, logger: silentLogger, scoring }, limits);
});

const result = (winner = 'ann', loser = 'bob', product = 'chess') => ({
  type: 'result',
  product,
  winner,
  loser,
});
const track = (player = 'ann', product = 'chess') => ({ type: 'track', product, player, event: 'jump' });
const session = (action: 'LOGIN' | 'LOGOUT') => ({
  type: 'session',
  area: '111',
  mode: 'm',
  user: 'ann',
  action,
});
const score = (board: string, member = 'm') => ({ type: 'score', board, member, delta: 1 });
const count = (player: string, counter: string): Operation => ({
  op: 'count',
  product: 'chess',
  player,
  counter,
  by: 1,
});
const config = (...leaderboards: ProductConfig['leaderboards']): ProductConfig => ({
  leaderboards,
  stats: 'silent',
});

/** What is under way, by partition. */
function sent(batches: readonly HeldBatch[] = store.batches): Map<number, readonly Operation[]> {
  return new Map(batches.map(({ partition, operations }) => [partition, operations]));
}

async function publish(events: readonly unknown[], configs: Readonly<Record<string, ProductConfig>> = {}) {
  const verdict = ingest.publish(events, ADMIN);
  await settled();
  store.reads.at(-1)?.answer(configs);
  await settled();
  return { verdict };
}

async function applyAll(from = 0): Promise<void> {
  for (let i = from; i < store.batches.length; i++) {
    store.batches[i]?.apply();
    await settled();
  }
}

describe('a result', () => {
  it('is one more win on the board of its product, and counted for both', async () => {
    const { verdict } = await publish([result()]);
    const operations = sent();
    expect(operations.get(partitionOfBoard('chess', PARTITIONS))).toContainEqual({
      op: 'delta',
      board: 'chess',
      member: 'ann',
      value: 1,
    });
    expect(operations.get(partitionOfPlayers('chess', PARTITIONS))).toContainEqual(count('ann', 'wins'));
    expect(operations.get(partitionOfPlayers('chess', PARTITIONS))).toContainEqual(count('bob', 'losses'));
    expect([...operations.values()].flat()).toHaveLength(3);
    await applyAll();
    expect(await verdict).toEqual({ ok: true, applied: 1, duplicates: 0, rejected: [] });
  });

  it('is scored on each leaderboard that its product has now: added here, or rated by the store', async () => {
    const points = { board: 'table', handler: 'points' };
    await publish([{ ...result(), draw: true }], { chess: config(points, ...ELO.leaderboards) });
    expect([...sent().values()].flat()).toEqual(
      expect.arrayContaining([
        { op: 'delta', board: 'table', member: 'ann', value: 1 },
        { op: 'delta', board: 'table', member: 'bob', value: 1 },
        {
          op: 'result',
          board: 'ratings',
          winner: 'ann',
          loser: 'bob',
          draw: true,
          handler: 'elo',
          options: { k: 10 },
        },
      ]),
    );
  });

  it('that asks nothing of anybody is applied all the same', async () => {
    const { verdict } = await publish([result()], { chess: config() });
    expect(store.batches).toEqual([]);
    expect(await verdict).toEqual({ ok: true, applied: 1, duplicates: 0, rejected: [] });
  });

  it.each([
    ['a handler that this node does not know', config({ board: 'b', handler: 'glicko' }), 'handler "glicko"'],
    ['a handler that throws', config({ board: 'b', handler: 'broken' }), 'handler "broken" failed'],
    ['stats that this node does not know', { leaderboards: [], stats: 'own' }, 'stats handler "own"'],
  ])('of a product with %s is rejected, and nothing else is', async (_what, own, words) => {
    const { verdict } = await publish([score('x'), result('ann', 'bob', 'odd'), result()], {
      odd: own,
      chess: config({ board: 'chess', handler: 'wins' }),
    });
    await applyAll();
    const message = expect.stringMatching(new RegExp(`^product "odd": .*${words}`));
    const rejected = [{ index: 1, code: 'malformed', message }];
    expect(await verdict).toEqual({ ok: true, applied: 2, duplicates: 0, rejected });
    expect([...sent().values()].flat()).toHaveLength(2);
    expect(failures).toEqual(words.includes('failed') ? ['leaderboards.broken'] : []);
  });

  it('of one player against himself is malformed', async () => {
    expect(await ingest.publish([result('ann', 'ann')], ADMIN)).toMatchObject({
      applied: 0,
      rejected: [{ index: 0, code: 'malformed' }],
    });
  });

  it('is rejected with the words of the store where one of its operations is', async () => {
    const { verdict } = await publish([result(), score('x')]);
    for (const batch of [...store.batches]) {
      const index = batch.operations.findIndex(({ op }) => op === 'delta');
      if (batch.partition === partitionOfBoard('chess', PARTITIONS)) {
        batch.apply([{ index, code: 'malformed', message: 'the handler says no' }]);
      } else batch.apply();
    }
    expect(await verdict).toEqual({
      ok: true,
      applied: 1,
      duplicates: 0,
      rejected: [{ index: 0, code: 'malformed', message: 'the handler says no' }],
    });
  });

  it('that was applied in part is never told as not applied', async () => {
    const { verdict } = await publish([result()], { chess: config(...TWO_BOARDS) });
    const [first, ...others] = store.batches;
    expect(others.length).toBeGreaterThan(0);
    first?.apply();
    for (const batch of others) batch.fail(new StoreUnavailableError('full', { change: 'refused' }));
    expect(await verdict).toMatchObject({ message: expect.stringContaining('may or may not') });
  });
});

describe('what a player does, and a session', () => {
  it('are one place each', async () => {
    const { verdict } = await publish([track('bob'), session('LOGIN'), session('LOGOUT')]);
    const expected = new Map<number, Operation[]>();
    const put = (partition: number, operation: Operation) =>
      expected.set(partition, [...(expected.get(partition) ?? []), operation]);
    put(partitionOfPlayers('chess', PARTITIONS), count('bob', 'jump_count'));
    put(partitionOfArea('111', PARTITIONS), { op: 'login', area: '111', mode: 'm', user: 'ann' });
    put(partitionOfArea('111', PARTITIONS), { op: 'logout', area: '111', user: 'ann' });
    expect(sent()).toEqual(expected);
    await applyAll();
    expect(await verdict).toMatchObject({ applied: 3 });
  });

  it('are rejected with the words of the handler', async () => {
    const { verdict } = await publish([track()], { chess: { leaderboards: [], stats: 'strict' } });
    expect(await verdict).toMatchObject({
      rejected: [{ index: 0, code: 'malformed', message: 'product "chess": no such move' }],
    });
  });

  it('need the permission for their product or area, as results do', async () => {
    const mine = identityWith({ publish: ['product:chess', 'area:112'] });
    const scopes = ['product:go', 'product:go', 'area:111', 'board:chess'];
    const events = [result('a', 'b', 'go'), track('a', 'go'), session('LOGIN'), score('chess')];
    expect(await ingest.publish(events, mine)).toMatchObject({
      rejected: scopes.map((scope, index) => ({
        index,
        code: 'forbidden',
        message: `the token does not permit publishing to ${scope}`,
      })),
    });
    void ingest.publish([result()], mine);
    await settled();
    expect(store.reads).toHaveLength(1);
  });
});

describe('the settings of products', () => {
  it('are read afresh for what is published, and once for all who ask while others are being read', async () => {
    void ingest.publish([result('a', 'b', 'one'), track('a', 'two')], ADMIN);
    await settled();
    for (const product of ['three', 'one']) void ingest.publish([track('a', product)], ADMIN, {});
    await settled();
    expect(store.reads.map(({ products }) => products)).toEqual([['one', 'two']]);
    store.reads[0]?.answer();
    await settled();
    expect(store.reads.map(({ products }) => products)).toEqual([
      ['one', 'two'],
      ['three', 'one'],
    ]);
  });

  it('are waited for by what the same caller publishes behind, and by nobody else', async () => {
    const [caller, other] = [{}, {}];
    const board = partitionOfBoard('chess', PARTITIONS);
    const verdicts = [
      ingest.publish([score('chess', 'first')], ADMIN, caller),
      ingest.publish([result('second', 'x')], ADMIN, caller),
      ingest.publish([score('chess', 'third')], ADMIN, caller),
    ];
    void ingest.publish([score('chess', 'other')], ADMIN, other);
    await settled();
    store.reads[0]?.answer({ chess: config({ board: 'chess', handler: 'wins' }) });
    await settled();
    void ingest.publish([score('chess', 'fourth')], ADMIN, caller);
    await applyAll();
    const members = store.batches
      .filter(({ partition }) => partition === board)
      .flatMap(({ operations }) => operations.map((one) => ('member' in one ? one.member : one.op)));
    expect(members).toEqual(['first', 'other', 'second', 'third', 'fourth']);
    for (const verdict of verdicts) expect(await verdict).toMatchObject({ applied: 1 });
  });

  it('that can not be read make all of that publish unavailable, with nothing applied', async () => {
    const verdict = ingest.publish([score('x'), result()], ADMIN);
    await settled();
    store.reads[0]?.fail(GONE);
    expect(await verdict).toMatchObject({ ok: false, code: 'unavailable', retryAfterMs: 700 });
    expect(store.batches).toEqual([]);
    expect(ingest.pendingEvents()).toBe(0);
  });
});

describe('a producer', () => {
  let producer: ProducerSession;
  beforeEach(() => {
    producer = ingest.openProducer('p');
  });

  async function send(seq: number, events: readonly unknown[], answers: Record<string, ProductConfig> = {}) {
    const verdict = producer.publish(seq, events, ADMIN);
    await settled();
    store.claims.at(-1)?.grant();
    await settled();
    store.reads.at(-1)?.answer(answers);
    await settled();
    return { verdict };
  }
  const numbers = (batches: readonly HeldBatch[]) =>
    batches.flatMap(({ parts }) => parts.flatMap((part) => part.producer?.numbers ?? []));

  it('has an operation where the verdict is kept, also for what asks nothing of it', async () => {
    const silent = { chess: config() };
    await send(1, [result(), track('bob', 'darts')], { ...silent, darts: config() });
    const expected = new Map([
      [partitionOfPlayers('chess', PARTITIONS), [{ op: 'nothing' }]],
      [partitionOfPlayers('darts', PARTITIONS), [{ op: 'nothing' }]],
    ]);
    expect(expected.size).toBe(2);
    expect(sent()).toEqual(expected);
    expect(numbers(store.batches).sort()).toEqual([1, 2]);
  });

  describe('whose result is of two partitions', () => {
    const [seat, other] = [partitionOfPlayers('chess', PARTITIONS), partitionOfBoard('old', PARTITIONS)];
    const old = { chess: config({ board: 'chess', handler: 'wins' }, { board: 'old', handler: 'wins' }) };
    const later = { chess: config({ board: 'new', handler: 'wins' }) };
    const partitions = (from = 0) => store.batches.slice(from).map(({ partition }) => partition);

    it('has it settled elsewhere before it is where its verdict is kept', async () => {
      const { verdict } = await send(1, [result(), score('chess'), result()], old);
      expect(seat).not.toBe(other);
      expect(partitions()).toEqual([other]);
      expect(numbers(store.batches)).toEqual([1, 3]);
      store.batches[0]?.apply();
      await settled();
      expect(partitions(1)).toEqual([seat]);
      expect(numbers(store.batches.slice(1))).toEqual([1, 2, 3]);
      store.batches[1]?.apply();
      expect(await verdict).toMatchObject({ applied: 3, rejected: [], seq: 3 });
    });

    it('is told to send again where the first step is lost, without the second', async () => {
      const { verdict } = await send(1, [result()], old);
      store.batches[0]?.fail(GONE);
      expect(await verdict).toMatchObject({ code: 'unavailable' });
      await settled();
      expect(partitions()).toEqual([other]);
    });

    it('has it rejected where its verdict is kept, if it is refused elsewhere', async () => {
      const { verdict } = await send(1, [result(), result()], old);
      store.batches[0]?.apply([{ index: 0, code: 'malformed', message: 'the handler says no' }]);
      await settled();
      expect(store.batches[1]?.operations).toEqual([
        { op: 'reject', code: 'malformed' },
        { op: 'delta', board: 'chess', member: 'ann', value: 1 },
      ]);
      store.batches[1]?.apply([{ index: 0, code: 'malformed' }]);
      const rejected = [{ index: 0, code: 'malformed', message: 'the handler says no' }];
      expect(await verdict).toMatchObject({ applied: 1, rejected, seq: 2 });
    });

    it.each([1, 2])(
      'sends the same again after step %i failed, whatever the settings are by then',
      async (step) => {
        const { verdict } = await send(1, [result()], old);
        for (let i = 0; i < step; i++) {
          if (i === step - 1) store.batches[i]?.fail(GONE);
          else store.batches[i]?.apply();
          await settled();
        }
        expect(await verdict).toMatchObject({ code: 'unavailable' });
        const already = store.batches.length;
        const again = producer.publish(1, [result()], identityWith({}));
        await settled();
        store.reads.at(-1)?.answer(later);
        await settled();
        store.batches[already]?.answer([{ status: 'settled', duplicates: step - 1, refused: [] }]);
        await settled();
        expect(partitions(already)).toEqual([other, seat]);
        const operations = store.batches.slice(already).flatMap((batch) => batch.operations);
        expect(operations).toEqual(
          ['old', 'chess'].map((board) => ({ op: 'delta', board, member: 'ann', value: 1 })),
        );
        store.batches[already + 1]?.apply();
        expect(await again).toMatchObject({ applied: 1, duplicates: 0, rejected: [], seq: 1 });
      },
    );

    it('asks only where its verdict is kept, once it is settled, and has new ones scored by new settings', async () => {
      await send(1, [result()], old);
      store.batches[0]?.apply();
      await settled();
      store.batches[1]?.apply();
      await settled();
      const { verdict } = await send(1, [result()], later);
      expect(sent(store.batches.slice(2))).toEqual(new Map([[seat, [{ op: 'nothing' }]]]));
      store.batches[2]?.answer([{ status: 'settled', duplicates: 1, refused: [] }]);
      expect(await verdict).toMatchObject({ applied: 0, duplicates: 1, rejected: [] });
      await send(2, [result()], later);
      expect(sent(store.batches.slice(3))).toEqual(
        new Map([
          [partitionOfBoard('new', PARTITIONS), [{ op: 'delta', board: 'new', member: 'ann', value: 1 }]],
        ]),
      );
    });
  });

  it('is told to send again where settings can not be read, and nothing was sent', async () => {
    const verdict = producer.publish(1, [score('x'), result()], ADMIN);
    await settled();
    store.claims[0]?.grant();
    await settled();
    store.reads[0]?.fail(GONE);
    expect(await verdict).toMatchObject({ ok: false, code: 'unavailable', retryAfterMs: 700 });
    expect(store.batches).toEqual([]);
  });

  it('has its parts cut only between numbers', async () => {
    const results = Array.from({ length: 1200 }, (_, i) => result(`w${i}`, `l${i}`));
    const one = { chess: config({ board: 'table', handler: 'points' }) };
    // One more, so that 2048 operations would end between the two of a result.
    await send(1, [score('table'), ...results], one);
    await applyAll();
    const place = partitionOfBoard('table', PARTITIONS);
    const batches = store.batches.filter(({ partition }) => partition === place);
    expect(batches.length).toBeGreaterThan(1);
    const seen = new Set<number>();
    for (const batch of batches) {
      expect(batch.operations.length).toBeLessThanOrEqual(2048);
      const own = new Set(numbers([batch]));
      for (const number of own) expect(seen.has(number)).toBe(false);
      for (const number of own) seen.add(number);
    }
    expect(seen.size).toBeGreaterThanOrEqual(1201);
  });
});

describe('a batch', () => {
  it('holds nothing of two periods between boundaries of windows', async () => {
    const publishAt = (at: number, member: string) => {
      now = at;
      return ingest.publish([score('x', member)], ADMIN);
    };
    const boundary = 11 * WINDOW_BOUNDARY_MS;
    const verdicts = [boundary - 3, boundary - 2, boundary - 1, boundary, boundary + 1].map((at, i) =>
      publishAt(at, `m${i}`),
    );
    await applyAll();
    await Promise.all(verdicts);
    expect(
      store.batches.map(({ acceptedAt, operations }) => [acceptedAt - boundary, operations.length]),
    ).toEqual([
      [-3, 1],
      [-2, 2],
      [0, 2],
    ]);
  });

  it('of a producer neither', async () => {
    const producer = ingest.openProducer('p');
    const boundary = 11 * WINDOW_BOUNDARY_MS;
    now = boundary - 1;
    const first = producer.publish(1, [score('x')], ADMIN);
    now = boundary;
    const second = producer.publish(2, [score('x')], ADMIN);
    await settled();
    store.claims[0]?.grant();
    await settled();
    await applyAll();
    expect([await first, await second]).toMatchObject([{ applied: 1 }, { applied: 1 }]);
    expect(store.batches.map(({ acceptedAt }) => acceptedAt - boundary)).toEqual([-1, 0]);
  });
});
