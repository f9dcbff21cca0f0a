import { describe, expect, it, vi } from 'vitest';
import { countResult, countTrack, MAX_COUNTERS_PER_EVENT } from './counting.ts';
import { HandlerFailures } from './handler-failures.ts';
import type { CurrentScores, GameResult, LeaderboardHandler } from './leaderboard-handler.ts';
import { BUILT_IN_SCORING, createScoring } from './registry.ts';
import { addResult, explainHandler, rateResult } from './scoring.ts';
import type { StatsHandler } from './stats-handler.ts';

const GAME: GameResult = { winner: 'ada', loser: 'bob', draw: false };
const NEW: CurrentScores = { winner: null, loser: null };
const INHERITED = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];

function scoringOf(own: {
  rate?: unknown;
  add?: unknown;
  checkOptions?: unknown;
  result?: unknown;
  track?: unknown;
}) {
  const onFailure = vi.fn();
  const rating = { kind: 'rating', rate: own.rate, checkOptions: own.checkOptions };
  const additive = { kind: 'additive', add: own.add };
  const scoring = createScoring(
    {
      leaderboards: {
        rating: rating as unknown as LeaderboardHandler,
        additive: additive as unknown as LeaderboardHandler,
      },
      stats: { own: { result: own.result, track: own.track } as unknown as StatsHandler },
    },
    { onFailure },
  );
  return { scoring, onFailure };
}

describe('the registry', () => {
  it('has what comes with scorewire, and own handlers after it', () => {
    expect(BUILT_IN_SCORING.leaderboardNames).toEqual(['wins', 'points', 'elo']);
    expect(BUILT_IN_SCORING.statsNames).toEqual(['default', 'exrps']);
    const { scoring } = scoringOf({});
    expect(scoring.leaderboardNames).toEqual(['wins', 'points', 'elo', 'rating', 'additive']);
    expect(scoring.statsNames).toEqual(['default', 'exrps', 'own']);
    expect(scoring.leaderboard('rating')?.kind).toBe('rating');
  });

  it.each([...INHERITED, 'nobody'])('has no handler named %s', (name) => {
    expect(BUILT_IN_SCORING.leaderboard(name)).toBeUndefined();
    expect(BUILT_IN_SCORING.stats(name)).toBeUndefined();
    const result = { ...GAME, handler: name, options: {} };
    expect(rateResult(BUILT_IN_SCORING, result, NEW)).toEqual({
      refused: `this node has no rating handler "${name}"`,
    });
    expect(addResult(BUILT_IN_SCORING, result)).toEqual({
      refused: `this node has no additive handler "${name}"`,
    });
    expect(countResult(BUILT_IN_SCORING, name, GAME)).toEqual({
      refused: `this node has no stats handler "${name}"`,
    });
    expect(explainHandler(BUILT_IN_SCORING, name)).toBe(
      `there is no leaderboard handler "${name}", there are: wins, points, elo`,
    );
  });

  it('lets nobody replace what comes with scorewire', () => {
    const wins = BUILT_IN_SCORING.leaderboard('elo') as LeaderboardHandler;
    expect(() => createScoring({ leaderboards: { wins } })).toThrow(
      '"wins" is a handler that comes with scorewire',
    );
  });

  it('asks a handler only for what its kind does', () => {
    const result = { ...GAME, options: {} };
    expect(rateResult(BUILT_IN_SCORING, { ...result, handler: 'wins' }, NEW)).toHaveProperty('refused');
    expect(addResult(BUILT_IN_SCORING, { ...result, handler: 'elo' })).toHaveProperty('refused');
  });
});

