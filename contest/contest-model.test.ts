/** The same random life of a contest, told to it and to the model, compared after each step. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkTeam } from './check-team.ts';
import { Contest } from './contest.ts';
import { ContestModel } from './contest-model.contract.ts';
import { isRefused } from './refusal.ts';

const PLAYERS = Array.from({ length: 8 }, (_, index) => `player ${index}`);
const LEAGUES = ['friends', 'office', 'all', '__proto__'];
const TEAMS = ['ann', 'bob', 'cem', 'dä', '__proto__', ...Array.from({ length: 15 }, (_, i) => `team ${i}`)];

/** Coarse ones make ties, fine ones make every decimal count. */
const bonus = fc.oneof(
  fc.constantFrom(1, 1.5, 2),
  fc.integer({ min: 1, max: 1_000_000 }).map((n) => n / 1000),
);
const points = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.integer({ min: -10, max: 10 }).map((n) => n / 2),
  fc.integer({ min: -180_000_000, max: 180_000_000 }).map((n) => n / 1000),
);
const team = fc.record({
  team: fc.constantFrom(...TEAMS),
  cards: fc.uniqueArray(fc.record({ player: fc.constantFrom(...PLAYERS), bonus }), {
    selector: ({ player }) => player,
    minLength: 1,
    maxLength: 5,
  }),
  leagues: fc.uniqueArray(fc.constantFrom(...LEAGUES), { maxLength: 3 }),
});
const change = fc.tuple(fc.constantFrom(...PLAYERS), points);
const step = fc.oneof(
  fc.record({ step: fc.constant('put' as const), team }),
  fc.record({ step: fc.constant('points' as const), changes: fc.array(change, { maxLength: 4 }) }),
  fc.record({ step: fc.constant('reload' as const) }),
  fc.record({ step: fc.constant('read' as const) }),
);

type Team = typeof team extends fc.Arbitrary<infer T> ? T : never;

function put(contest: Contest, model: ContestModel, { team, cards, leagues }: Team): void {
  const checked = checkTeam({ team, cards, leagues });
  if (isRefused(checked)) throw new Error(checked.refused.message);
  expect(isRefused(model.isStarted ? contest.put(checked) : contest.register(checked))).toBe(false);
  model.put(team, cards, leagues);
}

function setPoints(contest: Contest, model: ContestModel, player: string, points: number): void {
  expect(contest.setPoints(player, points)).toBeUndefined();
  model.points.set(player, BigInt(Math.round(points * 1000)));
}

/** As after a failover: what was stored, loaded into a new one. */
function reloaded(contest: Contest): Contest {
  const fresh = new Contest();
  for (let i = 0; i < contest.chunks; i++) expect(fresh.load(contest.chunk(i))).toBeUndefined();
  for (const [player, points] of contest.points()) expect(fresh.setPoints(player, points)).toBeUndefined();
  fresh.start();
  return fresh;
}

function compare(contest: Contest, model: ContestModel): void {
  const all = model.league('all');
  const watched = { leagues: LEAGUES.map((league) => ({ league, limit: 3 })), teams: TEAMS };
  const tick = contest.tick(watched);
  if (isRefused(tick)) throw new Error(tick.refused.message);
  expect(tick.total).toBe(model.teams.size);
  for (const [index, name] of TEAMS.entries()) {
    const expected = all.find(({ team }) => team === name);
    expect([tick.ranks[index], tick.scores[index]]).toEqual([expected?.rank ?? 0, expected?.score ?? 0]);
  }
  const byRegistration = [...model.teams.keys()].map((name) => all.find(({ team }) => team === name)?.rank);
  expect(contest.ranks()).toEqual(Uint32Array.from(byRegistration, Number));
  for (const [index, league] of LEAGUES.entries()) {
    const rows = model.league(league);
    expect(tick.leagues[index]?.rows).toEqual(rows.slice(0, 3).map(({ team, score }) => [team, score]));
    const [offset, limit] = [Math.floor(rows.length / 2), 4];
    const page = contest.page(league, offset, limit);
    if (rows.length > 0) {
      expect(page).toEqual({ league, total: rows.length, rows: rows.slice(offset, offset + limit) });
    }
  }
  for (const [name, content] of model.teams) {
    const state = contest.team(name);
    if (isRefused(state)) throw new Error(state.refused.message);
    const leagues = content.leagues.filter((league) => league !== 'all');
    expect(Object.entries(state.leagues)).toEqual(
      leagues.map((league) => [league, model.league(league).find(({ team }) => team === name)?.rank]),
    );
    expect(state.cards).toEqual(
      content.cards.map((card) => ({ ...card, points: Number(model.pointsOf(card.player)) / 1000 })),
    );
  }
  expect(contest.recompute()).toEqual({ checked: model.teams.size, corrected: 0, differences: [] });
}

test('ranks, pages, teams and sums are those of the model, whatever comes in whatever order', () => {
  fc.assert(
    fc.property(
      fc.array(team, { maxLength: 20 }),
      fc.array(change, { maxLength: 4 }),
      fc.array(step, { maxLength: 15 }),
      (registered, early, steps) => {
        let contest = new Contest();
        const model = new ContestModel();
        for (const each of registered) put(contest, model, each);
        for (const [player, points] of early) setPoints(contest, model, player, points);
        contest.start();
        model.isStarted = true;
        compare(contest, model);
        for (const each of steps) {
          if (each.step === 'put') put(contest, model, each.team);
          else if (each.step === 'reload') contest = reloaded(contest);
          else if (each.step === 'read') compare(contest, model);
          else for (const [player, points] of each.changes) setPoints(contest, model, player, points);
        }
        compare(contest, model);
      },
    ),
    { numRuns: 300 },
  );
});
