import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { partitionOfBoard, partitionOfProducer } from '../../store/partitions.ts';
import { MAX_APPLIED_OPERATIONS, type PartVerdict, StoreUnavailableError } from '../../store/score-store.ts';
import { createHeldStore, type HeldBatch, type HeldStore, settled } from '../../test/support/held-store.ts';
import { ADMIN, identityWith } from '../../test/support/identities.ts';
import { createIngest, type IngestLimits, type RunningIngest } from './ingest.ts';
import type { ProducerSession } from './ingest-types.ts';
import { MAX_PRODUCER_BATCH_EVENTS } from './producer-session.ts';

const PARTITIONS = 4;
const HOME = partitionOfProducer('p', PARTITIONS);
const X = partitionOfBoard('x', PARTITIONS);
const Y = partitionOfBoard('y', PARTITIONS);
const GONE = new StoreUnavailableError('gone', { retryAfterMs: 700 });
const CONFLICT: PartVerdict = { status: 'conflict' };

const score = (board: string, member = 'm') => ({ type: 'score', board, member, delta: 1 });
const profile = (member: string) => ({ type: 'profile', member, name: 'N' });
const many = (count: number, board = 'x') => Array.from({ length: count }, () => score(board));
const ack = (applied: number, seq: number) => ({ ok: true, applied, duplicates: 0, rejected: [], seq });
const duplicate = (duplicates: number): PartVerdict => ({ status: 'settled', duplicates, refused: [] });

let store: HeldStore;
let ingest: RunningIngest;
let session: ProducerSession;

function start(limits: Partial<IngestLimits> = {}, partitions = PARTITIONS): void {
  store = createHeldStore(partitions);
  const clock = { now: () => 1000, after: () => () => undefined };
  const all = { eventsPerPublish: 10_000, pendingEvents: 50_000, ...limits };
  ingest = createIngest({ store, clock, logger: silentLogger, scoring: BUILT_IN_SCORING }, all);
  session = ingest.openProducer('p');
}

/** Lets the first claim through, so that a test can speak of what follows. */
async function claimed(claim: Parameters<HeldStore['claims'][number]['grant']>[0] = {}): Promise<void> {
  const first = session.publish((claim.last ?? 0) + 1, [], ADMIN);
  store.claims[0]?.grant(claim);
  await first;
}

const publish = (seq: number, events: readonly unknown[], identity = ADMIN) =>
  session.publish(seq, events, identity);
const numbers = (batch: HeldBatch | undefined) => batch?.parts.map(({ producer }) => producer?.numbers);
const inPartition = (partition: number) => store.batches.filter((batch) => batch.partition === partition);

/** What became of each, at present. */
async function answersOf(publishes: readonly Promise<unknown>[]): Promise<unknown[]> {
  await settled();
  const answers: unknown[] = publishes.map(() => 'waits');
  for (const [i, one] of publishes.entries()) void one.then((answer) => (answers[i] = answer));
  await settled();
  return answers;
}

beforeEach(() => start());

