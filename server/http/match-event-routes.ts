import { actionBodyChecker, deliveryBodyChecker, undoBodyChecker } from '../../protocol/match-bodies.ts';
import type { Checker } from '../../protocol/schema.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Authenticator } from '../auth/identity.ts';
import type { Ingest } from '../ingest/ingest-types.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { readCheckedBody } from './checked-body.ts';
import { replyTo } from './events-route.ts';
import { answer } from './formats.ts';
import { bodyHash, idempotencyKey } from './idempotency-key.ts';
import { ACTION, DELIVER, UNDO } from './match-docs.ts';
import { MATCH, permittedMatch } from './match-routes.ts';
import { problem } from './problem.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';

export interface MatchEventDeps {
  readonly store: Pick<ScoreStore, 'readMatches'>;
  readonly ingest: Pick<Ingest, 'publish' | 'publishOnce'>;
  readonly authenticator: Authenticator;
}

/** One thing that happens in a match: a body becomes the event that `head` begins. */
interface EventRoute {
  readonly path: string;
  readonly doc: RouteDoc;
  readonly checker: Checker<unknown>;
  readonly head: { readonly type: string; readonly action?: string };
  /** What an empty body stands for, if it may be empty. */
  readonly empty?: object;
}

const ROUTES: readonly EventRoute[] = [
  { path: 'deliveries', doc: DELIVER, checker: deliveryBodyChecker, head: { type: 'delivery' } },
  {
    path: 'undo',
    doc: UNDO,
    checker: undoBodyChecker,
    head: { type: 'match', action: 'undo' },
    empty: {},
  },
  { path: 'actions', doc: ACTION, checker: actionBodyChecker, head: { type: 'match' } },
];

/** For scorers, who have to know what became of each event, and how the match stands where it was refused. */
export function matchEventRoutes(deps: MatchEventDeps): readonly DescribedRoute[] {
  return ROUTES.map((route) => ({
    method: 'POST',
    pattern: `${MATCH}/${route.path}`,
    doc: route.doc,
    handler: (request) => publishEvent(request, route, deps),
  }));
}

async function publishEvent(
  request: HttpRequest,
  route: EventRoute,
  deps: MatchEventDeps,
): Promise<HttpReply> {
  const match = await permittedMatch(request, deps);
  if (!match.ok) return match.reply;
  const key = idempotencyKey(request);
  if (!key.ok) return key.reply;
  const body = await readCheckedBody(request, route.checker, { empty: route.empty });
  if (!body.ok) return body.reply;
  const fields = body.value as { readonly expected?: number };
  const events = [{ ...route.head, match: match.value, ...fields }];
  const hash = bodyHash(body.format, body.bytes, `${route.path} ${match.value}\n`);
  const verdict =
    key.value === undefined
      ? await deps.ingest.publish(events, match.identity)
      : await deps.ingest.publishOnce({ key: key.value, bodyHash: hash }, events, match.identity);
  if (!verdict.ok) return replyTo(request, verdict);
  const [view] = await deps.store.readMatches([match.value]);
  const [refusal] = verdict.rejected;
  if (refusal !== undefined) {
    const { code, message } = refusal;
    const details = view === undefined ? {} : { events: view.events, match: view.document };
    return problem(code, message, { details });
  }
  const { expected } = fields;
  const number = expected === undefined ? {} : { n: expected + 1 };
  // Somebody may have removed the match in this moment; the event was taken nevertheless.
  return answer(request, { ...number, events: view?.events ?? 0 });
}
