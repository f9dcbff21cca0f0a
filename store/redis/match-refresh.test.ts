import { expect, test } from 'vitest';
import { append, FIXTURE, goal } from '../matches-support.contract.ts';
import { createKeys } from './keys.ts';
import { KnownMatch, type MatchReply, storedEvent } from './known-match.ts';
import { createMatchRefresh } from './match-refresh.ts';
import type { ScriptArgument } from './scripts.ts';

const STORED = `creation revision ${JSON.stringify(FIXTURE)}`;
const EVENTS = [append('m', 'start'), goal('m'), goal('m')].map(({ event }) =>
  storedEvent(1000, JSON.stringify(event)),
);

test('of two reads at once the later one counts, whichever answer comes first', async () => {
  const { refresh, asked, answer } = answeredByHand();
  const match = new KnownMatch('m');
  const told: number[] = [];
  const tell = ({ events }: KnownMatch) => told.push(events.length);
  const reads = [refresh([match], tell), refresh([match], tell)];
  await answer(1, [STORED, 3, 0, EVENTS]);
  expect(told).toEqual([3]);
  // The match as it was before: it is asked for once more, from where it stands.
  await answer(0, [STORED, 1, 0, EVENTS.slice(0, 1)]);
  expect(told).toEqual([3]);
  expect(asked[2]?.slice(1, 4)).toEqual(['m', 'creation revision', '3']);
  await answer(2, ['creation revision', 3, 3, []]);
  await Promise.all(reads);
  expect(told).toEqual([3, 3]);
  expect(match.events).toHaveLength(3);
});

test('what does not fit into one answer is told of when all of it is there', async () => {
  const { refresh, asked, answer } = answeredByHand();
  const match = new KnownMatch('m');
  const told: number[] = [];
  const read = refresh([match], ({ events }) => told.push(events.length));
  await answer(0, [STORED, 3, 0, EVENTS.slice(0, 2)]);
  expect(told).toEqual([]);
  expect(asked[1]?.slice(1, 4)).toEqual(['m', 'creation revision', '2']);
  await answer(1, ['creation revision', 3, 2, EVENTS.slice(2)]);
  await read;
  expect(told).toEqual([3]);
});

/** Of one match: each call waits for its answer. */
function answeredByHand() {
  const asked: (readonly ScriptArgument[])[] = [];
  const answers: ((replies: readonly MatchReply[]) => void)[] = [];
  const refresh = createMatchRefresh(
    (_script, _keys, args) => {
      asked.push(args);
      return new Promise((resolve) => answers.push(resolve));
    },
    createKeys('', 1),
  );
  const answer = async (call: number, reply: MatchReply): Promise<void> => {
    answers[call]?.([reply]);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { refresh, asked, answer };
}
