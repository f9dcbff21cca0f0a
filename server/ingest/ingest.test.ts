import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { partitionOfBoard } from '../../store/partitions.ts';
import { MAX_APPLIED_OPERATIONS, type Operation, StoreUnavailableError } from '../../store/score-store.ts';
import { createHeldStore, type HeldStore, settled } from '../../test/support/held-store.ts';
import { ADMIN, identityWith } from '../../test/support/identities.ts';
import { createIngest, type IngestLimits } from './ingest.ts';

const LIMITS: IngestLimits = { eventsPerPublish: 10_000, pendingEvents: 50_000 };

function start(options: { partitions?: number; limits?: Partial<IngestLimits>; now?: () => number } = {}) {
  const store = createHeldStore(options.partitions ?? 1);
  const clock = { now: options.now ?? (() => 1000), after: () => () => undefined };
  const ingest = createIngest(
    { store, clock, logger: silentLogger, scoring: BUILT_IN_SCORING },
    { ...LIMITS, ...options.limits },
  );
  return { store, ingest };
}

const score = (member: string, delta = 1, board = 'b') => ({ type: 'score', board, member, delta });
const profile = (member: string) => ({ type: 'profile', member, name: member.toUpperCase() });
const memberOf = (operation: Operation) => ('member' in operation ? operation.member : undefined);
const members = (store: HeldStore, batch: number) => store.batches[batch]?.operations.map(memberOf);
const NOT_FINITE = 'the score would not be a finite number';
const applied = (count: number) => ({ ok: true, applied: count, duplicates: 0, rejected: [] });

describe('events become operations', () => {
  it('of each form, with -0 as 0', async () => {
    const { store, ingest } = start();
    const verdict = ingest.publish(
      [
        { type: 'score', board: 'b', member: 'm', delta: -0 },
        { type: 'score', board: 'b', member: 'm', set: -2.5 },
        { type: 'score', board: 'b', member: '__proto__', best: 7 },
        { type: 'profile', member: 'm', name: 'M' },
      ],
      ADMIN,
    );
    expect(store.batches[0]?.operations).toEqual([
      { op: 'delta', board: 'b', member: 'm', value: 0 },
      { op: 'set', board: 'b', member: 'm', value: -2.5 },
      { op: 'best', board: 'b', member: '__proto__', value: 7 },
      { op: 'profile', member: 'm', name: 'M' },
    ]);
    store.batches[0]?.apply();
    expect(await verdict).toEqual(applied(4));
  });

  it('in the partition of their board, and profiles in every one', async () => {
    const { store, ingest } = start({ partitions: 4 });
    const verdict = ingest.publish([score('a', 1, 'x'), profile('p'), score('b', 1, 'y')], ADMIN);
    const own = new Map([
      [partitionOfBoard('x', 4), 'a'],
      [partitionOfBoard('y', 4), 'b'],
    ]);
    expect(own.size).toBe(2);
    expect(store.batches.map(({ partition }) => partition).sort()).toEqual([0, 1, 2, 3]);
    for (const { partition, operations } of store.batches) {
      const expected = [own.get(partition), 'p'].filter((member) => member !== undefined);
      expect(operations.map(memberOf).sort()).toEqual(expected.sort());
    }
    for (const batch of store.batches) batch.apply();
    expect(await verdict).toEqual(applied(3));
  });
});

