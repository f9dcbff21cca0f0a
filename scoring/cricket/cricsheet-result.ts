import type { StatedResult } from '../../protocol/match-events.ts';
import type { Margin } from '../../protocol/matches.ts';
import type { CricsheetInnings, CricsheetOutcome } from './cricsheet-format.ts';
import { SUPER_OVER } from './result.ts';

/** The result as a file tells it. */
export function resultOf(
  outcome: CricsheetOutcome,
  teams: readonly string[],
  innings: readonly CricsheetInnings[],
): StatedResult {
  const { winner, method, result, eliminator, bowl_out } = outcome;
  const told = winner ?? eliminator ?? bowl_out;
  if (told !== undefined && !teams.includes(told)) return { kind: 'no result', text: `${told} won` };
  if (winner !== undefined) {
    const by = marginOf(outcome);
    return {
      winner,
      ...(by === undefined ? {} : { by }),
      ...(method === undefined ? {} : { method }),
    };
  }
  if (eliminator !== undefined) {
    return { kind: 'tie', winner: eliminator, method: wasDecided(innings) ? SUPER_OVER : 'eliminator' };
  }
  if (bowl_out !== undefined) return { kind: 'tie', winner: bowl_out, method: 'bowl-out' };
  return { kind: kindOf(result), ...(method === undefined ? {} : { method }) };
}

const KINDS = ['tie', 'draw', 'abandoned'] as const;

function kindOf(result: string | undefined): (typeof KINDS)[number] | 'no result' {
  return KINDS.find((kind) => kind === result) ?? 'no result';
}

function marginOf({ by }: CricsheetOutcome): Margin | undefined {
  if (by?.innings !== undefined) return { innings: Math.max(1, by.innings), runs: by.runs ?? 0 };
  if (by?.wickets !== undefined) return { wickets: by.wickets };
  return by?.runs === undefined ? undefined : { runs: by.runs };
}

/** Unless the last super over was tied too, and something else decided, such as boundaries. */
function wasDecided(innings: readonly CricsheetInnings[]): boolean {
  const runsOf = ({ overs = [] }: CricsheetInnings): number =>
    overs.reduce(
      (sum, { deliveries }) => sum + deliveries.reduce((runs, each) => runs + each.runs.total, 0),
      0,
    );
  const [first, second] = innings.filter((each) => each.super_over).slice(-2);
  return first === undefined || second === undefined || runsOf(first) !== runsOf(second);
}
