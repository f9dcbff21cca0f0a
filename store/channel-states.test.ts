import { beforeEach, describe, expect, test } from 'vitest';
import { type Channel, parseChannel } from '../protocol/channels.ts';
import { type ChannelState, MAX_AREA_MODES, readStates } from './channel-states.ts';
import { ofMatch, undo } from './matches-support.contract.ts';
import { createMemoryStore, type MemoryScoreStore } from './memory/memory-store.ts';
import { apply, applyProfile, count, delta, login } from './support.contract.ts';

/** A Saturday. */
const NOON = Date.UTC(2026, 10, 21, 12);
const DAY = 24 * 3_600_000;

const READS = [
  'readConfigs',
  'readPages',
  'readStandings',
  'readPlayers',
  'readAreas',
  'readMatches',
  'readProbes',
  'readTournaments',
] as const;
type Reads = Pick<MemoryScoreStore, (typeof READS)[number]>;

let store: MemoryScoreStore;
let calls: string[];
let counted: Reads;

beforeEach(() => {
  store = createMemoryStore();
  calls = [];
  const told = <A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> => {
      calls.push(name);
      return call(...args);
    };
  };
  counted = {
    readConfigs: told('readConfigs', (boards) => store.readConfigs(boards)),
    readPages: told('readPages', (queries) => store.readPages(queries)),
    readStandings: told('readStandings', (queries) => store.readStandings(queries)),
    readPlayers: told('readPlayers', (queries) => store.readPlayers(queries)),
    readAreas: told('readAreas', (queries) => store.readAreas(queries)),
    readMatches: told('readMatches', (matches) => store.readMatches(matches)),
    readProbes: told('readProbes', (partitions) => store.readProbes(partitions)),
    readTournaments: told('readTournaments', (ids) => store.readTournaments(ids)),
  };
});

function channelsOf(names: readonly string[]): readonly Channel[] {
  return names.map((name) => {
    const channel = parseChannel(name);
    if (channel === undefined) throw new Error(`${name} is no channel`);
    return channel;
  });
}

function statesOf(names: readonly string[], now = NOON): Promise<readonly ChannelState[]> {
  return readStates(counted, channelsOf(names), now);
}

