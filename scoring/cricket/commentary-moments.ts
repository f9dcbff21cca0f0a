import type { Delivery } from '../../protocol/match-events.ts';
import { isOfBowler } from './crease.ts';
import { ballsLeft, mainInnings, superOvers, targetOf, totalOf } from './innings.ts';
import { oversOfBowler, printOvers } from './overs.ts';
import type { CricketChange, CricketState, Innings, InningsEnd } from './state.ts';
import { count, listed, oversInWords, scoreOf } from './words.ts';

/** What came of an event: milestones, the end of an over, of an innings, of the match. */
export function momentsOf(state: CricketState, delivery: Delivery, change: CricketChange): string[] {
  const { innings } = change;
  if (innings === undefined) return [];
  return [
    ...milestones(innings, delivery),
    ...partnershipMilestone(innings, delivery),
    ...wicketMilestone(innings, delivery),
    ...endOfOver(state, change),
    ...endings(state, change),
  ];
}

const MILESTONE_STEP = 50;
const NAMES: Readonly<Record<number, string>> = {
  50: 'Fifty',
  100: 'Hundred',
  200: 'Double hundred',
  300: 'Triple hundred',
};

/** The milestone that was passed, if any. */
function passed(before: number, now: number): string | undefined {
  const reached = Math.floor(now / MILESTONE_STEP) * MILESTONE_STEP;
  return reached > before ? (NAMES[reached] ?? String(reached)) : undefined;
}

function milestones({ batters }: Innings, { batter: name, runs }: Delivery): string[] {
  const batter = batters.get(name);
  if (batter === undefined) return [];
  const reached = passed(batter.runs - runs.batter, batter.runs);
  return reached === undefined ? [] : [`${reached} for ${name} off ${count(batter.balls, 'ball')}`];
}

function partnershipMilestone(innings: Innings, { runs }: Delivery): string[] {
  const { partnership, striker, nonStriker } = innings;
  if (striker === undefined || nonStriker === undefined) return [];
  const reached = passed(partnership.runs - runs.total, partnership.runs);
  const both = inOrder(innings).map(({ name }) => name);
  return reached === undefined
    ? []
    : [`${reached} partnership between ${listed(both)} off ${count(partnership.balls, 'ball')}`];
}

function wicketMilestone({ bowlers }: Innings, { bowler: name, wickets = [] }: Delivery): string[] {
  const bowler = bowlers.get(name);
  const taken = wickets.filter(({ kind }) => isOfBowler(kind)).length;
  if (bowler === undefined || taken === 0) return [];
  const before = bowler.wickets - taken;
  const reached = before < 5 && bowler.wickets >= 5 ? 'Five' : undefined;
  const full = before < 10 && bowler.wickets >= 10 ? 'Ten' : reached;
  return full === undefined ? [] : [`${full} wickets for ${name} (${bowler.wickets}/${bowler.runs})`];
}

/** Those who are in, who came first before the other. */
function inOrder({ batters, striker, nonStriker }: Innings) {
  return [striker, nonStriker]
    .flatMap((name) => (name === undefined ? [] : (batters.get(name) ?? [])))
    .sort((one, other) => one.order - other.order);
}

export function endOfOver(
  state: CricketState,
  { innings, overEnded, inningsEnded }: CricketChange,
): string[] {
  if (innings === undefined || overEnded === undefined || inningsEnded !== undefined) return [];
  const { over, bowler, maiden } = overEnded;
  const { ballsPerOver } = state.format;
  const wickets = over.wickets === 0 ? '' : `, ${count(over.wickets, 'wicket')}`;
  const brought = maiden
    ? over.wickets === 0
      ? 'maiden'
      : 'wicket maiden'
    : `${count(over.total, 'run')}${wickets}`;
  const figures = [
    `${state.teams[innings.side]} ${scoreOf(innings)}`,
    ...inOrder(innings).map(({ name, runs, balls }) => `${name} ${runs} (${balls})`),
    ...(bowler === undefined
      ? []
      : [
          `${bowler.name} ${oversOfBowler(bowler, ballsPerOver)}-${bowler.maidens}-${bowler.runs}-${bowler.wickets}`,
        ]),
  ];
  return [`End of over ${over.number + 1} (${brought}): ${figures.join(', ')}`, ...equation(state, innings)];
}

