import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../store/score-store.ts';
import { entryArbitrary } from './entries.contract.ts';
import { entryOf, rowsOf } from './rows.ts';

const batch: LogEntry = {
  ...{ kind: 'batch', from: 4, to: 6, at: 1001 },
  operations: [
    { op: 'delta', board: 'b', member: 'ann', value: 1 },
    { op: 'login', area: '1', user: 'bob', mode: 'duel' },
  ],
  windows: new Map([['b', ['daily.2026-11-21']]]),
};

describe('the rows of a step', () => {
  it('are one for each operation, at its own position, with the windows of its board', () => {
    expect(rowsOf(batch)).toEqual([
      {
        ...{ position: 5, step: 6, at: 1001, windows: ['daily.2026-11-21'] },
        operation: { op: 'delta', board: 'b', member: 'ann', value: 1 },
      },
      {
        ...{ position: 6, step: 6, at: 1001 },
        operation: { op: 'login', area: '1', user: 'bob', mode: 'duel' },
      },
    ]);
  });

  it('are one of any other step, with all that it has', () => {
    expect(rowsOf({ kind: 'remove-member', from: 1, to: 2, at: 3, board: 'b', member: 'ann' })).toEqual([
      { position: 2, step: 2, at: 3, operation: { kind: 'remove-member', board: 'b', member: 'ann' } },
    ]);
  });

  it('are the whole step, whatever it is', () => {
    fc.assert(
      fc.property(entryArbitrary, (entry) => {
        expect(entryOf(rowsOf(entry))).toEqual(entry);
      }),
    );
  });

  it('are refused where the log has not as many operations as positions', () => {
    expect(() => rowsOf({ ...batch, to: 7 })).toThrow('defect');
  });
});