describe('bad events are rejected with their index and the others apply', () => {
  it('where the form is wrong', async () => {
    const { store, ingest } = start();
    const verdict = ingest.publish(
      [
        null,
        score('a'),
        { type: 'score', board: 'b', member: 'm' },
        { type: 'score', board: 'b', member: 'm', delta: Number.NaN },
        { type: 'score', board: 'b', member: 'm', delta: 1, set: 1 },
        { type: 'unheard-of' },
        score('', 1),
        score('z'),
      ],
      ADMIN,
    );
    expect(members(store, 0)).toEqual(['a', 'z']);
    store.batches[0]?.apply();
    const settledVerdict = await verdict;
    expect(settledVerdict).toMatchObject({ ok: true, applied: 2, duplicates: 0 });
    const rejected = settledVerdict.ok ? settledVerdict.rejected : [];
    expect(rejected.map(({ index, code }) => [index, code])).toEqual(
      [0, 2, 3, 4, 5, 6].map((index) => [index, 'malformed']),
    );
    for (const { message } of rejected) {
      expect(message.length).toBeGreaterThan(5);
      expect(message.length).toBeLessThan(400);
    }
  });

  it('where the token does not permit the board or the profile', async () => {
    const { store, ingest } = start();
    const mine = identityWith({ publish: ['board:mine.*', 'profile:me'] });
    const verdict = ingest.publish(
      [score('a', 1, 'mine.1'), score('a', 1, 'yours'), profile('me'), profile('you')],
      mine,
    );
    store.batches[0]?.apply();
    expect(await verdict).toEqual({
      ok: true,
      applied: 2,
      duplicates: 0,
      rejected: [
        { index: 1, code: 'forbidden', message: 'the token does not permit publishing to board:yours' },
        { index: 3, code: 'forbidden', message: 'the token does not permit publishing to profile:you' },
      ],
    });
  });

  it('and when all are bad the verdict is there without the store', async () => {
    const { store, ingest } = start();
    expect(await ingest.publish([1, 2], ADMIN)).toMatchObject({ ok: true, applied: 0 });
    expect(await ingest.publish([], ADMIN)).toEqual(applied(0));
    expect(store.batches).toEqual([]);
  });

  it('and permission is asked once for each board of a publish', () => {
    const { ingest } = start();
    const mayPublish = vi.fn((scope: string) => scope !== 'board:no');
    const boards = ['a', 'a', 'no', 'a', 'no', 'c', 'a'];
    void ingest.publish(
      boards.map((board) => score('m', 1, board)),
      { ...ADMIN, mayPublish },
    );
    expect(mayPublish.mock.calls.map(([scope]) => scope)).toEqual(['board:a', 'board:no', 'board:c']);
  });
});

describe('batches', () => {
  it('are under way one at a time, and what arrives meanwhile forms the next, in order', async () => {
    let now = 1000;
    const { store, ingest } = start({ now: () => now++ });
    const verdicts = ['a', 'b', 'c'].map((member) => ingest.publish([score(member)], ADMIN));
    expect(store.batches).toHaveLength(1);
    store.batches[0]?.apply();
    expect(await verdicts[0]).toEqual(applied(1));
    await settled();
    expect(store.batches).toHaveLength(2);
    expect(members(store, 1)).toEqual(['b', 'c']);
    // The oldest of both.
    expect(store.batches.map(({ acceptedAt }) => acceptedAt)).toEqual([1000, 1001]);
    store.batches[1]?.apply();
    expect(await Promise.all(verdicts)).toEqual([applied(1), applied(1), applied(1)]);
  });

  it('of different partitions do not wait for one another', async () => {
    const { store, ingest } = start({ partitions: 4 });
    const slow = ingest.publish([score('a', 1, 'x')], ADMIN);
    const fast = ingest.publish([score('b', 1, 'y')], ADMIN);
    expect(store.batches).toHaveLength(2);
    store.batches[1]?.apply();
    expect(await fast).toEqual(applied(1));
    store.batches[0]?.apply();
    expect(await slow).toEqual(applied(1));
  });

  it('hold no more operations than a store takes, and lose none', async () => {
    const { store, ingest } = start();
    const count = MAX_APPLIED_OPERATIONS * 2 + 1;
    const verdict = ingest.publish(
      Array.from({ length: count }, (_, i) => score(`m${i}`)),
      ADMIN,
    );
    for (let batch = 0; batch < 3; batch++) {
      store.batches[batch]?.apply();
      await settled();
    }
    expect(store.batches.map(({ operations }) => operations.length)).toEqual([
      MAX_APPLIED_OPERATIONS,
      MAX_APPLIED_OPERATIONS,
      1,
    ]);
    expect(store.batches.flatMap(({ operations }) => operations.map(memberOf))).toEqual(
      Array.from({ length: count }, (_, i) => `m${i}`),
    );
    expect(await verdict).toEqual(applied(count));
  });
});

