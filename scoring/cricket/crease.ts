import type { Delivery, Wicket, WicketKind } from '../../protocol/match-events.ts';
import { ballNow } from './overs.ts';
import type { Batter, Bowler, FallOfWicket, Innings } from './state.ts';

/** Who is in, who is on strike, and who goes. */

/** Kinds that are no wicket: the batter may come back. */
export function isOut(kind: WicketKind): boolean {
  return kind !== 'retired hurt' && kind !== 'retired not out';
}

/** Wickets without a ball: nobody has to be where a ball could dismiss him. */
export function isWithoutBall(kind: WicketKind): boolean {
  return kind === 'timed out' || kind.startsWith('retired');
}

const OF_BOWLER: ReadonlySet<WicketKind> = new Set([
  'bowled',
  'caught',
  'caught and bowled',
  'hit wicket',
  'lbw',
  'stumped',
]);

export function isOfBowler(kind: WicketKind): boolean {
  return OF_BOWLER.has(kind);
}

export function batterOf({ batters }: Innings, name: string): Batter {
  const known = batters.get(name);
  if (known !== undefined) return known;
  const batter: Batter = {
    name,
    order: batters.size + 1,
    runs: 0,
    balls: 0,
    fours: 0,
    sixes: 0,
    out: undefined,
    retired: undefined,
  };
  batters.set(name, batter);
  return batter;
}

export function bowlerOf({ bowlers }: Innings, name: string): Bowler {
  const known = bowlers.get(name);
  if (known !== undefined) return known;
  const bowler: Bowler = {
    name,
    order: bowlers.size + 1,
    balls: 0,
    wholeOvers: 0,
    looseBalls: 0,
    maidens: 0,
    runs: 0,
    wickets: 0,
    wides: 0,
    noballs: 0,
  };
  bowlers.set(name, bowler);
  return bowler;
}

export function isIn(innings: Innings, player: string): boolean {
  return innings.striker === player || innings.nonStriker === player;
}

/** Those who are in and whom a ball does not name. */
export function othersIn(
  { striker, nonStriker }: Innings,
  named: { batter: string; non_striker: string },
): string[] {
  return [striker, nonStriker].filter((player): player is string => {
    return player !== undefined && player !== named.batter && player !== named.non_striker;
  });
}

/** Those who left before the ball since another came in for them, and why. */
export function leaversOf({ replacements }: Delivery): { player: string; kind: WicketKind }[] {
  if (replacements === undefined) return [];
  const { match = [], role = [] } = replacements;
  return [...match, ...role.filter((each) => each.role === 'batter')].flatMap(({ out, reason = '' }) =>
    out === undefined
      ? []
      : [{ player: out, kind: /injur|concuss/.test(reason) ? 'retired hurt' : 'retired not out' }],
  );
}

/** The ball tells who is at which end; the fold only foretells it. */
export function takeGuard(innings: Innings, delivery: Delivery): void {
  const { batter, non_striker } = delivery;
  for (const player of othersIn(innings, delivery)) {
    const leaver = leaversOf(delivery).find((each) => each.player === player);
    if (leaver !== undefined) batterOf(innings, player).retired = leaver.kind;
    beginPartnership(innings);
  }
  for (const name of [batter, non_striker]) batterOf(innings, name).retired = undefined;
  innings.striker = batter;
  innings.nonStriker = non_striker;
}

/** Runs that the batters ran, or that count as run: after an odd number they have changed ends. */
export function runsRun({ runs, extras = {} }: Delivery): number {
  const { wides = 0, noballs = 0, byes = 0, legbyes = 0 } = extras;
  const besides = Math.max(0, wides - 1) + (noballs > 2 ? noballs - 1 : 0);
  return runs.batter + byes + legbyes + besides;
}

/** A batter goes: out, or away for a while. */
export function dismiss(
  innings: Innings,
  wicket: Wicket,
  bowler: Bowler | undefined,
): FallOfWicket | undefined {
  const { player_out: player, kind, fielders } = wicket;
  const batter = batterOf(innings, player);
  if (innings.striker === player) innings.striker = undefined;
  if (innings.nonStriker === player) innings.nonStriker = undefined;
  beginPartnership(innings);
  if (!isOut(kind)) {
    batter.retired = kind;
    return undefined;
  }
  const names = (fielders ?? []).flatMap(({ name }) => name ?? []);
  const credited = isOfBowler(kind) ? bowler : undefined;
  if (credited !== undefined) credited.wickets += 1;
  batter.retired = undefined;
  batter.out = {
    kind,
    ...(credited === undefined ? {} : { bowler: credited.name }),
    ...(names.length === 0 ? {} : { fielders: names }),
  };
  innings.wickets += 1;
  const fall = { runs: innings.runs, over: ballNow(innings), player };
  innings.fall.push(fall);
  return fall;
}

function beginPartnership(innings: Innings): void {
  innings.partnership = { runs: 0, balls: 0 };
}
