import { assert, OperatingError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { EventStream } from './event-stream.ts';
import { AdaptedRequest, readParams } from './http-request.ts';
import {
  BodyTooLargeError,
  type HttpReply,
  type HttpRequest,
  type HttpRoute,
  RequestAbortedError,
} from './http-types.ts';
import type { OpenAnswers } from './open-answers.ts';
import { problemReply } from './problem-reply.ts';
import type { EventSource } from './stream-types.ts';
import type { TopicStreams } from './topic-streams.ts';
import type * as uws from './uws.ts';
import { type ReplyOptions, writeHead, writeReply } from './write-reply.ts';

export interface RequestChecks {
  /** Whether a page of this origin may talk to us under this Host. */
  originAllowed(origin: string, host: string): boolean;
  hostAllowed(host: string): boolean;
}

/** A refused body up to so many times its limit is read and thrown away, so that the client gets to see the answer. */
const DISCARD_FACTOR = 8;

const NOT_FOUND = problemReply(404, 'not_found', 'there is no such path');
const PREFLIGHT: HttpReply = {
  status: 204,
  headers: {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
    'access-control-allow-headers':
      'authorization, content-type, content-encoding, idempotency-key, accept, last-event-id',
    'access-control-max-age': '600',
  },
};
const DRAINING = problemReply(503, 'unavailable', 'the node is draining', { 'retry-after': '1' });

interface AnswerDeps {
  readonly checks: RequestChecks;
  readonly logger: Logger;
  readonly open: OpenAnswers;
  readonly streams: TopicStreams;
  readonly backpressureBytes: number;
}

export function addRoutes(app: uws.TemplatedApp, routes: readonly HttpRoute[], deps: AnswerDeps): void {
  for (const route of routes) addRoute(app, route, createAnswer(route, deps));
  for (const [pattern, allowed] of methodsByPattern(routes)) {
    // Method by method as well: the library prefers a `/*` of the very method to a path that takes any.
    for (const method of [...METHODS.filter((one) => !allowed.includes(one)), 'ANY'] as const) {
      const handler = (request: HttpRequest): HttpReply => refuseMethod(request, allowed);
      const answer = createAnswer({ method: 'ANY', pattern, handler }, deps);
      if (method === 'HEAD') app.head(pattern, (response, request) => answer(response, request, method));
      else addRoute(app, { method, pattern, handler, withoutHead: true }, answer);
    }
  }
  const fallback: HttpRoute = { method: 'ANY', pattern: '/*', handler: answerUnknown };
  addRoute(app, fallback, createAnswer(fallback, deps));
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const;

function addRoute(app: uws.TemplatedApp, { method, pattern, withoutHead }: HttpRoute, answer: Answer): void {
  switch (method) {
    case 'GET':
      app.get(pattern, (response, request) => answer(response, request, 'GET'));
      if (withoutHead === true) break;
      app.head(pattern, (response, request) => answer(response, request, 'HEAD'));
      break;
    case 'POST':
      app.post(pattern, (response, request) => answer(response, request, 'POST'));
      break;
    case 'PUT':
      app.put(pattern, (response, request) => answer(response, request, 'PUT'));
      break;
    case 'DELETE':
      app.del(pattern, (response, request) => answer(response, request, 'DELETE'));
      break;
    case 'ANY':
      app.any(pattern, (response, request) =>
        answer(response, request, request.getCaseSensitiveMethod().toUpperCase()),
      );
      break;
  }
}

/** Of the paths that are one thing: not of those with a `*`, nor of those that take any method. */
function methodsByPattern(routes: readonly HttpRoute[]): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  for (const { method, pattern, withoutHead } of routes) {
    if (pattern.includes('*')) continue;
    const own = method === 'GET' && withoutHead !== true ? ['GET', 'HEAD'] : [method];
    methods.set(pattern, [...(methods.get(pattern) ?? []), ...own]);
  }
  for (const [pattern, allowed] of methods) if (allowed.includes('ANY')) methods.delete(pattern);
  return methods;
}

function refuseMethod(request: HttpRequest, allowed: readonly string[]): HttpReply {
  const allow = allowed.join(', ');
  if (isPreflight(request)) return PREFLIGHT;
  if (request.method === 'OPTIONS') return { status: 204, headers: { allow } };
  return problemReply(405, 'malformed', `this path takes ${allow}`, { allow });
}

function answerUnknown(request: HttpRequest): HttpReply {
  return isPreflight(request) ? PREFLIGHT : NOT_FOUND;
}

/** A browser's question beforehand; who gets here is of an allowed origin. */
function isPreflight(request: HttpRequest): boolean {
  return request.method === 'OPTIONS' && request.header('access-control-request-method') !== '';
}

type Answer = (response: uws.HttpResponse, request: uws.HttpRequest, method: string) => void;

/** Whatever goes wrong, the library is answered: it aborts the process at a request that is not. */
function createAnswer(route: HttpRoute, deps: AnswerDeps): Answer {
  const { logger } = deps;
  const answer = createCheckedAnswer(route, deps);
  return (response, request, method) => {
    try {
      answer(response, request, method);
    } catch (error) {
      logger.error({ err: error, route: route.pattern }, 'a reply could not be written');
      response.close();
    }
  };
}

function createCheckedAnswer(route: HttpRoute, deps: AnswerDeps): Answer {
  const { checks, logger, open } = deps;
  const paramCount = route.pattern.split('/').filter((segment) => segment.startsWith(':')).length;

  return (response, request, method) => {
    const origin = request.getHeader('origin');
    const host = request.getHeader('host');
    const options: ReplyOptions = {
      withoutBody: method === 'HEAD',
      origin,
      closeConnection: open.isDraining,
    };
    const refusal = checkRequest(checks, origin, host);
    if (refusal !== undefined) return writeReply(response, refusal, { ...options, origin: '' });
    if (open.isDraining && !isSafe(method)) return writeReply(response, DRAINING, options);
    const params = readParams(request, paramCount);
    if (params === undefined) {
      const reply = problemReply(400, 'malformed', 'the path is not valid percent-encoding');
      return writeReply(response, reply, options);
    }

    const adapted = new AdaptedRequest(response, request, method, params);
    let reply: HttpReply | Promise<HttpReply>;
    try {
      reply = route.handler(adapted);
    } catch (error) {
      reply = replyToFailure(error, adapted, route, logger) ?? NOT_FOUND;
    }
    if (!(reply instanceof Promise)) {
      assert(reply.events === undefined, 'an answer that goes on is promised');
      return writeReply(response, reply, options);
    }
    adapted.detach();
    answerLater(response, adapted, reply, options, route, deps);
  };
}

function answerLater(
  response: uws.HttpResponse,
  request: AdaptedRequest,
  pending: Promise<HttpReply>,
  options: ReplyOptions,
  route: HttpRoute,
  deps: AnswerDeps,
): void {
  const { logger, open } = deps;
  let over = false;
  let stream: EventStream | undefined;
  open.begin();
  response.onAborted(() => {
    if (!over) open.end();
    over = true;
    request.abort();
    stream?.aborted();
  });
  const write = (reply: HttpReply | undefined, mustClose = false): void => {
    if (over) reply?.events?.abandon();
    if (over || reply === undefined) return;
    over = true;
    const closeConnection = mustClose || open.isDraining;
    try {
      request.discardBody();
      if (reply.events !== undefined) stream = createStream(reply.events, request.remoteAddress, deps);
      response.cork(() => {
        if (stream === undefined) return writeReply(response, reply, { ...options, closeConnection });
        writeHead(response, reply, options);
        stream.begin(response);
      });
    } catch (error) {
      logger.error({ err: error, request: request.id, route: route.pattern }, 'a reply could not be written');
      response.close();
    }
    open.end();
  };
  pending.then(
    (reply) => write(reply),
    (error: unknown) => {
      const closeConnection = error instanceof BodyTooLargeError && !worthDiscarding(request, error);
      write(replyToFailure(error, request, route, logger), closeConnection);
    },
  );
}

function createStream(
  events: EventSource,
  remoteAddress: string,
  { logger, streams, backpressureBytes }: AnswerDeps,
): EventStream {
  const defer = (action: () => void): void => void setImmediate(action);
  return new EventStream(events, streams, { remoteAddress, backpressureBytes, defer, logger });
}

function checkRequest(checks: RequestChecks, origin: string, host: string): HttpReply | undefined {
  if (!checks.hostAllowed(host)) return problemReply(403, 'forbidden', 'this Host is not served');
  if (origin !== '' && !checks.originAllowed(origin, host)) {
    return problemReply(403, 'forbidden', 'this Origin is not allowed');
  }
  return undefined;
}

/** What changes nothing is still answered while the node drains. */
function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

function worthDiscarding(request: AdaptedRequest, error: BodyTooLargeError): boolean {
  return request.declaredBytes !== undefined && request.declaredBytes <= error.maxBytes * DISCARD_FACTOR;
}

/** `undefined` where nobody is there to be told. */
function replyToFailure(
  error: unknown,
  { id }: Pick<HttpRequest, 'id'>,
  route: HttpRoute,
  logger: Logger,
): HttpReply | undefined {
  if (error instanceof RequestAbortedError) return undefined;
  if (error instanceof BodyTooLargeError) return problemReply(413, 'too_large', error.message);
  if (error instanceof OperatingError) {
    const seconds = Math.max(1, Math.ceil(error.retryAfterMs / 1000));
    return problemReply(503, 'unavailable', 'try again later', { 'retry-after': String(seconds) });
  }
  logger.error({ err: error, request: id, method: route.method, route: route.pattern }, 'a handler threw');
  return problemReply(500, 'unavailable', 'a defect of the server; it has been logged', {
    'x-request-id': id,
  });
}
