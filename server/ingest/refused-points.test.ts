import { beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { createMemoryStore } from '../../store/memory/memory-store.ts';
import { ADMIN } from '../../test/support/identities.ts';
import { createIngest, type RunningIngest } from './ingest.ts';

const points = (tournament: string, player: string, total: number) => ({
  type: 'points',
  tournament,
  player,
  points: total,
});
const EVENTS = [
  points('nowhere', 'ann', 1),
  points('cup', 'nobody', 1),
  points('fed', 'ann', 1),
  { type: 'score', board: 'b', member: 'ann', set: Number.MAX_VALUE },
  { type: 'score', board: 'b', member: 'ann', delta: Number.MAX_VALUE },
];
const NOT_THERE = 'there is no such tournament, or no such player in it';
const REFUSED_NOW = [
  { index: 0, code: 'not_found', message: NOT_THERE },
  { index: 1, code: 'not_found', message: NOT_THERE },
  { index: 2, code: 'conflict', message: 'the points of the tournament come from its matches' },
  { index: 4, code: 'malformed', message: 'the score would not be a finite number' },
];

let ingest: RunningIngest;
beforeEach(async () => {
  const store = createMemoryStore({ partitions: 7 }, { scoring: BUILT_IN_SCORING });
  await store.start();
  await store.configureTournament('cup', { players: ['ann'] }, 1);
  await store.configureTournament('fed', { matches: [{ match: 'm', system: 'dream11-t20-2020' }] }, 1);
  const clock = { now: () => 1000, after: () => () => undefined };
  ingest = createIngest(
    { store, clock, logger: silentLogger, scoring: BUILT_IN_SCORING },
    { eventsPerPublish: 10, pendingEvents: 10 },
  );
});

it('points that are refused are told why, and not that they had been refused before', async () => {
  expect(await ingest.publish(EVENTS, ADMIN)).toMatchObject({ applied: 1, rejected: REFUSED_NOW });
});

it('so are those of a producer, the first time', async () => {
  expect(await ingest.openProducer('p').publish(1, EVENTS, ADMIN)).toMatchObject({
    applied: 1,
    rejected: REFUSED_NOW,
  });
  const again = await ingest.openProducer('p').publish(1, EVENTS, ADMIN);
  const repeated = REFUSED_NOW.map(({ index, code }) => ({
    index,
    code,
    message: expect.stringContaining('refused before'),
  }));
  expect(again).toMatchObject({ duplicates: 1, rejected: repeated });
});
