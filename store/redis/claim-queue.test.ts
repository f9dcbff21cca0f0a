import { expect, test } from 'vitest';
import { type ClaimVerdict, type ScoreStore, StoreUnavailableError } from '../score-store.ts';
import { limitClaims, MAX_WAITING_CLAIMS } from './claim-queue.ts';

const TAKEN: ClaimVerdict = { ok: false, latest: 7 };

/** Claims that end when the test says so, in order. */
function heldClaims(partitions: number) {
  const begun: { producer: string; end: () => void; fail: () => void }[] = [];
  const { claimProducer } = limitClaims<Pick<ScoreStore, 'claimProducer'>>(
    {
      claimProducer: (producer: string, _latest: number) =>
        new Promise<ClaimVerdict>((resolve, reject) => {
          begun.push({ producer, end: () => resolve(TAKEN), fail: () => reject(new Error('gone')) });
        }),
    },
    partitions,
  );
  return {
    begun,
    claim: (producer: string, givenUp?: AbortSignal) => claimProducer(producer, 0, givenUp),
  };
}

test('as many claims are under way as fit, the others follow in order, also behind one that failed', async () => {
  const { begun, claim } = heldClaims(512);
  const claims = ['a', 'b', 'c', 'd', 'e'].map((producer) => claim(producer));
  const outcomes = Promise.allSettled(claims);
  expect(begun.map(({ producer }) => producer)).toEqual(['a', 'b']);
  begun[1]?.fail();
  await claims[1]?.catch(() => undefined);
  expect(begun.map(({ producer }) => producer)).toEqual(['a', 'b', 'c']);
  for (let i = 0; i < 5; i++) {
    begun[i]?.end();
    await claims[i]?.catch(() => undefined);
  }
  expect(begun.map(({ producer }) => producer)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect((await outcomes).map(({ status }) => status === 'fulfilled')).toEqual([
    true,
    false,
    true,
    true,
    true,
  ]);
  // Every turn was given back.
  void claim('f');
  void claim('g');
  void claim('h');
  expect(begun.map(({ producer }) => producer).slice(5)).toEqual(['f', 'g']);
});

test('where too many wait already, more are refused at once, and certainly did not happen', async () => {
  const { begun, claim } = heldClaims(1024);
  for (let i = 0; i <= MAX_WAITING_CLAIMS; i++) void claim(`p${i}`);
  const refused = claim('late');
  await expect(refused).rejects.toBeInstanceOf(StoreUnavailableError);
  await expect(refused).rejects.toMatchObject({ change: 'not_sent' });
  expect(begun).toHaveLength(1);
});

test('a claim that is given up while it waits is never made, and leaves its place to another', async () => {
  const { begun, claim } = heldClaims(1024);
  void claim('first');
  const leaving = new AbortController();
  const left = claim('left', leaving.signal);
  const stays = new AbortController();
  const next = claim('next', stays.signal);
  for (let i = 2; i < MAX_WAITING_CLAIMS; i++) void claim(`p${i}`);
  leaving.abort();
  await expect(left).rejects.toThrow();
  void claim('in its place');
  begun[0]?.end();
  await new Promise(setImmediate);
  expect(begun.map(({ producer }) => producer)).toEqual(['first', 'next']);
  // Once it is made it has its turn, and gives it back as any other.
  stays.abort();
  begun[1]?.end();
  expect(await next).toEqual(TAKEN);
  await new Promise(setImmediate);
  expect(begun.map(({ producer }) => producer)).toEqual(['first', 'next', 'p2']);
  await expect(claim('gone already', leaving.signal)).rejects.toThrow();
});
