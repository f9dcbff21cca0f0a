import { describe, expect, test } from 'vitest';
import type { BatchVerdict, Part } from '../score-store.ts';
import { delta, settled } from '../support.contract.ts';
import { joinVerdicts, splitParts } from './split-parts.ts';

const named = (name: string) => delta('b', name, 1);
function numbered(id: string, ...events: readonly (readonly [number: number, names: string])[]): Part {
  const each = events.flatMap(([number, names]) => [...names].map((name) => ({ number, name })));
  return {
    operations: each.map(({ name }) => named(name)),
    producer: { id, claim: 5, numbers: each.map(({ number }) => number) },
  };
}

describe('a batch in halves', () => {
  test('has every operation once, in order, and both halves have every part', () => {
    const parts = [numbered('p', [1, 'a'], [4, 'b'], [5, 'c']), { operations: [...'def'].map(named) }];
    expect(splitParts(parts)).toEqual([
      [numbered('p', [1, 'a'], [4, 'b'], [5, 'c']), { operations: [] }],
      [numbered('p'), { operations: [...'def'].map(named) }],
    ]);
  });

  test('is never cut between operations of one number', () => {
    const parts = [numbered('p', [1, 'ab'], [2, 'cde'], [3, 'f'])];
    expect(splitParts(parts)).toEqual([[numbered('p', [1, 'ab'], [2, 'cde'])], [numbered('p', [3, 'f'])]]);
    expect(splitParts([numbered('p', [1, 'ab'], [2, 'cde'])])).toEqual([
      [numbered('p', [1, 'ab'])],
      [numbered('p', [2, 'cde'])],
    ]);
  });

  test('is not cut between operations of one event of nobody either', () => {
    const operations = [...'abcd'].map(named);
    expect(splitParts([{ operations, events: [0, 0, 0, 3] }])).toEqual([
      [{ operations: operations.slice(0, 3), events: [0, 0, 0] }],
      [{ operations: operations.slice(3), events: [3] }],
    ]);
  });

  test('comes down to single events, of which there are no halves', () => {
    expect(splitParts([numbered('p', [1, 'abc']), numbered('q'), { operations: [] }])).toBeUndefined();
    expect(splitParts([numbered('p', [7, 'a']), numbered('q', [7, 'b'])])).toBeDefined();
  });

  test('gets one verdict', () => {
    const first = [numbered('p', [1, 'a'], [2, 'b']), { operations: [named('x')] }, numbered('q', [3, 'c'])];
    const verdict = (position: number, ...parts: BatchVerdict['parts']): BatchVerdict => ({
      position,
      parts,
    });
    const joined = joinVerdicts(
      first,
      verdict(
        4,
        settled(2, [{ index: 1, code: 'forbidden' }]),
        settled(0, [{ index: 0, code: 'malformed', message: 'no' }]),
        settled(),
      ),
      verdict(
        9,
        settled(1, [{ index: 2, code: 'malformed' }]),
        settled(0, [{ index: 1, code: 'too_large' }]),
        { status: 'conflict' },
      ),
    );
    expect(joined).toEqual(
      verdict(
        9,
        settled(3, [
          { index: 1, code: 'forbidden' },
          { index: 4, code: 'malformed' },
        ]),
        settled(0, [
          { index: 0, code: 'malformed', message: 'no' },
          { index: 2, code: 'too_large' },
        ]),
        { status: 'conflict' },
      ),
    );
  });
});
