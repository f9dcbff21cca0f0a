import { deepStrictEqual } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rows } from '../test/support/json-arbitraries.ts';
import { CODECS } from './codec.ts';
import { PatchError } from './patch-error.ts';
import { applyRowsPatch, diffRows } from './rows-patch.ts';
import type { Row, Rows, RowsPatch } from './views.ts';

function board(length: number, step = 100): Row[] {
  return Array.from({ length }, (_, i) => [
    `player_${String((i * 7919) % 100_000).padStart(5, '0')}`,
    999_999 - i * step,
  ]);
}

function moved(list: Rows, from: number, to: number): Row[] {
  const result = list.slice();
  result.splice(to, 0, ...result.splice(from, 1));
  return result;
}

describe('diffRows and applyRowsPatch', () => {
  it('are inverse: applying the difference gives the new rows', () => {
    fc.assert(
      fc.property(rows, rows, (before, after) => {
        const patch = diffRows(before, after);
        deepStrictEqual(patch === undefined ? before : applyRowsPatch(before, patch), after);
      }),
    );
  });

  it('are inverse where the new rows are the old ones after a few changes', () => {
    const change = fc.tuple(fc.nat(30), fc.nat(30), fc.option(fc.integer({ min: 0, max: 3 })));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
        const before = board(30);
        let after: Row[] = before.slice();
        for (const [from, to, score] of changes) {
          if (score === null) after = moved(after, from % after.length, to % after.length);
          else if (score === 0 && after.length > 1) after.splice(from % after.length, 1);
          else after[from % after.length] = [`new_${to}`, score];
        }
        const patch = diffRows(before, after);
        deepStrictEqual(patch === undefined ? before : applyRowsPatch(before, patch), after);
      }),
    );
  });

  it('differ in nothing exactly where the rows are equal', () => {
    fc.assert(
      fc.property(rows, rows, (before, after) => {
        expect(diffRows(before, structuredClone(before))).toBeUndefined();
        expect(diffRows(before, after) === undefined).toBe(isDeepStrictEqual(before, after));
      }),
    );
  });

  it('mean the same after either encoding', () => {
    fc.assert(
      fc.property(rows, rows, (before, after) => {
        const patch = diffRows(before, after) ?? [];
        deepStrictEqual(CODECS.json.decode(CODECS.json.encode(patch)), patch);
        deepStrictEqual(CODECS.msgpack.decode(CODECS.msgpack.encode(patch)), patch);
      }),
    );
  });

  it('leave the given rows as they were', () => {
    fc.assert(
      fc.property(rows, rows, (before, after) => {
        const copy = structuredClone(before);
        applyRowsPatch(before, diffRows(before, after) ?? []);
        deepStrictEqual(before, copy);
      }),
    );
  });
});

describe('diffRows', () => {
  it('says a member that moves up as one insertion and one deletion', () => {
    const before = board(20);
    expect(diffRows(before, moved(before, 12, 7))).toEqual([
      [7, 0, before[12]],
      [13, 1],
    ]);
  });

  it('says a member that moves down as one deletion and one insertion', () => {
    const before = board(20);
    expect(diffRows(before, moved(before, 7, 12))).toEqual([
      [7, 1],
      [12, 0, before[7]],
    ]);
  });

  it('says a changed score in place as one splice', () => {
    const before = board(20);
    const after = before.with(9, [before[9]?.[0] as string, 1]);
    expect(diffRows(before, after)).toEqual([[9, 1, after[9]]]);
  });

  it('says neighbours that change as one splice', () => {
    const before = board(20);
    const after = before.with(9, ['x', 1]).with(10, ['y', 1]);
    expect(diffRows(before, after)).toEqual([[9, 2, ['x', 1], ['y', 1]]]);
  });

  it('says a row again where that is shorter than one more splice', () => {
    expect(diffRows([['a'], ['b'], ['c']], [['x'], ['b'], ['y']])).toEqual([[0, 3, ['x'], ['b'], ['y']]]);
  });

  it('keeps rows of equal keys where they stand', () => {
    const before = [
      ['one_member', 1],
      ['same_member', 1],
      ['same_member', 2],
      ['last_member', 1],
    ];
    const after = [
      ['ONE_member', 1],
      ['same_member', 1],
      ['same_member', 2],
      ['LAST_member', 1],
    ];
    expect(diffRows(before, after)).toEqual([
      [0, 1, ['ONE_member', 1]],
      [3, 1, ['LAST_member', 1]],
    ]);
  });

  it('says what fell off the end of a full board as one deletion', () => {
    const before = board(100);
    const after: Row[] = [['newcomer_1', 1_000_000], ...before.slice(0, 99)];
    expect(diffRows(before, after)).toEqual([
      [0, 0, ['newcomer_1', 1_000_000]],
      [100, 1],
    ]);
  });

  it('keeps every row but the changed ones, however many move', () => {
    const before = board(1000);
    let after: Row[] = before.slice();
    for (let k = 0; k < 50; k++) after = moved(after, (k * 617) % 1000, (k * 211) % 1000);
    const inserted = (diffRows(before, after) ?? []).reduce((sum, splice) => sum + splice.length - 2, 0);
    expect(inserted).toBeLessThanOrEqual(50);
  });

  it('compares a handful of times per row even when a long list is turned around', () => {
    // Each access is counted, as time would tell nothing on a busy machine.
    let reads = 0;
    const counted = (list: Row[]): Rows =>
      new Proxy(list, {
        get: (target, key, receiver) => {
          reads++;
          return Reflect.get(target, key, receiver);
        },
      });
    const before = board(20_000, 10);
    const patch = diffRows(counted(before), counted(before.toReversed()));
    expect(reads).toBeLessThan(20_000 * 20);
    expect(applyRowsPatch(before, patch as RowsPatch)).toEqual(before.toReversed());
  });

  it('pairs rows of equal keys in order, and does not compare each with each', () => {
    let reads = 0;
    const row = (n: number): Row =>
      new Proxy<Row>(['same', n], {
        get: (target, key, receiver) => {
          if (key === '1') reads++;
          return Reflect.get(target, key, receiver);
        },
      });
    const before = Array.from({ length: 5000 }, (_, i) => row(i));
    diffRows(before, [
      ['first', 1],
      ...before.slice(0, 2500),
      ['middle', 1],
      ...before.slice(2500).reverse(),
    ]);
    expect(reads).toBeLessThan(5000 * 10);
  });
});