describe('a producer is claimed', () => {
  it('by its first publish, once, and what comes meanwhile is the first batch', async () => {
    expect(store.claims).toEqual([]);
    const frames = [publish(1, [score('x')]), publish(2, [score('x'), score('x')]), publish(4, [score('x')])];
    expect(store.claims.map(({ producer }) => producer)).toEqual(['p']);
    expect(store.batches).toEqual([]);
    store.claims[0]?.grant({ claim: 7 });
    await settled();
    expect(store.batches).toHaveLength(1);
    expect(store.batches[0]).toMatchObject({ partition: X, acceptedAt: 1000 });
    expect(store.batches[0]?.parts.map(({ producer }) => producer)).toEqual([
      { id: 'p', claim: 7, numbers: [1, 2, 3, 4] },
    ]);
    store.batches[0]?.apply();
    expect(await Promise.all(frames)).toEqual([ack(1, 1), ack(2, 3), ack(1, 4)]);
    void publish(5, [score('x')]);
    expect(store.claims).toHaveLength(1);
  });

  it('again after a claim that failed, whose frames are to be sent again', async () => {
    const frames = [publish(1, [score('x')]), publish(2, [score('x')])];
    store.claims[0]?.fail(GONE);
    expect(await Promise.all(frames)).toMatchObject([
      { ok: false, code: 'unavailable', retryAfterMs: 700 },
      { ok: false, code: 'unavailable', retryAfterMs: 700 },
    ]);
    expect(await publish(3, [score('x')])).toMatchObject({ code: 'resend', seq: 1 });
    const again = publish(1, many(2));
    expect(store.claims).toHaveLength(2);
    store.claims[1]?.grant();
    await settled();
    store.batches[0]?.apply();
    expect(await again).toEqual(ack(2, 2));
  });

  it('after the claim that is there, also where another comes in between', async () => {
    const frame = publish(1, many(1));
    store.claims[0]?.refuse(5);
    await settled();
    store.claims[1]?.refuse(6);
    await settled();
    store.claims[2]?.grant({ claim: 7 });
    await settled();
    expect(store.claims.map(({ latest }) => latest)).toEqual([0, 5, 6]);
    store.batches[0]?.apply();
    expect(await frame).toEqual(ack(1, 1));
  });

  it('and goes on where the store knows it, also from further back', async () => {
    const frame = publish(4, many(3));
    store.claims[0]?.grant({ last: 5 });
    await settled();
    expect(numbers(store.batches[0])).toEqual([[4, 5, 6]]);
    store.batches[0]?.answer([duplicate(2)]);
    expect(await frame).toEqual({ ok: true, applied: 1, duplicates: 2, rejected: [], seq: 6 });
  });

  it('and is told from where to send where numbers are missing', async () => {
    const frames = [publish(7, many(1)), publish(8, many(1))];
    store.claims[0]?.grant({ last: 5 });
    expect(await Promise.all(frames)).toMatchObject([{ ok: false, code: 'resend', seq: 6 }, undefined]);
    expect(await publish(9, many(1))).toBeUndefined();
    const again = publish(6, many(4));
    await settled();
    store.batches[0]?.apply();
    expect(await again).toEqual(ack(4, 9));
    expect(store.claims).toHaveLength(1);
  });

  it('and is in conflict for good where it does not begin with 1 and nobody knows it', async () => {
    const frames = [publish(2, many(1)), publish(3, many(1))];
    store.claims[0]?.grant({ last: 0 });
    expect(await Promise.all(frames)).toMatchObject([{ code: 'conflict' }, { code: 'conflict' }]);
    expect(await publish(1, many(1))).toMatchObject({ ok: false, code: 'conflict' });
    expect(store.batches).toEqual([]);
    expect(ingest.pendingEvents()).toBe(0);
  });

  it('and not of its own accord where its first frame was refused before it came here', async () => {
    session.refused(1);
    expect(await publish(3, many(1))).toMatchObject({ code: 'resend', seq: 1 });
    expect(store.claims).toEqual([]);
    void publish(1, many(3));
    expect(store.claims).toHaveLength(1);
  });
});

