import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { points } from '../contests-support.contract.ts';
import { append, FIXTURE, goal, undo } from '../matches-support.contract.ts';
import type { AppliedOperation, LogEntry } from '../score-store.ts';
import { count, delta, login, logout, profile, result, set } from '../support.contract.ts';
import { PackedBatch } from './batches.ts';
import { parseLogEntry, type StoredEntry } from './log-entries.ts';
import { packLongTexts, packTexts, packUint16s } from './packing.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('__proto__', '\u{feff}begins with a mark', 'x'.repeat(128), ''),
);
const value = fc.double({ noNaN: true, noDefaultInfinity: true });
const id = fc.constantFrom('a', 'b', '__proto__', 'c'.repeat(64));
const operationArbitrary: fc.Arbitrary<AppliedOperation> = fc.oneof(
  fc.record({
    op: fc.constantFrom('delta' as const, 'set' as const, 'best' as const),
    board: id,
    member: text,
    value,
  }),
  fc.tuple(text, text).map((pair) => profile(...pair)),
  fc.record({
    op: fc.constant('result' as const),
    board: id,
    winner: text,
    loser: text,
    draw: fc.boolean(),
    handler: fc.constantFrom('elo', '__proto__'),
    options: fc.constantFrom<Record<string, unknown>>(
      {},
      { k: 0.1 + 0.2, text: '"é🏏\\ \n' },
      { list: [[], {}, null] },
    ),
  }),
  fc.tuple(id, text, text, value).map((each) => count(...each)),
  fc.tuple(id, text, text).map((each) => login(...each)),
  fc.tuple(id, text).map((each) => logout(...each)),
  fc.tuple(id, text).map(([match, player]) => goal(match, { player, text: '"é🏏\\ \n' })),
  id.map((match) => undo(match, 7)),
  fc.tuple(id, text, fc.integer()).map(([tournament, ...each]) => points(...each, { tournament })),
);
/** One of each kind. */
const OPERATIONS = [
  ...[set('b', 'ann', 1), profile('ann', 'Ann'), delta('c', 'bob', 2)],
  ...[result('b', 'ann', 'bob', { options: { k: 32 } }), count('g', 'ann', 'wins')],
  ...[login('111', 'ann', 'duel'), logout('111', 'ann'), append('m', 'start')],
  points('ann', 1500),
];

