import {
  nothingChecker,
  type TournamentSettings,
  tournamentSettingsChecker,
} from '../../protocol/tournaments.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ScoreStore, Tournament, TournamentListing } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { identify } from './access.ts';
import { readBody } from './checked-body.ts';
import { answer } from './formats.ts';
import { idAt, idQuery, integerQuery } from './parameters.ts';
import { problem } from './problem.ts';
import type { DescribedRoute } from './route-doc.ts';
import { everybodyOf, managedTournament, maySee, noTournament, permitSeeing } from './tournament-access.ts';
import { CONFIGURE, LIST, LISTED, READ, REMOVE, START } from './tournament-docs.ts';

export interface TournamentDeps {
  readonly store: Pick<
    ScoreStore,
    ('listTournaments' | 'readTournaments' | 'configureTournament') | ('startTournament' | 'removeTournament')
  >;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
}

export const TOURNAMENT = '/v1/tournaments/:tournament';

/** Settings and the start; teams are in `team-routes.ts` and `upload-route.ts`. */
export function tournamentRoutes(deps: TournamentDeps): readonly DescribedRoute[] {
  return [
    {
      method: 'GET',
      pattern: '/v1/tournaments',
      doc: LIST,
      handler: (request) => listTournaments(request, deps),
    },
    { method: 'PUT', pattern: TOURNAMENT, doc: CONFIGURE, handler: (request) => configure(request, deps) },
    { method: 'GET', pattern: TOURNAMENT, doc: READ, handler: (request) => readTournament(request, deps) },
    { method: 'DELETE', pattern: TOURNAMENT, doc: REMOVE, handler: (request) => remove(request, deps) },
  ];
}

/** By itself, since in the order of the document it follows the upload. */
export function startRoute(deps: TournamentDeps): DescribedRoute {
  return {
    method: 'POST',
    pattern: `${TOURNAMENT}/start`,
    doc: START,
    handler: (request) => start(request, deps),
  };
}

/** A page can hold fewer than the limit, or none, since those that are not permitted are left out. */
async function listTournaments(
  request: HttpRequest,
  { store, authenticator }: TournamentDeps,
): Promise<HttpReply> {
  const caller = await identify(request, authenticator);
  if (!caller.ok) return caller.reply;
  const limit = integerQuery(request, 'limit', LISTED);
  if (!limit.ok) return limit.reply;
  const after = idQuery(request, 'after');
  if (!after.ok) return after.reply;
  const from = after.value === undefined ? {} : { after: after.value };
  const page = await store.listTournaments({ ...from, limit: limit.value });
  const tournaments = page.filter(({ id }) => maySee(caller.identity, id)).map(listed);
  const last = page.length === limit.value ? page.at(-1) : undefined;
  return answer(request, last === undefined ? { tournaments } : { tournaments, next: last.id });
}

/** Without the players, of whom there may be very many. */
function listed({ id, settings: { players: _, ...shown }, status, registered }: TournamentListing): object {
  return { id, ...shown, status, registered };
}

async function configure(request: HttpRequest, deps: TournamentDeps): Promise<HttpReply> {
  const tournament = await managedTournament(request, deps);
  if (!tournament.ok) return tournament.reply;
  const maxBytes = HTTP_LIMITS.tournamentBodyBytes;
  const body = await readBody(request, tournamentSettingsChecker, { maxBytes });
  if (!body.ok) return body.reply;
  const settings: TournamentSettings = body.value;
  const verdict = await deps.store.configureTournament(tournament.value, settings, deps.clock.now());
  if (!verdict.ok) return problem(verdict.code, verdict.message);
  return present(request, tournament.value, deps);
}

async function readTournament(request: HttpRequest, deps: TournamentDeps): Promise<HttpReply> {
  const tournament = idAt(request, 0, 'a tournament');
  if (!tournament.ok) return tournament.reply;
  const seen = await permitSeeing(request, deps, tournament.value, everybodyOf(tournament.value));
  return seen.ok ? present(request, tournament.value, deps) : seen.reply;
}

async function start(request: HttpRequest, deps: TournamentDeps): Promise<HttpReply> {
  const tournament = await managedTournament(request, deps);
  if (!tournament.ok) return tournament.reply;
  const body = await readBody(request, nothingChecker, { empty: {} });
  if (!body.ok) return body.reply;
  const verdict = await deps.store.startTournament(tournament.value, deps.clock.now());
  return verdict.ok ? present(request, tournament.value, deps) : noTournament(tournament.value);
}

/** Removing what is not there is no error, so that a removal can be sent again. */
async function remove(request: HttpRequest, deps: TournamentDeps): Promise<HttpReply> {
  const tournament = await managedTournament(request, deps);
  if (!tournament.ok) return tournament.reply;
  const removed = await deps.store.removeTournament(tournament.value, deps.clock.now());
  return answer(request, { removed });
}

async function present(
  request: HttpRequest,
  id: string,
  { store }: Pick<TournamentDeps, 'store'>,
): Promise<HttpReply> {
  const [found] = await store.readTournaments([id]);
  return found === undefined ? noTournament(id) : answer(request, described(id, found));
}

function described(id: string, { settings, status, registered }: Tournament): object {
  return { id, ...settings, status, registered };
}
