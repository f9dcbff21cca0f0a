import { boardSettingsChecker } from '../../protocol/boards.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { HttpReply, HttpRequest, HttpRoute } from '../transport/http-types.ts';
import { identify, permit } from './access.ts';
import { readBody } from './checked-body.ts';
import { answer } from './formats.ts';
import { idAt, idQuery, integerQuery, type Parameter, windowQuery } from './parameters.ts';
import { problem } from './problem.ts';

export interface BoardDeps {
  readonly store: Pick<ScoreStore, 'listBoards' | 'readPages' | 'configureBoard' | 'removeBoard'>;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
}

const BOARD = '/v1/boards/:board';

export function boardRoutes(deps: BoardDeps): readonly HttpRoute[] {
  return [
    { method: 'GET', pattern: '/v1/boards', handler: (request) => listBoards(request, deps) },
    { method: 'GET', pattern: BOARD, handler: (request) => readBoard(request, deps) },
    { method: 'PUT', pattern: BOARD, handler: (request) => configureBoard(request, deps) },
    { method: 'DELETE', pattern: BOARD, handler: (request) => removeBoard(request, deps) },
  ];
}

/**
 * One page of the boards that the caller may subscribe to. `next` is there when more may follow, and is the `after` of the
 * next page: a page can hold fewer boards than the limit, or none, since those that are not permitted are left out.
 */
async function listBoards(request: HttpRequest, { store, authenticator }: BoardDeps): Promise<HttpReply> {
  const caller = await identify(request, authenticator);
  if (!caller.ok) return caller.reply;
  const max = HTTP_LIMITS.listedBoards;
  const limit = integerQuery(request, 'limit', { default: max, min: 1, max });
  if (!limit.ok) return limit.reply;
  const after = idQuery(request, 'after');
  if (!after.ok) return after.reply;
  const start = after.value === undefined ? {} : { after: after.value };
  const page = await store.listBoards({ ...start, limit: limit.value });
  const boards = page
    .filter(({ id }) => caller.identity.maySubscribe(`board:${id}`))
    .map(({ id, total, config }) => ({ id, total, ...config }));
  const last = page.length === limit.value ? page.at(-1) : undefined;
  return answer(request, last === undefined ? { boards } : { boards, next: last.id });
}

/** A board that nobody has scored on yet reads as empty, as its channel does. */
async function readBoard(request: HttpRequest, { store, authenticator }: BoardDeps): Promise<HttpReply> {
  const board = idAt(request, 0, 'a board');
  if (!board.ok) return board.reply;
  const window = windowQuery(request);
  if (!window.ok) return window.reply;
  const limit = integerQuery(request, 'limit', { default: 10, min: 0, max: HTTP_LIMITS.pageRows });
  if (!limit.ok) return limit.reply;
  const offset = integerQuery(request, 'offset', { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  if (!offset.ok) return offset.reply;
  const channel = window.value === undefined ? board.value : `${board.value}@${window.value}`;
  const permission = await permit(request, authenticator, { read: `board:${channel}` });
  if (!permission.ok) return permission.reply;
  if (window.value !== undefined) return answer(request, { board: board.value, total: 0, rows: [] });
  const [page] = await store.readPages([{ board: board.value, offset: offset.value, limit: limit.value }]);
  return answer(request, { board: board.value, total: page?.total ?? 0, rows: page?.rows ?? [] });
}

async function configureBoard(request: HttpRequest, deps: BoardDeps): Promise<HttpReply> {
  const board = await permittedBoard(request, deps);
  if (!board.ok) return board.reply;
  const settings = await readBody(request, boardSettingsChecker);
  if (!settings.ok) return settings.reply;
  const verdict = await deps.store.configureBoard(board.value, settings.value, deps.clock.now());
  if (!verdict.ok) return problem(verdict.code, verdict.message);
  return answer(request, { id: board.value, ...verdict.config });
}

/** Removing what is not there is no error, so that a removal can be sent again. */
async function removeBoard(request: HttpRequest, deps: BoardDeps): Promise<HttpReply> {
  const board = await permittedBoard(request, deps);
  if (!board.ok) return board.reply;
  const removed = await deps.store.removeBoard(board.value, deps.clock.now());
  return answer(request, { removed });
}

/** The board of the path, for those who may publish to it. */
export async function permittedBoard(
  request: HttpRequest,
  { authenticator }: { readonly authenticator: Authenticator },
): Promise<Parameter<string>> {
  const board = idAt(request, 0, 'a board');
  if (!board.ok) return board;
  const permission = await permit(request, authenticator, { publish: `board:${board.value}` });
  return permission.ok ? board : permission;
}
