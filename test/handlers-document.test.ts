/** What docs/handlers.md shows from start to finish is done here, so that it stays true. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadHandlers } from '../handlers-module.ts';
import { eventChecker, type ScorewireEvent } from '../protocol/events.ts';
import { type LeaderboardConfig, productSettingsChecker } from '../protocol/products.ts';
import { type Count, countResult, countTrack } from '../scoring/counting.ts';
import type { ScorePair } from '../scoring/leaderboard-handler.ts';
import { BUILT_IN_SCORING, createScoring } from '../scoring/registry.ts';
import { addResult, explainHandler, rateResult, type Scoring } from '../scoring/scoring.ts';

const text = readFileSync(new URL('../docs/handlers.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'scorewire-handlers-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the document about handlers', () => {
  it('has code that loads, and that does what it says', async () => {
    const scoring = await scoringOfDocument();
    const settings = jsonOf(/PUT [^\n]*\n\s*-d '(.*?)'\n/s);
    if (!productSettingsChecker.check(settings)) expect.fail(productSettingsChecker.explain(settings));
    const leaderboards = (settings.leaderboards ?? []) as LeaderboardConfig[];
    for (const { handler, options } of leaderboards) {
      expect(explainHandler(scoring, handler, options)).toBeUndefined();
    }
    expect(scoring.stats(settings.stats ?? '')).toBeDefined();

    const events = jsonOf(/v1\/events [^\n]*\n\s*-d '(.*?)'\n/s) as ScorewireEvent[];
    expect(events.map((event) => eventChecker.check(event))).toEqual([true, true, true]);
    const scores = new Map<string, number>();
    const counters = new Map<string, Record<string, number>>();
    for (const event of events)
      play(scoring, event, { leaderboards, stats: settings.stats ?? '', scores, counters });

    expect(jsonOf(/^({"board":"coins".*})$/m)).toEqual({
      board: 'coins',
      total: 2,
      rows: ['ann', 'bob'].map((member, at) => ({
        rank: at + 1,
        member,
        score: scores.get(`coins ${member}`),
      })),
    });
    expect(jsonOf(/players\/ann\n({.*})\n/)).toEqual(counters.get('ann'));
    expect(scores.get('duels ann')).toBe(1);
  });

  it('has a handler that checks its options and refuses what it does not know', async () => {
    const scoring = await scoringOfDocument();
    expect(explainHandler(scoring, 'coins', { share: 2 })).toBe('coins: share must be above 0 and at most 1');
    expect(explainHandler(scoring, 'coins', { shares: 1 })).toBe('coins: the only option is share');
    expect(countTrack(scoring, 'shooting', { player: 'ann', event: 'jump' })).toEqual({
      refused: 'a duel knows no event but shot',
    });
  });

  it('names every handler that comes with scorewire', () => {
    for (const name of [...BUILT_IN_SCORING.leaderboardNames, ...BUILT_IN_SCORING.statsNames]) {
      expect(text).toContain(`\n| \`${name}\` |`);
    }
  });
});

async function scoringOfDocument(): Promise<Scoring> {
  const file = join(folder, 'my-handlers.mjs');
  writeFileSync(file, /```js\n(.*?)```/s.exec(text)?.[1] ?? '');
  return createScoring(await loadHandlers(file), {
    onFailure: (handler, error) => expect.fail(`${handler}: ${String(error)}`),
  });
}

function jsonOf(place: RegExp): unknown {
  return JSON.parse(place.exec(text)?.[1] ?? expect.fail(`the document has no ${place}`));
}

interface Play {
  readonly leaderboards: readonly LeaderboardConfig[];
  readonly stats: string;
  /** By board and member. */
  readonly scores: Map<string, number>;
  /** By player. */
  readonly counters: Map<string, Record<string, number>>;
}

function play(
  scoring: Scoring,
  event: ScorewireEvent,
  { leaderboards, stats, scores, counters }: Play,
): void {
  const count = (player: string, counts: readonly Count[]): void => {
    const own = counters.get(player) ?? {};
    for (const [counter, by] of counts) own[counter] = (own[counter] ?? 0) + by;
    counters.set(player, own);
  };
  if (event.type === 'track') {
    const counts = countTrack(scoring, stats, event);
    if ('refused' in counts) expect.fail(counts.refused);
    count(event.player, counts);
    return;
  }
  if (event.type !== 'result') expect.fail(event.type);
  const { winner, loser, draw = false } = event;
  const counted = countResult(scoring, stats, { winner, loser, draw });
  if ('refused' in counted) expect.fail(counted.refused);
  count(winner, counted.winner);
  count(loser, counted.loser);
  for (const { board, handler, options = {} } of leaderboards) {
    const result = { winner, loser, draw, handler, options };
    const keys = { winner: `${board} ${winner}`, loser: `${board} ${loser}` };
    const current = { winner: scores.get(keys.winner) ?? null, loser: scores.get(keys.loser) ?? null };
    const additive = scoring.leaderboard(handler)?.kind === 'additive';
    const pair = (additive ? addResult(scoring, result) : rateResult(scoring, result, current)) as ScorePair;
    for (const side of ['winner', 'loser'] as const) {
      const given = pair[side];
      if (given !== undefined) scores.set(keys[side], given + (additive ? (current[side] ?? 0) : 0));
    }
  }
}