describe('batches of a producer', () => {
  beforeEach(() => claimed());

  it('are settled in every partition before the next is submitted, which holds all that waits', async () => {
    const frames = [
      publish(1, [score('x'), score('y')]),
      publish(3, [score('y')]),
      publish(4, [score('x'), score('y')]),
    ];
    expect(store.batches.map(({ partition }) => partition).sort()).toEqual([X, Y].sort());
    inPartition(X)[0]?.apply();
    expect(await answersOf(frames)).toEqual(['waits', 'waits', 'waits']);
    expect(store.batches).toHaveLength(2);
    inPartition(Y)[0]?.apply();
    expect(await answersOf(frames)).toEqual([ack(2, 2), 'waits', 'waits']);
    expect(numbers(inPartition(X)[1])).toEqual([[4]]);
    expect(numbers(inPartition(Y)[1])).toEqual([[3, 5]]);
    for (const batch of store.batches.slice(2)) batch.apply();
    expect(await answersOf(frames)).toEqual([ack(2, 2), ack(1, 3), ack(2, 5)]);
  });

  it('hold frames that continue each other: one that goes back begins another', async () => {
    const frames = [1, 2, 3, 2, 3, 4].map((seq) => publish(seq, many(1)));
    for (let batch = 0; batch < 3; batch++) {
      store.batches[batch]?.apply();
      await settled();
    }
    expect(store.batches.map(numbers)).toEqual([[[1]], [[2, 3]], [[2, 3, 4]]]);
    // The number is that of the last event settled, not of the last one in the frame.
    expect((await Promise.all(frames)).map((verdict) => verdict && 'seq' in verdict && verdict.seq)).toEqual([
      1, 2, 3, 3, 3, 4,
    ]);
  });

  it('are bounded, beside a frame of any size', async () => {
    void publish(1, many(1));
    void publish(2, many(MAX_PRODUCER_BATCH_EVENTS - 1, 'y'));
    void publish(MAX_PRODUCER_BATCH_EVENTS + 1, many(2, 'y'));
    store.batches[0]?.apply();
    await settled();
    let operations = 0;
    for (let i = 1; i < store.batches.length; i++) {
      operations += store.batches[i]?.operations.length ?? 0;
      store.batches[i]?.apply();
      await settled();
      if (operations === MAX_PRODUCER_BATCH_EVENTS - 1) break;
    }
    expect(operations).toBe(MAX_PRODUCER_BATCH_EVENTS - 1);
    expect(numbers(store.batches.at(-1))).toEqual([
      [MAX_PRODUCER_BATCH_EVENTS + 1, MAX_PRODUCER_BATCH_EVENTS + 2],
    ]);
  });

  it('without any event are settled at once', async () => {
    expect(await publish(1, [])).toEqual(ack(0, 0));
    expect(store.batches).toEqual([]);
  });

  it('that are too large for one go in chunks, one after the other', async () => {
    const frame = publish(1, many(MAX_APPLIED_OPERATIONS * 2 + 1));
    for (let chunk = 0; chunk < 3; chunk++) {
      expect(store.batches).toHaveLength(chunk + 1);
      store.batches[chunk]?.apply();
      await settled();
    }
    expect(store.batches.flatMap((batch) => numbers(batch)?.flat())).toEqual(
      Array.from({ length: MAX_APPLIED_OPERATIONS * 2 + 1 }, (_, i) => i + 1),
    );
    expect(await frame).toEqual(ack(MAX_APPLIED_OPERATIONS * 2 + 1, MAX_APPLIED_OPERATIONS * 2 + 1));
  });

  it('send no chunk after one that failed, since its numbers would cover up the failed ones', async () => {
    const frame = publish(1, many(MAX_APPLIED_OPERATIONS * 3));
    const anonymous = ingest.publish(many(1), ADMIN);
    store.batches[0]?.fail(GONE);
    await settled();
    expect(store.batches).toHaveLength(2);
    expect(numbers(store.batches[1])).toEqual([undefined]);
    store.batches[1]?.apply();
    expect(await anonymous).toMatchObject({ ok: true, applied: 1 });
    expect(await frame).toMatchObject({ ok: false, code: 'unavailable', retryAfterMs: 700 });
  });

  it('share the batches of a partition with others, in order of arrival, one part each', async () => {
    const other = ingest.openProducer('q');
    void other.publish(1, [], ADMIN);
    store.claims[1]?.grant({ claim: 5 });
    await settled();
    void ingest.publish([score('x', 'under way')], ADMIN);
    void ingest.publish([score('x', 'a'), score('x', 'b')], ADMIN);
    void publish(1, [score('x', 'p1')]);
    void ingest.publish([score('x', 'c')], ADMIN);
    void other.publish(1, [score('x', 'q1'), score('x', 'q2')], ADMIN);
    void ingest.publish([score('x', 'd')], ADMIN);
    void ingest.publish([score('x', 'e')], ADMIN);
    store.batches[0]?.apply();
    await settled();
    expect(store.batches).toHaveLength(2);
    const parts = store.batches[1]?.parts.map(({ operations, producer }) => [
      producer?.id,
      ...operations.map((operation) => 'member' in operation && operation.member),
    ]);
    expect(parts).toEqual([
      [undefined, 'a', 'b'],
      ['p', 'p1'],
      [undefined, 'c'],
      ['q', 'q1', 'q2'],
      [undefined, 'd', 'e'],
    ]);
  });

  it('of two connections never meet in one, as a claim is one of a part', async () => {
    const second = ingest.openProducer('p');
    void second.publish(1, [], ADMIN);
    store.claims[1]?.grant({ claim: 2 });
    await settled();
    void ingest.publish(many(1), ADMIN);
    const frames = [publish(1, many(1)), second.publish(1, many(1), ADMIN)];
    store.batches[0]?.apply();
    await settled();
    expect(store.batches[1]?.parts.map(({ producer }) => producer?.claim)).toEqual([1]);
    store.batches[1]?.answer([CONFLICT]);
    await settled();
    expect(store.batches[2]?.parts.map(({ producer }) => producer?.claim)).toEqual([2]);
    store.batches[2]?.apply();
    expect(await Promise.all(frames)).toMatchObject([{ code: 'conflict' }, ack(1, 1)]);
  });
});

