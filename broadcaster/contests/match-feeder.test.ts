import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MatchEvent } from '../../protocol/match-events.ts';
import type { TournamentSettings } from '../../protocol/tournaments.ts';
import type { Service } from '../../runtime/lifecycle.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { matchPoints } from '../../scoring/fantasy/match-points.ts';
import { T20_POINTS } from '../../scoring/fantasy/t20-points.ts';
import { createMemoryStore, type MemoryScoreStore } from '../../store/memory/memory-store.ts';
import { partitionOfMatch, partitionOfTournament } from '../../store/partitions.ts';
import { CricketScorer, fixtureOf } from '../../test/support/cricket-scorer.ts';
import { createFakeClock, type FakeClock } from '../../test/support/fake-clock.ts';
import { createMatchFeeder, type FeederStore } from './match-feeder.ts';
import { CUP } from './support.contract.ts';

const FIXTURE = fixtureOf({ overs: 20 });
const linked = (...matches: string[]): TournamentSettings => ({
  matches: matches.map((match) => ({ match, system: 'dream11-t20-2020' })),
});

let clock: FakeClock;
let store: MemoryScoreStore;
let feeder: Service;
let owns = true;
const events = new Map<string, MatchEvent[]>();

/** Adds events to a match, renamed to it. */
async function play(match: string, ...more: readonly MatchEvent[]): Promise<void> {
  const own = more.map((event): MatchEvent => ({
    ...event,
    match,
    ...(event.type === 'match' && event.action === 'amend' ? { event: { ...event.event, match } } : {}),
  }) as MatchEvent); // biome-ignore format: short
  const operations = own.map((event) => ({ op: 'append', match, event }) as const);
  const partition = partitionOfMatch(match, store.partitions);
  const { parts } = await store.apply({ partition, acceptedAt: 1000, parts: [{ operations }] });
  expect(parts).toEqual([{ status: 'settled', duplicates: 0, refused: [] }]);
  events.set(match, [...(events.get(match) ?? []), ...own]);
}

async function held(): Promise<Record<string, number>> {
  const tail = await store.readContestTail(CUP, 0);
  return Object.fromEntries((tail?.points ?? []).filter(([, points]) => points !== 0).sort());
}

/** What the matches give by all that was played. */
function right(...matches: string[]): Record<string, number> {
  const totals = new Map<string, number>();
  for (const match of matches) {
    for (const [player, points] of matchPoints(FIXTURE, events.get(match) ?? [], T20_POINTS)) {
      totals.set(player, (totals.get(player) ?? 0) + points);
    }
  }
  return Object.fromEntries([...totals].filter(([, points]) => points !== 0).sort());
}

function startFeeder(own: FeederStore = store.connect()): Service {
  return createMatchFeeder(
    {
      ...{ store: own, clock, logger: silentLogger },
      mayWorkOn: (partition) => owns && partition === partitionOfTournament(CUP, store.partitions),
    },
    { pauseMs: 500 },
  );
}

beforeEach(async () => {
  clock = createFakeClock();
  store = createMemoryStore({}, { clock });
  owns = true;
  events.clear();
  for (const match of ['one', 'two']) await store.configureMatch(match, FIXTURE, 1000);
  feeder = startFeeder();
  await feeder.start();
});
afterEach(() => feeder.stop());

function scored(runs: readonly number[]): readonly MatchEvent[] {
  const scorer = new CricketScorer().begin('Asia');
  for (const each of runs) scorer.ball({ runs: each });
  return scorer.events;
}

describe('the feeder', () => {
  test('gives players the sum of their matches, ball by ball', async () => {
    await store.configureTournament(CUP, linked('one', 'two'), 1000);
    await store.startTournament(CUP, 1000);
    await clock.advance(3000);
    expect(await held()).toEqual({});
    const [begin, ...balls] = scored([4, 1, 6, 0, 2]);
    if (begin === undefined) throw new Error('there is a first event');
    await play('one', begin);
    await play('two', begin, ...balls.slice(0, 2));
    for (const ball of balls) {
      await play('one', ball);
      await clock.advance(600);
      expect(await held()).toEqual(right('one', 'two'));
    }
    // In each of both: to be in the team, a four, a run.
    expect((await held()).a1).toBe(2 * (4000 + 5000 + 1000));
  });

  test('takes corrections as they are, and writes nothing where nothing differs', async () => {
    await store.configureTournament(CUP, linked('one'), 1000);
    const all = scored([4, 6]);
    await play('one', ...all);
    await clock.advance(3000);
    expect(await held()).toEqual(right('one'));
    const { changes } = (await store.readContestTail(CUP, 0)) ?? {};
    await clock.advance(40_000);
    expect((await store.readContestTail(CUP, 0))?.changes).toBe(changes);
    for (let n = 0; n < all.length; n++) {
      await play('one', { type: 'match', match: 'one', action: 'undo' });
      await clock.advance(600);
      expect(await held()).toEqual(right('one'));
    }
    expect(await held()).toEqual({});
  });

  test('follows the settings: matches that come and go, and who plays', async () => {
    await play('one', ...scored([4]));
    await play('two', ...scored([6]));
    await store.configureTournament(
      CUP,
      { ...linked('one', 'two', 'not-yet'), players: ['a1', 'stranger'] },
      1000,
    );
    await clock.advance(3000);
    expect(await held()).toEqual({ a1: right('one', 'two').a1 });
    await store.configureTournament(CUP, { ...linked('two'), players: ['a1', 'a2', 'stranger'] }, 1000);
    await clock.advance(3000);
    expect(await held()).toEqual({ a1: right('two').a1, a2: 4000 });
    await store.removeMatch('two', 1000);
    await clock.advance(3000);
    expect(await held()).toEqual({});
  });

  test('goes on where another one left off, and is silent while it owns nothing', async () => {
    await store.configureTournament(CUP, linked('one'), 1000);
    await play('one', ...scored([4]));
    await clock.advance(3000);
    owns = false;
    await play('one', ...scored([4, 6]).slice(-1));
    const before = await held();
    await clock.advance(5000);
    expect(await held()).toEqual(before);
    owns = true;
    await feeder.stop();
    feeder = startFeeder();
    await feeder.start();
    await clock.advance(3000);
    expect(await held()).toEqual(right('one'));
  });

  test('goes on after an outage of the store', async () => {
    await feeder.stop();
    const own = store.connect();
    feeder = startFeeder(own);
    await feeder.start();
    await store.configureTournament(CUP, linked('one'), 1000);
    await clock.advance(3000);
    own.setState('down');
    await play('one', ...scored([4]));
    await clock.advance(3000);
    expect(await held()).toEqual({});
    own.setState('up');
    await clock.advance(3000);
    expect(await held()).toEqual(right('one'));
  });
});
