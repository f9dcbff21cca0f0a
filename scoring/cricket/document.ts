import type {
  BatterDocument,
  BowlerDocument,
  CricketDocument,
  InningsDocument,
  MatchResult,
  MatchStatus,
} from '../../protocol/matches.ts';
import type { Printed } from '../sport.ts';
import { ballsLeft, openInnings, targetOf } from './innings.ts';
import { oversOfBowler, oversOfInnings, printOvers } from './overs.ts';
import type { Batter, Bowler, CricketState, Innings, Outcome } from './state.ts';

/** The match as its card prints it. An innings in which nothing changes is printed once. */
export function printMatch(state: CricketState): Printed<CricketDocument> {
  const { outcome, teams } = state;
  const open = outcome === undefined ? openInnings(state) : undefined;
  return {
    id: state.match,
    sport: 'cricket',
    title: state.title,
    status: statusOf(state),
    teams: [teams[0], teams[1]],
    ...(outcome === undefined ? {} : { result: printResult(outcome) }),
    innings: Object.fromEntries(
      state.innings.map((innings) => {
        innings.printed ??= printInnings(state, innings);
        return [String(innings.number), innings.printed];
      }),
    ),
    ...(open === undefined ? {} : { current: printCurrent(state, open) }),
  };
}

export function statusOf(state: CricketState): MatchStatus {
  const { outcome } = state;
  if (outcome !== undefined) return outcome.kind === 'abandoned' ? 'abandoned' : 'complete';
  if (!state.started) return 'scheduled';
  if (state.paused) return 'break';
  return state.innings.length > 0 && openInnings(state) === undefined ? 'break' : 'live';
}

export function printResult({ winner, by, text }: Outcome): MatchResult {
  return {
    ...(winner === undefined ? {} : { winner }),
    ...(by === undefined ? {} : { by }),
    text,
  };
}

function printInnings(state: CricketState, innings: Innings): InningsDocument {
  const { format } = state;
  const { runs, wickets, superOver, end, limit } = innings;
  const target = targetOf(state, innings);
  const isUsual = superOver || (limit?.overs === format.overs && (limit?.balls ?? 0) === 0);
  return {
    team: state.teams[innings.side] ?? '',
    runs,
    wickets,
    balls: innings.legalBalls,
    overs: oversOfInnings(innings),
    ...(end === 'declared' ? { declared: true } : {}),
    ...(end === 'forfeited' ? { forfeited: true } : {}),
    ...(superOver ? { superOver } : {}),
    ...(target === undefined ? {} : { target }),
    ...(limit === undefined || isUsual ? {} : { maxOvers: printOvers(limit.overs, limit.balls) }),
    extras: { ...innings.extras },
    batting: printAll(innings.batters, printBatter),
    bowling: printAll(innings.bowlers, (bowler) => printBowler(bowler, format.ballsPerOver)),
    fall: Object.fromEntries(innings.fall.map((fall, index) => [String(index + 1), fall])),
    partnership: {
      ...innings.partnership,
      batters: [innings.striker, innings.nonStriker]
        .filter((each) => each !== undefined)
        .sort(byOrder(innings)),
    },
  };
}

/** Names are ordinary keys, even `__proto__`. */
function printAll<T, D>(players: ReadonlyMap<string, T>, print: (player: T) => D): Record<string, D> {
  return Object.fromEntries(Array.from(players, ([name, player]) => [name, print(player)]));
}

function printBatter({ order, runs, balls, fours, sixes, out, retired }: Batter): BatterDocument {
  return {
    order,
    runs,
    balls,
    fours,
    sixes,
    ...(out === undefined ? {} : { out }),
    ...(retired === undefined ? {} : { retired }),
  };
}

function printBowler(bowler: Bowler, ballsPerOver: number): BowlerDocument {
  const { order, balls, maidens, runs, wickets, wides, noballs } = bowler;
  return { order, balls, overs: oversOfBowler(bowler, ballsPerOver), maidens, runs, wickets, wides, noballs };
}

/** So that the partnership does not change its looks with every single. */
function byOrder({ batters }: Innings): (a: string, b: string) => number {
  return (a, b) => (batters.get(a)?.order ?? 0) - (batters.get(b)?.order ?? 0);
}

function printCurrent(state: CricketState, innings: Innings): NonNullable<CricketDocument['current']> {
  const { striker, nonStriker, runs, legalBalls } = innings;
  const { ballsPerOver } = state.format;
  const bowler = innings.over?.bowlers.at(-1);
  const target = targetOf(state, innings);
  const left = ballsLeft(state, innings);
  const needed = target === undefined ? 0 : target - runs;
  return {
    innings: String(innings.number),
    ...(striker === undefined ? {} : { striker }),
    ...(nonStriker === undefined ? {} : { nonStriker }),
    ...(bowler === undefined ? {} : { bowler }),
    runRate: rate(runs, legalBalls, ballsPerOver),
    ...(needed > 0 && left !== undefined && left > 0
      ? { requiredRate: rate(needed, left, ballsPerOver) }
      : {}),
  };
}

/** Runs an over, to two decimals. */
function rate(runs: number, balls: number, ballsPerOver: number): number {
  return balls === 0 ? 0 : Math.round((runs * ballsPerOver * 100) / balls) / 100;
}
