import type { Authenticator } from '../auth/identity.ts';
import type { Ingest, PublishVerdict } from '../ingest/ingest-types.ts';
import type { ServerLimits } from '../limits.ts';
import type { HttpReply, HttpRequest, HttpRoute } from '../transport/http-types.ts';
import { identify, unauthorized } from './access.ts';
import { unsupportedFormat } from './checked-body.ts';
import { readEventBody } from './event-body.ts';
import { answer, formatOf } from './formats.ts';
import { problem } from './problem.ts';

export interface EventsDeps {
  readonly ingest: Ingest;
  readonly authenticator: Authenticator;
}

export type EventsLimits = Pick<ServerLimits, 'bodyBytes' | 'eventsPerPublish'>;

export function eventsRoute(deps: EventsDeps, limits: EventsLimits): HttpRoute {
  return { method: 'POST', pattern: '/v1/events', handler: (request) => publish(request, deps, limits) };
}

async function publish(request: HttpRequest, deps: EventsDeps, limits: EventsLimits): Promise<HttpReply> {
  const caller = await identify(request, deps.authenticator);
  if (!caller.ok) return caller.reply;
  if (caller.anonymous) return unauthorized('publishing needs a token');
  const format = formatOf(request.header('content-type'));
  if (format === undefined) return unsupportedFormat('JSON, NDJSON or MessagePack');
  // Taking the key and applying twice would break the promise that the key is.
  if (request.header('idempotency-key') !== '') {
    return problem('malformed', 'Idempotency-Key is not supported yet');
  }
  const body = readEventBody(format, await request.body(limits.bodyBytes), limits.eventsPerPublish);
  if (!body.ok) return problem(body.code, body.message);
  const verdict = await deps.ingest.publish(body.events, caller.identity);
  return replyTo(request, verdict, body.unreadable);
}

/** The verdict of a publish; 200 also where some events are rejected. */
export function replyTo(
  request: HttpRequest,
  verdict: PublishVerdict,
  unreadable: ReadonlyMap<number, string> = new Map(),
): HttpReply {
  if (!verdict.ok) {
    const { code, message, retryAfterMs } = verdict;
    return problem(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
  }
  const { applied, duplicates } = verdict;
  const rejected =
    unreadable.size === 0
      ? verdict.rejected
      : verdict.rejected.map((one) => ({ ...one, message: unreadable.get(one.index) ?? one.message }));
  return answer(request, { applied, duplicates, rejected });
}
