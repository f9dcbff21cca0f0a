import { BoardSettingsSchema, boardSettingsChecker } from '../../protocol/boards.ts';
import { integerSchema, WindowParameterSchema } from '../../protocol/parameters.ts';
import {
  BoardListReplySchema,
  BoardPageReplySchema,
  BoardReplySchema,
  RemovedReplySchema,
} from '../../protocol/replies.ts';
import { IdSchema } from '../../protocol/schema.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import { resolveWindows, windowKey } from '../../store/windows-of.ts';
import type { Authenticator } from '../auth/identity.ts';
import { HTTP_LIMITS } from '../limits.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { identify, permit } from './access.ts';
import { readBody } from './checked-body.ts';
import { answer } from './formats.ts';
import { idAt, idQuery, integerQuery, type Parameter, windowQuery } from './parameters.ts';
import { problem } from './problem.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';

export interface BoardDeps {
  readonly store: Pick<
    ScoreStore,
    'listBoards' | 'readPages' | 'readConfigs' | 'configureBoard' | 'removeBoard'
  >;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
}

const BOARD = '/v1/boards/:board';

export function boardRoutes(deps: BoardDeps): readonly DescribedRoute[] {
  return [
    { method: 'GET', pattern: '/v1/boards', doc: LIST, handler: (request) => listBoards(request, deps) },
    { method: 'GET', pattern: BOARD, doc: READ, handler: (request) => readBoard(request, deps) },
    { method: 'PUT', pattern: BOARD, doc: CONFIGURE, handler: (request) => configureBoard(request, deps) },
    { method: 'DELETE', pattern: BOARD, doc: REMOVE, handler: (request) => removeBoard(request, deps) },
  ];
}

const LISTED = { default: HTTP_LIMITS.listedBoards, min: 1, max: HTTP_LIMITS.listedBoards };
const ROWS = { default: 10, min: 0, max: HTTP_LIMITS.pageRows };
const OFFSET = { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER };
const SETTINGS = { order: 'desc', ties: 'member', top: 100 };
const BOARD_PARAMETER = { schema: IdSchema, description: 'The board', example: 'season' };

const LIST: RouteDoc = {
  tag: 'Boards',
  summary: 'List boards',
  description:
    'The boards that the caller may subscribe to, in byte order of their ids. A page may hold fewer boards than `limit` though more follow.',
  needs: '`subscribe` on `board:<id>` of each board that is listed',
  parameters: {
    limit: { schema: integerSchema(LISTED), description: 'Boards that are looked at for one page' },
    after: { schema: IdSchema, description: 'Begins after this id: the `next` of the page before' },
  },
  replies: {
    200: {
      description: 'A page of boards',
      schema: BoardListReplySchema,
      example: { boards: [{ id: 'season', total: 3, ...SETTINGS }] },
    },
  },
};

const READ: RouteDoc = {
  tag: 'Boards',
  summary: 'Read a page of a board',
  description: 'A board that nobody has scored on yet reads as empty.',
  needs: '`subscribe` on `board:<id>`, or on `board:<id>@<window>`',
  parameters: {
    board: BOARD_PARAMETER,
    window: { schema: WindowParameterSchema, description: 'One of its windows in place of the board itself' },
    limit: { schema: integerSchema(ROWS), description: 'Rows of the page', example: 2 },
    offset: { schema: integerSchema(OFFSET), description: 'Rows before the page' },
  },
  replies: {
    200: {
      description: 'The rows',
      schema: BoardPageReplySchema,
      example: {
        board: 'season',
        total: 3,
        rows: [
          { rank: 1, member: 'Ann', score: 120, name: 'Ann 💥' },
          { rank: 2, member: 'Björn', score: 95 },
        ],
      },
    },
  },
};

const CONFIGURE: RouteDoc = {
  tag: 'Boards',
  summary: 'Create a board, or change its settings',
  description: 'What is left out keeps its value, or is the default on a new board.',
  needs: '`publish` on `board:<id>`',
  parameters: { board: BOARD_PARAMETER },
  body: {
    schema: BoardSettingsSchema,
    examples: {
      'the highest score is best': SETTINGS,
      'windows of days and weeks, as they are in Paris': {
        windows: ['daily', 'weekly'],
        timezone: 'Europe/Paris',
      },
      'only the length of the channel': { top: 50 },
    },
  },
  replies: {
    200: {
      description: 'The settings of the board as they are now',
      schema: BoardReplySchema,
      example: { id: 'season', ...SETTINGS },
    },
  },
  errors: ['conflict'],
};

const REMOVE: RouteDoc = {
  tag: 'Boards',
  summary: 'Remove a board with all its scores',
  description:
    'Its windows are removed too. Removing what is not there is no error, so it can be sent again.',
  needs: '`publish` on `board:<id>`',
  parameters: {
    board: BOARD_PARAMETER,
    window: { schema: WindowParameterSchema, description: 'Removes nothing but this window' },
  },
  replies: {
    200: { description: 'It is gone', schema: RemovedReplySchema, example: { removed: true } },
  },
};

/**
 * One page of the boards that the caller may subscribe to. `next` is there when more may follow, and is the `after` of the
 * next page: a page can hold fewer boards than the limit, or none, since those that are not permitted are left out.
 */
async function listBoards(request: HttpRequest, { store, authenticator }: BoardDeps): Promise<HttpReply> {
  const caller = await identify(request, authenticator);
  if (!caller.ok) return caller.reply;
  const limit = integerQuery(request, 'limit', LISTED);
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
async function readBoard(request: HttpRequest, deps: BoardDeps): Promise<HttpReply> {
  const board = idAt(request, 0, 'a board');
  if (!board.ok) return board.reply;
  const window = windowQuery(request);
  if (!window.ok) return window.reply;
  const limit = integerQuery(request, 'limit', ROWS);
  if (!limit.ok) return limit.reply;
  const offset = integerQuery(request, 'offset', OFFSET);
  if (!offset.ok) return offset.reply;
  const channel = channelOf(board.value, window.value);
  const permission = await permit(request, deps.authenticator, { read: `board:${channel}` });
  if (!permission.ok) return permission.reply;
  const key = await resolveWindow(deps, board.value, window.value);
  if (key === undefined) return answer(request, { board: board.value, total: 0, rows: [] });
  const [page] = await deps.store.readPages([{ board: key, offset: offset.value, limit: limit.value }]);
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
  const window = windowQuery(request);
  if (!window.ok) return window.reply;
  const key = await resolveWindow(deps, board.value, window.value);
  const removed = key !== undefined && (await deps.store.removeBoard(key, deps.clock.now()));
  return answer(request, { removed });
}

/** What one subscribes to in order to see a board, or one of its windows. */
export function channelOf(board: string, window: string | undefined): string {
  return window === undefined ? board : windowKey(board, window);
}

/** Under which key the store has a board, or one of its windows; `undefined` where the board has no such window. */
export async function resolveWindow(
  { store, clock }: { readonly store: Pick<ScoreStore, 'readConfigs'>; readonly clock: Clock },
  board: string,
  window: string | undefined,
): Promise<string | undefined> {
  const [key] = await resolveWindows(store, [{ board, window }], clock.now());
  return key;
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
