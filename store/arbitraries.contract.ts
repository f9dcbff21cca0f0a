/** What is done to stores at random, and everything that can be read of it. Few names and values, so that they meet. */
import fc from 'fast-check';
import type { BoardSettings } from '../protocol/boards.ts';
import type { Fixture } from '../protocol/matches.ts';
import type { ProductConfig } from '../protocol/products.ts';
import type { TournamentSettings } from '../protocol/tournaments.ts';
import { WINDOW_KINDS } from '../protocol/windows.ts';
import { windowAt } from '../scoring/windows.ts';
import { chunk, chunksOf, points, tailOf } from './contests-support.contract.ts';
import { amend, append, FIXTURE, goal, readEvents, undo } from './matches-support.contract.ts';
import type {
  AppendOperation,
  Operation,
  PointsOperation,
  ResultOperation,
  ScoreStore,
  TeamChange,
  TeamChunk,
} from './score-store.ts';
import { count, delta, login, logout, NOTHING, profile, reject } from './support.contract.ts';
import { windowKey } from './windows-of.ts';

export const BOARDS = ['a', 'b', 'c', '__proto__', 'never-configured'];
export const MEMBERS = [
  'ann',
  'bob',
  'a:b',
  '__proto__',
  ' ',
  'é',
  '\u{e000}',
  '\u{fffd}',
  '\u{10000}',
  '🏏',
  'x'.repeat(128),
];
export const PRODUCTS = ['g', '__proto__'];
export const AREAS = ['1', '__proto__'];
export const MATCHES = ['m', 'n', '__proto__'];
export const TOURNAMENTS = ['t', '__proto__'];
const COUNTERS = ['wins', 'a:b', '__proto__', '🏏', 'one too many', 'two too many'];
const MODES = ['duel', 'team', 'a:b', '🏏'];
const ZONES = ['UTC', 'Pacific/Auckland', 'America/Los_Angeles'];

/** The last hours of a Sunday; the next day but one begins a month. */
const BEGINNING = Date.UTC(2026, 10, 29, 20);
const STEP_MS = 4 * 3_600_000;
const STEPS = 10;

export const timeArbitrary = fc.integer({ min: 0, max: STEPS }).map((step) => BEGINNING + step * STEP_MS);

/** Every window that a board can have by then. */
const WINDOWS = [
  ...new Set(
    ZONES.flatMap((zone) =>
      WINDOW_KINDS.flatMap((kind) =>
        Array.from({ length: STEPS + 1 }, (_, step) => windowAt(kind, BEGINNING + step * STEP_MS, zone)),
      ),
    ),
  ),
];

/** The keys of all boards and windows. */
export const BOARD_KEYS = BOARDS.flatMap((board) => [
  board,
  ...WINDOWS.map((window) => windowKey(board, window)),
]);

export const boardArbitrary = fc.constantFrom(...BOARDS);
/** A board, or one of its windows. */
export const keyArbitrary = fc.oneof(
  { weight: 2, arbitrary: boardArbitrary },
  { weight: 1, arbitrary: fc.constantFrom(...BOARD_KEYS) },
);
export const memberArbitrary = fc.constantFrom(...MEMBERS);
export const productArbitrary = fc.constantFrom(...PRODUCTS);

/** Few values, so that ties are frequent, and some at the edges of what a double holds. */
const valueArbitrary = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, -1, 2, 5, -5) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(-0, 0.1, 0.2, -0.3, 1e-7, 5e-324, 2 ** 53, 1.7e308, -1.7e308, Infinity, NaN),
  },
  { weight: 1, arbitrary: fc.double() },
);

const scoreArbitrary = fc.record({
  op: fc.constantFrom('delta' as const, 'set' as const, 'best' as const),
  board: boardArbitrary,
  member: memberArbitrary,
  value: valueArbitrary,
});

const resultArbitrary: fc.Arbitrary<ResultOperation> = fc
  .record({
    op: fc.constant('result' as const),
    board: boardArbitrary,
    winner: memberArbitrary,
    loser: memberArbitrary,
    draw: fc.boolean(),
    handler: fc.constantFrom(
      'transfer',
      'transfer',
      'winner-only',
      'picky',
      'doubling',
      'nobody',
      'unheard-of',
    ),
    options: fc.constantFrom<ResultOperation['options']>({}, { start: 0.1, '🏏': ['"', null] }),
  })
  .filter(({ winner, loser }) => winner !== loser);