describe('what the store says', () => {
  it('is a rejection for a refused operation, sorted among the others', async () => {
    const { store, ingest } = start();
    const verdict = ingest.publish([score('a'), null, score('b'), score('c')], ADMIN);
    store.batches[0]?.apply([{ index: 1, code: 'malformed' }]);
    expect(await verdict).toMatchObject({
      applied: 2,
      rejected: [{ index: 1 }, { index: 2, code: 'malformed', message: NOT_FINITE }],
    });
  });

  it('is a rejection of a profile that any partition refuses, once', async () => {
    const { store, ingest } = start({ partitions: 3 });
    const verdict = ingest.publish([profile('p')], ADMIN);
    for (const batch of store.batches) {
      batch.apply([{ index: 0, code: batch.partition === 0 ? 'malformed' : 'forbidden' }]);
    }
    expect(await verdict).toEqual({
      ok: true,
      applied: 0,
      duplicates: 0,
      rejected: [{ index: 0, code: 'malformed', message: NOT_FINITE }],
    });
  });

  it('is `unavailable` for the whole publish where every valid event was in a failed batch', async () => {
    const { store, ingest } = start();
    const verdict = ingest.publish([score('a'), null, score('b')], ADMIN);
    store.batches[0]?.fail(new StoreUnavailableError('gone', { retryAfterMs: 700 }));
    expect(await verdict).toEqual({
      ok: false,
      code: 'unavailable',
      message: "the score store can't be reached: the event may or may not have been applied",
      retryAfterMs: 700,
    });
  });

  it.each([
    ['refused', 'the score store takes no writes at present: the event was not applied'],
    ['not_sent', "the score store can't be reached: the event was not applied"],
  ] as const)('is without doubt where the store says that nothing happened: %s', async (change, message) => {
    const { store, ingest } = start();
    const verdict = ingest.publish([score('a')], ADMIN);
    store.batches[0]?.fail(new StoreUnavailableError('OOM', { change }));
    expect(await verdict).toEqual({ ok: false, code: 'unavailable', message, retryAfterMs: 1000 });
  });

  it('is in doubt again where one of its partitions is', async () => {
    const { store, ingest } = start({ partitions: 2 });
    const verdict = ingest.publish([profile('p')], ADMIN);
    store.batches[0]?.fail(new StoreUnavailableError('OOM', { change: 'refused' }));
    store.batches[1]?.fail(new StoreUnavailableError('gone'));
    const message = "the score store can't be reached: the event may or may not have been applied";
    expect(await verdict).toMatchObject({ ok: false, message });
  });

  it('is a rejection with doubt for the events of a failed batch where others applied', async () => {
    const { store, ingest } = start({ partitions: 4 });
    const verdict = ingest.publish([score('a', 1, 'x'), score('b', 1, 'y'), profile('p')], ADMIN);
    for (const batch of store.batches) {
      if (batch.partition === partitionOfBoard('x', 4)) batch.fail(new StoreUnavailableError('gone'));
      else batch.apply();
    }
    expect(await verdict).toEqual({
      ok: true,
      applied: 1,
      duplicates: 0,
      rejected: [0, 2].map((index) => ({
        index,
        code: 'unavailable',
        message: "the score store can't be reached: the event may or may not have been applied",
      })),
    });
  });

  it('is a verdict event by event where one was refused for good, though none applied', async () => {
    const { store, ingest } = start({ partitions: 4 });
    const verdict = ingest.publish([score('a', 1, 'x'), score('b', 1, 'y')], ADMIN);
    store.batches[0]?.fail(new StoreUnavailableError('gone'));
    store.batches[1]?.apply([{ index: 0, code: 'malformed' }]);
    expect(await verdict).toMatchObject({
      ok: true,
      applied: 0,
      rejected: [
        { index: 0, code: 'unavailable' },
        { index: 1, code: 'malformed' },
      ],
    });
  });

  it('is not waited for by what is queued once it is down: that was certainly not applied', async () => {
    const { store, ingest } = start();
    const first = ingest.publish([score('a')], ADMIN);
    const second = ingest.publish([score('b')], ADMIN);
    store.state = 'down';
    store.batches[0]?.fail(new StoreUnavailableError('gone'));
    expect(await first).toMatchObject({ ok: false, message: expect.stringContaining('may or may not') });
    expect(await second).toMatchObject({
      ok: false,
      code: 'unavailable',
      message: expect.stringContaining('was not applied'),
    });
    expect(store.batches).toHaveLength(1);
  });

  it('never makes a publish reject, not even by a defect, and the queue goes on', async () => {
    const { store, ingest } = start();
    const verdict = ingest.publish([score('a')], ADMIN);
    store.batches[0]?.fail(new TypeError('a defect'));
    expect(await verdict).toMatchObject({ ok: false, code: 'unavailable' });
    const next = ingest.publish([score('b')], ADMIN);
    await settled();
    store.batches[1]?.apply();
    expect(await next).toEqual(applied(1));
  });
});

