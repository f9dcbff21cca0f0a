import { assert } from '../../runtime/errors.ts';
import { AdaptedRequest, readParams } from './http-request.ts';
import type { HttpReply, HttpRequest, HttpRoute } from './http-types.ts';
import { type AnswerDeps, LateAnswer, replyToFailure } from './late-answer.ts';
import { Pending } from './pending.ts';
import { problemReply } from './problem-reply.ts';
import type * as uws from './uws.ts';
import { type ReplyOptions, writeReply } from './write-reply.ts';

export interface RequestChecks {
  /** Whether a page of this origin may talk to us under this Host. */
  originAllowed(origin: string, host: string): boolean;
  hostAllowed(host: string): boolean;
}

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

interface RouteDeps extends AnswerDeps {
  readonly checks: RequestChecks;
}

export function addRoutes(app: uws.TemplatedApp, routes: readonly HttpRoute[], deps: RouteDeps): void {
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
function createAnswer(route: HttpRoute, deps: RouteDeps): Answer {
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

function createCheckedAnswer(route: HttpRoute, deps: RouteDeps): Answer {
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
    let reply: ReturnType<HttpRoute['handler']>;
    try {
      reply = route.handler(adapted);
    } catch (error) {
      reply = replyToFailure(error, adapted, route, logger) ?? NOT_FOUND;
    }
    if (reply instanceof Pending) {
      adapted.release();
      reply.tell(new LateAnswer(response, adapted, options, route, deps));
    } else if (reply instanceof Promise) {
      adapted.detach();
      const answer = new LateAnswer(response, adapted, options, route, deps);
      reply.then(
        (known) => answer.answered(known),
        (error: unknown) => answer.failed(error),
      );
    } else {
      assert(reply.events === undefined, 'an answer that goes on is promised');
      writeReply(response, reply, options);
    }
  };
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