describe('after a batch that failed', () => {
  beforeEach(() => claimed());

  it('its frames are to be sent again, those behind are left out, and it is asked for once', async () => {
    const first = publish(1, many(2));
    const batch = [publish(3, [score('x'), score('y')]), publish(5, many(1))];
    store.batches[0]?.apply();
    expect(await first).toEqual(ack(2, 2));
    await settled();
    const behind = [publish(6, many(1)), publish(7, many(1))];
    inPartition(X)[1]?.fail(GONE);
    inPartition(Y)[0]?.apply();
    const refusal = {
      ok: false,
      code: 'unavailable',
      message: "the score store can't be reached: send again from number 3, nothing will count twice",
      retryAfterMs: 700,
    };
    expect(await Promise.all([...batch, ...behind])).toEqual([refusal, refusal, undefined, undefined]);
    expect(await Promise.all([publish(8, many(1)), publish(9, many(1)), publish(12, many(1))])).toEqual([
      { ok: false, code: 'resend', message: expect.stringContaining('3'), seq: 3 },
      undefined,
      undefined,
    ]);
    expect(ingest.pendingEvents()).toBe(0);

    const again = publish(3, [score('x'), score('y'), score('x')]);
    expect(numbers(inPartition(X).at(-1))).toEqual([[3, 5]]);
    inPartition(X).at(-1)?.apply();
    inPartition(Y)
      .at(-1)
      ?.answer([duplicate(1)]);
    expect(await again).toEqual({ ok: true, applied: 2, duplicates: 1, rejected: [], seq: 5 });
  });

  it('nothing is answered before every partition has said what became of it', async () => {
    const frame = publish(1, [score('x'), score('y')]);
    inPartition(X)[0]?.fail(GONE);
    expect(await answersOf([frame])).toEqual(['waits']);
    inPartition(Y)[0]?.apply();
    expect(await frame).toMatchObject({ code: 'unavailable' });
  });

  it('what was settled before is not wanted again, though the batch went back there', async () => {
    const frames = [publish(1, many(1)), publish(2, many(4)), publish(3, many(5))];
    store.batches[0]?.apply();
    await settled();
    store.batches[1]?.apply();
    await settled();
    store.batches[2]?.fail(GONE);
    expect(await frames[2]).toMatchObject({ code: 'unavailable' });
    expect(await publish(8, many(1))).toMatchObject({ code: 'resend', seq: 6 });
    const again = publish(6, many(2));
    await settled();
    store.batches[3]?.apply();
    expect(await again).toEqual(ack(2, 7));
  });

  it('who goes back, but not far enough, is told again', async () => {
    const frame = publish(1, many(1));
    store.batches[0]?.fail(GONE);
    await frame;
    expect(await publish(5, many(1))).toMatchObject({ code: 'resend', seq: 1 });
    expect(await publish(6, many(1))).toBeUndefined();
    expect(await publish(3, many(2))).toMatchObject({ code: 'resend', seq: 1 });
    expect(await publish(5, many(1))).toBeUndefined();
    expect(await publish(5, many(1))).toMatchObject({ code: 'resend', seq: 1 });
  });

  it('a refused first frame does not say where the numbers begin', async () => {
    session.refused(500);
    const frame = publish(1, [score('x')]);
    store.claims[0]?.grant({ last: 0 });
    await settled();
    store.batches[0]?.apply();
    expect(await frame).toEqual(ack(1, 1));
    expect(await publish(400, [score('x')])).toMatchObject({ ok: false, code: 'resend', seq: 2 });
  });

  it('each gap is told once', async () => {
    void publish(1, many(1));
    store.batches[0]?.apply();
    expect(await publish(5, many(1))).toMatchObject({ code: 'resend', seq: 2 });
    expect(await publish(6, many(1))).toBeUndefined();
    const back = publish(2, many(1));
    expect(await publish(9, many(1))).toMatchObject({ code: 'resend', seq: 3 });
    await settled();
    store.batches[1]?.apply();
    expect(await back).toEqual(ack(1, 2));
  });
});

