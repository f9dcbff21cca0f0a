import { integerSchema, WindowParameterSchema } from '../../protocol/parameters.ts';
import { MemberReplySchema, RemovedReplySchema } from '../../protocol/replies.ts';
import { IdSchema, TextSchema } from '../../protocol/schema.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { permit } from './access.ts';
import { channelOf, permittedBoard, resolveWindow } from './board-routes.ts';
import { answer } from './formats.ts';
import { idAt, integerQuery, textAt, windowQuery } from './parameters.ts';
import { problem } from './problem.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';

export interface MemberDeps {
  readonly store: Pick<ScoreStore, 'readNeighbourhood' | 'readConfigs' | 'removeMember'>;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
}

const MEMBER = '/v1/boards/:board/members/:member';

export function memberRoutes(deps: MemberDeps): readonly DescribedRoute[] {
  return [
    { method: 'GET', pattern: MEMBER, doc: READ, handler: (request) => readMember(request, deps) },
    { method: 'DELETE', pattern: MEMBER, doc: REMOVE, handler: (request) => removeMember(request, deps) },
  ];
}

const AROUND = { default: 5, min: 0, max: HTTP_LIMITS.neighbours };
const BOARD_PARAMETER = { schema: IdSchema, description: 'The board', example: 'season' };
const MEMBER_PARAMETER = { schema: TextSchema, description: 'The member', example: 'Ann' };

const READ: RouteDoc = {
  tag: 'Boards',
  summary: 'Read where a member stands',
  needs: '`subscribe` on `board:<id>`, or on `board:<id>@<window>`',
  parameters: {
    board: BOARD_PARAMETER,
    member: MEMBER_PARAMETER,
    window: { schema: WindowParameterSchema, description: 'One of its windows in place of the board itself' },
    around: { schema: integerSchema(AROUND), description: 'Rows on each side of the member', example: 1 },
  },
  replies: {
    200: {
      description: 'The member and its neighbours',
      schema: MemberReplySchema,
      example: {
        rank: 1,
        member: 'Ann',
        score: 120,
        name: 'Ann 💥',
        total: 3,
        around: [
          { rank: 1, member: 'Ann', score: 120, name: 'Ann 💥' },
          { rank: 2, member: 'Björn', score: 95 },
          { rank: 3, member: 'Carla', score: 60.5 },
        ],
      },
    },
  },
  errors: ['not_found'],
};

const REMOVE: RouteDoc = {
  tag: 'Boards',
  summary: 'Remove a member from a board',
  description: 'From its windows too. Removing who is not there is no error, so it can be sent again.',
  needs: '`publish` on `board:<id>`',
  parameters: {
    board: BOARD_PARAMETER,
    member: MEMBER_PARAMETER,
    window: { schema: WindowParameterSchema, description: 'Removes the member from nothing but this window' },
  },
  replies: {
    200: { description: 'It is gone', schema: RemovedReplySchema, example: { removed: true } },
  },
};

async function readMember(request: HttpRequest, deps: MemberDeps): Promise<HttpReply> {
  const board = idAt(request, 0, 'a board');
  if (!board.ok) return board.reply;
  const member = textAt(request, 1, 'a member');
  if (!member.ok) return member.reply;
  const window = windowQuery(request);
  if (!window.ok) return window.reply;
  const around = integerQuery(request, 'around', AROUND);
  if (!around.ok) return around.reply;
  const channel = channelOf(board.value, window.value);
  const permission = await permit(request, deps.authenticator, { read: `board:${channel}` });
  if (!permission.ok) return permission.reply;
  const key = await resolveWindow(deps, board.value, window.value);
  const found =
    key === undefined ? undefined : await deps.store.readNeighbourhood(key, member.value, around.value);
  if (found === undefined) return problem('not_found', `the member is not on board "${channel}"`);
  return answer(request, { ...found.member, total: found.total, around: found.around });
}

/** Removing who is not there is no error, so that a removal can be sent again. */
async function removeMember(request: HttpRequest, deps: MemberDeps): Promise<HttpReply> {
  const board = await permittedBoard(request, deps);
  if (!board.ok) return board.reply;
  const member = textAt(request, 1, 'a member');
  if (!member.ok) return member.reply;
  const window = windowQuery(request);
  if (!window.ok) return window.reply;
  const key = await resolveWindow(deps, board.value, window.value);
  const removed = key !== undefined && (await deps.store.removeMember(key, member.value, deps.clock.now()));
  return answer(request, { removed });
}
