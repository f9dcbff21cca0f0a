import { packLines } from '../../contest/pack-lines.ts';
import { isRefused, type Refused, refuse } from '../../contest/refusal.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import type { ContestAsker } from '../contests/contest-asker.ts';
import { putTeam } from '../contests/put-team.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { readBody } from './checked-body.ts';
import { answer } from './formats.ts';
import { idAt, integerQuery, textAt } from './parameters.ts';
import type { DescribedRoute } from './route-doc.ts';
import { managedTournament, noTournament, permitSeeing, refusalReply } from './tournament-access.ts';
import { OFFSET, PUT_TEAM, READ_LEAGUE, READ_TEAM, ROWS } from './tournament-docs.ts';
import { TOURNAMENT } from './tournament-routes.ts';

export interface TeamDeps {
  readonly store: Pick<ScoreStore, 'readTournaments' | 'addTeams' | 'putTeam'>;
  readonly contests: Pick<ContestAsker, 'ask'>;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
}

const TEAM = `${TOURNAMENT}/teams/:team`;

/** One team, and pages of leagues, which the owner of the tournament is asked for. */
export function teamRoutes(deps: TeamDeps): readonly DescribedRoute[] {
  return [
    { method: 'PUT', pattern: TEAM, doc: PUT_TEAM, handler: (request) => changeTeam(request, deps) },
    { method: 'GET', pattern: TEAM, doc: READ_TEAM, handler: (request) => readTeam(request, deps) },
    {
      method: 'GET',
      pattern: `${TOURNAMENT}/leagues/:league`,
      doc: READ_LEAGUE,
      handler: (request) => readLeague(request, deps),
    },
  ];
}

async function readTeam(request: HttpRequest, deps: TeamDeps): Promise<HttpReply> {
  const tournament = idAt(request, 0, 'a tournament');
  if (!tournament.ok) return tournament.reply;
  const team = textAt(request, 1, 'a team');
  if (!team.ok) return team.reply;
  const channel = `team:${tournament.value}:${team.value}`;
  const seen = await permitSeeing(request, deps, tournament.value, channel);
  if (!seen.ok) return seen.reply;
  const state = await deps.contests.ask(tournament.value, 'team', { team: team.value });
  return isRefused(state) ? refusalReply(state.refused) : answer(request, state);
}

async function readLeague(request: HttpRequest, deps: TeamDeps): Promise<HttpReply> {
  const tournament = idAt(request, 0, 'a tournament');
  if (!tournament.ok) return tournament.reply;
  const league = idAt(request, 1, 'a league');
  if (!league.ok) return league.reply;
  const limit = integerQuery(request, 'limit', ROWS);
  if (!limit.ok) return limit.reply;
  const offset = integerQuery(request, 'offset', OFFSET);
  if (!offset.ok) return offset.reply;
  const channel = `league:${tournament.value}:${league.value}`;
  const seen = await permitSeeing(request, deps, tournament.value, channel);
  if (!seen.ok) return seen.reply;
  const page = await deps.contests.ask(tournament.value, 'page', {
    league: league.value,
    offset: offset.value,
    limit: limit.value,
  });
  return isRefused(page) ? refusalReply(page.refused) : answer(request, page);
}

async function changeTeam(request: HttpRequest, deps: TeamDeps): Promise<HttpReply> {
  const tournament = await managedTournament(request, deps);
  if (!tournament.ok) return tournament.reply;
  const team = textAt(request, 1, 'a team');
  if (!team.ok) return team.reply;
  const body = await readBody(request, ANYTHING);
  if (!body.ok) return body.reply;
  const told = ofTeam(team.value, body.value);
  if (isRefused(told)) return refusalReply(told.refused);
  const [found] = await deps.store.readTournaments([tournament.value]);
  if (found === undefined) return noTournament(tournament.value);
  const registered =
    found.status === 'open'
      ? await register(deps, tournament.value, told, found.settings.players)
      : undefined;
  // Somebody may have started it in this moment.
  const outcome =
    registered === undefined || (isRefused(registered) && registered.refused.code === 'conflict')
      ? await putTeam({ ...deps, asker: deps.contests }, tournament.value, told)
      : registered;
  return isRefused(outcome)
    ? refusalReply(outcome.refused)
    : answer(request, { team: team.value, outcome: outcome.outcome });
}

/** What a team is made of is judged field by field further on, with better words than a schema has. */
const ANYTHING = { check: (_value: unknown): _value is unknown => true, explain: () => '' };

function ofTeam(team: string, body: unknown): object | Refused {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refuse('malformed', 'the body is refused: must be an object with "cards"');
  }
  if ('team' in body && body.team !== team) {
    return refuse('malformed', 'the body is refused: its "team" is not the one in the address');
  }
  return { ...body, team };
}

async function register(
  { store, clock }: TeamDeps,
  tournament: string,
  team: object,
  players: readonly string[] | undefined,
): Promise<{ readonly outcome: 'registered' } | Refused> {
  const { rejected, packed } = packLines(Buffer.from(JSON.stringify(team)), 1, players);
  const [refusal] = rejected;
  if (refusal !== undefined) return refuse(refusal.code, refusal.message);
  if (packed === undefined) return refuse('malformed', 'A team is an object with "team" and "cards"');
  const verdict = await store.addTeams(tournament, packed, clock.now());
  return verdict.ok ? { outcome: 'registered' } : refuse(verdict.code, verdict.message);
}
