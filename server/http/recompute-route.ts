import { isRefused } from '../../contest/refusal.ts';
import {
  boardOfTarget,
  RecomputeSchema,
  recomputeChecker,
  tournamentOfTarget,
} from '../../protocol/recompute.ts';
import { RecomputeReplySchema } from '../../protocol/replies.ts';
import { anyOf } from '../../protocol/schema.ts';
import { ContestRecomputeReplySchema } from '../../protocol/tournament-replies.ts';
import type { RecomputeDependencies } from '../../store/recompute/recompute-board.ts';
import { recomputeWithWindows } from '../../store/recompute/recompute-windows.ts';
import type { MemberRecord } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import type { ContestAsker } from '../contests/contest-asker.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { identify, unauthorized } from './access.ts';
import { readBody } from './checked-body.ts';
import { answer } from './formats.ts';
import { problem } from './problem.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';
import { refusalReply } from './tournament-access.ts';

export interface RecomputeRouteDeps extends RecomputeDependencies {
  readonly authenticator: Authenticator;
  readonly contests: Pick<ContestAsker, 'ask'>;
}

/** It takes from moments to minutes; asking more often would help nobody. */
const RETRY_AFTER_MS = 5000;

const RECOMPUTE: RouteDoc = {
  tag: 'Operation',
  summary: 'Compute a board again from the log, or a tournament from its cards',
  description:
    'Answers when all is done, after moments or minutes. One at a time on a node. Of a tournament that has started the owner computes the scores of all teams from cards and points, and compares.',
  needs: 'an admin token',
  body: { schema: RecomputeSchema, examples: { 'a board': { target: 'board:season' } } },
  replies: {
    200: {
      description: 'What was found and set right',
      schema: anyOf([RecomputeReplySchema, ContestRecomputeReplySchema]),
      example: {
        target: 'board:season',
        checked: 3,
        corrected: 0,
        unsettled: 0,
        differences: [],
        fromPosition: 0,
        position: 4,
        checkpoint: 'saved',
        windows: [],
      },
    },
  },
  errors: ['not_found', 'conflict', 'rate_limited'],
};

/**
 * `POST /v1/recompute {target:"board:<id>"}` answers when all is done: `{target, checked, corrected, unsettled, differences, fromPosition,
 * position, checkpoint, windows}`; of a tournament `{target, checked, corrected, differences}`. One at a time on this node, since the shadow of a large board takes memory and a core.
 */
export function recomputeRoute(deps: RecomputeRouteDeps): DescribedRoute {
  let isRunning = false;

  const recompute = async (request: HttpRequest): Promise<HttpReply> => {
    const caller = await identify(request, deps.authenticator);
    if (!caller.ok) return caller.reply;
    if (caller.anonymous) return unauthorized('recomputing needs a token');
    if (!caller.identity.admin) return problem('forbidden', 'recomputing needs an admin token');
    const body = await readBody(request, recomputeChecker);
    if (!body.ok) return body.reply;
    const { target } = body.value;
    const board = boardOfTarget(target);
    const tournament = tournamentOfTarget(target);
    if (board === undefined && tournament === undefined)
      return problem(
        'malformed',
        '"target" must be board:<id>, a fixed window such as board:<id>@daily.2026-11-21, or tournament:<id>',
      );
    if (isRunning) {
      const options = { retryAfterMs: RETRY_AFTER_MS };
      return problem('rate_limited', 'this node is at another recomputation', options);
    }
    isRunning = true;
    try {
      return board === undefined
        ? await recomputeContest(request, target, tournament ?? '', deps)
        : await recomputeBoard(request, target, board, deps);
    } finally {
      isRunning = false;
    }
  };
  return { method: 'POST', pattern: '/v1/recompute', doc: RECOMPUTE, handler: recompute };
}

async function recomputeBoard(
  request: HttpRequest,
  target: string,
  board: string,
  deps: RecomputeRouteDeps,
): Promise<HttpReply> {
  const result = await recomputeWithWindows(deps, { board });
  if ('refused' in result) return problem(result.refused, result.message);
  const differences = result.differences.map(({ member, window, found, right }) => ({
    member,
    ...(window === undefined ? {} : { window }),
    ...(found === undefined ? {} : { found: finite(found) }),
    ...(right === undefined ? {} : { right }),
  }));
  return answer(request, { target, ...result, differences });
}

async function recomputeContest(
  request: HttpRequest,
  target: string,
  tournament: string,
  { contests }: RecomputeRouteDeps,
): Promise<HttpReply> {
  const result = await contests.ask(tournament, 'recompute', {});
  return isRefused(result) ? refusalReply(result.refused) : answer(request, { target, ...result });
}

/** A score that no rule of ours allows may stand in a store that was tampered with: it goes as a text. */
function finite({ score, ...rest }: MemberRecord): object {
  return { score: Number.isFinite(score) ? score : String(score), ...rest };
}
