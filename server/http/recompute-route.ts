import { boardOfTarget, recomputeChecker } from '../../protocol/recompute.ts';
import { type RecomputeDependencies, recomputeBoard } from '../../store/recompute/recompute-board.ts';
import type { MemberRecord } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import type { HttpReply, HttpRequest, HttpRoute } from '../transport/http-types.ts';
import { identify, unauthorized } from './access.ts';
import { readBody } from './checked-body.ts';
import { answer } from './formats.ts';
import { problem } from './problem.ts';

export interface RecomputeRouteDeps extends RecomputeDependencies {
  readonly authenticator: Authenticator;
}

/** It takes from moments to minutes; asking more often would help nobody. */
const RETRY_AFTER_MS = 5000;

/**
 * `POST /v1/recompute {target:"board:<id>"}` answers when all is done: `{target, checked, corrected, unsettled, differences, fromPosition,
 * position, checkpoint}`. One at a time on this node, since the shadow of a large board takes memory and a core.
 */
export function recomputeRoute(deps: RecomputeRouteDeps): HttpRoute {
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
    if (board === undefined) return problem('malformed', '"target" must be board:<id>');
    if (isRunning) {
      const options = { retryAfterMs: RETRY_AFTER_MS };
      return problem('rate_limited', 'this node is at another recomputation', options);
    }
    isRunning = true;
    try {
      const result = await recomputeBoard(deps, { board });
      if ('refused' in result) return problem(result.refused, result.message);
      const differences = result.differences.map(({ member, found, right }) => ({
        member,
        ...(found === undefined ? {} : { found: finite(found) }),
        ...(right === undefined ? {} : { right }),
      }));
      return answer(request, { target, ...result, differences });
    } finally {
      isRunning = false;
    }
  };
  return { method: 'POST', pattern: '/v1/recompute', handler: recompute };
}

/** A score that no rule of ours allows may stand in a store that was tampered with: it goes as a text. */
function finite({ score, ...rest }: MemberRecord): object {
  return { score: Number.isFinite(score) ? score : String(score), ...rest };
}
