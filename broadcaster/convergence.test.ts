import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Method, PARTITIONS, type StoreClient } from './faulty-store.contract.ts';
import { createRig } from './support.contract.ts';

/**
 * Whatever happens to store, lease and connections, in any order: no position is ever used for two states (the recorder checks it
 * at each message), and when all is well again two ticks are enough for every watched view to be right.
 */
const CHANNELS = ['board:a', 'board:b', 'rank:a:ann', 'rank:b:bob'] as const;
const MEMBERS = ['ann', 'bob', 'c:d', 'eve'];
const FAULTY: readonly Method[] = ['takeDirty', 'readPages', 'readStandings', 'renewLeases', 'acquireLeases'];

type Step =
  | { readonly step: 'set'; readonly board: string; readonly member: string; readonly score: number }
  | { readonly step: 'name'; readonly member: string; readonly name: string }
  | { readonly step: 'remove' | 'overflow'; readonly board: string }
  | { readonly step: 'watch'; readonly channel: string; readonly positioned: boolean }
  | { readonly step: 'advance'; readonly ms: number }
  | { readonly step: 'latency'; readonly who: number; readonly ms: number }
  | {
      readonly step: 'fault';
      readonly who: number;
      readonly method: Method;
      readonly fault: 'lost' | 'refused';
    }
  | { readonly step: 'down' | 'up'; readonly who: number }
  | { readonly step: 'lease lost'; readonly partition: number };

const board = fc.constantFrom('a', 'b');
const member = fc.constantFrom(...MEMBERS);
const who = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ step: fc.constant('set'), board, member, score: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('name'), member, name: fc.constantFrom('x', 'y') }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constantFrom('remove', 'overflow'), board }) },
  {
    weight: 4,
    arbitrary: fc.record({
      step: fc.constant('watch'),
      channel: fc.constantFrom(...CHANNELS),
      positioned: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      step: fc.constant('advance'),
      ms: fc.oneof(fc.integer({ min: 1, max: 700 }), fc.constant(3000)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ step: fc.constant('latency'), who, ms: fc.constantFrom(0, 50, 400, 900) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant('fault'),
      who,
      method: fc.constantFrom(...FAULTY),
      fault: fc.constantFrom('lost', 'refused'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constantFrom('down', 'up'), who }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('lease lost'), partition: fc.nat(PARTITIONS - 1) }) },
);

test('no position is used twice, and when all is well again every watched view is right after two ticks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      // Interest ends sooner than usual, and the periodic reading is put off so that it cannot hide a change that was missed.
      const timing = { interestMs: 2500, reReadMs: 100_000_000 };
      const { clock, data, recorder, broadcaster } = createRig({ timing });
      const both = [await broadcaster('one'), await broadcaster('six')];
      const storeOf = (index: number): StoreClient => (both[index] ?? both[0])?.store as StoreClient;
      const pendingFaults = [new Map<Method, 'lost' | 'refused'>(), new Map<Method, 'lost' | 'refused'>()];
      for (const [index, faults] of pendingFaults.entries()) {
        storeOf(index).faultOf = (method) => {
          const fault = faults.get(method);
          faults.delete(method);
          return fault;
        };
      }

      for (const each of steps) {
        switch (each.step) {
          case 'set':
            data.set(each.board, each.member, each.score);
            break;
          case 'name':
            data.setName(each.member, each.name);
            break;
          case 'remove':
            data.remove(each.board);
            break;
          case 'overflow':
            for (let partition = 0; partition < data.dirty.length; partition++) data.overflow(partition);
            break;
          case 'watch': {
            const known = each.positioned && recorder.last(each.channel) !== undefined;
            recorder.watch([known ? recorder.position(each.channel) : each.channel]);
            break;
          }
          case 'advance':
            await clock.advance(each.ms);
            break;
          case 'latency':
            storeOf(each.who).latencyMs = each.ms;
            break;
          case 'fault':
            pendingFaults[each.who]?.set(each.method, each.fault);
            break;
          case 'down':
          case 'up':
            storeOf(each.who).setState(each.step);
            break;
          case 'lease lost':
            data.leases.delete(each.partition);
            break;
        }
      }

      for (const [index, faults] of pendingFaults.entries()) {
        faults.clear();
        storeOf(index).latencyMs = 0;
        storeOf(index).setState('up');
      }
      await clock.advance(10_000);
      const heal = async (): Promise<void> => {
        recorder.watch(
          CHANNELS.map((channel) => (recorder.last(channel) ? recorder.position(channel) : channel)),
        );
        await clock.advance(50);
      };
      await heal();
      for (const channel of CHANNELS) expect(recorder.state(channel)).toEqual(data.truth(channel));
      data.set('a', 'bob', 77);
      data.set('b', 'ann', 78);
      data.setName('eve', 'Eve');
      await clock.advance(1000);
      for (const channel of CHANNELS) expect(recorder.state(channel)).toEqual(data.truth(channel));
      for (const { broadcaster: each } of both) await each.stop();
      // What they said last is still on its way.
      await clock.advance(0);
      expect(clock.pending).toBe(0);
    }),
  );
}, 60_000);

