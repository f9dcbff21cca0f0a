import type { Clock } from '../../runtime/clock.ts';
import { OperatingError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import type { ContestAsker } from '../contests/contest-asker.ts';
import type { Ingest } from '../ingest/ingest-types.ts';
import type { ServerLimits } from '../limits.ts';
import type { StreamAcceptor } from '../stream-opener.ts';
import type { HttpHandler, HttpReply, HttpRequest, HttpRoute } from '../transport/http-types.ts';
import { type AdminRouteDeps, adminRoutes } from './admin-routes.ts';
import { boardRoutes } from './board-routes.ts';
import { type DemoDefaults, demoRoute } from './demo-route.ts';
import { documentRoutes } from './document-routes.ts';
import { eventsRoute } from './events-route.ts';
import { type Health, healthRoutes } from './health-routes.ts';
import { matchEventRoutes } from './match-event-routes.ts';
import { matchRoutes } from './match-routes.ts';
import { memberRoutes } from './member-routes.ts';
import { metricsRoute } from './metrics-route.ts';
import { playerRoute } from './player-route.ts';
import { problem } from './problem.ts';
import { productRoutes } from './product-routes.ts';
import { type RecomputeRouteDeps, recomputeRoute } from './recompute-route.ts';
import type { DescribedRoute } from './route-doc.ts';
import { scorerLink } from './scorer-link.ts';
import { sseRoute } from './sse-route.ts';
import { staticRoute } from './static-files.ts';
import { statsRoutes } from './stats-routes.ts';
import { teamRoutes } from './team-routes.ts';
import { startRoute, tournamentRoutes } from './tournament-routes.ts';
import { uploadRoute } from './upload-route.ts';

export interface RouteDeps {
  readonly store: Pick<
    ScoreStore,
    | 'listBoards'
    | 'readPages'
    | 'readConfigs'
    | 'readNeighbourhood'
    | 'configureBoard'
    | 'removeBoard'
    | 'removeMember'
    | 'listProducts'
    | 'listAreas'
    | 'readProducts'
    | 'configureProduct'
    | 'readPlayers'
    | 'readAreas'
    | 'listMatches'
    | 'readMatches'
    | 'readMatchEvents'
    | 'configureMatch'
    | 'removeMatch'
    | 'listTournaments'
    | 'readTournaments'
    | 'configureTournament'
    | 'startTournament'
    | 'removeTournament'
    | 'addTeams'
    | 'putTeam'
  > &
    RecomputeRouteDeps['store'];
  readonly scoring: Scoring;
  readonly contests: Pick<ContestAsker, 'ask'>;
  readonly ingest: Pick<Ingest, 'publish' | 'submit' | 'publishOnce'>;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly health: Health;
  readonly metrics: Pick<Metrics, 'contentType' | 'text'>;
  readonly streams: StreamAcceptor;
  /** The built web pages. */
  readonly staticDir: string;
  /** The processes of the installation, for operators. */
  readonly admin?: AdminRouteDeps['admin'];
  /** Only where the demonstration is on. */
  readonly demo?: DemoDefaults;
}

export interface RouteOptions {
  readonly limits: Pick<ServerLimits, 'bodyBytes' | 'eventsPerPublish'>;
}

/**
 * Everything that is served over HTTP but the socket. Host and Origin were looked at before a handler is called, and
 * a handler's `BodyTooLargeError` is answered by the transport, which knows what is left of the body.
 */
export function createRoutes(deps: RouteDeps, { limits }: RouteOptions): readonly HttpRoute[] {
  const { demo, admin } = deps;
  const withStore: readonly DescribedRoute[] = [
    eventsRoute(deps, limits),
    ...boardRoutes(deps),
    ...memberRoutes(deps),
    ...productRoutes(deps),
    playerRoute(deps),
    ...statsRoutes(deps),
    ...matchRoutes(deps),
    ...matchEventRoutes(deps),
    ...tournamentRoutes(deps),
    uploadRoute(deps, limits),
    startRoute(deps),
    ...teamRoutes(deps),
    sseRoute(deps),
    recomputeRoute(deps),
    ...(demo === undefined ? [] : [demoRoute({ ...deps, demo }, limits)]),
  ];
  const withoutStore = [
    ...healthRoutes(deps.health),
    metricsRoute(deps.metrics),
    ...(admin === undefined ? [] : adminRoutes({ ...deps, admin })),
  ];
  return [
    ...withStore.map((route) => ({
      ...route,
      handler: withUnavailable(route.handler, deps.logger),
    })),
    ...withoutStore,
    ...documentRoutes([...withStore, ...withoutStore]),
    scorerLink,
    staticRoute(deps.staticDir),
  ];
}

/** A store or a source of keys that is away is no defect: the client is told when to come again. */
function withUnavailable(handler: HttpHandler, logger: Logger): HttpHandler {
  const refuse = (request: HttpRequest, error: unknown): HttpReply => {
    if (!(error instanceof OperatingError)) throw error;
    // The store tells operators once that it is away; a line for each request would bury that.
    logger.debug(
      { err: error, request: request.id, method: request.method },
      'a request could not be served',
    );
    const { code, retryAfterMs } = error;
    return problem(code, 'this can not be served at present', { retryAfterMs });
  };
  // A `Pending` is not looked at: what is published without a promise tells of the store in its verdict.
  return (request) => {
    const reply = handler(request);
    return reply instanceof Promise ? reply.catch((error: unknown) => refuse(request, error)) : reply;
  };
}
