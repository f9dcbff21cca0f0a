import type { ActionEvent } from '../../protocol/match-events.ts';
import { looseBallsOf, readOvers } from './overs.ts';
import type { CricketState, Innings, InningsEnd } from './state.ts';

/** When an innings begins, what is to be scored in it, and when it is over. */

const SUPER_OVER_WICKETS = 2;

export function lastInnings(state: CricketState): Innings | undefined {
  return state.innings.at(-1);
}

/** The innings that is played; undefined between innings. */
export function openInnings(state: CricketState): Innings | undefined {
  const last = lastInnings(state);
  return last !== undefined && last.end === undefined ? last : undefined;
}

export function mainInnings(state: CricketState): Innings[] {
  return state.innings.filter(({ superOver }) => !superOver);
}

export function superOvers(state: CricketState): Innings[] {
  return state.innings.filter(({ superOver }) => superOver);
}

export function totalOf(innings: readonly Innings[], side: number): number {
  return innings.reduce((sum, each) => (each.side === side ? sum + each.runs : sum), 0);
}

export function beginInnings(
  state: CricketState,
  { team, superOver = false, target, absent = [] }: ActionEvent<'innings'>,
): Innings {
  const side = state.teams.indexOf(team);
  const last = lastInnings(state);
  if (last !== undefined && last.end === undefined) endInnings(last, 'closed');
  const overs = target?.overs ?? (superOver ? 1 : state.format.overs);
  const innings: Innings = {
    number: state.innings.length + 1,
    side,
    superOver,
    runs: 0,
    wickets: 0,
    legalBalls: 0,
    overs: 0,
    extras: { wides: 0, noballs: 0, byes: 0, legbyes: 0, penalty: 0 },
    batters: new Map(),
    bowlers: new Map(),
    fall: [],
    absent,
    striker: undefined,
    nonStriker: undefined,
    partnership: { runs: 0, balls: 0 },
    over: undefined,
    recentBowlers: [],
    revisedTarget: target?.runs,
    limit: overs === undefined ? undefined : readOvers(overs),
    end: undefined,
    printed: undefined,
  };
  if (!superOver && (side === 0 || side === 1)) {
    addPenalty(innings, state.penaltiesToCome[side]);
    state.penaltiesToCome[side] = 0;
  }
  state.innings.push(innings);
  state.outcome = undefined;
  return innings;
}

export function endInnings(innings: Innings, end: InningsEnd): void {
  innings.end = end;
  innings.printed = undefined;
}

/** Penalty runs for a side: for the innings that it plays, else for its last one, else for its first one to come (Law 41.18). */
export function awardPenalty(state: CricketState, side: 0 | 1, runs: number): Innings | undefined {
  const innings = state.innings.findLast((each) => each.side === side);
  if (innings === undefined) state.penaltiesToCome[side] += runs;
  else addPenalty(innings, runs);
  // The target of the other side may follow from it.
  for (const each of state.innings) each.printed = undefined;
  return innings;
}

function addPenalty(innings: Innings, runs: number): void {
  innings.runs += runs;
  innings.extras.penalty += runs;
}

/** The runs that win the match; undefined where the innings has no target. */
export function targetOf(state: CricketState, innings: Innings): number | undefined {
  if (innings.revisedTarget !== undefined) return innings.revisedTarget;
  const { number, side, superOver } = innings;
  if (superOver) return targetOfSuperOver(state, innings);
  // Super overs come last, so the number of any other innings is its place among those.
  if (number !== 2 * state.format.inningsPerSide) return undefined;
  const before = state.innings.slice(0, number - 1);
  return Math.max(1, totalOf(before, 1 - side) - totalOf(before, side) + 1);
}

function targetOfSuperOver(state: CricketState, innings: Innings): number | undefined {
  const all = superOvers(state);
  const place = all.indexOf(innings);
  const first = all[place - 1];
  return place % 2 === 1 && first !== undefined ? first.runs + 1 : undefined;
}

/** Wickets that end the innings. */
export function wicketsOf(state: CricketState, innings: Innings): number {
  if (innings.superOver) return SUPER_OVER_WICKETS;
  return (state.players[innings.side] ?? 0) - 1 - innings.absent.length;
}

/** Why the innings is over by the score, if it is. */
export function reachedEnd(state: CricketState, innings: Innings): InningsEnd | undefined {
  const target = targetOf(state, innings);
  if (target !== undefined && innings.runs >= target) return 'target';
  if (innings.wickets >= wicketsOf(state, innings)) return 'all out';
  return ballsLeft(state, innings) === 0 ? 'overs' : undefined;
}

/** Legal balls that the innings may still last, with completed overs as whole ones; undefined: no limit. */
export function ballsLeft({ format }: CricketState, innings: Innings): number | undefined {
  const { limit, overs } = innings;
  if (limit === undefined) return undefined;
  const total = limit.overs * format.ballsPerOver + limit.balls;
  return Math.max(0, total - overs * format.ballsPerOver - looseBallsOf(innings));
}

/** Nobody is left to come in, since some have retired, so that the innings may be over before all wickets fell. */
export function mayBeOver(state: CricketState, innings: Innings): boolean {
  let retired = 0;
  for (const batter of innings.batters.values()) if (batter.retired !== undefined) retired += 1;
  return retired > 0 && innings.wickets + retired >= wicketsOf(state, innings);
}
