import type { Fixture } from '../../protocol/matches.ts';
import type { Refusal } from '../sport.ts';
import type { CricketState } from './state.ts';

/** From the settings of a match to its state before anything has happened. */

const DEFAULT_BALLS_PER_OVER = 6;
const DEFAULT_PLAYERS = 11;

export function checkCricketFixture({ teams, squads }: Fixture): Refusal | undefined {
  const malformed = (message: string): Refusal => ({ code: 'malformed', message });
  if (teams[0] === teams[1]) return malformed(`${teams[0]} cannot play against themselves`);
  for (const [side, squad] of (squads ?? []).entries()) {
    if (squad.length === 1) return malformed(`${teams[side]} need at least two players`);
  }
  return undefined;
}

export function beginCricket(match: string, fixture: Fixture): CricketState {
  const { teams, squads, format = {} } = fixture;
  const [home, away] = squads ?? [];
  const playersOf = (squad: readonly string[] | undefined): number =>
    format.playersPerSide ?? Math.min(squad?.length || DEFAULT_PLAYERS, DEFAULT_PLAYERS);
  return {
    match,
    title: fixture.title ?? `${teams[0]} v ${teams[1]}`,
    teams,
    squads: [setOf(home), setOf(away)],
    players: [playersOf(home), playersOf(away)],
    format: {
      overs: format.overs,
      ballsPerOver: format.ballsPerOver ?? DEFAULT_BALLS_PER_OVER,
      inningsPerSide: format.inningsPerSide ?? (format.overs === undefined ? 2 : 1),
      consecutiveOvers: format.consecutiveOvers ?? 1,
    },
    started: false,
    paused: false,
    toss: undefined,
    penaltiesToCome: [0, 0],
    innings: [],
    outcome: undefined,
  };
}

function setOf(squad: readonly string[] | undefined): Set<string> | undefined {
  return squad === undefined || squad.length === 0 ? undefined : new Set(squad);
}
