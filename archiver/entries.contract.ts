/** Entries of a log of every kind, with all that JSON and PostgreSQL could find hard to hold. */
import fc from 'fast-check';
import type { AppliedOperation, LogEntry } from '../store/score-store.ts';

const textArbitrary = fc.oneof(
  fc.constantFrom('ann', '__proto__', ' ', 'a:b|c\\"d', '\u{10000}', '🏏', '\\N', '\\u0000', '{}', "'; --"),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !text.includes('\0')),
);
/** Of what a scorer may write, where nothing is forbidden. */
const wildArbitrary = fc.oneof(textArbitrary, fc.constantFrom('a\0b', '\ud83c', '\udfcf\ud83c', '\n\t\r'));
const idArbitrary = fc.constantFrom('b', '__proto__', 'a.b-c_1');
/** Without -0, which no log has and JSON does not know. */
const valueArbitrary = fc.oneof(
  fc.constantFrom(0, 0.1 + 0.2, -1 / 3, 5e-324, Number.MAX_VALUE, -1e21, 2 ** 53 - 1, 1e-7),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
);
const timeArbitrary = fc.integer({ min: 0, max: 4_102_444_800_000 });

const operationArbitrary: fc.Arbitrary<AppliedOperation> = fc.oneof(
  fc.record({
    op: fc.constantFrom('delta' as const, 'set' as const, 'best' as const),
    ...{ board: idArbitrary, member: textArbitrary, value: valueArbitrary },
  }),
  fc.record({
    ...{ op: fc.constant('result' as const), board: idArbitrary, winner: textArbitrary },
    ...{ loser: textArbitrary, draw: fc.boolean(), handler: idArbitrary },
    options: fc.constantFrom({}, { k: 20, floor: 0.1, '🏏': ['"', null] }),
  }),
  fc.record({
    ...{ op: fc.constant('count' as const), product: idArbitrary, player: textArbitrary },
    ...{ counter: textArbitrary, by: valueArbitrary },
  }),
  fc.record({
    ...{ op: fc.constant('login' as const), area: idArbitrary, user: textArbitrary, mode: textArbitrary },
  }),
  fc.record({ op: fc.constant('logout' as const), area: idArbitrary, user: textArbitrary }),
  fc.record({
    ...{ op: fc.constant('append' as const), match: idArbitrary },
    event: wildArbitrary.map((text) => ({
      ...{ type: 'match' as const, match: 'm', action: 'note' as const, text },
    })),
  }),
  fc.record(
    {
      ...{ op: fc.constant('points' as const), tournament: idArbitrary, player: textArbitrary },
      ...{ points: fc.maxSafeInteger(), fed: fc.constant(true as const) },
    },
    { requiredKeys: ['op', 'tournament', 'player', 'points'] },
  ),
  fc.record({ op: fc.constant('profile' as const), member: textArbitrary, name: textArbitrary }),
);

const windowsArbitrary = fc.uniqueArray(textArbitrary, { minLength: 1, maxLength: 3 });

const batchArbitrary = fc
  .record({
    operations: fc.array(operationArbitrary, { minLength: 1, maxLength: 6 }),
    windowed: fc.array(fc.tuple(idArbitrary, windowsArbitrary)),
  })
  .map(({ operations, windowed }) => {
    const boards = new Set(operations.flatMap((operation) => ('board' in operation ? operation.board : [])));
    const windows = new Map(windowed.filter(([id]) => boards.has(id)));
    return {
      ...{ kind: 'batch' as const, operations, positions: operations.length },
      ...(windows.size === 0 ? {} : { windows }),
    };
  });

const settings = {
  order: 'desc',
  ties: 'first',
  top: 100,
  windows: ['daily'],
  timezone: 'Europe/Paris',
} as const;
const teams: [string, string] = ['Ajax', '__proto__'];
const cards = [{ player: 'Ann', bonus: 1500 }];

const changeArbitrary = fc
  .tuple(idArbitrary, textArbitrary, wildArbitrary)
  .chain(([id, text, wild]) =>
    fc.constantFrom(
      { kind: 'configure' as const, board: id, config: { ...settings, windows: ['daily' as const] } },
      { kind: 'remove-board' as const, board: `${id}@daily.2026-11-21` },
      { kind: 'remove-member' as const, board: id, member: text },
      { kind: 'configure-product' as const, product: id, config: { leaderboards: [{ handler: 'wins' }] } },
      { kind: 'configure-match' as const, match: id, fixture: { sport: 'cricket', title: wild, teams } },
      { kind: 'remove-match' as const, match: id },
      { kind: 'configure-tournament' as const, tournament: id, settings: { title: wild, players: [text] } },
      { kind: 'add-teams' as const, tournament: id, teams: 3 },
      { kind: 'start-tournament' as const, tournament: id },
      { kind: 'remove-tournament' as const, tournament: id },
      { kind: 'put-team' as const, tournament: id, change: { team: text, cards, leagues: [text] } },
      { kind: 'expire-sessions' as const, sessions: [{ area: id, user: text }] },
      { kind: 'repair' as const, board: id, members: [text] },
    ),
  )
  .map((change) => ({ ...change, positions: 1 }));

/** Placed where it is told. */
const stepArbitrary = fc.tuple(fc.oneof(batchArbitrary, changeArbitrary), timeArbitrary);

export const entriesArbitrary: fc.Arbitrary<LogEntry[]> = fc
  .array(stepArbitrary, { minLength: 1, maxLength: 8 })
  .map((steps) => {
    let from = 0;
    return steps.map(([{ positions, ...step }, at]) => {
      const entry = { ...step, from, to: from + positions, at } as LogEntry;
      from += positions;
      return entry;
    });
  });

export const entryArbitrary = entriesArbitrary.map(([first]) => first as LogEntry);