const sessionArbitrary: fc.Arbitrary<Operation> = fc
  .tuple(fc.constantFrom(...AREAS), memberArbitrary, fc.constantFrom(undefined, ...MODES))
  .map(([area, user, mode]) => (mode === undefined ? logout(area, user) : login(area, user, mode)));

export const fixtureArbitrary: fc.Arbitrary<Fixture> = fc.constantFrom<Fixture>(
  FIXTURE,
  { ...FIXTURE, title: 'Fïnal 🏏' },
  { ...FIXTURE, teams: ['Ajax', '__proto__'] },
  { ...FIXTURE, sport: 'unheard-of' },
);
export const matchArbitrary = fc.constantFrom(...MATCHES);

const expectedArbitrary = fc
  .option(fc.nat({ max: 9 }), { freq: 2 })
  .map((expected) => (expected === null ? {} : { expected }));

const appendArbitrary: fc.Arbitrary<AppendOperation> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .tuple(matchArbitrary, fc.constantFrom('start' as const, 'break' as const, 'resume' as const))
      .map((pair) => append(...pair)),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(matchArbitrary, fc.integer({ min: -1, max: 2 }), memberArbitrary, expectedArbitrary)
      .map(([match, points, player, expected]) => goal(match, { points, player, ...expected })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(matchArbitrary, fc.integer({ min: 1, max: 12 }))
      .map(([match, n]) => amend(match, n, goal(match, { points: 7 }))),
  },
  { weight: 1, arbitrary: fc.constantFrom(...MATCHES, 'none').map((match) => undo(match)) },
);

export const tournamentArbitrary = fc.constantFrom(...TOURNAMENTS);

/** Some totals are so great that they meet the limit with some bonuses. */
const pointsArbitrary: fc.Arbitrary<PointsOperation> = fc
  .record({
    tournament: fc.constantFrom(...TOURNAMENTS, 't', 'none'),
    player: memberArbitrary,
    total: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: -50, max: 50 }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(-0, 0.5, Number.NaN, 2 ** 53, 9_007_199_254_740, 3_000_000_000_000),
      },
    ),
    isFed: fc.boolean(),
  })
  .map(({ tournament, player, total, isFed }) =>
    points(player, total, { tournament, ...(isFed ? { fed: true } : {}) }),
  );

export const tournamentSettingsArbitrary: fc.Arbitrary<TournamentSettings> = fc.record(
  {
    title: fc.constantFrom('Cup', 'Çup 🏏'),
    players: fc.constantFrom(MEMBERS, ['ann', 'bob'], [...MEMBERS, 'zoe']),
    matches: fc.constant([{ match: 'm', system: 'dream11-t20-2020' as const }]),
  },
  { requiredKeys: [] },
);

const bonusArbitrary = fc.constantFrom(1, 500, 1000, 1500, 2000, 1_000_000);
const cardsArbitrary = fc
  .uniqueArray(memberArbitrary, { minLength: 1, maxLength: 4 })
  .chain((players) =>
    fc.tuple(...players.map((player) => fc.record({ player: fc.constant(player), bonus: bonusArbitrary }))),
  );

export const teamChangeArbitrary: fc.Arbitrary<TeamChange> = fc
  .record({
    team: memberArbitrary,
    cards: cardsArbitrary,
    leagues: fc.subarray(['office', '__proto__']),
    registered: fc.option(cardsArbitrary),
  })
  .map(({ registered, ...rest }) => (registered === null ? rest : { ...rest, registered }));

export const teamChunkArbitrary: fc.Arbitrary<TeamChunk> = fc
  .record({
    bytes: fc.uint8Array({ maxLength: 9 }),
    teams: fc.constantFrom(1, 3, 19_999_990),
    heaviest: fc.constantFrom(1, 1000, 3000, 3001),
    players: fc.uniqueArray(memberArbitrary, { minLength: 1 }),
  })
  .map(chunk);

export const operationArbitrary: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 12, arbitrary: scoreArbitrary },
  { weight: 4, arbitrary: resultArbitrary },
  {
    weight: 3,
    arbitrary: fc
      .tuple(productArbitrary, memberArbitrary, fc.constantFrom(...COUNTERS), valueArbitrary)
      .map((values) => count(...values)),
  },
  { weight: 4, arbitrary: sessionArbitrary },
  { weight: 4, arbitrary: appendArbitrary },
  { weight: 4, arbitrary: pointsArbitrary },
  {
    weight: 1,
    arbitrary: fc.tuple(memberArbitrary, fc.constantFrom('Name', 'Näme: 🏏')).map((pair) => profile(...pair)),
  },
  { weight: 1, arbitrary: fc.constantFrom('forbidden' as const, 'malformed' as const).map(reject) },
  { weight: 1, arbitrary: fc.constant(NOTHING) },
);