describe('a leaderboard handler', () => {
  const rated = { ...GAME, handler: 'rating', options: { k: 2 } };
  const added = { ...GAME, handler: 'additive', options: {} };

  it('is told the game, the scores and the options, and stays itself', () => {
    class Handler {
      readonly kind = 'rating';
      readonly factor = 3;
      rate({ winner, loser, draw }: GameResult, current: CurrentScores, { k }: { k?: unknown }) {
        expect([winner, loser, draw, current, k]).toEqual([
          'ada',
          'bob',
          false,
          { winner: 7, loser: null },
          2,
        ]);
        return { winner: (current.winner ?? 0) * this.factor };
      }
    }
    const scoring = createScoring({ leaderboards: { rating: new Handler() } });
    expect(rateResult(scoring, rated, { winner: 7, loser: null })).toEqual({ winner: 21, loser: undefined });
  });

  it('gives 0 where it computes -0', () => {
    const { scoring } = scoringOf({ rate: () => ({ winner: -0 }), add: () => ({ loser: -0 }) });
    expect(rateResult(scoring, rated, NEW)).toStrictEqual({ winner: 0, loser: undefined });
    expect(addResult(scoring, added)).toStrictEqual({ winner: undefined, loser: 0 });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('of its own');
      },
      'of its own',
    ],
    ['gives nothing', () => undefined, 'gave what is not an object'],
    ['gives null', () => null, 'gave what is not an object'],
    ['gives a number', () => 3, 'gave what is not an object'],
    ['gives a list', () => [1, 0], 'gave what is not an object'],
    ['gives a promise', async () => ({ winner: 1 }), 'must not be asynchronous'],
    [
      'gives a promise that fails',
      async () => {
        throw new Error('later');
      },
      'must not be asynchronous',
    ],
    ['gives NaN', () => ({ winner: Number.NaN }), 'not a finite number'],
    ['gives infinity', () => ({ loser: Number.POSITIVE_INFINITY }), 'not a finite number'],
    ['gives a text', () => ({ winner: '1' }), 'not a finite number'],
    ['gives null for a score', () => ({ winner: null }), 'not a finite number'],
    ['gives an unknown name', () => ({ winer: 1 }), 'gave "winer"'],
  ])('that %s has its result refused and is told of', (_, call: () => unknown, error) => {
    const { scoring, onFailure } = scoringOf({ rate: call, add: call });
    expect(rateResult(scoring, rated, NEW)).toEqual({ refused: 'the handler "rating" failed' });
    expect(addResult(scoring, added)).toEqual({ refused: 'the handler "additive" failed' });
    expect(onFailure.mock.calls.map(([name, failure]) => [name, String(failure)])).toEqual([
      ['leaderboards.rating', expect.stringContaining(error)],
      ['leaderboards.additive', expect.stringContaining(error)],
    ]);
  });

  interface Given {
    result: { winner: string };
    current: { winner: number };
    options: { x: number; steps: number[][] };
  }

  it.each<[string, (given: Given) => unknown]>([
    ['the result', ({ result }) => Object.assign(result, { winner: 'eve' })],
    ['the current scores', ({ current }) => Object.assign(current, { winner: 77 })],
    ['its options', ({ options }) => Object.assign(options, { x: 5 })],
    ['what its options hold', ({ options }) => options.steps[0]?.push(5)],
  ])('that writes into %s has its result refused, and changes nothing', (_, write) => {
    const { scoring, onFailure } = scoringOf({
      rate: (result: Given['result'], current: Given['current'], options: Given['options']) => {
        write({ result, current, options });
        return { winner: 1 };
      },
    });
    const options = { x: 1, steps: [[1, 2]] };
    const current = { winner: 1, loser: 2 };
    const game = { ...rated, options };
    for (let times = 0; times < 2; times++) {
      expect(rateResult(scoring, game, current)).toEqual({ refused: 'the handler "rating" failed' });
    }
    expect([options, current]).toEqual([
      { x: 1, steps: [[1, 2]] },
      { winner: 1, loser: 2 },
    ]);
    expect(game).toMatchObject({ winner: rated.winner, loser: rated.loser });
    expect(String(onFailure.mock.calls[0]?.[1])).toContain('TypeError');
  });

  it('can write into nothing where it adds, or checks its options', () => {
    const writes = (options: { x: number }) => {
      options.x = 5;
    };
    const { scoring } = scoringOf({
      add: (_: unknown, options: { x: number }) => writes(options),
      checkOptions: writes,
    });
    const options = { x: 1 };
    expect(addResult(scoring, { ...added, options })).toEqual({ refused: 'the handler "additive" failed' });
    const fresh = { x: 1 };
    expect(explainHandler(scoring, 'rating', fresh)).toBe('rating: the handler failed to check its options');
    expect([options, fresh]).toEqual([{ x: 1 }, { x: 1 }]);
  });

  it('has options of at most 1024 bytes of JSON', () => {
    const { scoring } = scoringOf({ checkOptions: () => undefined });
    const note = `x${'é'.repeat(506)}`;
    expect(explainHandler(scoring, 'rating', { note })).toBeUndefined();
    expect(explainHandler(scoring, 'rating', { note: `${note}x` })).toBe(
      'rating: its options have more than 1024 bytes as JSON',
    );
  });

  it('checks its options, and cannot break anything by failing to', () => {
    const explain = (checkOptions: unknown) => {
      const { scoring, onFailure } = scoringOf({ checkOptions });
      return [explainHandler(scoring, 'rating', { k: 1 }), onFailure.mock.calls.length];
    };
    expect(explain(undefined)).toEqual(['rating: takes no options', 0]);
    expect(explain(() => undefined)).toEqual([undefined, 0]);
    expect(explain(({ k }: { k: number }) => `k is ${k}`)).toEqual(['rating: k is 1', 0]);
    expect(explain(() => true)).toEqual(['rating: the handler failed to check its options', 1]);
    expect(
      explain(() => {
        throw new Error('of its own');
      }),
    ).toEqual(['rating: the handler failed to check its options', 1]);
  });
});

