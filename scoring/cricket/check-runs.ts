import type { Delivery, Wicket, WicketKind } from '../../protocol/match-events.ts';
import { isWithoutBall } from './crease.ts';

/** What a ball says of itself: whether its runs add up, and whether its extras and its wickets go together. */

/** Says why the runs cannot be, if so. */
export function explainRuns({ runs, extras = {} }: Delivery): string | undefined {
  const { batter, extras: stated, total } = runs;
  const { wides = 0, noballs = 0, byes = 0, legbyes = 0, penalty = 0 } = extras;
  const sum = wides + noballs + byes + legbyes + penalty;
  if (sum !== stated) return `the extras add up to ${sum} and not to ${stated}`;
  if (batter + stated !== total) {
    return `${batter} of the batter and ${stated} extras are ${batter + stated} and not ${total}`;
  }
  if (wides > 0 && noballs > 0) return 'a ball cannot be both wide and a no-ball';
  if (wides > 0 && batter > 0) return 'nobody can score off a wide';
  if (wides > 0 && byes + legbyes > 0) return 'what is run on a wide is wides';
  if (byes > 0 && legbyes > 0) return 'runs cannot be both byes and leg byes';
  if (batter > 0 && byes + legbyes > 0) return 'runs cannot be both off the bat and byes';
  return undefined;
}

const OFF_WIDE: ReadonlySet<WicketKind> = new Set([
  'run out',
  'stumped',
  'hit wicket',
  'obstructing the field',
  'handled the ball',
]);
const OFF_NO_BALL: ReadonlySet<WicketKind> = new Set([
  'run out',
  'obstructing the field',
  'hit the ball twice',
  'handled the ball',
]);
/** Only who faces the ball can be out like this. */
const OF_STRIKER: ReadonlySet<WicketKind> = new Set([
  'bowled',
  'caught',
  'caught and bowled',
  'hit the ball twice',
  'hit wicket',
  'lbw',
  'stumped',
]);
/** The ball is dead with the wicket, so nobody has run. */
const WITHOUT_RUNS: ReadonlySet<WicketKind> = new Set([
  'bowled',
  'caught',
  'caught and bowled',
  'hit wicket',
  'lbw',
  'stumped',
]);

/** Says why the wickets cannot be, if so. */
export function explainWickets(delivery: Delivery): string | undefined {
  const { wickets = [] } = delivery;
  for (const [index, wicket] of wickets.entries()) {
    const problem = explainWicket(delivery, wicket);
    if (problem !== undefined) return problem;
    const player = wicket.player_out;
    if (wickets.findIndex((other) => other.player_out === player) < index) return `${player} is out twice`;
  }
  return undefined;
}

function explainWicket({ batter, runs, extras = {} }: Delivery, wicket: Wicket): string | undefined {
  const { player_out: player, kind } = wicket;
  if (isWithoutBall(kind)) return undefined;
  const { wides = 0, noballs = 0, byes = 0, legbyes = 0 } = extras;
  if (wides > 0 && !OFF_WIDE.has(kind)) return `nobody can be out ${kind} off a wide`;
  if (noballs > 0 && !OFF_NO_BALL.has(kind)) return `nobody can be out ${kind} off a no-ball`;
  if (player !== batter && OF_STRIKER.has(kind))
    return `${player} did not face the ball, so cannot be out ${kind}`;
  if (WITHOUT_RUNS.has(kind) && runs.batter + byes + legbyes > 0)
    return `no runs can be scored with a wicket ${kind}`;
  return undefined;
}
