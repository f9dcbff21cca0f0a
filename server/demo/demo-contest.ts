import { type Refused, refuse } from '../../contest/refusal.ts';
import type { TournamentSettings } from '../../protocol/tournaments.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import { TeamUpload } from '../contests/team-upload.ts';
import { type DemoTeam, linesOf } from './demo-teams.ts';

export interface DemoContestDeps {
  readonly store: Pick<
    ScoreStore,
    'readTournaments' | 'configureTournament' | 'addTeams' | 'startTournament'
  >;
  readonly clock: Clock;
}

/** Sets a contest up with these teams and starts it, unless it has started before. Gives how many teams have come to it. */
export async function beginDemoContest(
  { store, clock }: DemoContestDeps,
  tournament: string,
  settings: TournamentSettings,
  teams: Iterable<DemoTeam>,
): Promise<number | Refused> {
  const [found] = await store.readTournaments([tournament]);
  if (found?.status === 'started') return 0;
  const set = await store.configureTournament(tournament, settings, clock.now());
  if (!set.ok) return refuse(set.code, set.message);
  const upload = new TeamUpload({ store, clock }, { tournament, players: settings.players });
  const refusal = await upload.take(linesOf(teams));
  // Another node was first: its teams are the same.
  if (refusal !== undefined && refusal.code !== 'conflict') return { refused: refusal };
  await store.startTournament(tournament, clock.now());
  return upload.result.accepted;
}
