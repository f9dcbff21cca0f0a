import { EventBodySchema } from '../../protocol/event-body.ts';
import { PublishReplySchema } from '../../protocol/replies.ts';
import type { Authenticator } from '../auth/identity.ts';
import type { Ingest, OnceVerdict } from '../ingest/ingest-types.ts';
import type { ServerLimits } from '../limits.ts';
import type { HttpHandler, HttpReply, HttpRequest } from '../transport/http-types.ts';
import { Pending, promised } from '../transport/pending.ts';
import { type Caller, identify, unauthorized } from './access.ts';
import { unsupportedFormat } from './checked-body.ts';
import { readEventBody } from './event-body.ts';
import { acceptedFormat, answerIn, type BodyFormat, formatOf } from './formats.ts';
import { bodyHash, idempotencyKey, KEY_PARAMETER } from './idempotency-key.ts';
import { EXAMPLE_DELIVERY } from './match-examples.ts';
import type { Parameter } from './parameters.ts';
import { problem } from './problem.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';

export interface EventsDeps {
  readonly ingest: Pick<Ingest, 'submit' | 'publishOnce'>;
  readonly authenticator: Authenticator;
}

export type EventsLimits = Pick<ServerLimits, 'bodyBytes' | 'eventsPerPublish'>;

export function eventsRoute(deps: EventsDeps, limits: EventsLimits): DescribedRoute {
  const handler: HttpHandler = (request) => {
    const question = askedBy(request);
    const caller = identify(request, deps.authenticator);
    if (!(caller instanceof Promise)) return publish(request, question, caller, deps, limits);
    return caller.then((known) => promised(publish(request, question, known, deps, limits)));
  };
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

/** What a request says before its body. */
interface Question {
  readonly format: BodyFormat | undefined;
  readonly key: Parameter<string | undefined>;
  readonly accepted: 'json' | 'msgpack';
}

function askedBy(request: HttpRequest): Question {
  // First what needs all headers, which are then read once.
  const key = idempotencyKey(request);
  return {
    format: formatOf(request.header('content-type')),
    key,
    accepted: acceptedFormat(request),
  };
}

function publish(
  request: HttpRequest,
  { format, key, accepted }: Question,
  caller: Caller,
  { ingest }: EventsDeps,
  limits: EventsLimits,
): HttpReply | Pending<HttpReply> {
  if (!caller.ok) return caller.reply;
  if (caller.anonymous) return unauthorized('publishing needs a token');
  const { identity } = caller;
  // Before the body is read, which costs whoever sends it little and us much.
  if (identity.publishesNothing === true) return problem('forbidden', 'the token does not permit publishing');
  if (format === undefined) return unsupportedFormat('JSON, NDJSON or MessagePack');
  if (!key.ok) return key.reply;
  const once = key.value;
  const pending = new Pending<HttpReply>();
  const take = (bytes: Uint8Array): void => {
    // What is decoded of MessagePack may be of the bytes themselves, which are gone when the events are applied.
    const body = readEventBody(format, format === 'msgpack' ? Uint8Array.from(bytes) : bytes, limits);
    if (!body.ok) {
      pending.answer(problem(body.code, body.message));
      return;
    }
    const { events, unreadable } = body;
    const settled = (verdict: OnceVerdict): void => pending.answer(replyIn(accepted, verdict, unreadable));
    if (once === undefined) {
      ingest.submit(events, identity, identity, settled);
      return;
    }
    const named = { key: once, bodyHash: bodyHash(format, bytes) };
    ingest.publishOnce(named, events, identity).then(settled, (error: unknown) => pending.fail(error));
  };
  request.takeBody(limits.bodyBytes, take, (error) => pending.fail(error));
  return pending;
}

/** The verdict of a publish; 200 also where some events are rejected. */
export function replyTo(request: HttpRequest, verdict: OnceVerdict): HttpReply {
  return replyIn(acceptedFormat(request), verdict);
}

const NONE: ReadonlyMap<number, string> = new Map();

/** What nearly every publish of one event is told. */
const ONE_APPLIED = answerIn('json', { applied: 1, duplicates: 0, rejected: [] });

function replyIn(accepted: 'json' | 'msgpack', verdict: OnceVerdict, unreadable = NONE): HttpReply {
  if (!verdict.ok) {
    const { code, message } = verdict;
    return problem(code, message, 'retryAfterMs' in verdict ? { retryAfterMs: verdict.retryAfterMs } : {});
  }
  const { applied, duplicates } = verdict;
  if (accepted === 'json' && applied === 1 && duplicates === 0 && verdict.rejected.length === 0) {
    return ONE_APPLIED;
  }
  const rejected =
    unreadable.size === 0
      ? verdict.rejected
      : verdict.rejected.map((one) => ({ ...one, message: unreadable.get(one.index) ?? one.message }));
  return answerIn(accepted, { applied, duplicates, rejected });
}
