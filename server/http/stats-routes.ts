import { isId } from '../../protocol/names.ts';
import { AreaStatsReplySchema } from '../../protocol/replies.ts';
import { IdSchema } from '../../protocol/schema.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { permit } from './access.ts';
import { answer } from './formats.ts';
import { problem } from './problem.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';

export interface StatsDeps {
  readonly store: Pick<ScoreStore, 'readAreas'>;
  readonly authenticator: Authenticator;
}

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
    { method: 'GET', pattern: '/v1/stats', doc: READ, handler },
    { method: 'GET', pattern: '/stats', doc: { ...READ, operationId: 'get_stats_unversioned' }, handler },
  ];
}

async function readStats(request: HttpRequest, { store, authenticator }: StatsDeps): Promise<HttpReply> {
  const area = request.query.get('area_code') ?? '';
  if (!isId(area)) return problem('malformed', '"area_code" must be 1 to 64 of A-Z a-z 0-9 _ . -');
  const permission = await permit(request, authenticator, { read: `area:${area}` });
  if (!permission.ok) return permission.reply;
  const [modes = []] = await store.readAreas([{ area, limit: HTTP_LIMITS.areaModes }]);
  return answer(request, { area_code: area, modes });
}
