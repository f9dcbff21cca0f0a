import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPart, beginOnce, part, profile, reject } from '../support.contract.ts';
import { createMemoryStore } from './memory-store.ts';
import { OnceKeys } from './once-keys.ts';

const KEY = 'once:x';
const HOUR_MS = 3_600_000;

function openStore(time: number, options: Parameters<typeof createMemoryStore>[0]) {
  const clock = { time, now: () => clock.time, after: () => () => undefined };
  return { clock, store: createMemoryStore(options, { clock }) };
}

test('from its first use a key stands for one body for its retention, and recognises it for half as long again', async () => {
  const { clock, store } = openStore(5050, { partitions: 1, onceRetentionMs: 100 });
  const first = await beginOnce(store, KEY, 'hash');
  await applyPart(store, 0, part(first.id, 0, 1, [reject('forbidden')]));
  for (const time of [5050, 5149]) {
    clock.time = time;
    expect(await store.beginOnce(KEY, 'another')).toEqual({ ok: false });
    expect(await beginOnce(store, KEY, 'hash')).toEqual({ ...first, rejected: new Map([[1, 'forbidden']]) });
  }
  clock.time = 5199;
  expect((await beginOnce(store, KEY, 'hash')).id).toBe(first.id);
  clock.time = 5200;
  const second = await beginOnce(store, KEY, 'hash');
  expect(second.rejected).toEqual(new Map());
  clock.time = 5299;
  expect(await store.beginOnce(KEY, 'another')).toEqual({ ok: false });
  clock.time = 5300;
  const other = await beginOnce(store, KEY, 'another');
  expect(await store.beginOnce(KEY, 'hash')).toEqual({ ok: false });
  clock.time = 5400;
  const third = await beginOnce(store, KEY, 'hash');
  expect(new Set([first, second, other, third].map(({ id }) => id)).size).toBe(4);
});

test('what failed in one partition at first and after 23 hours is completed after 25, and nothing else happens', async () => {
  const { clock, store } = openStore(20 * HOUR_MS, { partitions: 2 });
  const sent = async (partition: number) => {
    const { id } = await beginOnce(store, KEY, 'hash');
    return applyPart(store, partition, part(id, 0, 1, [profile('ann', 'Ann')]));
  };
  expect(await sent(0)).toMatchObject({ duplicates: 0 });
  clock.time += 23 * HOUR_MS;
  expect(await sent(0)).toMatchObject({ duplicates: 1 });
  clock.time += 2 * HOUR_MS;
  expect(await sent(0)).toMatchObject({ duplicates: 1 });
  expect(await sent(1)).toMatchObject({ duplicates: 0 });
});

test('whenever a key is tried again within days, each of its uses applies once in each partition', async () => {
  const hours = fc.oneof(
    fc.double({ min: 0, max: 96, noNaN: true }),
    fc.constantFrom(0, 23, 24, 25, 35, 36, 37, 47, 48, 49, 60, 71, 72),
  );
  const delays = fc.array(fc.double({ min: 0, max: 11.9, noNaN: true }), { maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0, max: 48, noNaN: true }),
      fc.array(fc.record({ hours, delays }), { maxLength: 12 }),
      async (start, tries) => {
        const { clock, store } = openStore(0, { partitions: 2 });
        const applied: string[] = [];
        // Each part of a try arrives after its delay, or not at all.
        const events = tries.flatMap(({ hours: at, delays: late }) => {
          let id = '';
          const begin = async () => {
            id = (await beginOnce(store, KEY, 'hash')).id;
          };
          const arrive = async (partition: number) => {
            const verdict = await applyPart(store, partition, part(id, 0, 1, [profile('ann', 'Ann')]));
            if (verdict.status === 'settled' && verdict.duplicates === 0) applied.push(`${id} ${partition}`);
          };
          return [
            { at, happen: begin },
            ...late.map((delay, partition) => ({ at: at + delay, happen: () => arrive(partition) })),
          ];
        });
        for (const { at, happen } of events.sort((a, b) => a.at - b.at)) {
          clock.time = (start + at) * HOUR_MS;
          await happen();
        }
        expect(applied).toEqual([...new Set(applied)]);
      },
    ),
    { numRuns: 300 },
  );
});

test('keys that nobody uses again go as others are used', () => {
  const keys = new OnceKeys();
  for (let now = 0; now < 5000; now++) keys.begin(`once:${now}`, 'hash', now, 100);
  expect(keys.size).toBeLessThanOrEqual(151);
});
