import { describe, expect, it } from 'vitest';
import type { State } from '../../protocol/views.ts';
import { FinalCheck, type Watched } from './final-check.ts';

const STATES = new Map<string, State>([
  ['board:b', [['ann', 2]]],
  ['rank:b:ann', { member: 'ann', total: 1, rank: 1, score: 2 }],
]);

function viewerOf(states: Readonly<Record<string, State>>, isJoined = true): Watched {
  return {
    plan: { encoding: 'json', channels: [...STATES.keys()] },
    isJoined,
    follower: {
      view: (channel) => {
        const state = states[channel];
        return state && { kind: Array.isArray(state) ? 'rows' : 'document', epoch: 'e', seq: 1, state };
      },
    },
  };
}

const right = Object.fromEntries(STATES);

describe('in the end a viewer', () => {
  it('is right that holds what it should', () => {
    const check = new FinalCheck(STATES);
    expect(check.isRight(viewerOf(right))).toBe(true);
    expect(check.explain([viewerOf(right)]).list()).toEqual([]);
  });

  it.each([
    [
      'holds another score',
      viewerOf({ ...right, 'board:b': [['ann', 1]] }),
      'viewer 1 (json) holds another state of board:b: at 0 ["ann",1] instead of ["ann",2]',
    ],
    [
      'lacks a row',
      viewerOf({ ...right, 'board:b': [] }),
      'viewer 1 (json) holds another state of board:b: at 0 nothing instead of ["ann",2]',
    ],
    [
      'holds another rank',
      viewerOf({ ...right, 'rank:b:ann': { member: 'ann', total: 1, rank: 2, score: 2 } }),
      'viewer 1 (json) holds another state of rank:b:ann: at rank 2 instead of 1',
    ],
    [
      'was never answered',
      viewerOf({ 'board:b': right['board:b'] as State }),
      'viewer 1 (json) holds another state of rank:b:ann: none',
    ],
    ['is not connected', viewerOf(right, false), 'viewer 1 (json) is not connected'],
  ])('is wrong that %s', (_, viewer, problem) => {
    const check = new FinalCheck(STATES);
    expect(check.isRight(viewer)).toBe(false);
    expect(check.explain([viewer]).list()).toEqual([problem]);
  });

  it('is wrong where nothing tells what it should hold', () => {
    const check = new FinalCheck(new Map());
    expect(check.isRight(viewerOf(right))).toBe(false);
  });

  it('is one of many of which the first few are told', () => {
    const viewers = Array.from({ length: 30 }, () => viewerOf({ ...right, 'board:b': [] }));
    const problems = new FinalCheck(STATES).explain(viewers).list();
    expect(problems).toHaveLength(6);
    expect(problems.at(-1)).toBe('and 25 more like these');
  });
});
