import { describe, expect, test } from 'vitest';
import { partitionOfProducer } from './partitions.ts';
import type { ScoreStore } from './score-store.ts';
import {
  allPartitions,
  applyPart,
  type CreateStore,
  delta,
  eventually,
  openStores,
  part,
  positionOf,
  profile,
  readEntries,
  reject,
  settled,
  staysWhileUsed,
  takeNames,
} from './support.contract.ts';
import { takeOver } from './take-over.ts';

const CONFLICT = { status: 'conflict' };

export function claimsContract(createStore: CreateStore): void {
  describe('claims of producers', () => {
    const open = openStores(createStore);

    test('an unknown producer is claimed from the time on, with nothing settled', async () => {
      const { store } = await open();
      const { claim, last, rejected } = await takeOver(store, 'p');
      expect(claim).toBeGreaterThan(Date.now() - 60_000);
      expect(Number.isSafeInteger(claim)).toBe(true);
      expect(last).toBe(0);
      expect(rejected).toEqual(new Map());
      expect(await takeNames(store)).toEqual({});
      for (const partition of allPartitions(store)) expect(await positionOf(store, partition)).toBe(0);
    });

    test('each claim of a producer is higher than all before, on whichever client', async () => {
      const { store, connect } = await open();
      const other = await connect();
      const claims: number[] = [];
      for (let time = 0; time < 12; time++) {
        claims.push((await takeOver(time % 2 === 0 ? store : other, 'p')).claim);
      }
      expect(claims).toEqual([...new Set(claims)].sort((a, b) => a - b));
    });

    test('a claim is higher than that of a part seen in the home partition, though it be ahead of the time', async () => {
      const { store } = await open();
      const ahead = Date.now() + 3_600_000;
      await applyPart(store, home(store, 'p'), part('p', ahead, 1, [reject('forbidden')]));
      expect((await takeOver(store, 'p')).claim).toBeGreaterThan(ahead);
    });

    test('a claim that does not follow the latest one changes nothing in any partition, and is told that one', async () => {
      const { store, connect } = await open({ partitions: 3 });
      const other = await connect();
      const first = await takeOver(store, 'p');
      const second = await takeOver(other, 'p');
      for (const latest of [0, first.claim, second.claim + 1]) {
        expect(await store.claimProducer('p', latest)).toEqual({ ok: false, latest: second.claim });
      }
      for (const partition of allPartitions(store)) {
        const current = part('p', second.claim, 1, [profile('ann', 'Ann')]);
        expect(await applyPart(other, partition, current)).toEqual(settled());
      }
      const third = await store.claimProducer('p', second.claim);
      expect(third).toMatchObject({ ok: true, last: 1 });
      expect(await store.claimProducer('unknown', second.claim)).toEqual({ ok: false, latest: 0 });
    });

    test('of claims that follow the same one exactly one succeeds', async () => {
      const { store, connect } = await open({ partitions: 3 });
      const other = await connect();
      const { claim } = await takeOver(store, 'p');
      const verdicts = await Promise.all(
        [store, other, store, other].map((client) => client.claimProducer('p', claim)),
      );
      const winner = verdicts.find((verdict) => verdict.ok);
      expect(winner?.claim).toBeGreaterThan(claim);
      expect(verdicts.filter((verdict) => verdict !== winner)).toEqual(
        Array(3).fill({ ok: false, latest: winner?.claim }),
      );
    });

    test('once claimed, no earlier claim applies in any partition, also where the producer was never seen', async () => {
      const { store, connect } = await open();
      const zombie = await takeOver(store, 'p');
      await applyPart(store, 2, part('p', zombie.claim, 1, [profile('ann', 'Ann')]));
      const other = await connect();
      const { claim } = await takeOver(other, 'p');
      for (const partition of allPartitions(store)) {
        const late = part('p', zombie.claim, 2, [profile('ann', 'Late')]);
        expect(await applyPart(store, partition, late)).toEqual(CONFLICT);
        expect(await positionOf(store, partition)).toBe(partition === 2 ? 1 : 0);
        const current = part('p', claim, 2, [profile('ann', 'New')]);
        expect(await applyPart(other, partition, current)).toEqual(settled());
      }
    });

    test('of claims at the same time the highest holds, in every partition', async () => {
      const { store, connect } = await open();
      const other = await connect();
      const claimed = await Promise.all(
        Array.from({ length: 10 }, (_, index) => takeOver(index % 2 === 0 ? store : other, 'p')),
      );
      const claims = claimed.map(({ claim }) => claim).sort((a, b) => a - b);
      expect(new Set(claims).size).toBe(10);
      const highest = claims.pop() ?? 0;
      for (const partition of allPartitions(store)) {
        for (const claim of claims) {
          const late = part('p', claim, 1, [profile('ann', 'Late')]);
          expect(await applyPart(store, partition, late)).toEqual(CONFLICT);
        }
        const current = part('p', highest, 1, [profile('ann', 'New')]);
        expect(await applyPart(store, partition, current)).toEqual(settled());
      }
    });

    test('a claim tells the highest number settled in any partition and what was rejected at home', async () => {
      const { store } = await open();
      const at = home(store, 'p');
      const { claim } = await takeOver(store, 'p');
      await applyPart(store, at, part('p', claim, 1, [reject('forbidden'), reject('malformed')]));
      await applyPart(store, (at + 3) % 16, part('p', claim, 9, [profile('ann', 'Ann')]));
      await applyPart(store, (at + 5) % 16, part('p', claim, 4, [profile('ann', 'Ann')]));
      const again = await takeOver(store, 'p');
      expect(again.last).toBe(9);
      expect(again.rejected).toEqual(
        new Map([
          [1, 'forbidden'],
          [2, 'malformed'],
        ]),
      );
      // A claim itself settles nothing.
      expect(await applyPart(store, at, part('p', again.claim, 3, [profile('ann', 'Ann')]))).toEqual(
        settled(),
      );
      expect((await takeOver(store, 'q')).last).toBe(0);
    });

    test('a claim is no step of any history', async () => {
      const { store } = await open({ partitions: 2 });
      await takeOver(store, 'p');
      await takeOver(store, 'p');
      for (const partition of allPartitions(store)) expect(await readEntries(store, partition)).toEqual([]);
    });

    test('a producer that is silent for the retention is forgotten, with its claim and its rejections', async () => {
      const { store } = await open({ producerRetentionMs: 40 });
      const at = home(store, 'p');
      const { claim } = await takeOver(store, 'p');
      await applyPart(store, at, part('p', claim, 1, [reject('forbidden'), profile('ann', 'Ann')]));
      await eventually(
        async () => {
          const { last, rejected } = await takeOver(store, 'p');
          return last === 0 && rejected.size === 0;
        },
        { pauseMs: 120 },
      );
      await applyPart(store, 1, part('q', 9, 1, [profile('ann', 'Ann')]));
      await eventually(
        async () => {
          const verdict = await applyPart(store, 1, part('q', 8, 1, [profile('ann', 'Ann')]));
          return verdict.status === 'settled' && verdict.duplicates === 0;
        },
        { pauseMs: 120 },
      );
    });

    test('a part keeps its producer known, also one that has nothing new', async () => {
      const producerRetentionMs = 400;
      const { store } = await open({ partitions: 1, producerRetentionMs });
      let serial = 0;
      const stays = await staysWhileUsed(producerRetentionMs, async () => {
        serial++;
        const sent = part(`p${serial}`, 5, 1, [delta('b', 'ann', 1)]);
        await applyPart(store, 0, sent);
        return async () => {
          const verdict = await applyPart(store, 0, sent);
          return verdict.status === 'settled' && verdict.duplicates === 1;
        };
      });
      expect(stays).toBe(true);
    });

    test('a claim keeps its producer known in every partition', async () => {
      const producerRetentionMs = 400;
      const { store } = await open({ partitions: 3, producerRetentionMs });
      let serial = 0;
      const stays = await staysWhileUsed(producerRetentionMs, async () => {
        const id = `p${serial++}`;
        const away = (home(store, id) + 1) % 3;
        await applyPart(store, away, part(id, 5, 7, [profile('ann', 'Ann')]));
        await applyPart(store, home(store, id), part(id, 5, 1, [reject('forbidden')]));
        return async () => {
          const { last, rejected } = await takeOver(store, id);
          return last === 7 && rejected.get(1) === 'forbidden';
        };
      });
      expect(stays).toBe(true);
    });
  });
}

function home(store: ScoreStore, producer: string): number {
  return partitionOfProducer(producer, store.partitions);
}