describe('a stats handler', () => {
  const TRACK = { player: 'ada', event: 'jump', data: { high: true } };
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`c${at}`, 1]));

  it('is told what happened, and may count nothing for somebody', () => {
    const { scoring, onFailure } = scoringOf({
      result: ({ winner, draw }: GameResult) => (draw ? {} : { winner: { [`beaten by ${winner}`]: -0 } }),
      track: ({ player, event, data }: typeof TRACK) => ({ [`${player} ${event} ${data.high}`]: 2.5 }),
    });
    expect(countResult(scoring, 'own', GAME)).toStrictEqual({ winner: [['beaten by ada', 0]], loser: [] });
    expect(countResult(scoring, 'own', { ...GAME, draw: true })).toEqual({ winner: [], loser: [] });
    expect(countTrack(scoring, 'own', TRACK)).toEqual([['ada jump true', 2.5]]);
    expect(onFailure).not.toHaveBeenCalled();
  });

  it('may refuse an event in its own words, if they are not too many', () => {
    const refuse = () => ({ refuse: 'x'.repeat(10_000) });
    const { scoring, onFailure } = scoringOf({ result: refuse, track: refuse });
    expect(countResult(scoring, 'own', GAME)).toEqual({ refused: 'x'.repeat(256) });
    expect(countTrack(scoring, 'own', TRACK)).toEqual({ refused: 'x'.repeat(256) });
    expect(onFailure).not.toHaveBeenCalled();
  });

  it('may give the same object again with other counters in it, unless that is frozen', () => {
    const counters = { jumps: 1 };
    const result = Object.freeze({ winner: counters, loser: Object.freeze({}) });
    const { scoring } = scoringOf({ result: () => result, track: () => counters });
    for (const by of [1, 2]) {
      counters.jumps = by;
      expect(countTrack(scoring, 'own', TRACK)).toEqual([['jumps', by]]);
      expect(countResult(scoring, 'own', GAME)).toEqual({ winner: [['jumps', by]], loser: [] });
    }
    Object.freeze(counters);
    for (let again = 0; again < 2; again++) {
      expect(countTrack(scoring, 'own', TRACK)).toEqual([['jumps', 2]]);
      expect(countResult(scoring, 'own', GAME)).toEqual({ winner: [['jumps', 2]], loser: [] });
    }
  });

  it('may have a counter named refuse, as any other', () => {
    const { scoring } = scoringOf({ track: () => ({ refuse: 1 }) });
    expect(countTrack(scoring, 'own', TRACK)).toEqual([['refuse', 1]]);
  });

  it('may name as many counters as fit into a batch', () => {
    const { scoring } = scoringOf({ track: () => many(MAX_COUNTERS_PER_EVENT) });
    expect(countTrack(scoring, 'own', TRACK)).toHaveLength(MAX_COUNTERS_PER_EVENT);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('of its own');
      },
      'of its own',
    ],
    ['gives nothing', () => undefined, 'not an object'],
    ['gives a promise', async () => ({}), 'must not be asynchronous'],
    ['gives a list', () => [['a', 1]], 'not an object'],
    ['counts by NaN', () => ({ a: Number.NaN }), 'for the counter "a"'],
    ['counts by a text', () => ({ a: '1' }), 'for the counter "a"'],
    ['names a counter with nothing', () => ({ '': 1 }), 'the counter ""'],
    ['names a counter with a line break', () => ({ 'a\nb': 1 }), 'the counter "a\\nb"'],
    ['names a counter with too much', () => ({ ['x'.repeat(129)]: 1 }), 'the counter "xxx'],
    ['names too many counters', () => many(MAX_COUNTERS_PER_EVENT + 1), 'more than 64 counters'],
  ])('that %s has its event refused and is told of', (_, call: () => unknown, error) => {
    const { scoring, onFailure } = scoringOf({ result: () => ({ winner: call() }), track: call });
    expect(countTrack(scoring, 'own', TRACK)).toEqual({ refused: 'the handler "own" failed' });
    expect(onFailure.mock.calls.map(([name, failure]) => [name, String(failure)])).toEqual([
      ['stats.own', expect.stringContaining(error)],
    ]);
  });

  it('that gives nonsense for a result has it refused', () => {
    for (const given of [
      { winner: { a: Number.NaN } },
      { loser: 3 },
      { winer: {} },
      { refuse: 3 },
      undefined,
    ]) {
      const { scoring, onFailure } = scoringOf({ result: () => given });
      expect(countResult(scoring, 'own', GAME)).toEqual({ refused: 'the handler "own" failed' });
      expect(onFailure).toHaveBeenCalledOnce();
    }
  });
});

describe('failures of handlers', () => {
  it('are counted by handler, and told once', () => {
    const warn = vi.fn();
    const failures = new HandlerFailures({ warn });
    const error = new Error('of its own');
    failures.add('stats.own', error);
    failures.add('leaderboards.own', error);
    for (let more = 0; more < 3; more++) failures.add('stats.own', new Error('another'));
    expect([...failures.counts]).toEqual([
      ['stats.own', 4],
      ['leaderboards.own', 1],
    ]);
    expect(warn.mock.calls.map(([fields]) => fields)).toEqual([
      { handler: 'stats.own', err: error },
      { handler: 'leaderboards.own', err: error },
    ]);
  });
});
