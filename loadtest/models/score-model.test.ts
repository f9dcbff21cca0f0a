import { describe, expect, it } from 'vitest';
import type { ScoreEvent } from '../../protocol/events.ts';
import type { Api } from '../api.ts';
import { ScoreModel } from './score-model.ts';

const score = (member: string, delta: number): ScoreEvent => ({ type: 'score', board: 'b', member, delta });

type Row = readonly [rank: number, member: string, score: number];

/** A server that shows these rows, in pages as they are asked for. */
function showing(...rows: readonly Row[]): Api {
  return {
    call: async (_method, path) => {
      const query = new URL(path, 'http://x').searchParams;
      const offset = Number(query.get('offset'));
      const page = rows.slice(offset, offset + Number(query.get('limit')));
      return { total: rows.length, rows: page.map(([rank, member, score]) => ({ rank, member, score })) };
    },
    upload: async () => undefined,
    each: async (items, work) => {
      for (const item of items) await work(item);
    },
  };
}

function model(): ScoreModel {
  const made = new ScoreModel(['b'], 2);
  made.applied([score('ann', 3), score('bob', 5), score('ann', 2), score('cid', 1)]);
  return made;
}

const RIGHT: readonly Row[] = [
  [1, 'ann', 5],
  [1, 'bob', 5],
  [3, 'cid', 1],
];
const CHANNELS = new Set(['board:b', 'rank:b:bob', 'rank:b:cid']);

describe('the model of boards', () => {
  it('finds right what acknowledged events make, and tells what viewers must hold', async () => {
    const { problems, states } = await model().check(showing(...RIGHT), CHANNELS);
    expect(problems).toEqual([]);
    expect(Object.fromEntries(states)).toEqual({
      'board:b': [
        ['ann', 5],
        ['bob', 5],
      ],
      'rank:b:bob': { member: 'bob', total: 3, rank: 1, score: 5 },
      'rank:b:cid': { member: 'cid', total: 3, rank: 3, score: 1 },
    });
  });

  it('reads more than one page', async () => {
    const large = new ScoreModel(['b']);
    const rows = Array.from({ length: 2500 }, (_, i): Row => [i + 1, `m${i}`, 2500 - i]);
    large.applied(rows.map(([, member, points]) => score(member, points)));
    expect((await large.check(showing(...rows), new Set())).problems).toEqual([]);
  });

  it.each<[string, readonly Row[], string]>([
    [
      'an acknowledged event that is missing',
      [[1, 'bob', 5], [2, 'ann', 3], RIGHT[2] as Row],
      'b: ann has 3, but acknowledged events make 5',
    ],
    ['a member that is missing', RIGHT.slice(0, 2), 'b: cid has 0, but acknowledged events make 1'],
    [
      'an event that counted twice',
      [RIGHT[0] as Row, RIGHT[1] as Row, [3, 'cid', 2]],
      'b: cid has 2, but events that were sent make 1',
    ],
    ['a stranger', [...RIGHT, [4, 'dan', 0.5]], 'b: dan was never sent'],
    [
      'a wrong rank',
      [RIGHT[0] as Row, [2, 'bob', 5], RIGHT[2] as Row],
      'b: bob is at place 2 with 5 and rank 2',
    ],
    [
      'equal scores in the wrong order',
      [[1, 'bob', 5], [1, 'ann', 5], RIGHT[2] as Row],
      'b: ann is at place 2 with 5 and rank 1',
    ],
  ])('finds %s', async (_, rows, problem) => {
    expect((await model().check(showing(...rows), CHANNELS)).problems).toEqual([problem]);
  });

  it('lets an event count or not whose answer was lost, but no more', async () => {
    const unsure = model();
    unsure.unknown([score('cid', 1)]);
    const cid = (points: number): Row[] => [...RIGHT.slice(0, 2), [3, 'cid', points]];
    for (const points of [1, 2]) {
      expect((await unsure.check(showing(...cid(points)), CHANNELS)).problems).toEqual([]);
    }
    expect((await unsure.check(showing(...cid(3)), CHANNELS)).problems).toHaveLength(1);
  });
});
