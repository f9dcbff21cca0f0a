import { checkTeam } from '../../contest/check-team.ts';
import type { TeamState } from '../../contest/contest-types.ts';
import { isRefused, type Refused, refuse } from '../../contest/refusal.ts';
import type { Clock } from '../../runtime/clock.ts';
import { readBonus } from '../../scoring/fantasy/amount.ts';
import type { ScoreStore, StoredCard } from '../../store/score-store.ts';
import type { ContestAsker } from './contest-asker.ts';

export interface PutTeamDeps {
  readonly store: Pick<ScoreStore, 'putTeam'>;
  readonly asker: Pick<ContestAsker, 'ask'>;
  readonly clock: Clock;
}

/**
 * One team after the start, as it comes from outside: `{team, leagues?, cards}`. The owner tells what it was registered with, which stays as it is
 * for ever; the store joins the two, so that it does not matter who else changes the team meanwhile.
 */
export async function putTeam(
  { store, asker, clock }: PutTeamDeps,
  tournament: string,
  value: unknown,
): Promise<{ readonly outcome: 'added' | 'replaced' | 'unchanged' } | Refused> {
  const team = checkTeam(value);
  if (isRefused(team)) return team;
  const known = await asker.ask(tournament, 'team', { team: team.team });
  const isUnknown = isRefused(known) && known.refused.code === 'not_found';
  if (isRefused(known) && !isUnknown) return known;
  if (!isRefused(known) && isSame(known, team)) return { outcome: 'unchanged' };
  const registered = isRefused(known) ? {} : { registered: storedCards(known) };
  const verdict = await store.putTeam(tournament, { ...team, ...registered }, clock.now());
  return verdict.ok ? { outcome: verdict.outcome } : refuse(verdict.code, verdict.message);
}

function storedCards({ cards }: TeamState): readonly StoredCard[] {
  return cards.map(({ player, bonus }) => ({ player, bonus: readBonus(bonus) ?? 0 }));
}

function isSame(
  known: TeamState,
  { cards, leagues }: { readonly cards: readonly StoredCard[]; readonly leagues: readonly string[] },
): boolean {
  const sameCards = JSON.stringify(storedCards(known)) === JSON.stringify(cards);
  const sameLeagues =
    JSON.stringify(Object.keys(known.leagues).sort()) === JSON.stringify([...leagues].sort());
  return sameCards && sameLeagues;
}