describe('a session ends', () => {
  beforeEach(() => claimed());

  it('with a conflict for everything, now and later, when another has taken the producer over', async () => {
    const frames = [publish(1, [score('x'), score('y')]), publish(3, many(1))];
    inPartition(X)[0]?.apply();
    inPartition(Y)[0]?.answer([CONFLICT]);
    expect(await Promise.all(frames)).toMatchObject([{ code: 'conflict' }, { code: 'conflict' }]);
    expect(await publish(1, many(1))).toMatchObject({ code: 'conflict' });
    expect(store.batches).toHaveLength(2);
    expect(ingest.pendingEvents()).toBe(0);
  });

  it('when it is closed: what was submitted settles, what waits is left out', async () => {
    const frames = [publish(1, many(1)), publish(2, many(3))];
    expect(ingest.pendingEvents()).toBe(4);
    session.close();
    expect(await frames[1]).toBeUndefined();
    expect(ingest.pendingEvents()).toBe(1);
    store.batches[0]?.apply();
    expect(await frames[0]).toEqual(ack(1, 1));
    await ingest.settle();
    expect(store.batches).toHaveLength(1);
    expect(await publish(2, many(1))).toBeUndefined();
  });

  it('when it is closed during its claim', async () => {
    const other = ingest.openProducer('q');
    const frame = other.publish(1, many(1), ADMIN);
    other.close();
    expect(await frame).toBeUndefined();
    store.claims[1]?.grant();
    await settled();
    expect(store.batches).toEqual([]);
  });
});

