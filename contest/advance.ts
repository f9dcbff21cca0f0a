import { fromThousandths } from '../scoring/fantasy/amount.ts';
import type { CheckedTeam } from './check-team.ts';
import type { Contest } from './contest.ts';
import { isRefused, type Refused } from './refusal.ts';

/** What a store tells that has changed: whole thousandths and millionths, already judged. */
export interface Advance {
  /** The latest of each player. */
  readonly points: readonly (readonly [player: string, points: number])[];
  /** Teams that came or changed after the start, as they are now. Who came first has the lowest `joined`; 0: registered before. */
  readonly teams: readonly (CheckedTeam & { readonly base: number; readonly joined: number })[];
}

/** Takes in all of it. It can be told again: then nothing changes. A refusal is a defect, or a store that was tampered with: the contest is of no use then. */
export function advance(
  contest: Contest,
  { points, teams }: Advance,
): { readonly changed: number } | Refused {
  let changed = 0;
  for (const { team, cards, leagues, base } of teams.toSorted((a, b) => a.joined - b.joined)) {
    const outcome = contest.putWithBase({ team, cards, leagues }, base);
    if (isRefused(outcome)) return outcome;
    if (outcome !== 'unchanged') changed++;
  }
  for (const [player, total] of points) {
    const before = contest.pointsOf(player);
    const refused = contest.setPoints(player, fromThousandths(total));
    if (refused !== undefined) return refused;
    if (before !== total) changed++;
  }
  return { changed };
}
