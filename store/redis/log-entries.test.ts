import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogEntry, Operation } from '../score-store.ts';
import { delta, profile, set } from '../support.contract.ts';
import { packBatch } from './batches.ts';
import { parseLogEntry, type StoredEntry } from './log-entries.ts';
import { packTexts } from './packing.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('__proto__', '\u{feff}begins with a mark', 'x'.repeat(128), ''),
);
const value = fc.double({ noNaN: true, noDefaultInfinity: true });
const operationArbitrary = fc.oneof(
  fc.record({
    op: fc.constantFrom('delta' as const, 'set' as const, 'best' as const),
    board: fc.constantFrom('a', 'b', '__proto__', 'c'.repeat(64)),
    member: text,
    value,
  }),
  fc.tuple(text, text).map((pair) => profile(...pair)),
);

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
      name: 'repair',
      entry: { kind: 'repair', from: 4, to: 5, at: 1234.5, board: 'b', members: ['🏏', '', 'ann'] },
      fields: { board: 'b', members: packTexts(['🏏', '', 'ann']) },
    },
  ])('of kind $name is read', ({ name, entry, fields }) => {
    expect(parseLogEntry(stored('5-0', { from: '4', at: '1234.5', kind: name, ...fields }))).toEqual(entry);
  });

  test('that is cut short, whatever field, is a defect', () => {
    const [id, fields] = batchEntry([set('b', 'ann', 1), profile('ann', 'Ann'), delta('c', 'bob', 2)], 0);
    for (let i = 1; i < fields.length; i += 2) {
      const whole = fields[i] as Buffer;
      for (let length = 0; length < whole.length; length++) {
        // A time that lost digits is a time still.
        if (String(fields[i - 1]) === 'at' && length > 0) continue;
        const cut = fields.with(i, whole.subarray(0, length));
        expect(() => parseLogEntry([id, cut]), `${fields[i - 1]} cut to ${length}`).toThrow('defect');
      }
      expect(() => parseLogEntry([id, fields.toSpliced(i - 1, 2)])).toThrow('defect');
    }
  });

  test('with other bytes in it is a defect, or another entry, and nothing else', () => {
    const [id, fields] = batchEntry([set('b', 'ann', 1), profile('ann', 'Ann'), delta('c', 'bob', 2)], 0);
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

  test('of a kind that is not known is a defect', () => {
    const entry = stored('5-0', { from: '4', at: '1', kind: 'later', board: 'b' });
    expect(() => parseLogEntry(entry)).toThrow('defect: log entry 5-0 is of the unknown kind later');
  });
});

/** As apply.lua appends it where nothing is left out. */
function batchEntry(operations: readonly Operation[], from: number): StoredEntry {
  const [boards, members, profiles, names, kinds, values] = packBatch([{ operations }]).packed;
  const fields = { boards, members, profiles, names, kinds, values } as Record<string, Buffer>;
  const head = { from: String(from), at: '1234', kind: 'batch' };
  return stored(`${from + operations.length}-0`, { ...head, ...fields });
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