describe('a rejection is remembered', () => {
  const mine = identityWith({ publish: ['board:x', 'profile:*'] });

  it('at home for what is no event, and where the event belongs for what is not permitted', async () => {
    await claimed();
    const frame = publish(1, [null, score('x'), score('y'), profile('a'), { type: 'score' }], mine);
    const operations = new Map(store.batches.map((batch) => [batch.partition, batch.parts[0]]));
    const ofHome = (operations.get(HOME)?.operations ?? []).filter(({ op }) => op === 'reject');
    expect(ofHome.filter((operation) => 'code' in operation && operation.code === 'malformed')).toHaveLength(
      2,
    );
    expect(operations.get(Y)?.operations).toContainEqual({ op: 'reject', code: 'forbidden' });
    for (const batch of store.batches) {
      batch.apply(
        batch.operations.flatMap((one, index) => (one.op === 'reject' ? [{ index, code: one.code }] : [])),
      );
    }
    expect(await frame).toEqual({
      ok: true,
      applied: 2,
      duplicates: 0,
      rejected: [
        { index: 0, code: 'malformed', message: expect.stringContaining('event') },
        { index: 2, code: 'forbidden', message: expect.stringContaining('board:y') },
        { index: 4, code: 'malformed', message: expect.stringContaining('needs') },
      ],
      seq: 5,
    });
  });

  it('and repeated, though the event would be good now', async () => {
    await claimed({ last: 3, rejected: new Map([[2, 'forbidden']]) });
    const frame = publish(1, [score('x'), score('x'), profile('a')]);
    const home = inPartition(HOME)[0];
    expect(home?.parts[0]?.operations).toContainEqual({ op: 'reject', code: 'forbidden' });
    for (const batch of store.batches) {
      const index = batch.operations.findIndex(({ op }) => op === 'reject');
      const refused = index < 0 ? [] : [{ index, code: 'forbidden' as const }];
      batch.answer([{ status: 'settled', duplicates: batch.operations.length, refused }]);
    }
    expect(await frame).toEqual({
      ok: true,
      applied: 0,
      duplicates: 2,
      rejected: [
        {
          index: 1,
          code: 'forbidden',
          message: 'it was refused before, for lack of permission; the first answer told the reason',
        },
      ],
      seq: 3,
    });
  });

  it('also where the store has forgotten what this connection has not', async () => {
    await claimed({ last: 1, rejected: new Map([[1, 'forbidden']]) });
    const frame = publish(1, [profile('a')]);
    expect(store.batches.map(({ partition }) => partition)).toEqual([HOME]);
    store.batches[0]?.answer([duplicate(1)]);
    expect(await frame).toMatchObject({ applied: 0, duplicates: 0, rejected: [{ code: 'forbidden' }] });
  });

  it('within a connection for a profile, which then goes nowhere with another token either', async () => {
    await claimed();
    const nobody = identityWith({});
    const first = publish(1, [profile('a')], nobody);
    store.batches[0]?.fail(GONE);
    await first;
    await settled();
    void publish(1, [profile('a')], ADMIN);
    expect(store.batches.slice(1).map(({ partition }) => partition)).toEqual([HOME]);
    expect(store.batches[1]?.operations).toEqual([{ op: 'reject', code: 'forbidden' }]);
  });

  it('and is none for a profile that was applied, however often it is sent without permission', async () => {
    await claimed({ last: 1 });
    for (const identity of [mine, identityWith({}), identityWith({}), ADMIN]) {
      const before = store.batches.length;
      const frame = publish(1, [profile('a')], identity);
      await settled();
      for (const batch of store.batches.slice(before)) batch.answer([duplicate(1)]);
      expect(await frame).toEqual({ ok: true, applied: 0, duplicates: 1, rejected: [], seq: 1 });
    }
  });

  it('for a profile that was rejected on this connection, also when the store has forgotten', async () => {
    await claimed();
    const forbidden = { applied: 0, duplicates: 0, rejected: [{ code: 'forbidden' }] };
    const first = publish(1, [profile('a')], identityWith({}));
    store.batches[0]?.apply([{ index: 0, code: 'forbidden' }]);
    expect(await first).toMatchObject(forbidden);
    const again = publish(1, [profile('a')], ADMIN);
    await settled();
    expect(store.batches.slice(1).map(({ partition }) => partition)).toEqual([HOME]);
    store.batches[1]?.answer([duplicate(1)]);
    expect(await again).toMatchObject(forbidden);
  });

  it('but is none where the event was applied with a token that permitted it', async () => {
    await claimed({ last: 1 });
    const frame = publish(1, [score('y')], mine);
    expect(store.batches[0]).toMatchObject({ partition: Y, operations: [{ op: 'reject' }] });
    store.batches[0]?.answer([duplicate(1)]);
    expect(await frame).toEqual({ ok: true, applied: 0, duplicates: 1, rejected: [], seq: 1 });
  });

  it('and given by the store where the score would not be finite', async () => {
    await claimed();
    const frames = [publish(1, many(1)), publish(2, many(3)), publish(5, many(2))];
    store.batches[0]?.apply();
    await settled();
    store.batches[1]?.answer([
      {
        status: 'settled',
        duplicates: 1,
        refused: [
          { index: 0, code: 'malformed' },
          { index: 4, code: 'malformed' },
        ],
      },
    ]);
    const message = 'the score would not be a finite number';
    const again = 'it was refused before as malformed; the first answer told the reason';
    expect(await Promise.all(frames)).toEqual([
      ack(1, 1),
      { ...ack(2, 4), rejected: [{ index: 0, code: 'malformed', message: again }] },
      { ...ack(1, 6), rejected: [{ index: 1, code: 'malformed', message }] },
    ]);
  });
});