describe('limits', () => {
  it('refuse a publish with too many events whole', async () => {
    const { store, ingest } = start({ limits: { eventsPerPublish: 2 } });
    const verdict = await ingest.publish([score('a'), score('b'), score('c')], ADMIN);
    expect(verdict).toMatchObject({ ok: false, code: 'too_large' });
    expect(verdict).not.toHaveProperty('retryAfterMs');
    expect(store.batches).toEqual([]);
  });

  it('refuse more pending events than allowed, until some are settled', async () => {
    const { store, ingest } = start({ limits: { pendingEvents: 3 } });
    const first = ingest.publish([score('a'), score('b')], ADMIN);
    expect(ingest.pendingEvents()).toBe(2);
    expect(await ingest.publish([score('c'), score('d')], ADMIN)).toMatchObject({
      ok: false,
      code: 'rate_limited',
      retryAfterMs: expect.any(Number),
    });
    const third = ingest.publish([score('c')], ADMIN);
    store.batches[0]?.apply();
    await first;
    expect(ingest.pendingEvents()).toBe(1);
    await settled();
    store.batches[1]?.apply();
    expect(await third).toEqual(applied(1));
    expect(ingest.pendingEvents()).toBe(0);
  });

  it('tell of a publish that could never be pending that it is too large, not to come again', async () => {
    const { ingest } = start({ limits: { pendingEvents: 1 } });
    expect(await ingest.publish([score('a'), score('b')], ADMIN)).toMatchObject({ code: 'too_large' });
  });

  it('refuse at once while the store is known to be down', async () => {
    const { store, ingest } = start();
    store.state = 'down';
    expect(await ingest.publish([score('a')], ADMIN)).toMatchObject({
      ok: false,
      code: 'unavailable',
      retryAfterMs: expect.any(Number),
    });
    expect(store.batches).toEqual([]);
  });
});

it('a clean stop waits until everything accepted is settled', async () => {
  const { store, ingest } = start({ partitions: 2 });
  await ingest.settle();
  void ingest.publish([profile('p')], ADMIN);
  let done = false;
  const stopped = ingest.settle().then(() => {
    done = true;
  });
  store.batches[0]?.apply();
  await settled();
  expect(done).toBe(false);
  store.batches[1]?.fail(new StoreUnavailableError('gone'));
  await stopped;
  expect(ingest.pendingEvents()).toBe(0);
});

it('whatever is published and whatever the store does, every event is counted exactly once', async () => {
  const anEvent = fc.oneof(
    fc
      .record({ member: fc.constantFrom('a', 'b'), board: fc.constantFrom('x', 'y', 'z', 'no') })
      .map((e) => score(e.member, 1, e.board)),
    fc.constantFrom('p', 'q').map(profile),
    fc.constantFrom(null, 1, {}, { type: 'score' }),
  );
  const outcomes = fc.infiniteStream(fc.constantFrom('apply', 'apply', 'refuse', 'fail'));
  const identity = { ...ADMIN, mayPublish: (scope: string) => scope !== 'board:no' };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anEvent, { maxLength: 12 }), { maxLength: 6 }),
      outcomes,
      async (publishes, stream) => {
        const { store, ingest } = start({ partitions: 3 });
        const verdicts = publishes.map((events) => ingest.publish(events, identity));
        for (let batch = 0; ingest.pendingEvents() > 0; await settled()) {
          for (; batch < store.batches.length; batch++) {
            const held = store.batches[batch];
            const { value: outcome } = stream.next();
            if (outcome === 'fail') held?.fail(new StoreUnavailableError('gone'));
            else held?.apply(outcome === 'refuse' ? [{ index: 0, code: 'malformed' }] : []);
          }
        }
        for (const [i, verdict] of (await Promise.all(verdicts)).entries()) {
          if (!verdict.ok) continue;
          expect(verdict.applied + verdict.duplicates + verdict.rejected.length).toBe(publishes[i]?.length);
          const indexes = verdict.rejected.map(({ index }) => index);
          expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => a - b));
        }
      },
    ),
  );
});