describe('the states of channels', () => {
  test('are those of boards, ranks, players and areas, in the order asked', async () => {
    await apply(store, [delta('b', 'ann', 2), delta('b', 'bob', 3)]);
    await applyProfile(store, 'ann', 'Ann');
    await apply(store, [count('g', 'a:b', 'wins', 3), count('g', 'a:b', '__proto__', 0)]);
    await apply(store, [
      login('111', 'ann', 'duel'),
      login('111', 'bob', 'team'),
      login('111', 'cid', 'team'),
    ]);
    const states = await statesOf([
      'area:111',
      'rank:b:ann',
      'player:g:a:b',
      'board:b',
      'rank:b:none',
      'board:b',
      'rank:b:bob',
      'match:m',
      'match:m:feed',
      'league:t:l',
      'team:t:x',
    ]);
    expect(states).toEqual([
      [
        ['team', 2],
        ['duel', 1],
      ],
      { member: 'ann', total: 2, rank: 2, score: 2 },
      Object.fromEntries([
        ['wins', 3],
        ['__proto__', 0],
      ]),
      [
        ['bob', 3],
        ['ann', 2, 'Ann'],
      ],
      { member: 'none', total: 2 },
      [
        ['bob', 3],
        ['ann', 2, 'Ann'],
      ],
      { member: 'bob', total: 2, rank: 1, score: 3 },
      ...Array(4).fill('not_found'),
    ]);
    expect(Object.keys(states[2] ?? {}).sort()).toEqual(['__proto__', 'wins']);
  });

  test('of tournaments are for the owner to tell', async () => {
    await store.configureTournament('t', {}, NOON);
    const states = await statesOf(['league:t:all', 'league:u:all', 'team:t:x', 'team:u:x']);
    expect(states).toEqual(['unavailable', 'not_found', 'unavailable', 'not_found']);
  });

  test('are those of matches, a document and the events that stand, read once for both', async () => {
    const fixture = { sport: 'generic', teams: ['Ajax', 'PSV'] as [string, string] };
    await store.configureMatch('m', fixture, NOON);
    const goal = { type: 'match', match: 'm', action: 'score', team: 'PSV', points: 1 } as const;
    const start = { type: 'match', match: 'm', action: 'start' } as const;
    await apply(store, [...[start, goal, goal].map(ofMatch), undo('m')]);
    const [feed, document, other] = await statesOf(['match:m:feed', 'match:m', 'match:n']);
    expect(document).toMatchObject({ id: 'm', status: 'live', events: 4, scores: { Ajax: 0, PSV: 1 } });
    expect(feed).toEqual([
      [1, expect.any(String), start],
      [2, expect.stringContaining('PSV'), goal],
    ]);
    expect(other).toBe('not_found');
    expect(calls).toEqual(['readMatches']);
  });

  test('are empty where there is nothing', async () => {
    const names = ['board:b', 'rank:b:ann', 'player:g:ann', 'area:111', 'board:b@daily', 'rank:b@weekly:ann'];
    const ofNobody = { member: 'ann', total: 0 };
    expect(await statesOf([...names, 'board:b@daily.2026-11-21'])).toEqual([
      [],
      ofNobody,
      {},
      [],
      [],
      ofNobody,
      [],
    ]);
  });

  test('of current windows are those of the moment, in the time zone of their board', async () => {
    await store.configureBoard('b', { windows: ['daily', 'weekly'], timezone: 'Europe/Paris' }, NOON);
    await apply(store, [delta('b', 'ann', 1)], NOON);
    await apply(store, [delta('b', 'ann', 10), delta('b', 'bob', 5)], NOON + DAY);
    const names = [
      'board:b@daily',
      'board:b@daily.2026-11-21',
      'rank:b@daily:ann',
      'rank:b@weekly:ann',
      'rank:b@monthly:ann',
      'board:b@monthly',
      'rank:b@daily.2026-11-22:bob',
    ];
    const rest = [{ member: 'ann', total: 2, rank: 1, score: 11 }, { member: 'ann', total: 0 }, []];
    const bob = { member: 'bob', total: 2, rank: 2, score: 5 };
    const first = [[['ann', 1]], [['ann', 1]], { member: 'ann', total: 1, rank: 1, score: 1 }];
    const midnight = Date.UTC(2026, 10, 21, 23);
    for (const now of [NOON, midnight - 1])
      expect(await statesOf(names, now)).toEqual([...first, ...rest, bob]);
    expect(await statesOf(names, midnight)).toEqual([
      [
        ['ann', 10],
        ['bob', 5],
      ],
      [['ann', 1]],
      { member: 'ann', total: 2, rank: 1, score: 10 },
      ...rest,
      bob,
    ]);
    await store.configureBoard('b', { windows: ['weekly'] }, NOON);
    expect((await statesOf(names, midnight)).slice(0, 3)).toEqual([
      [],
      [['ann', 1]],
      { member: 'ann', total: 0 },
    ]);
  });

  test('are read in one batch of each kind, and nothing is read that nobody asks for', async () => {
    const many = (prefix: string): string[] => Array.from({ length: 20 }, (_, index) => `${prefix}${index}`);
    const all = [...many('board:b'), ...many('rank:b:m'), ...many('player:g:m'), ...many('area:a')];
    await statesOf([...all, ...all]);
    expect(calls.toSorted()).toEqual(['readAreas', 'readPages', 'readPlayers', 'readStandings']);
    for (const [name, read] of [
      ['board:b', ['readPages']],
      ['rank:b:ann', ['readStandings']],
      ['player:g:ann', ['readPlayers']],
      ['area:111', ['readAreas']],
      ['board:b@daily.2026-11-21', ['readPages']],
      ['match:m', ['readMatches']],
      ['match:m:feed', ['readMatches']],
      ['league:t:l', ['readTournaments']],
      ['team:t:a:b', ['readTournaments']],
    ] as const) {
      calls.length = 0;
      await statesOf([name, name]);
      expect(calls).toEqual(read);
    }
    calls.length = 0;
    await statesOf(['board:b@daily', 'rank:c@weekly:ann', 'board:b']);
    expect(calls).toEqual(['readConfigs', 'readPages']);
  });

  test('of an area are its most played modes, up to a limit', async () => {
    const modes = Array.from(
      { length: MAX_AREA_MODES + 5 },
      (_, index) => `m${String(index).padStart(3, '0')}`,
    );
    for (const mode of modes) await apply(store, [login('111', mode, mode)]);
    await apply(store, [login('111', 'ann', modes.at(-1) ?? '')]);
    const [rows] = await statesOf(['area:111']);
    expect(rows).toHaveLength(MAX_AREA_MODES);
    expect(rows).toEqual([[modes.at(-1), 2], ...modes.slice(0, MAX_AREA_MODES - 1).map((mode) => [mode, 1])]);
  });
});