describe('an entry of the log', () => {
  test('of a batch gives back its operations as they were packed, bit for bit', () => {
    fc.assert(
      fc.property(
        fc.array(operationArbitrary, { minLength: 1, maxLength: 40 }),
        fc.nat({ max: Number.MAX_SAFE_INTEGER - 40 }),
        (operations, from) => {
          const entry = parseLogEntry(batchEntry(operations, from));
          expect(entry).toEqual({ kind: 'batch', from, to: from + operations.length, at: 1234, operations });
        },
      ),
    );
  });

  test.each<{ name: string; entry: LogEntry; fields: Record<string, string | Buffer> }>([
    {
      name: 'configure',
      entry: {
        ...{ kind: 'configure', from: 4, to: 5, at: 1234.5, board: 'b' },
        config: { order: 'asc', ties: 'first', top: 7 },
      },
      fields: { board: 'b', config: 'asc first 7' },
    },
    {
      name: 'remove-board',
      entry: { kind: 'remove-board', from: 4, to: 5, at: 1234.5, board: 'b' },
      fields: { board: 'b' },
    },
    {
      name: 'remove-member',
      entry: { kind: 'remove-member', from: 4, to: 5, at: 1234.5, board: 'b', member: '🏏' },
      fields: { board: 'b', member: '🏏' },
    },
    {
      name: 'configure',
      entry: {
        ...{ kind: 'configure', from: 4, to: 5, at: 1234.5, board: 'b' },
        config: {
          order: 'desc',
          ties: 'member',
          top: 7,
          windows: ['daily', 'monthly'],
          timezone: 'Etc/GMT+5',
        },
      },
      fields: { board: 'b', config: 'desc member 7 daily,monthly Etc/GMT+5' },
    },
    {
      name: 'configure-product',
      entry: {
        ...{ kind: 'configure-product', from: 4, to: 5, at: 1234.5, product: 'g' },
        config: { leaderboards: [{ board: 'b', handler: 'elo', options: { k: 0.1 } }], stats: 'default' },
      },
      fields: {
        product: 'g',
        config: '{"leaderboards":[{"board":"b","handler":"elo","options":{"k":0.1}}],"stats":"default"}',
      },
    },
    {
      name: 'configure-match',
      entry: { ...{ kind: 'configure-match', from: 4, to: 5, at: 1234.5, match: 'm' }, fixture: FIXTURE },
      fields: { match: 'm', fixture: '{"sport":"generic","teams":["Ajax","PSV"]}' },
    },
    {
      name: 'remove-match',
      entry: { kind: 'remove-match', from: 4, to: 5, at: 1234.5, match: 'm' },
      fields: { match: 'm' },
    },
    {
      name: 'remove-tournament',
      entry: { kind: 'remove-tournament', from: 4, to: 5, at: 1234.5, tournament: 't' },
      fields: { tournament: 't' },
    },
    {
      name: 'expire-sessions',
      entry: {
        ...{ kind: 'expire-sessions', from: 4, to: 5, at: 1234.5 },
        sessions: [
          { area: '111', user: 'a:b' },
          { area: '2', user: '🏏' },
        ],
      },
      fields: { sessions: packTexts(['111', 'a:b', '2', '🏏']) },
    },
    {
      name: 'repair',
      entry: { kind: 'repair', from: 4, to: 5, at: 1234.5, board: 'b', members: ['🏏', '', 'ann'] },
      fields: { board: 'b', members: packTexts(['🏏', '', 'ann']) },
    },
  ])('of kind $name is read', ({ name, entry, fields }) => {
    expect(parseLogEntry(stored('5-0', { from: '4', at: '1234.5', kind: name, ...fields }))).toEqual(entry);
  });

  test('that is cut short, whatever field, is a defect', () => {
    const [id, fields] = batchEntry(OPERATIONS, 0);
    for (let i = 1; i < fields.length; i += 2) {
      const whole = fields[i] as Buffer;
      for (let length = 0; length < whole.length; length++) {
        // A time that lost digits is a time still.
        if (String(fields[i - 1]) === 'at' && length > 0) continue;
        const cut = fields.with(i, whole.subarray(0, length));
        expect(() => parseLogEntry([id, cut]), `${fields[i - 1]} cut to ${length}`).toThrow('defect');
      }
      expect(() => parseLogEntry([id, fields.toSpliced(i - 1, 2)]), String(fields[i - 1])).toThrow('defect');
    }
  });

  test('with other bytes in it is a defect, or another entry, and nothing else', () => {
    const [id, fields] = batchEntry(OPERATIONS, 0);
    const spoilt = fc.record({
      field: fc.nat({ max: fields.length - 1 }),
      at: fc.nat(),
      byte: fc.nat({ max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(spoilt, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = fields.map((each) => Buffer.from(each));
        for (const { field, at, byte } of changes) {
          const target = bytes[field] as Buffer;
          if (target.length > 0) target[at % target.length] = byte;
        }
        let entry: LogEntry | undefined;
        try {
          entry = parseLogEntry([id, bytes]);
        } catch (error) {
          expect(String(error)).toContain('defect');
        }
        if (entry?.kind === 'batch') expect(entry.operations.length).toBe(entry.to - entry.from);
      }),
    );
  });

  test('names the windows that it changed too', () => {
    const [id, fields] = batchEntry(OPERATIONS, 0);
    const windows = Buffer.concat([
      ...[packTexts(['b']), packUint16s([2]), packTexts(['daily.2026-11-21', 'monthly.2026-11'])],
      ...[packTexts(['__proto__']), packUint16s([1]), packTexts(['weekly.2026-W47'])],
    ]);
    expect(parseLogEntry([id, [...fields, Buffer.from('windows'), windows]])).toEqual({
      ...{ kind: 'batch', from: 0, to: OPERATIONS.length, at: 1234, operations: OPERATIONS },
      windows: new Map([
        ['b', ['daily.2026-11-21', 'monthly.2026-11']],
        ['__proto__', ['weekly.2026-W47']],
      ]),
    });
  });

  test('of a kind that is not known is a defect', () => {
    const entry = stored('5-0', { from: '4', at: '1', kind: 'later', board: 'b' });
    expect(() => parseLogEntry(entry)).toThrow('defect: log entry 5-0 is of the unknown kind later');
  });
});

/** As apply.lua appends it where nothing is left out. */
function batchEntry(operations: readonly AppliedOperation[], from: number): StoredEntry {
  const { lengths, otherLengths, counterNames, tournamentPlayers, ...lists } = new PackedBatch([
    { operations },
  ]).lists;
  const head = { from: String(from), at: '1234', kind: 'batch' };
  const events = operations.flatMap((each) => (each.op === 'append' ? [JSON.stringify(each.event)] : []));
  const texts = {
    counter_names: counterNames,
    events: packLongTexts(events),
    tournament_players: tournamentPlayers,
  };
  return stored(`${from + operations.length}-0`, { ...head, ...lists, ...texts });
}

function stored(id: string, fields: Readonly<Record<string, string | Buffer>>): StoredEntry {
  return [
    Buffer.from(id),
    Object.entries(fields).flatMap(([name, each]) => [
      Buffer.from(name),
      typeof each === 'string' ? Buffer.from(each) : each,
    ]),
  ];
}