/** Of a batch that only adds whole numbers, but for some at the edges of what is exact. */
const wholeArbitrary = fc.constantFrom(1, 1, -1, 2, 5, -5, 2 ** 52, -(2 ** 53) + 1);
const additionArbitrary: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.tuple(boardArbitrary, memberArbitrary, wholeArbitrary).map((values) => delta(...values)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(productArbitrary, memberArbitrary, fc.constantFrom(...COUNTERS), wholeArbitrary)
      .map((values) => count(...values)),
  },
);

/** What one publish asks, or several that go together. */
export const operationsArbitrary: fc.Arbitrary<Operation[]> = fc.oneof(
  { weight: 2, arbitrary: fc.array(operationArbitrary, { minLength: 1, maxLength: 15 }) },
  { weight: 1, arbitrary: fc.array(additionArbitrary, { minLength: 1, maxLength: 15 }) },
);

export const settingsArbitrary: fc.Arbitrary<BoardSettings> = fc.record(
  {
    order: fc.constantFrom('desc' as const, 'asc' as const),
    ties: fc.constantFrom('member' as const, 'first' as const, 'first' as const),
    top: fc.constantFrom(1, 3, 1000),
    windows: fc.subarray([...WINDOW_KINDS]),
    timezone: fc.constantFrom(...ZONES),
  },
  { requiredKeys: [] },
);

/** Windows without what would be a conflict as soon as they have members. */
export const windowsArbitrary: fc.Arbitrary<BoardSettings> = fc.record(
  { windows: fc.subarray([...WINDOW_KINDS]), timezone: fc.constantFrom(...ZONES) },
  { requiredKeys: ['windows'] },
);

export const productConfigArbitrary: fc.Arbitrary<ProductConfig> = fc.record({
  leaderboards: fc.subarray([
    { board: 'a', handler: 'elo', options: { k: 0.1 + 0.2 } },
    { board: '__proto__', handler: '🏏' },
  ]),
  stats: fc.constantFrom('default', '__proto__'),
});

/** All that can be read without changing anything. */
export async function contentOf(store: ScoreStore) {
  const pages = await store.readPages(BOARD_KEYS.map((board) => ({ board, offset: 0, limit: 100 })));
  const keys = BOARD_KEYS.filter((_, index) => pages[index]?.exists);
  return {
    pages: pages.filter(({ exists }) => exists),
    keys,
    tops: await store.readPages(keys.map((board) => ({ board, offset: 0, limit: 'top' as const }))),
    standings: await store.readStandings(keys.map((board) => ({ board, members: MEMBERS }))),
    records: await Promise.all(keys.map(async (board) => (await store.readRecords(board, MEMBERS)).records)),
    boards: await store.listBoards({ limit: 100 }),
    configs: await store.readConfigs(BOARDS),
    players: await store.readPlayers(
      PRODUCTS.flatMap((product) => MEMBERS.map((player) => ({ product, player }))),
    ),
    areas: await areasOf(store),
    areaIds: await store.listAreas({ limit: 100 }),
    products: await store.readProducts([...PRODUCTS, 'none']),
    productIds: await store.listProducts({ limit: 100 }),
    matches: await store.readMatches([...MATCHES, 'none']),
    matchEvents: await Promise.all([...MATCHES, 'none'].map((match) => readEvents(store, match, 0, 1000))),
    listings: await store.listMatches({ limit: 100 }),
    tournaments: await store.readTournaments([...TOURNAMENTS, 'none']),
    tails: await Promise.all(TOURNAMENTS.map((id) => tailOf(store, 0, id))),
    latestChanges: await Promise.all(TOURNAMENTS.map((id) => tailOf(store, 4, id))),
    teamChunks: await Promise.all(TOURNAMENTS.map((id) => chunksOf(store, id))),
    tournamentListings: await store.listTournaments({ limit: 100 }),
  };
}

/** What is played in all areas. */
export function areasOf(store: ScoreStore) {
  return store.readAreas(
    AREAS.flatMap((area) => [
      { area, limit: 100 },
      { area, limit: 2 },
    ]),
  );
}
