import type { StatedResult } from '../../protocol/match-events.ts';
import type { Margin } from '../../protocol/matches.ts';
import { mainInnings, openInnings, superOvers, targetOf, totalOf, wicketsOf } from './innings.ts';
import type { CricketState, Innings, Outcome } from './state.ts';
import { count } from './words.ts';

/** Who has won: as far as it follows from the scores, or as it is told. */

export function deriveOutcome(state: CricketState): Outcome | undefined {
  if (openInnings(state) !== undefined) return undefined;
  const main = mainInnings(state);
  const last = main.at(-1);
  if (last === undefined) return undefined;
  const full = 2 * state.format.inningsPerSide;
  if (main.length === full - 1) return byAnInnings(state, main, last.side);
  if (main.length < full) return undefined;
  return ofLastInnings(state, last);
}

/** A side that has batted twice and has not reached what the other made at once. */
function byAnInnings(state: CricketState, main: readonly Innings[], side: number): Outcome | undefined {
  if (main.filter((each) => each.side === side).length !== state.format.inningsPerSide) return undefined;
  if (state.format.inningsPerSide === 1) return undefined;
  const ahead = totalOf(main, 1 - side) - totalOf(main, side);
  return ahead > 0 ? won(state, 1 - side, { innings: 1, runs: ahead }) : undefined;
}

function ofLastInnings(state: CricketState, last: Innings): Outcome | undefined {
  const target = targetOf(state, last);
  if (target === undefined) return undefined;
  if (last.runs >= target) {
    return won(state, last.side, {
      wickets: Math.max(0, wicketsOf(state, last) + last.absent.length - last.wickets),
    });
  }
  // Time has run out on an innings without a limit: that is for the scorer to tell.
  if (last.end === 'closed' && last.limit === undefined) return undefined;
  if (last.runs === target - 1) return tied(state);
  return won(state, 1 - last.side, { runs: target - 1 - last.runs });
}

function tied(state: CricketState): Outcome | undefined {
  const decider = superOvers(state);
  const second = decider.at(-1);
  if (second === undefined) return stated({ kind: 'tie' }, true);
  const first = decider.length % 2 === 0 ? decider.at(-2) : undefined;
  if (first === undefined || second.end === undefined) return undefined;
  if (first.runs === second.runs) return stated({ kind: 'tie' }, true);
  const winner = state.teams[first.runs > second.runs ? first.side : second.side];
  return stated({ kind: 'tie', method: SUPER_OVER, ...(winner === undefined ? {} : { winner }) }, true);
}

function won({ teams }: CricketState, side: number, by: Margin): Outcome {
  const winner = teams[side] ?? '';
  return stated({ winner, by }, true);
}

export const SUPER_OVER = 'super over';

export function stated(result: StatedResult, derived = false): Outcome {
  return { ...result, text: result.text ?? textOf(result), derived };
}

/** What a told result says against the scores, if anything. A method explains any difference. */
export function explainContradiction(derived: Outcome | undefined, told: StatedResult): string | undefined {
  if (derived === undefined || told.method !== undefined) return undefined;
  const isSame =
    derived.kind === 'tie'
      ? told.kind === 'tie'
      : told.kind === undefined && told.winner === derived.winner && isSameMargin(told.by, derived.by);
  return isSame ? undefined : `By the scores it is: ${derived.text}`;
}

function isSameMargin(one: Margin | undefined, other: Margin | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  const flat = (by: Margin): string =>
    ['innings' in by ? by.innings : 0, 'runs' in by ? by.runs : '', 'wickets' in by ? by.wickets : ''].join();
  return flat(one) === flat(other);
}

const KINDS = {
  tie: 'Match tied',
  draw: 'Match drawn',
  'no result': 'No result',
  abandoned: 'Match abandoned',
} as const;

/** As cards put it. */
function textOf({ winner, by, kind, method }: StatedResult): string {
  const how = method === undefined ? '' : inWords(method);
  if (kind !== undefined) {
    const head = KINDS[kind];
    if (winner !== undefined) return `${head} (${winner} won${how || ' by decision'})`;
    return `${head}${how}`;
  }
  if (winner === undefined) return `${KINDS['no result']}${how}`;
  return by === undefined ? `${winner} won${how}` : `${winner} won by ${margin(by)}${how}`;
}

function inWords(method: string): string {
  switch (method.toLowerCase()) {
    case 'super over':
      return ' the super over';
    case 'eliminator':
      return ' the eliminator';
    case 'bowl-out':
      return ' the bowl-out';
    case 'awarded':
      return ' (awarded)';
    case '1st innings score':
      return ' on first innings';
    case 'lost fewer wickets':
      return ' having lost fewer wickets';
    default:
      return ` (${method} method)`;
  }
}

function margin(by: Margin): string {
  if ('wickets' in by) return count(by.wickets, 'wicket');
  return 'innings' in by ? `an innings and ${count(by.runs, 'run')}` : count(by.runs, 'run');
}