test('views that are created while ticks run miss no change, however slow the store is', async () => {
  const gap = fc.integer({ min: 1, max: 400 });
  const latency = fc.constantFrom(0, 20, 100, 300, 800);
  const latencies = fc.record({ take: latency, read: latency });
  const gaps = fc.array(gap, { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(latencies, gaps, gaps, async ({ take, read }, before, after) => {
      const timing = { reReadMs: 100_000_000, leaseTermMs: 100_000 };
      const { clock, data, recorder, broadcaster } = createRig({ timing });
      const { broadcaster: owner, store } = await broadcaster('one');
      // The first take re-reads everything; what is tested here are the ticks after it.
      await clock.advance(600);
      store.latencyOf = (method) => (method === 'takeDirty' ? take : read);
      let score = 0;
      for (const ms of before) {
        data.set('a', 'ann', ++score);
        await clock.advance(ms);
      }
      recorder.watch(['board:a']);
      for (const ms of after) {
        data.set('a', 'ann', ++score);
        await clock.advance(ms);
      }
      // Long enough for the slowest ticks, too short for the interest to end.
      await clock.advance(5000);
      expect(recorder.state('board:a')).toEqual(data.truth('board:a'));
      expect(recorder.gaps).toBe(0);
      const stopped = owner.stop();
      await clock.advance(5000);
      await stopped;
    }),
  );
}, 60_000);

test.each(['board:a', 'rank:a:ann'])(
  'a change that is taken while %s is read for the first time is not missed',
  async (channel) => {
    const { clock, data, recorder, broadcaster } = createRig({ timing: { reReadMs: 100_000_000 } });
    const { broadcaster: owner, store } = await broadcaster('one');
    await clock.advance(700);
    store.latencyOf = (method) => (method.startsWith('read') ? 900 : 0);
    recorder.watch([channel]);
    // It is read at 1155 and answered at 1605; the change between them is taken at 1500.
    await clock.advance(600);
    data.set('a', 'ann', 1);
    await clock.advance(4000);
    expect(recorder.state(channel)).toEqual(data.truth(channel));
    const stopped = owner.stop();
    await clock.advance(5000);
    await stopped;
  },
);

test('a new view whose first reading raced with the first take of the term is read again', async () => {
  const { clock, data, recorder, broadcaster } = createRig({ timing: { reReadMs: 100_000_000 } });
  const { broadcaster: owner, store } = await broadcaster('one');
  store.latencyOf = (method) => (method.startsWith('read') ? 600 : 0);
  await clock.advance(50);
  recorder.watch(['board:a']);
  // Read at 355, answered at 655. An earlier owner takes what changes between that and our first take at 500.
  await clock.advance(350);
  data.set('a', 'ann', 1);
  for (let partition = 0; partition < data.dirty.length; partition++) data.take(partition);
  await clock.advance(4000);
  expect(recorder.state('board:a')).toEqual(data.truth('board:a'));
  const stopped = owner.stop();
  await clock.advance(5000);
  await stopped;
});
