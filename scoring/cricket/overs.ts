import type { Bowler, CricketState, Innings, Over } from './state.ts';

/**
 * An over is complete with its last legal ball, or when the umpire calls it. A completed one counts as one, for the side and for the
 * bowler whose alone it was, even if the umpire has miscounted its balls.
 */

export function isOverOpen(innings: Innings): boolean {
  return innings.over !== undefined && !innings.over.complete;
}

/** The over in which the next ball is bowled, counted from 0. */
export function nextOverNumber({ over }: Innings): number {
  if (over === undefined) return 0;
  return over.complete ? over.number + 1 : over.number;
}

/** The over that a ball belongs to; begins it, or takes up one that was thought to be complete. */
export function enterOver(state: CricketState, innings: Innings, number: number): Over {
  const { over } = innings;
  if (over !== undefined && over.number === number) {
    if (over.complete) reopenOver(innings, over);
    return over;
  }
  if (over !== undefined) {
    if (!over.complete) completeOver(innings, over);
    innings.recentBowlers.unshift([...over.bowlers]);
    innings.recentBowlers.length = Math.min(innings.recentBowlers.length, state.format.consecutiveOvers);
  }
  const begun: Over = { number, legalBalls: 0, bowlers: [], runs: 0, total: 0, wickets: 0, complete: false };
  innings.over = begun;
  return begun;
}

export function completeOver(innings: Innings, over: Over): void {
  over.complete = true;
  innings.overs += 1;
  const bowler = soleBowler(innings, over);
  if (bowler !== undefined) {
    bowler.looseBalls -= over.legalBalls;
    bowler.wholeOvers += 1;
    if (over.runs === 0) bowler.maidens += 1;
  }
  changeEnds(innings);
}

function reopenOver(innings: Innings, over: Over): void {
  over.complete = false;
  innings.overs -= 1;
  const bowler = soleBowler(innings, over);
  if (bowler !== undefined) {
    bowler.looseBalls += over.legalBalls;
    bowler.wholeOvers -= 1;
    if (over.runs === 0) bowler.maidens -= 1;
  }
  changeEnds(innings);
}

export function isMaiden(over: Over): boolean {
  return over.complete && over.bowlers.length === 1 && over.runs === 0;
}

export function changeEnds(innings: Innings): void {
  const { striker, nonStriker } = innings;
  innings.striker = nonStriker;
  innings.nonStriker = striker;
}

function soleBowler({ bowlers }: Innings, over: Over): Bowler | undefined {
  const [name] = over.bowlers;
  return over.bowlers.length === 1 && name !== undefined ? bowlers.get(name) : undefined;
}

/** Balls beyond the completed overs. */
export function looseBallsOf({ over }: Innings): number {
  return over === undefined || over.complete ? 0 : over.legalBalls;
}

export function oversOfInnings(innings: Innings): string {
  return printOvers(innings.overs, looseBallsOf(innings));
}

export function oversOfBowler(bowler: Bowler, ballsPerOver: number): string {
  const { wholeOvers, looseBalls } = bowler;
  return printOvers(wholeOvers + Math.floor(looseBalls / ballsPerOver), looseBalls % ballsPerOver);
}

/** As cards print them: `20`, `12.3`. */
export function printOvers(overs: number, balls: number): string {
  return balls === 0 ? String(overs) : `${overs}.${balls}`;
}

/** Over and ball at this moment, as the fall of a wicket is printed: the last ball of the first over is `0.6`. */
export function ballNow({ over }: Innings): string {
  return over === undefined ? '0.0' : `${over.number}.${over.legalBalls}`;
}

/** 9.4 is nine overs and four balls. */
export function readOvers(overs: number): { overs: number; balls: number } {
  const [whole, balls] = String(overs).split('.');
  return { overs: Number(whole), balls: Number(balls ?? 0) };
}