describe('a profile', () => {
  beforeEach(() => claimed());

  it.each([
    ['applied where any partition applied it', [1, 0, 1, 1], { applied: 1, duplicates: 0 }],
    ['a duplicate where all had it', [1, 1, 1, 1], { applied: 0, duplicates: 1 }],
  ])('is %s', async (_, duplicates, verdict) => {
    const frame = publish(1, [profile('a')]);
    expect(store.batches).toHaveLength(PARTITIONS);
    for (const [i, batch] of store.batches.entries()) batch.answer([duplicate(duplicates[i] ?? 0)]);
    expect(await frame).toMatchObject({ ...verdict, rejected: [] });
  });
});

describe('a frame is refused at once', () => {
  it('while the store is known to be down, and what follows it is asked for', async () => {
    await claimed();
    store.state = 'down';
    expect(await publish(1, many(1))).toMatchObject({
      ok: false,
      code: 'unavailable',
      retryAfterMs: expect.any(Number),
    });
    expect(await publish(2, many(1))).toMatchObject({ code: 'resend', seq: 1 });
    expect(await publish(3, many(1))).toBeUndefined();
    store.state = 'up';
    const again = publish(1, many(3));
    store.batches[0]?.apply();
    expect(await again).toEqual(ack(3, 3));
  });

  it('where it holds too much, though it be the first', async () => {
    start({ eventsPerPublish: 2 });
    expect(await publish(1, many(3))).toMatchObject({ code: 'too_large' });
    expect(await publish(4, many(1))).toMatchObject({ code: 'resend', seq: 1 });
    expect(store.claims).toEqual([]);
  });

  it('where this node has too many events that are not settled, of whomever', async () => {
    start({ pendingEvents: 4 });
    await claimed();
    void ingest.publish(many(2), ADMIN);
    void publish(1, many(2, 'y'));
    expect(await publish(3, many(1))).toMatchObject({
      code: 'rate_limited',
      retryAfterMs: expect.any(Number),
    });
    expect(await ingest.publish(many(1), ADMIN)).toMatchObject({ code: 'rate_limited' });
    inPartition(X)[0]?.apply();
    await settled();
    void publish(3, many(1));
    expect(ingest.pendingEvents()).toBe(3);
  });

  it('where its numbers would not be exact any more', async () => {
    const last = Number.MAX_SAFE_INTEGER;
    expect(await publish(last - 1, many(3))).toMatchObject({ code: 'too_large' });
    const frame = publish(last - 1, many(2));
    store.claims[0]?.grant({ last: last - 2 });
    await settled();
    store.batches[0]?.apply();
    expect(await frame).toEqual(ack(2, last));
  });
});
