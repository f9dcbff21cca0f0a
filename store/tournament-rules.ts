/** What a tournament takes, whichever engine keeps it. The scripts of Redis say the same in their words. */
import type { TournamentSettings } from '../protocol/tournaments.ts';
import { utf8Length } from '../protocol/utf8.ts';
import { assert } from '../runtime/errors.ts';
import { MAX_BONUS, MAX_MILLIONTHS, MIN_BONUS } from '../scoring/fantasy/amount.ts';
import {
  MAX_REGISTERED_TEAMS,
  MAX_TEAM_CHUNK_BYTES,
  MAX_TOURNAMENT_PLAYERS,
  type StoredCard,
  type TeamChange,
  type TeamChunk,
} from './contest-views.ts';

export const NO_TOURNAMENT = 'There is no such tournament';
export const NOT_A_PLAYER = 'Somebody is on a card who does not play in the tournament';
export const HAS_STARTED = 'The tournament has started: its teams change one by one';
export const NOT_STARTED = 'The tournament has not started: its teams are still registered';
export const TOO_MANY_PLAYERS = `A tournament has at most ${MAX_TOURNAMENT_PLAYERS} players`;
export const TOO_MANY_TEAMS = `A tournament has at most ${MAX_REGISTERED_TEAMS} teams`;
export const TOO_GREAT = 'A score could come over 2^53 millionths';

/** Why these settings can't follow the others, once there are teams or points. */
export function playersConflict(before: TournamentSettings, after: TournamentSettings): string | undefined {
  if (after.players === undefined) return undefined;
  if (before.players === undefined) {
    return 'There are teams or points: now it cannot be said any more who may play';
  }
  const players = new Set(after.players);
  const missing = before.players.find((player) => !players.has(player));
  return missing === undefined
    ? undefined
    : `There are teams or points: ${JSON.stringify(missing)} must stay among the players`;
}

/** No score is ever beyond the greatest base + the heaviest team × the greatest points of a player. */
export interface Weights {
  readonly heaviest: number;
  readonly greatestPoints: number;
  readonly greatestBase: number;
}

export function isExact({ heaviest, greatestPoints, greatestBase }: Weights): boolean {
  return greatestBase + heaviest * greatestPoints <= MAX_MILLIONTHS;
}

export function weightOf(cards: readonly StoredCard[]): number {
  return cards.reduce((sum, { bonus }) => sum + bonus, 0);
}

/** What else would be a defect of the caller. */
export function assertChunk({ bytes, teams, heaviest, players }: TeamChunk): void {
  assert(bytes.length <= MAX_TEAM_CHUNK_BYTES, 'a piece of teams is not too long');
  assert(Number.isInteger(teams) && teams > 0 && heaviest > 0, 'a piece of teams has teams');
  assert(new Set(players).size === players.length, 'a piece names each player once');
}

export function assertChange({ team, cards, leagues, registered = [] }: TeamChange): void {
  assert(utf8Length(team) > 0 && cards.length > 0, 'a team has a name and cards');
  for (const list of [cards, registered]) {
    assert(new Set(list.map(({ player }) => player)).size === list.length, 'a player is on one card');
    const wrong = list.some(
      ({ bonus }) => !Number.isInteger(bonus) || bonus < MIN_BONUS || bonus > MAX_BONUS,
    );
    assert(!wrong, 'a bonus is in range');
  }
  assert(new Set(leagues).size === leagues.length, 'a team is in a league once');
}
