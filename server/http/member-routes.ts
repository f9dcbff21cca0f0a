import type { Clock } from '../../runtime/clock.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { HttpReply, HttpRequest, HttpRoute } from '../transport/http-types.ts';
import { permit } from './access.ts';
import { permittedBoard } from './board-routes.ts';
import { answer } from './formats.ts';
import { idAt, integerQuery, textAt, windowQuery } from './parameters.ts';
import { problem } from './problem.ts';

export interface MemberDeps {
  readonly store: Pick<ScoreStore, 'readNeighbourhood' | 'removeMember'>;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
}

const MEMBER = '/v1/boards/:board/members/:member';

export function memberRoutes(deps: MemberDeps): readonly HttpRoute[] {
  return [
    { method: 'GET', pattern: MEMBER, handler: (request) => readMember(request, deps) },
    { method: 'DELETE', pattern: MEMBER, handler: (request) => removeMember(request, deps) },
  ];
}

async function readMember(request: HttpRequest, { store, authenticator }: MemberDeps): Promise<HttpReply> {
  const board = idAt(request, 0, 'a board');
  if (!board.ok) return board.reply;
  const member = textAt(request, 1, 'a member');
  if (!member.ok) return member.reply;
  const window = windowQuery(request);
  if (!window.ok) return window.reply;
  const around = integerQuery(request, 'around', { default: 5, min: 0, max: HTTP_LIMITS.neighbours });
  if (!around.ok) return around.reply;
  const channel = window.value === undefined ? board.value : `${board.value}@${window.value}`;
  const permission = await permit(request, authenticator, { read: `board:${channel}` });
  if (!permission.ok) return permission.reply;
  const found =
    window.value === undefined
      ? await store.readNeighbourhood(board.value, member.value, around.value)
      : undefined;
  if (found === undefined) return problem('not_found', `the member is not on board "${channel}"`);
  return answer(request, { ...found.member, total: found.total, around: found.around });
}

/** Removing who is not there is no error, so that a removal can be sent again. */
async function removeMember(request: HttpRequest, deps: MemberDeps): Promise<HttpReply> {
  const board = await permittedBoard(request, deps);
  if (!board.ok) return board.reply;
  const member = textAt(request, 1, 'a member');
  if (!member.ok) return member.reply;
  const removed = await deps.store.removeMember(board.value, member.value, deps.clock.now());
  return answer(request, { removed });
}
