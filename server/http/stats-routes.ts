import { integerSchema } from '../../protocol/parameters.ts';
import { AreaListReplySchema, AreaStatsReplySchema } from '../../protocol/replies.ts';
import { IdSchema } from '../../protocol/schema.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { identify, permit } from './access.ts';
import { answer } from './formats.ts';
import { idQuery, integerQuery, requiredIdQuery } from './parameters.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';

export interface StatsDeps {
  readonly store: Pick<ScoreStore, 'readAreas' | 'listAreas'>;
  readonly authenticator: Authenticator;
}

const LISTED = { default: HTTP_LIMITS.listedAreas, min: 1, max: HTTP_LIMITS.listedAreas };

const LIST: RouteDoc = {
  tag: 'Areas',
  summary: 'List the areas in which somebody is active',
  description:
    'Those that the caller may see, in byte order of their codes. A page may hold fewer areas than `limit` though more follow.',
  needs: '`subscribe` on `area:<code>`, of each area that is listed',
  parameters: {
    limit: { schema: integerSchema(LISTED), description: 'Areas that are looked at for one page' },
    after: { schema: IdSchema, description: 'Begins after this code: the `next` of the page before' },
  },
  replies: {
    200: {
      description: 'A page of areas',
      schema: AreaListReplySchema,
      example: { areas: ['111', '112'] },
    },
  },
};

const READ: RouteDoc = {
  tag: 'Areas',
  summary: 'Read what is played in an area',
  description: `At most ${HTTP_LIMITS.areaModes} modes, the most played ones.`,
  needs: '`subscribe` on `area:<code>`',
  parameters: {
    area_code: { schema: IdSchema, description: 'The code of the area', required: true, example: '111' },
  },
  replies: {
    200: {
      description: 'The modes in which somebody is active',
      schema: AreaStatsReplySchema,
      example: {
        area_code: '111',
        modes: [
          { mode: 'ranked', count: 1204 },
          { mode: 'casual', count: 377 },
        ],
      },
    },
  },
};

/** The address without a version is what programs ask that were written for another server. */
export function statsRoutes(deps: StatsDeps): readonly DescribedRoute[] {
  const handler = (request: HttpRequest): Promise<HttpReply> => readStats(request, deps);
  return [
    { method: 'GET', pattern: '/v1/areas', doc: LIST, handler: (request) => listAreas(request, deps) },
    { method: 'GET', pattern: '/v1/stats', doc: READ, handler },
    { method: 'GET', pattern: '/stats', doc: { ...READ, operationId: 'get_stats_unversioned' }, handler },
  ];
}

/** A page can hold fewer areas than the limit, or none, since those that are not permitted are left out. */
async function listAreas(request: HttpRequest, { store, authenticator }: StatsDeps): Promise<HttpReply> {
  const caller = await identify(request, authenticator);
  if (!caller.ok) return caller.reply;
  const limit = integerQuery(request, 'limit', LISTED);
  if (!limit.ok) return limit.reply;
  const after = idQuery(request, 'after');
  if (!after.ok) return after.reply;
  const start = after.value === undefined ? {} : { after: after.value };
  const page = await store.listAreas({ ...start, limit: limit.value });
  const areas = page.filter((area) => caller.identity.maySubscribe(`area:${area}`));
  const last = page.length === limit.value ? page.at(-1) : undefined;
  return answer(request, last === undefined ? { areas } : { areas, next: last });
}

async function readStats(request: HttpRequest, { store, authenticator }: StatsDeps): Promise<HttpReply> {
  const code = requiredIdQuery(request, 'area_code');
  if (!code.ok) return code.reply;
  const area = code.value;
  const permission = await permit(request, authenticator, { read: `area:${area}` });
  if (!permission.ok) return permission.reply;
  const [modes = []] = await store.readAreas([{ area, limit: HTTP_LIMITS.areaModes }]);
  return answer(request, { area_code: area, modes });
}
