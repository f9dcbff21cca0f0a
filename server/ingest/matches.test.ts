import { beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { createMemoryStore, type MemoryScoreStore } from '../../store/memory/memory-store.ts';
import { ADMIN, identityWith } from '../../test/support/identities.ts';
import { DEFAULT_SERVER_LIMITS } from '../limits.ts';
import { createIngest, type RunningIngest } from './ingest.ts';

let store: MemoryScoreStore;
let ingest: RunningIngest;
beforeEach(async () => {
  store = createMemoryStore({ partitions: 4 });
  const deps = { store, clock: systemClock, logger: silentLogger, scoring: BUILT_IN_SCORING };
  ingest = createIngest(deps, DEFAULT_SERVER_LIMITS);
  for (const match of ['m', 'n']) {
    await store.configureMatch(match, { sport: 'generic', teams: ['Ajax', 'PSV'] }, 1);
  }
});

const act = (action: string, fields: object = {}) => ({ type: 'match', match: 'm', action, ...fields });
const start = act('start');
const goal = act('score', { team: 'Ajax', points: 1 });
const foul = act('score', { team: 'Feyenoord', points: 1 });

async function standing(match = 'm') {
  const [view] = await store.readMatches([match]);
  const { scores = {} } = (view?.document ?? {}) as { scores?: object };
  return [view?.events, Object.values(scores)];
}

it('events of one publish are taken in order, and a refused one keeps none of the others away', async () => {
  const verdict = await ingest.publish([goal, start, goal, foul, act('undo'), goal, goal], ADMIN);
  expect(verdict).toEqual({
    ...{ ok: true, applied: 5, duplicates: 0 },
    rejected: [
      { index: 0, code: 'conflict', message: 'The match has not started' },
      { index: 3, code: 'not_found', message: 'Feyenoord do not play in this match' },
    ],
  });
  expect(await standing()).toEqual([5, [2, 0]]);
});

it('of two events that expect the same number one is taken', async () => {
  const expecting = { ...start, expected: 0 };
  const verdicts = await Promise.all([
    ingest.publish([expecting], ADMIN),
    ingest.publish([expecting], ADMIN),
  ]);
  expect(verdicts.map((verdict) => verdict.ok && verdict.applied).toSorted()).toEqual([0, 1]);
  const message = 'The match has had 1 events, not 0';
  expect(verdicts.find((verdict) => verdict.ok && verdict.applied === 0)).toMatchObject({
    rejected: [{ index: 0, code: 'conflict', message }],
  });
});

it('events of a producer are taken once, and what was refused stays refused when it would be possible now', async () => {
  const first = ingest.openProducer('scorer');
  expect(await first.publish(1, [goal, start, goal], ADMIN)).toMatchObject({
    ...{ ok: true, applied: 2, duplicates: 0, seq: 3 },
    rejected: [{ index: 0, code: 'conflict', message: 'The match has not started' }],
  });
  const again = ingest.openProducer('scorer');
  expect(await again.publish(1, [goal, start, goal, goal], ADMIN)).toMatchObject({
    ...{ ok: true, applied: 1, duplicates: 2, seq: 4 },
    rejected: [
      { index: 0, code: 'conflict', message: 'it was refused before; the first answer told the reason' },
    ],
  });
  expect(await standing()).toEqual([3, [2, 0]]);
});

it('what can never be taken is refused before it gets to the store, and stays so for its number', async () => {
  const large = { ...act('note', { text: 'x' }), match: 'm' };
  const ball = {
    ...{ type: 'delivery', match: 'm', innings: 1, over: 0 },
    delivery: {
      ...{ batter: 'a', bowler: 'b', non_striker: 'c', runs: { batter: 0, extras: 0, total: 0 } },
      review: 'é'.repeat(9000),
    },
  };
  const elsewhere = act('amend', { n: 1, event: { ...goal, match: 'n' } });
  const producer = ingest.openProducer('p');
  for (const [seq, applied] of [
    [1, 1],
    [1, 0],
  ] as const) {
    expect(await producer.publish(seq, [large, ball, elsewhere], ADMIN)).toMatchObject({
      ...{ ok: true, applied, seq: 3 },
      rejected: [
        { index: 1, code: 'too_large' },
        { index: 2, code: 'malformed', message: '"event.match" must be the match whose event it replaces' },
      ],
    });
  }
  expect(await standing()).toEqual([1, [0, 0]]);
});

it('needs the permission of its match, event by event', async () => {
  const scorer = identityWith({ publish: ['match:n'] });
  const verdict = await ingest.publish([start, { ...start, match: 'n' }, { ...goal, match: 'n' }], scorer);
  expect(verdict).toEqual({
    ...{ ok: true, applied: 2, duplicates: 0 },
    rejected: [{ index: 0, code: 'forbidden', message: 'the token does not permit publishing to match:m' }],
  });
  expect([await standing('m'), await standing('n')]).toEqual([
    [0, [0, 0]],
    [2, [1, 0]],
  ]);
});

it('keeps of an event what JSON can tell', async () => {
  const binary = { ...act('start'), match: 'n' };
  const amended = {
    ...{ type: 'delivery', match: 'n', innings: 1, over: 0 },
    delivery: {
      ...{ batter: 'a', bowler: 'b', non_striker: 'c', runs: { batter: 0, extras: 0, total: 0 } },
      review: { at: Number.NaN, by: new Uint8Array([1]) },
    },
  };
  await store.removeMatch('n', 2);
  await store.configureMatch('n', { sport: 'cricket', teams: ['Asia', 'Europe'] }, 3);
  const innings = { type: 'match', match: 'n', action: 'innings', team: 'Asia' };
  expect(await ingest.publish([binary, innings, amended], ADMIN)).toMatchObject({ applied: 3, rejected: [] });
  const history = await store.readMatchEvents('n', { after: 2, limit: 10 });
  expect(history?.records.map(({ event }) => event)).toEqual([
    { ...amended, delivery: { ...amended.delivery, review: { at: null, by: { 0: 1 } } } },
  ]);
});