/** What is left to do in a chase. */
function equation(state: CricketState, innings: Innings): string[] {
  const target = targetOf(state, innings);
  if (target === undefined || innings.runs >= target || state.outcome !== undefined) return [];
  const left = ballsLeft(state, innings);
  const need = `${state.teams[innings.side]} need ${count(target - innings.runs, 'run')}`;
  return [left === undefined ? `${need} to win` : `${need} off ${count(left, 'ball')}`];
}

/** The end of the innings, and of the match. */
export function endings(state: CricketState, { innings, inningsEnded, outcome }: CricketChange): string[] {
  const ended =
    innings === undefined || inningsEnded === undefined ? [] : endOfInnings(state, innings, inningsEnded);
  if (outcome !== undefined) return [...ended, outcome.text];
  return inningsEnded === undefined ? ended : [...ended, ...whatFollows(state)];
}

function endOfInnings(state: CricketState, innings: Innings, end: InningsEnd): string[] {
  const team = state.teams[innings.side];
  switch (end) {
    case 'all out':
      return innings.superOver
        ? [`${team} finish on ${scoreOf(innings)}`]
        : [`${team} are all out for ${innings.runs} (${oversInWords(innings)})`];
    case 'declared':
      return [`${team} declare on ${scoreOf(innings)} (${oversInWords(innings)})`];
    case 'forfeited':
      return [`${team} forfeit their innings`];
    case 'overs':
      return [`${team} finish on ${scoreOf(innings)} (${oversInWords(innings)})`];
    default:
      return [];
  }
}

/** What the other side has to make, or who is ahead. */
function whatFollows(state: CricketState): string[] {
  const decider = superOvers(state);
  const first = decider.length % 2 === 1 ? decider.at(-1) : undefined;
  if (first !== undefined) {
    return [`${state.teams[1 - first.side]} need ${count(first.runs + 1, 'run')} to win the super over`];
  }
  const main = mainInnings(state);
  if (decider.length > 0 || main.length === 0) return [];
  const played = (side: number): number => main.filter((each) => each.side === side).length;
  if (main.length === 2 * state.format.inningsPerSide - 1) {
    const side = played(0) < played(1) ? 0 : 1;
    const runs = totalOf(main, 1 - side) - totalOf(main, side) + 1;
    return runs > 0 ? [`${state.teams[side]} need ${count(runs, 'run')} to win${fromOvers(state)}`] : [];
  }
  return main.length > 1 ? [lead(state, main)] : [];
}

function fromOvers({ format }: CricketState): string {
  return format.overs === undefined ? '' : ` from ${count(format.overs, 'over')}`;
}

function lead({ teams }: CricketState, main: readonly Innings[]): string {
  const ahead = totalOf(main, 0) - totalOf(main, 1);
  if (ahead === 0) return 'The scores are level';
  return `${teams[ahead > 0 ? 0 : 1]} lead by ${count(Math.abs(ahead), 'run')}`;
}

/** How an innings begins: whose it is, and what is to be made. */
export function beginning(state: CricketState, innings: Innings): string[] {
  const team = state.teams[innings.side];
  const target = targetOf(state, innings);
  const goal = target === undefined ? '' : `, needing ${count(target, 'run')} to win${limitOf(innings)}`;
  if (innings.superOver) return [`Super over: ${team} bat${goal}`];
  const main = mainInnings(state);
  const before = main.at(-2);
  const isFollowOn = main.length === 3 && before?.side === innings.side;
  if (isFollowOn) {
    const behind = totalOf(main, 1 - innings.side) - totalOf(main, innings.side);
    return [`${team} follow on${behind > 0 ? `, ${count(behind, 'run')} behind` : ''}`];
  }
  if (state.format.inningsPerSide === 1) return [`${team} begin their innings${goal}`];
  const isSecond = main.filter((each) => each.side === innings.side).length > 1;
  return [`${team} begin their ${isSecond ? 'second' : 'first'} innings${goal}`];
}

export function limitOf({ limit }: Innings): string {
  if (limit === undefined) return '';
  const overs = printOvers(limit.overs, limit.balls);
  return ` from ${overs} ${overs === '1' ? 'over' : 'overs'}`;
}
