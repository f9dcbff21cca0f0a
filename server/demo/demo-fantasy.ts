import { isRefused } from '../../contest/refusal.ts';
import type { PlayEvent } from '../../protocol/match-events.ts';
import type { Fixture } from '../../protocol/matches.ts';
import type { TournamentSettings } from '../../protocol/tournaments.ts';
import type { Service } from '../../runtime/lifecycle.ts';
import { SeededRandom } from '../../scoring/cricket/seeded-random.ts';
import { type Simulation, simulateMatch } from '../../scoring/cricket/simulator.ts';
import { beginDemoContest, type DemoContestDeps } from './demo-contest.ts';
import { createDemoCricket, type DemoCricketDeps, demoSeed } from './demo-cricket.ts';
import { createDemoLoop } from './demo-loop.ts';
import { demoTeams } from './demo-teams.ts';

/** The contest and the match that drives it. */
export const DEMO_FANTASY = 'fantasy';

/** The same players in every match, so that the teams stay the same. */
const SIDES_SEED = 7;
const TEAMS_SEED = 11;
const RETRY_MS = 1000;
/** Once the contest is there, nothing is left to do. */
const NEVER_MS = 2 ** 31 - 1;

/** A match that was played, in place of those that nobody has ever seen. */
export interface PlayedMatch {
  readonly id: string;
  readonly fixture: Fixture;
  readonly events: readonly PlayEvent[];
}

export interface DemoFantasyOptions {
  readonly ballMs: number;
  readonly teams: number;
  readonly played: PlayedMatch | undefined;
}

/**
 * A fantasy contest that never ends: very many teams, and match after match that all of them live by. Each match begins with no points. Whoever
 * comes first sets it up; with a store that lasts it is found again.
 */
export function createDemoFantasy(
  deps: DemoCricketDeps & DemoContestDeps,
  { ballMs, teams, played }: DemoFantasyOptions,
): Service {
  const id = played?.id ?? DEMO_FANTASY;
  const simulate = (): Simulation =>
    played ?? simulateMatch(id, { seed: demoSeed(deps.random), sidesSeed: SIDES_SEED });
  const cricket = createDemoCricket(deps, { ballMs, game: { match: id, simulate } });
  const begin = async (): Promise<number> => {
    const { fixture, events } = simulate();
    const players = playersOf(fixture, played === undefined ? [] : events);
    const settings: TournamentSettings = {
      title: `${fixture.title ?? fixture.teams.join(' v ')}: fantasy`,
      players,
      matches: [{ match: id, system: 'dream11-t20-2020' }],
    };
    const random = new SeededRandom(TEAMS_SEED);
    const begun = await beginDemoContest(
      deps,
      id,
      settings,
      demoTeams(starsFirst(players), teams, () => random.next()),
    );
    if (isRefused(begun)) deps.logger.warn({}, `the demonstration has no contest: ${begun.refused.message}`);
    await cricket.start();
    return NEVER_MS;
  };
  const setup = createDemoLoop(deps, { step: begin, retryMs: RETRY_MS });
  return {
    start: () => setup.start(),
    stop: async () => {
      await setup.stop();
      await cricket.stop();
    },
  };
}

/** The squads, and whoever else had a part in what was played. */
function playersOf({ squads = [[], []] }: Fixture, events: Iterable<PlayEvent>): string[] {
  const players = new Set(squads.flat());
  for (const event of events) {
    if (event.type !== 'delivery') continue;
    const { batter, bowler, non_striker: nonStriker, wickets = [] } = event.delivery;
    for (const name of [batter, bowler, nonStriker]) players.add(name);
    for (const { fielders = [] } of wickets) {
      for (const { name, substitute } of fielders) {
        if (name !== undefined && substitute !== true) players.add(name);
      }
    }
  }
  return [...players];
}

/** Turn by turn of both sides, since those who bat first are no more loved on one side than on the other. */
function starsFirst(players: readonly string[]): readonly string[] {
  const half = Math.ceil(players.length / 2);
  return players.slice(0, half).flatMap((player, n) => [player, ...players.slice(half + n, half + n + 1)]);
}
