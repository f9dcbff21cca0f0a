import { createHash } from 'node:crypto';
import type { Authenticator } from '../auth/identity.ts';
import type { Ingest, OnceVerdict } from '../ingest/ingest-types.ts';
import { HTTP_LIMITS, type ServerLimits } from '../limits.ts';
import type { HttpReply, HttpRequest, HttpRoute } from '../transport/http-types.ts';
import { identify, unauthorized } from './access.ts';
import { unsupportedFormat } from './checked-body.ts';
import { readEventBody } from './event-body.ts';
import { answer, type BodyFormat, formatOf } from './formats.ts';
import { problem } from './problem.ts';

export interface EventsDeps {
  readonly ingest: Pick<Ingest, 'publish' | 'publishOnce'>;
  readonly authenticator: Authenticator;
}

const KEY = new RegExp(`^[ -~]{1,${HTTP_LIMITS.idempotencyKeyLength}}$`);

export type EventsLimits = Pick<ServerLimits, 'bodyBytes' | 'eventsPerPublish'>;

export function eventsRoute(deps: EventsDeps, limits: EventsLimits): HttpRoute {
  return { method: 'POST', pattern: '/v1/events', handler: (request) => publish(request, deps, limits) };
}

async function publish(request: HttpRequest, deps: EventsDeps, limits: EventsLimits): Promise<HttpReply> {
  const caller = await identify(request, deps.authenticator);
  if (!caller.ok) return caller.reply;
  if (caller.anonymous) return unauthorized('publishing needs a token');
  // Before the body is read, which costs whoever sends it little and us much.
  if (caller.identity.publishesNothing === true) {
    return problem('forbidden', 'the token does not permit publishing');
  }
  const format = formatOf(request.header('content-type'));
  if (format === undefined) return unsupportedFormat('JSON, NDJSON or MessagePack');
  const key = request.hasHeader('idempotency-key') ? request.header('idempotency-key') : undefined;
  if (key !== undefined && !KEY.test(key)) {
    const { idempotencyKeyLength } = HTTP_LIMITS;
    const form = `1 to ${idempotencyKeyLength} printable ASCII characters`;
    return problem('malformed', `the Idempotency-Key must be ${form}`);
  }
  const bytes = await request.body(limits.bodyBytes);
  const body = readEventBody(format, bytes, limits);
  if (!body.ok) return problem(body.code, body.message);
  const verdict =
    key === undefined
      ? await deps.ingest.publish(body.events, caller.identity)
      : await deps.ingest.publishOnce({ key, bodyHash: hashOf(format, bytes) }, body.events, caller.identity);
  return replyTo(request, verdict, body.unreadable);
}

/** The same bytes mean something else in another format. */
function hashOf(format: BodyFormat, body: Uint8Array): string {
  return createHash('sha256').update(`${format}\n`).update(body).digest('base64url');
}

/** The verdict of a publish; 200 also where some events are rejected. */
export function replyTo(
  request: HttpRequest,
  verdict: OnceVerdict,
  unreadable: ReadonlyMap<number, string> = new Map(),
): HttpReply {
  if (!verdict.ok) {
    const { code, message } = verdict;
    return problem(code, message, 'retryAfterMs' in verdict ? { retryAfterMs: verdict.retryAfterMs } : {});
  }
  const { applied, duplicates } = verdict;
  const rejected =
    unreadable.size === 0
      ? verdict.rejected
      : verdict.rejected.map((one) => ({ ...one, message: unreadable.get(one.index) ?? one.message }));
  return answer(request, { applied, duplicates, rejected });
}