describe('the size of a patch', () => {
  // Ten of a hundred members gain a little, as in half a second of play. The ten new rows alone are 10 % of the
  // state, so this leaves one byte in five for saying where they go.
  const gains = [0, 300, 2000];

  it.each(gains)(
    'with gains up to %i: at most 12 percent of a top-100 board for 10 changes, in MessagePack',
    (gain) => {
      expect(meanShare('msgpack', gain)).toBeLessThanOrEqual(0.12);
    },
  );

  it.each(gains)(
    'with gains up to %i: at most 14 percent of a top-100 board for 10 changes, in JSON',
    (gain) => {
      expect(meanShare('json', gain)).toBeLessThanOrEqual(0.14);
    },
  );
});

function meanShare(encoding: 'json' | 'msgpack', gain: number): number {
  const random = lcg(20261121);
  const ticks = 100;
  let share = 0;
  for (let tick = 0; tick < ticks; tick++) {
    const before = Array.from({ length: 100 }, (_, i): [string, number] => {
      return [`player_${String(i * 997).padStart(5, '0')}`, 100_000 + random(99_999)];
    }).sort(best);
    const after = before.map(([member, score]): [string, number] => [member, score]);
    for (let change = 0; change < 10; change++) {
      const row = after[random(100)];
      if (row) row[1] += 1 + random(gain + 1);
    }
    after.sort(best);
    const bytes = (state: unknown): number => CODECS[encoding].encode(state).length;
    share += bytes(diffRows(before, after)) / bytes(before) / ticks;
  }
  return share;
}

function best(a: readonly [string, number], b: readonly [string, number]): number {
  return b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
}

/** The same numbers on every run. */
function lcg(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('applyRowsPatch', () => {
  const state: Rows = [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ];

  it('applies the splices in order, each onto what the earlier ones left', () => {
    expect(
      applyRowsPatch(state, [
        [0, 1],
        [0, 1, ['x', 9]],
        [2, 0, ['y', 8]],
      ]),
    ).toEqual([
      ['x', 9],
      ['c', 3],
      ['y', 8],
    ]);
  });

  it('does as Array.prototype.splice does', () => {
    const splice = fc.tuple(
      fc.nat(6),
      fc.nat(3),
      fc.array(fc.constantFrom<Row>(['x'], ['y', 1]), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(splice, { maxLength: 5 }), (splices) => {
        const expected = state.slice();
        const patch: [number, number, ...Row[]][] = [];
        for (const [at, count, added] of splices) {
          const index = Math.min(at, expected.length);
          const deleteCount = Math.min(count, expected.length - index);
          patch.push([index, deleteCount, ...added]);
          expected.splice(index, deleteCount, ...added);
        }
        expect(applyRowsPatch(state, patch)).toEqual(expected);
      }),
    );
  });

  it('takes more inserted rows than fit on the stack', () => {
    const many = Array.from({ length: 300_000 }, (_, i): Row => [i]);
    const patched = applyRowsPatch(state, [[1, 1, ...many]]);
    expect(patched).toHaveLength(300_002);
    expect([patched[0], patched[1], patched.at(-1)]).toEqual([['a', 1], [0], ['c', 3]]);
  });

  it.each<[string, unknown]>([
    ['an index after the end', [[4, 0]]],
    [
      'an index after the end that an earlier splice left',
      [
        [0, 3],
        [1, 0, ['x', 1]],
      ],
    ],
    ['a negative index', [[-1, 0]]],
    ['an index that is no integer', [[0.5, 0]]],
    ['an index that is no number', [['0', 0]]],
    ['NaN as the index', [[Number.NaN, 0]]],
    ['more deletions than rows', [[2, 2]]],
    ['a negative count', [[0, -1]]],
    ['no count', [[0]]],
    ['an empty splice', [[]]],
    ['a splice that is an object', [{ 0: 0, 1: 0 }]],
    ['a null splice', [null]],
    ['a row that is no list', [[0, 0, 'x']]],
    ['a null row', [[0, 0, null]]],
    ['the patch of a document', { a: 1 }],
    ['no patch', undefined],
    ['null', null],
    ['a text', 'splice'],
  ])('refuses %s', (_, patch) => {
    expect(() => applyRowsPatch(state, patch as RowsPatch)).toThrow(PatchError);
  });

  it('refuses to patch a document', () => {
    expect(() => applyRowsPatch({} as unknown as Rows, [])).toThrow(PatchError);
  });
});
