import { lastInnings, mainInnings, openInnings, superOvers } from '../../../scoring/cricket/innings.ts';
import { isOverOpen, nextOverNumber } from '../../../scoring/cricket/overs.ts';
import type { CricketState } from '../../../scoring/cricket/state.ts';

/** What a scorer has to tell next. */

/** Chosen, but part of no event yet. */
export interface Picks {
  readonly striker?: string;
  readonly nonStriker?: string;
  readonly bowler?: string;
  /** The batters stand at the other ends than the rules foretell. */
  readonly swapped?: boolean;
}

export interface Ends {
  readonly striker: string | undefined;
  readonly nonStriker: string | undefined;
  readonly bowler: string | undefined;
  /** Who bowls in relief of whom. */
  readonly relieved: string | undefined;
}

export type Step = 'innings' | 'over' | 'striker' | 'nonStriker' | 'bowler' | 'ball' | 'end';

/** Who is where for the next ball, as far as it is known. */
export function endsOf(state: CricketState, picks: Picks): Ends {
  const innings = openInnings(state);
  const striker = innings?.striker ?? picks.striker;
  const nonStriker = innings?.nonStriker ?? picks.nonStriker;
  const present = innings !== undefined && isOverOpen(innings) ? innings.over?.bowlers.at(-1) : undefined;
  const bowler = picks.bowler ?? present;
  return {
    striker: picks.swapped ? nonStriker : striker,
    nonStriker: picks.swapped ? striker : nonStriker,
    bowler,
    relieved: present !== undefined && bowler !== present ? present : undefined,
  };
}

export function stepOf(state: CricketState, picks: Picks): Step {
  if (state.outcome !== undefined) return 'end';
  const innings = openInnings(state);
  if (innings === undefined) return 'innings';
  const { striker, nonStriker, bowler } = endsOf(state, { ...picks, swapped: false });
  if (striker === undefined) return 'striker';
  if (nonStriker === undefined) return 'nonStriker';
  return bowler === undefined ? 'bowler' : 'ball';
}

/** Over and ball that comes next, as scorers count: the fourth ball of the first over is `0.4`. */
export function nextBall(state: CricketState): string {
  const innings = openInnings(state);
  if (innings === undefined) return '';
  return `${nextOverNumber(innings)}.${isOverOpen(innings) ? (innings.over?.legalBalls ?? 0) + 1 : 1}`;
}

export interface InningsChoice {
  readonly team: string;
  readonly superOver: boolean;
}

/** Who can bat next, the likely side first. */
export function inningsChoices(state: CricketState): readonly InningsChoice[] {
  const { teams, outcome, toss } = state;
  const isTied = outcome?.kind === 'tie' && outcome.winner === undefined;
  const superOver = isTied || (superOvers(state).length % 2 === 1 && openInnings(state) === undefined);
  if (outcome !== undefined && !isTied) return [];
  const last = lastInnings(state);
  const batted = last === undefined ? sideOfToss(teams, toss) : last.side;
  // Who batted second in the match bats first in the super over.
  const isFirstOfSuperOver = superOver && superOvers(state).length % 2 === 0;
  const likely = last === undefined || isFirstOfSuperOver ? batted : 1 - batted;
  const mayFollowOn = last !== undefined && !superOver && mainInnings(state).length > 1;
  const sides = last === undefined || superOver || mayFollowOn ? [likely, 1 - likely] : [likely];
  return sides.map((side) => ({ team: teams[side] ?? '', superOver }));
}

/** Who bats first, by the toss. */
function sideOfToss(teams: CricketState['teams'], toss: CricketState['toss']): number {
  if (toss === undefined) return 0;
  const winner = teams.indexOf(toss.winner);
  return toss.decision === 'bat' ? winner : 1 - winner;
}
