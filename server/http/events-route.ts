import { EventBodySchema } from '../../protocol/event-body.ts';
import { PublishReplySchema } from '../../protocol/replies.ts';
import type { Authenticator } from '../auth/identity.ts';
import type { Ingest, OnceVerdict } from '../ingest/ingest-types.ts';
import type { ServerLimits } from '../limits.ts';
import type { HttpReply, HttpRequest } from '../transport/http-types.ts';
import { identify, unauthorized } from './access.ts';
import { unsupportedFormat } from './checked-body.ts';
import { readEventBody } from './event-body.ts';
import { answer, formatOf } from './formats.ts';
import { bodyHash, idempotencyKey, KEY_PARAMETER } from './idempotency-key.ts';
import { EXAMPLE_DELIVERY } from './match-examples.ts';
import { problem } from './problem.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';

export interface EventsDeps {
  readonly ingest: Pick<Ingest, 'publish' | 'publishOnce'>;
  readonly authenticator: Authenticator;
}

export type EventsLimits = Pick<ServerLimits, 'bodyBytes' | 'eventsPerPublish'>;

export function eventsRoute(deps: EventsDeps, limits: EventsLimits): DescribedRoute {
  const handler = (request: HttpRequest): Promise<HttpReply> => publish(request, deps, limits);
  return { method: 'POST', pattern: '/v1/events', doc: PUBLISH, handler };
}

const PUBLISH: RouteDoc = {
  tag: 'Events',
  summary: 'Publish events',
  description:
    'One event, an array of them, or (NDJSON) one in each line. Each is judged on its own: a bad one is rejected with its index, and the others apply. With an `Idempotency-Key` a request that is sent again completes what was missing and repeats the verdicts; without one its events are applied at most once per attempt.',
  needs: '`publish` on what each event changes, such as `board:<id>`; an event without it is rejected',
  parameters: KEY_PARAMETER,
  body: {
    schema: EventBodySchema,
    ndjson: 'One event in each line',
    examples: {
      'scores and a name': [
        { type: 'score', board: 'season', member: 'Ann', delta: 120 },
        { type: 'score', board: 'season', member: 'Björn', set: 95 },
        { type: 'score', board: 'season', member: 'Carla', best: 60.5 },
        { type: 'profile', member: 'Ann', name: 'Ann 💥' },
      ],
      'a game is over': { type: 'result', product: 'chess', winner: 'Ann', loser: 'Björn' },
      'a player did something': {
        type: 'track',
        product: 'chess',
        player: 'Ann',
        event: 'select_opening',
        data: { name: 'Réti' },
      },
      'a match begins, and a ball is bowled': [
        { type: 'match', match: 'final', action: 'start' },
        { type: 'match', match: 'final', action: 'toss', winner: 'Asia', decision: 'bat' },
        { type: 'match', match: 'final', action: 'innings', team: 'Asia' },
        { type: 'delivery', match: 'final', innings: 1, over: 0, delivery: EXAMPLE_DELIVERY },
      ],
      'a user begins to play': {
        type: 'session',
        area: '111',
        mode: 'blitz',
        user: 'Ann',
        action: 'LOGIN',
      },
    },
  },
  replies: {
    200: {
      description: 'What became of the events, also where some are rejected',
      schema: PublishReplySchema,
      example: {
        applied: 3,
        duplicates: 0,
        rejected: [{ index: 1, code: 'forbidden', message: 'the token does not permit this event' }],
      },
    },
  },
  errors: ['conflict', 'rate_limited'],
};

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
  const key = idempotencyKey(request);
  if (!key.ok) return key.reply;
  const bytes = await request.body(limits.bodyBytes);
  const body = readEventBody(format, bytes, limits);
  if (!body.ok) return problem(body.code, body.message);
  const verdict =
    key.value === undefined
      ? await deps.ingest.publish(body.events, caller.identity)
      : await deps.ingest.publishOnce(
          { key: key.value, bodyHash: bodyHash(format, bytes) },
          body.events,
          caller.identity,
        );
  return replyTo(request, verdict, body.unreadable);
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
